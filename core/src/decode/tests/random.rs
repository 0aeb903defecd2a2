//! Random little services and random answers: the pass against the [oracle](super::oracle), and plain JSON there and back.

use fastrand::Rng;
use proptest::prelude::*;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::oracle::Oracle;
use super::{field, service};
use crate::decode::{Input, Unreadable, answer, json, plain};
use crate::tables::{
    Enum, EnumValue, Field, FieldSource, Model, ResultShape, Service, Time, TimeForm, Type, Union, Variant, VariantWhen,
};

const ENVELOPE: &[&str] = &["status", "g0"];
const NAMES: [&str; 5] = ["f0", "f1", "f2", "f3", "f4"];
const SECOND_NAMES: [&str; 5] = ["g0", "g1", "g2", "g3", "g4"];
const MODELS: u16 = 3;
const UNIONS: u16 = 2;
/// The model that texts may stand for.
const PLAIN_MODEL: u16 = 0;

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn leak_all<T>(values: impl IntoIterator<Item = T>) -> &'static [T] {
    Box::leak(values.into_iter().collect::<Vec<_>>().into_boxed_slice())
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

fn random_service(rng: &mut Rng) -> Service {
    let models: Vec<Model> = (0..MODELS)
        .map(|number| Model { name: "Thing", fields: leak_all(random_fields(rng, number == PLAIN_MODEL)) })
        .collect();
    let unions: Vec<Union> = (0..UNIONS)
        .map(|number_of_union| Union {
            name: "Outcome",
            variants: leak_all((0..3).map(|number| Variant {
                name: NAMES[number],
                when: pick(
                    rng,
                    &[
                        VariantWhen::Has("f0"),
                        VariantWhen::Has("g1"),
                        VariantWhen::Status(202),
                        VariantWhen::Otherwise,
                        VariantWhen::Empty,
                    ],
                ),
                // A union that holds itself at the same place would never end.
                ty: Some(random_type(rng, 1, number_of_union + 1)).filter(|_| rng.u8(..4) > 0),
            })),
        })
        .collect();
    let words = Enum {
        name: "Word",
        values: &[EnumValue { name: "one", wire: "1" }, EnumValue { name: "any", wire: "\"abc\"" }],
    };
    Service { enums: leak_all([words]), ..service(leak_all(models), leak_all(unions)) }
}

fn random_fields(rng: &mut Rng, is_plain: bool) -> Vec<Field> {
    (0..rng.usize(1..=NAMES.len()))
        .map(|number| {
            let wire: &'static [&'static str] = match rng.u8(..4) {
                0 => leak_all([NAMES[number], SECOND_NAMES[number]]),
                _ => leak_all([NAMES[number]]),
            };
            let from = if rng.u8(..6) == 0 { FieldSource::BodyOrRoot } else { FieldSource::Body };
            let ty = if is_plain { random_scalar(rng) } else { random_type(rng, 2, 0) };
            Field { required: rng.u8(..8) == 0, from, ..field(NAMES[number], wire, ty) }
        })
        .collect()
}

fn random_scalar(rng: &mut Rng) -> Type {
    const LOCAL: Time = Time { forms: &[TimeForm::Local], none: &["0", "\"abc\""] };
    const INSTANT: Time = Time { forms: &[TimeForm::UnixAny, TimeForm::Iso], none: &["false", "\"\""] };
    match rng.u8(..10) {
        0 => Type::Bool,
        1 => Type::Int,
        2 => Type::BigInt,
        3 => Type::Number,
        4 => Type::Decimal,
        5 => Type::Id,
        6 => Type::Text,
        7 => Type::Enum(0),
        8 => Type::Time(LOCAL),
        _ => Type::Time(INSTANT),
    }
}

fn random_type(rng: &mut Rng, depth: u8, first_union: u16) -> Type {
    let inner = |rng: &mut Rng| leak(random_type(rng, depth - 1, first_union));
    match rng.u8(..if depth == 0 { 6 } else { 13 }) {
        0 | 1 => random_scalar(rng),
        2 => Type::Json,
        3 => Type::Model(rng.u16(..MODELS)),
        4 if first_union < UNIONS => Type::Union(rng.u16(first_union..UNIONS)),
        4 => Type::Json,
        5 => Type::StringOrObject(PLAIN_MODEL, pick(rng, &NAMES)),
        6 => Type::List(inner(rng)),
        7 => Type::ListOrOne(inner(rng)),
        8 => Type::ListOrMap(inner(rng), pick(rng, &NAMES)),
        9 => Type::Map(inner(rng)),
        10 => Type::MapOrEmptyList(inner(rng)),
        11 => Type::Tuple(leak_all((0..rng.usize(..3)).map(|_| random_type(rng, depth - 1, first_union)))),
        _ => Type::Nullable(inner(rng)),
    }
}

/// JSON text that mostly fits `ty`, in one of the forms that servers send.
fn random_answer(rng: &mut Rng, service: &Service, ty: &Type, depth: u8) -> String {
    const SCALARS: [&str; 22] = [
        "true",
        "false",
        "0",
        "1",
        "-7",
        "12.0",
        "1.5",
        "9007199254740993",
        "1577934245",
        "\"0\"",
        "\"true\"",
        "\"12\"",
        "\"-3.0\"",
        "\"1.50\"",
        "\"abc\"",
        "\"\"",
        "\"a \\u00e9 \\ud83d\\ude00\"",
        "\"2020-01-02 03:04:05\"",
        "\"2020-01-02T03:04:05+01:00\"",
        "\"2020-01-02T03:04:05\"",
        "\"x:y\"",
        "null",
    ];
    if depth == 0 || rng.u8(..12) == 0 {
        return pick(rng, &["null", "[]", "{}", "[null]", "{\"f0\":1,\"x\":[ 2 ]}", "\"abc\"", "7"]).to_owned();
    }
    let count = rng.usize(..3);
    let list = |rng: &mut Rng, item: &Type| {
        let items: Vec<String> = (0..count).map(|_| random_answer(rng, service, item, depth - 1)).collect();
        format!("[{}]", items.join(" ,"))
    };
    let map = |rng: &mut Rng, item: &Type| {
        let keys = ["k", "k", "two words", "f0", "12", "status"];
        let members: Vec<String> = (0..count)
            .map(|_| format!("\"{}\": {}", pick(rng, &keys), random_answer(rng, service, item, depth - 1)))
            .collect();
        format!("{{{}}}", members.join(","))
    };
    match ty {
        Type::Nullable(inner) => random_answer(rng, service, inner, depth),
        Type::List(item) => list(rng, item),
        Type::ListOrOne(item) if rng.bool() => random_answer(rng, service, item, depth - 1),
        Type::ListOrOne(item) => list(rng, item),
        Type::ListOrMap(item, _) if rng.bool() => list(rng, item),
        Type::ListOrMap(item, _) | Type::Map(item) | Type::MapOrEmptyList(item) => map(rng, item),
        Type::Tuple(places) => {
            let items: Vec<String> = places.iter().map(|place| random_answer(rng, service, place, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        Type::Model(index) | Type::StringOrObject(index, _) => {
            random_object(rng, service, &service.models[usize::from(*index)], depth)
        }
        Type::Union(index) => {
            let variant = pick(rng, service.unions[usize::from(*index)].variants);
            random_answer(rng, service, &variant.ty.unwrap_or(Type::Json), depth - 1)
        }
        _ => pick(rng, &SCALARS).to_owned(),
    }
}

fn random_object(rng: &mut Rng, service: &Service, model: &Model, depth: u8) -> String {
    let mut members = Vec::new();
    for field in model.fields {
        for wire in field.wire {
            for _ in 0..pick(rng, &[0, 1, 1, 1, 1, 2]) {
                members.push(format!("\"{wire}\" : {}", random_answer(rng, service, &field.ty, depth - 1)));
            }
        }
    }
    for key in ["status", "x", "g3"] {
        if rng.u8(..4) == 0 {
            members.push(format!("\"{key}\":{}", random_answer(rng, service, &Type::Json, depth - 1)));
        }
    }
    rng.shuffle(&mut members);
    format!("{{{}}}", members.join(" , "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_as_the_oracle_does(seed in any::<u64>()) {
        let mut rng = Rng::with_seed(seed);
        let service = random_service(&mut rng);
        let ty = random_type(&mut rng, 2, 0);
        let body = random_answer(&mut rng, &service, &ty, 6);
        let status = pick(&mut rng, &[200, 202]);

        let shape = ResultShape::Json { at: &[], ty };
        let headers = HeaderMap::new();
        let input =
            Input { service: &service, shape: &shape, envelope_members: ENVELOPE, status, headers: &headers, body: body.as_bytes() };
        let pass = answer(&input);
        let tree: Value = serde_json::from_str(&body).expect("random answers are JSON");
        let expected = Oracle { service: &service, status, envelope: ENVELOPE }.answer(&ty, &tree);
        match (pass.value, expected) {
            (Ok(tape), Ok(expected)) => {
                let text = plain::print(&service, &ty, &tape);
                let read: Value = serde_json::from_str(&text).expect("plain JSON is JSON");
                prop_assert_eq!(&read, &expected.unwrap_or_default(), "{:?} from {}", ty, body);
                let again = plain::parse(&service, &ty, &text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
                prop_assert_eq!(plain::print(&service, &ty, &again), text);
            }
            (Err(Unreadable::Field { json_path, .. }), Err(expected)) => prop_assert_eq!(json_path, expected.path, "{:?} from {}", ty, body),
            (read, expected) => prop_assert!(false, "{read:?} instead of {expected:?}: {ty:?} from {body}"),
        }

        for name in ENVELOPE {
            let seen = pass.members.iter().find(|(key, _)| key == name).map(|(_, value)| value);
            prop_assert_eq!(seen, tree.get(name), "{} of {}", name, body);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(seed in any::<u64>(), noise in any::<Vec<u8>>(), cut in any::<prop::sample::Index>()) {
        let mut rng = Rng::with_seed(seed);
        let service = random_service(&mut rng);
        let ty = random_type(&mut rng, 2, 0);
        let mut body = random_answer(&mut rng, &service, &ty, 6).into_bytes();
        let at = cut.index(body.len() + 1);
        body.splice(at..at, noise);
        body.truncate(body.len() - cut.index(body.len() + 1) / 2);

        let shape = ResultShape::Json { at: &[], ty };
        let headers = HeaderMap::new();
        let input = Input { service: &service, shape: &shape, envelope_members: ENVELOPE, status: 200, headers: &headers, body: &body };
        if let Ok(tape) = answer(&input).value {
            plain::print(&service, &ty, &tape);
        }
        let text = String::from_utf8_lossy(&body);
        let _ = plain::parse(&service, &ty, &text);
        if let (Ok(ours), Ok(theirs)) = (json::value(&body), serde_json::from_slice::<Value>(&body)) {
            prop_assert_eq!(ours, theirs);
        }
    }
}
