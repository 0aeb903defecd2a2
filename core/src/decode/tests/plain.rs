//! Plain JSON is our own form and read strictly.

use super::{field, required, service};
use crate::border::Kind;
use crate::decode::plain;
use crate::tables::{Model, Service, Time, TimeForm, Type, Union, Variant, VariantWhen};

const ITEM: Type = Type::Model(0);

fn items() -> Service {
    const MODELS: &[Model] = &[
        Model {
            name: "Item",
            fields: &[
                required(field("id", &["wire_id"], Type::Id)),
                field("count", &["count"], Type::Int),
                field("price", &["price"], Type::Decimal),
                field("since", &["since"], Type::Time(Time { forms: &[TimeForm::UnixS], none: &[] })),
                field("made", &["made"], Type::Time(Time { forms: &[TimeForm::Local], none: &[] })),
                field("places", &["places"], Type::Tuple(&[Type::Int, Type::Text])),
                field("by_key", &["by_key"], Type::Map(&ITEM)),
                field("outcome", &["outcome"], Type::Union(0)),
            ],
        },
        Model { name: "Odd", fields: &[field("extra", &["extra"], Type::Text)] },
    ];
    const UNIONS: &[Union] = &[Union {
        name: "Outcome",
        variants: &[
            Variant { name: "number", when: VariantWhen::Otherwise, ty: Some(Type::Int) },
            Variant { name: "nothing", when: VariantWhen::Otherwise, ty: None },
        ],
    }];
    service(MODELS, UNIONS)
}

#[test]
fn goes_there_and_back() {
    for text in [
        r#"{"id":"a"}"#,
        r#"{"id":"a","count":-5,"price":"1.50","since":"2022-04-24T00:00:00.500000Z","made":"2020-01-01T10:20:30"}"#,
        r#"{"id":"a","places":[1,"b"],"by_key":{"k l":{"id":"b"}},"outcome":{"number":3}}"#,
        r#"{"id":"a","outcome":{"nothing":null},"extra":{"n":1.50,"m":[null]}}"#,
        "null",
    ] {
        let tape = plain::parse(&items(), &ITEM, text).unwrap();
        assert_eq!(plain::print(&items(), &ITEM, &tape), text);
    }
}

#[test]
fn a_field_called_extra_moves_the_unknown_members() {
    let text = r#"{"extra":"mine","_extra":{"a":1}}"#;
    let tape = plain::parse(&items(), &Type::Model(1), text).unwrap();
    assert_eq!(plain::print(&items(), &Type::Model(1), &tape), text);
}

#[test]
fn what_does_not_fit_names_its_path() {
    for (text, path) in [
        ("{}", "$.id"),
        (r#"{"id":null}"#, "$.id"),
        (r#"{"id":7}"#, "$.id"),
        (r#"{"wire_id":"a"}"#, "$.wire_id"),
        (r#"{"id":"a","count":"5"}"#, "$.count"),
        (r#"{"id":"a","count":5.5}"#, "$.count"),
        (r#"{"id":"a","price":1.5}"#, "$.price"),
        (r#"{"id":"a","price":"1,5"}"#, "$.price"),
        (r#"{"id":"a","since":1650758400}"#, "$.since"),
        (r#"{"id":"a","since":"2022-04-24T00:00:00"}"#, "$.since"),
        (r#"{"id":"a","made":"2022-04-24T00:00:00Z"}"#, "$.made"),
        (r#"{"id":"a","places":[1]}"#, "$.places"),
        (r#"{"id":"a","places":[1,"b",2]}"#, "$.places"),
        (r#"{"id":"a","places":[1,2]}"#, "$.places[1]"),
        (r#"{"id":"a","by_key":{"k l":{}}}"#, r#"$.by_key["k l"].id"#),
        (r#"{"id":"a","by_key":[]}"#, "$.by_key"),
        (r#"{"id":"a","outcome":{"number":null}}"#, "$.outcome.number"),
        (r#"{"id":"a","outcome":{"nothing":1}}"#, "$.outcome.nothing"),
        (r#"{"id":"a","outcome":{"other":1}}"#, "$.outcome"),
        (r#"{"id":"a","outcome":{"number":1,"nothing":null}}"#, "$.outcome"),
        (r#"{"id":"a","extra":[]}"#, "$.extra"),
        ("[]", "$"),
        (r#"{"id":"a"} 1"#, "$"),
        (r#"{"id":"a""#, "$"),
    ] {
        let error = plain::parse(&items(), &ITEM, text).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidArgument, "{text}");
        assert_eq!(error.record().details.json_path.as_deref(), Some(path), "{text}");
    }
}
