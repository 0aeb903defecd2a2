//! The rules of reading an answer: what is absent, kept, left out and refused.

use reqwest::header::HeaderMap;
use serde_json::json;

use super::{field, pass, path, reads, required, service};
use crate::decode::{Input, Unreadable, answer, plain};
use crate::tables::{Field, FieldSource, Model, ResultShape, Service, Type};

const FILE: Type = Type::Model(0);
const LISTING: Type = Type::Model(1);

fn files() -> Service {
    const MODELS: &[Model] = &[
        Model {
            name: "File",
            fields: &[
                required(field("id", &["id", "file_id"], Type::Id)),
                field("name", &["name"], Type::Text),
                field("size", &["size"], Type::Int),
                field("parent", &["parent"], FILE),
            ],
        },
        Model {
            name: "Listing",
            fields: &[
                field("files", &["files"], Type::List(&FILE)),
                field("sizes", &["sizes"], Type::List(&Type::Int)),
                field("by_name", &["by_name"], Type::Map(&FILE)),
                field("anything", &["anything"], Type::Json),
                field("message", &["message"], Type::Text),
            ],
        },
    ];
    service(MODELS, &[])
}

#[test]
fn reads_a_listing() {
    let body = r#"{"files":[{"id":7,"name":"a","size":"12"},{"size":3.0,"id":"b","new":[1.50]}],"anything":{"x": [1.0, null]}}"#;
    assert_eq!(
        reads(&files(), LISTING, body),
        Ok(json!({
            "files": [{"id": "7", "name": "a", "size": 12}, {"id": "b", "size": 3, "extra": {"new": [1.5]}}],
            "anything": {"x": [1.0, null]},
        }))
    );
}

#[test]
fn digits_of_unknown_members_are_untouched() {
    let pass = pass(&files(), &[], FILE, &[], br#"{"id":"a","n": 1.50 ,"big":123456789012345678901234567890}"#);
    let text = plain::print(&files(), &FILE, &pass.value.unwrap());
    assert_eq!(text, r#"{"id":"a","extra":{"n":1.50,"big":123456789012345678901234567890}}"#);
}

#[test]
fn null_is_absent() {
    assert_eq!(reads(&files(), FILE, r#"{"id":"a","name":null,"parent":null}"#), Ok(json!({"id": "a"})));
    assert_eq!(path(reads(&files(), FILE, r#"{"id":null}"#)), "$.id");
    assert_eq!(path(reads(&files(), FILE, "null")), "$");
    assert_eq!(reads(&files(), Type::Nullable(&FILE), "null"), Ok(json!(null)));
    assert_eq!(reads(&files(), Type::Json, "null"), Ok(json!(null)));
}

#[test]
fn what_cannot_be_read_is_kept() {
    assert_eq!(
        reads(&files(), FILE, r#"{"id":"a","size":1.5,"name":{"de":"x"}}"#),
        Ok(json!({"id": "a", "extra": {"name": {"de": "x"}, "size": 1.5}}))
    );
    assert_eq!(reads(&files(), LISTING, r#"{"sizes":[1,"two",3]}"#), Ok(json!({"extra": {"sizes": [1, "two", 3]}})));
    assert_eq!(reads(&files(), LISTING, r#"{"sizes":[1,null]}"#), Ok(json!({"extra": {"sizes": [1, null]}})));
}

#[test]
fn a_required_field_names_its_path() {
    assert_eq!(path(reads(&files(), LISTING, r#"{"files":[{"id":1},{"id":2},{"name":"x"}]}"#)), "$.files[2].id");
    assert_eq!(path(reads(&files(), LISTING, r#"{"files":[{"id":[]}]}"#)), "$.files[0].id");
    assert_eq!(
        path(reads(&files(), LISTING, r#"{"by_name":{"a b":{"id":1,"parent":{}}}}"#)),
        r#"$.by_name["a b"].parent.id"#
    );
    let below = pass(&files(), &["data", "item"], FILE, &[], br#"{"data":{"item":{"file_id":true}}}"#);
    let Err(Unreadable::Field { json_path, .. }) = below.value else { panic!("it cannot be read") };
    assert_eq!(json_path, "$.data.item.file_id");
}

#[test]
fn messages_hold_no_content() {
    let Err(Unreadable::Field { message, .. }) = reads(&files(), FILE, r#"{"id":{"secret":"word"}}"#) else { panic!() };
    assert_eq!(message, "expected a single value, found an object");
}

#[test]
fn of_members_with_one_name_the_last_wins() {
    assert_eq!(reads(&files(), FILE, r#"{"id":"a","id":"b","x":1,"x":2}"#), Ok(json!({"id": "b", "extra": {"x": 2}})));
    assert_eq!(reads(&files(), FILE, r#"{"id":[],"id":"b"}"#), Ok(json!({"id": "b"})));
    assert_eq!(path(reads(&files(), FILE, r#"{"id":"a","id":null}"#)), "$.id");
    assert_eq!(
        reads(&files(), LISTING, r#"{"by_name":{"k":{},"l":{"id":1},"k":{"id":2}}}"#),
        Ok(json!({"by_name": {"k": {"id": "2"}, "l": {"id": "1"}}}))
    );
}

#[test]
fn of_several_names_the_first_readable_one_wins() {
    assert_eq!(reads(&files(), FILE, r#"{"file_id":"b","id":"a"}"#), Ok(json!({"id": "a"})));
    assert_eq!(reads(&files(), FILE, r#"{"file_id":"b","id":null}"#), Ok(json!({"id": "b"})));
    assert_eq!(reads(&files(), FILE, r#"{"file_id":"b","id":[1]}"#), Ok(json!({"id": "b", "extra": {"id": [1]}})));
}

#[test]
fn an_empty_php_array_is_an_empty_object() {
    assert_eq!(reads(&files(), LISTING, "[]"), Ok(json!({})));
    assert_eq!(path(reads(&files(), FILE, "[]")), "$.id");
    assert_eq!(path(reads(&files(), LISTING, "[1]")), "$");
}

#[test]
fn the_envelope_is_no_part_of_the_result() {
    let envelope = &["status", "code", "message"];
    let body = br#"{"status":"success","code":200,"message":"ok","files":[],"more":1,"status":"error"}"#;
    let read = pass(&files(), &[], LISTING, envelope, body);
    assert_eq!(
        read.members,
        [("status".to_owned(), json!("error")), ("code".to_owned(), json!(200)), ("message".to_owned(), json!("ok"))]
    );
    // A described field may have the name of a member: it is read as both.
    let plain = plain::print(&files(), &LISTING, &read.value.unwrap());
    assert_eq!(plain, r#"{"files":[],"message":"ok","extra":{"more":1}}"#);

    let read =
        pass(&files(), &[], FILE, envelope, br#"{"status":"success","id":"a","parent":{"id":"b","status":"x"}}"#);
    let plain = plain::print(&files(), &FILE, &read.value.unwrap());
    assert_eq!(plain, r#"{"id":"a","parent":{"id":"b","extra":{"status":"x"}}}"#);
}

#[test]
fn the_envelope_is_seen_whatever_the_result_is() {
    let body = br#"{"status":"error","code":406,"data":{"id":"a"}}"#;
    let expected = [("status".to_owned(), json!("error")), ("code".to_owned(), json!(406))];
    for (at, ty) in [
        (&[][..], FILE),
        (&[], Type::List(&FILE)),
        (&[], Type::Json),
        (&[], Type::Map(&Type::Json)),
        (&["data"], FILE),
        (&["no"], FILE),
    ] {
        let read = pass(&files(), at, ty, &["status", "code"], body);
        assert_eq!(read.members, expected, "{at:?} {ty:?}");
    }
    let json = pass(&files(), &[], Type::Json, &["status", "code"], body);
    assert_eq!(plain::print(&files(), &Type::Json, &json.value.unwrap()), r#"{"data":{"id":"a"}}"#);
    let map = pass(&files(), &[], Type::Map(&Type::Json), &["status", "code"], body);
    assert_eq!(plain::print(&files(), &Type::Map(&Type::Json), &map.value.unwrap()), r#"{"data":{"id":"a"}}"#);
    for shape in [ResultShape::None, ResultShape::Link, ResultShape::Bytes] {
        let input = Input {
            service: &files(),
            shape: &shape,
            envelope_members: &["status", "code"],
            status: 200,
            headers: &HeaderMap::new(),
            body,
        };
        let read = answer(&input);
        assert_eq!(read.members, expected);
        assert_eq!(read.value.map(|tape| tape.reader().root()), Ok(0));
    }
}

#[test]
fn wrappers_are_taken_off() {
    let read = |body: &str| pass(&files(), &["data", "items"], Type::List(&Type::Int), &[], body.as_bytes()).value;
    let plain = |body: &str| plain::print(&files(), &Type::List(&Type::Int), &read(body).unwrap());
    assert_eq!(plain(r#"{"data":{"items":[1,2]}}"#), "[1,2]");
    assert_eq!(plain(r#"{"data":1,"data":{"items":[],"items":[3]}}"#), "[3]");
    for (body, path) in [
        ("{}", "$.data"),
        (r#"{"data":null}"#, "$.data.items"),
        (r#"{"data":[]}"#, "$.data.items"),
        (r#"{"data":{"items":7}}"#, "$.data.items"),
        ("[]", "$.data"),
    ] {
        let Err(Unreadable::Field { json_path, .. }) = read(body) else { panic!("{body} cannot be read") };
        assert_eq!(json_path, path, "{body}");
    }
    let absent = pass(&files(), &["data"], Type::Nullable(&FILE), &[], b"{}").value.unwrap();
    assert_eq!(absent.reader().root(), 0);
}

#[test]
fn what_is_no_json_says_where() {
    for (body, at) in [("", 0), ("<html>", 0), (r#"{"id":"a","x":[1,}"#, 17), (r#"{"id":"a""#, 9)] {
        let read = pass(&files(), &[], FILE, &["x"], body.as_bytes());
        let Err(Unreadable::NotJson { at_byte, .. }) = read.value else { panic!("{body} is no JSON") };
        assert_eq!(at_byte, at, "{body}");
    }
}

#[test]
fn text_after_the_first_value_is_ignored() {
    assert_eq!(reads(&files(), FILE, r#"{"id":"a"}{"id":"b"}"#), Ok(json!({"id": "a"})));
    assert_eq!(reads(&files(), FILE, "{\"id\":\"a\"}\n<!-- 0.02 s -->"), Ok(json!({"id": "a"})));
}

#[test]
fn nesting_ends_at_128() {
    let nested = |depth: usize| format!("{}{}", r#"{"id":"a","parent":"#.repeat(depth), "null") + &"}".repeat(depth);
    assert!(reads(&files(), FILE, &nested(128)).is_ok());
    assert!(matches!(reads(&files(), FILE, &nested(129)), Err(Unreadable::NotJson { .. })));
    let unknown = format!(r#"{{"id":"a","x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(reads(&files(), FILE, &unknown), Err(Unreadable::NotJson { .. })));
}

#[test]
fn headers_are_fields() {
    const MODELS: &[Model] = &[Model {
        name: "Stored",
        fields: &[
            Field { from: FieldSource::Header, ..required(field("etag", &["etag"], Type::Text)) },
            Field { from: FieldSource::Header, ..field("left", &["x-left"], Type::Int) },
        ],
    }];
    let service = service(MODELS, &[]);
    let read = |headers: &[(&'static str, &'static str)], body: &[u8]| {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let shape = ResultShape::Json { at: &[], ty: Type::Model(0) };
        let input = Input { service: &service, shape: &shape, envelope_members: &[], status: 200, headers: &map, body };
        answer(&input).value.map(|tape| plain::print(&service, &Type::Model(0), &tape))
    };
    let headers = [("etag", "\"abc\""), ("x-left", "12")];
    assert_eq!(read(&headers, b"").unwrap(), r#"{"etag":"\"abc\"","left":12}"#);
    assert_eq!(read(&headers, b"{\"etag\":1}").unwrap(), r#"{"etag":"\"abc\"","left":12,"extra":{"etag":1}}"#);
    assert_eq!(read(&[("etag", "a"), ("x-left", "soon")], b"{}").unwrap(), r#"{"etag":"a","extra":{"x-left":"soon"}}"#);
    assert_eq!(
        read(&[], b"{}"),
        Err(Unreadable::Field { json_path: "$".to_owned(), message: "header etag is missing".to_owned() })
    );
}
