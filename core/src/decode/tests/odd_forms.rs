//! The odd forms in which real servers send lists, maps and objects.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::{field, path, reads, required, service};
use crate::decode::{Input, answer, plain};
use crate::tables::{
    Field, FieldSource, Model, ResultShape, Service, Time, TimeForm, Type, Union, Variant, VariantWhen,
};

const ITEM: Type = Type::Model(0);
const STATUS: Type = Type::Model(1);
const NODE: Type = Type::Model(2);

fn forms() -> Service {
    const MODELS: &[Model] = &[
        Model {
            name: "Item",
            fields: &[required(field("id", &["id"], Type::Id)), field("state", &["state"], Type::Int)],
        },
        Model {
            name: "Status",
            fields: &[
                field("name", &["name"], Type::Text),
                Field { from: FieldSource::BodyOrRoot, ..field("files", &["files"], Type::ListOrOne(&ITEM)) },
            ],
        },
        Model {
            name: "Node",
            fields: &[
                Field { from: FieldSource::BodyOrRoot, ..field("node", &["node"], NODE) },
                field("tag", &["tag"], Type::Text),
            ],
        },
    ];
    const UNIONS: &[Union] = &[
        Union {
            name: "Outcome",
            variants: &[
                Variant { name: "not_modified", when: VariantWhen::Status(304), ty: None },
                Variant { name: "nothing", when: VariantWhen::Empty, ty: None },
                Variant { name: "running", when: VariantWhen::Has("progress"), ty: Some(Type::Json) },
                Variant { name: "item", when: VariantWhen::Has("id"), ty: Some(ITEM) },
            ],
        },
        Union {
            name: "Itself",
            variants: &[Variant { name: "again", when: VariantWhen::Otherwise, ty: Some(Type::Union(1)) }],
        },
        Union {
            name: "Any",
            variants: &[
                Variant { name: "item", when: VariantWhen::Has("id"), ty: Some(ITEM) },
                Variant { name: "other", when: VariantWhen::Otherwise, ty: Some(Type::ListOrOne(&Type::Text)) },
            ],
        },
    ];
    service(MODELS, UNIONS)
}

fn table(ty: Type, rows: &[(&str, Value)]) {
    for (body, expected) in rows {
        assert_eq!(reads(&forms(), ty, body).as_ref(), Ok(expected), "{ty:?} from {body}");
    }
}

#[test]
fn list_or_one() {
    table(
        Type::ListOrOne(&ITEM),
        &[
            (r#"[{"id":1},{"id":2}]"#, json!([{"id": "1"}, {"id": "2"}])),
            (r#"{"id":1}"#, json!([{"id": "1"}])),
            ("[]", json!([])),
        ],
    );
    assert_eq!(path(reads(&forms(), Type::ListOrOne(&ITEM), "{}")), "$.id");
    assert_eq!(path(reads(&forms(), Type::ListOrOne(&ITEM), "[{}]")), "$[0].id");
    assert_eq!(path(reads(&forms(), Type::ListOrOne(&ITEM), "null")), "$");
}

#[test]
fn list_or_map() {
    table(
        Type::ListOrMap(&ITEM, "id"),
        &[
            (r#"[{"id":"a","state":1}]"#, json!([{"id": "a", "state": 1}])),
            (r#"{"a":{"state":"1"},"b":{"id":"own"}}"#, json!([{"id": "a", "state": 1}, {"id": "own"}])),
            (r#"{"a":{"id":[]}}"#, json!([{"id": "a", "extra": {"id": []}}])),
            (r#"{"a":[]}"#, json!([{"id": "a"}])),
            ("{}", json!([])),
        ],
    );
    assert_eq!(path(reads(&forms(), Type::ListOrMap(&ITEM, "state"), r#"{"x y":{}}"#)), r#"$["x y"].id"#);
}

#[test]
fn maps() {
    table(Type::Map(&Type::Int), &[(r#"{"a":1,"b c":"2"}"#, json!({"a": 1, "b c": 2})), ("{}", json!({}))]);
    assert_eq!(path(reads(&forms(), Type::Map(&Type::Int), "[]")), "$");
    assert_eq!(path(reads(&forms(), Type::Map(&Type::Int), r#"{"a":1,"b c":"x"}"#)), r#"$["b c"]"#);
    table(Type::MapOrEmptyList(&Type::Int), &[("[]", json!({})), (r#"{"a":1}"#, json!({"a": 1}))]);
    assert_eq!(path(reads(&forms(), Type::MapOrEmptyList(&Type::Int), "[1]")), "$");
}

#[test]
fn nullable_items() {
    table(Type::List(&Type::Nullable(&Type::Int)), &[("[1,null]", json!([1, null]))]);
    table(Type::Map(&Type::Nullable(&ITEM)), &[(r#"{"a":null}"#, json!({"a": null}))]);
    table(Type::List(&Type::Json), &[("[1,null]", json!([1, null]))]);
    const NEVER: Type = Type::Time(Time { forms: &[TimeForm::UnixS], none: &["0"] });
    assert_eq!(path(reads(&forms(), Type::List(&NEVER), "[1,0]")), "$[1]");
    table(Type::List(&Type::Nullable(&NEVER)), &[("[1,0]", json!(["1970-01-01T00:00:01Z", null]))]);
}

#[test]
fn tuples() {
    const PLACES: Type = Type::Tuple(&[Type::Text, Type::Int, Type::Nullable(&Type::Bool)]);
    table(
        PLACES,
        &[
            (r#"["a","1",true]"#, json!(["a", 1, true])),
            (r#"["a",1]"#, json!(["a", 1, null])),
            (r#"["a",1,null,"more",{}]"#, json!(["a", 1, null])),
        ],
    );
    assert_eq!(path(reads(&forms(), PLACES, r#"["a"]"#)), "$[1]");
    assert_eq!(path(reads(&forms(), PLACES, r#"["a","x",true]"#)), "$[1]");
    assert_eq!(path(reads(&forms(), PLACES, "{}")), "$");
}

#[test]
fn string_or_object() {
    table(
        Type::List(&Type::StringOrObject(0, "id")),
        &[(
            r#"["a",7,{"id":"b","state":2},{"id":"c"}]"#,
            json!([{"id": "a"}, {"id": "7"}, {"id": "b", "state": 2}, {"id": "c"}]),
        )],
    );
    assert_eq!(path(reads(&forms(), Type::StringOrObject(0, "state"), r#""1""#)), "$.id");
    assert_eq!(path(reads(&forms(), Type::StringOrObject(0, "id"), "true")), "$");
}

#[test]
fn a_field_may_lie_at_the_root() {
    table(
        STATUS,
        &[
            (r#"{"name":"n","files":[{"id":1}]}"#, json!({"name": "n", "files": [{"id": "1"}]})),
            (r#"{"files":{"id":1,"more":true}}"#, json!({"files": [{"id": "1", "extra": {"more": true}}]})),
            (
                r#"{"id":1,"name":"n","state":"2","more":true}"#,
                json!({"name": "n", "files": [{"id": "1", "state": 2, "extra": {"more": true}}]}),
            ),
            // Nothing of it is a file: there is none.
            (r#"{"name":"n","more":true}"#, json!({"name": "n", "extra": {"more": true}})),
            (r#"{"name":"n"}"#, json!({"name": "n"})),
            (r#"{"files":null,"more":1}"#, json!({"extra": {"more": 1}})),
        ],
    );
}

#[test]
fn an_object_lies_in_itself_only_once() {
    table(NODE, &[(r#"{"tag":"t","x":1}"#, json!({"node": {"tag": "t", "extra": {"x": 1}}, "tag": "t"}))]);
}

fn outcome(status: u16, body: &str) -> Result<String, String> {
    let service = forms();
    let shape = ResultShape::Json { at: &[], ty: Type::Union(0) };
    let headers = HeaderMap::new();
    let input = Input {
        service: &service,
        shape: &shape,
        envelope_members: &[],
        status,
        headers: &headers,
        body: body.as_bytes(),
    };
    match answer(&input).value {
        Ok(tape) => Ok(plain::print(&service, &Type::Union(0), &tape)),
        Err(unreadable) => Err(format!("{unreadable:?}")),
    }
}

#[test]
fn one_of_several_answers() {
    assert_eq!(outcome(304, "").unwrap(), r#"{"not_modified":null}"#);
    assert_eq!(outcome(200, " \n").unwrap(), r#"{"nothing":null}"#);
    assert_eq!(outcome(404, r#"{"progress":0.5,"id":1}"#).unwrap(), r#"{"running":{"progress":0.5,"id":1}}"#);
    assert_eq!(
        outcome(200, r#"{"id":1,"progress":null}"#).unwrap(),
        r#"{"item":{"id":"1","extra":{"progress":null}}}"#
    );
    assert!(outcome(200, "{}").unwrap_err().contains("one of the answers of Outcome"));
    assert!(outcome(200, "[").unwrap_err().contains("NotJson"));
    table(
        Type::List(&Type::Union(2)),
        &[(r#"[{"id":1},"a",["b"]]"#, json!([{"item": {"id": "1"}}, {"other": ["a"]}, {"other": ["b"]}]))],
    );
}

#[test]
fn a_shape_that_never_ends_is_unreadable() {
    assert_eq!(path(reads(&forms(), Type::Union(1), "1")), "$");
}
