use serde_json::{Map, Value, json};

use super::{Body, ClientParam, Encoded, Target, encode, parse_arguments};
use crate::border::{Error, Kind};
use crate::decode::tests::{field, required as required_field, service};
use crate::tables::{
    Auth, Encoding, Enum, EnumValue, FilledBy, Limits, ListForm, Method, Model, NullForm, Operation, Param, Place,
    ResultShape, Service, Time, TimeForm, Type, Union, Variant, VariantWhen,
};

const ENUMS: &[Enum] = &[
    Enum { name: "Access", values: &[EnumValue { name: "public", wire: "\"pub\"" }] },
    Enum {
        name: "Order",
        values: &[EnumValue { name: "ascending", wire: "1" }, EnumValue { name: "descending", wire: "-1" }],
    },
];
const MODELS: &[Model] = &[Model {
    name: "Sort",
    fields: &[
        required_field(field("by", &["sort_by"], Type::Enum(1))),
        field("then", &["then"], Type::Nullable(&Type::Model(0))),
        field("limits", &["limits"], Type::List(&Type::Int)),
    ],
}];
const UNIONS: &[Union] = &[Union {
    name: "Where",
    variants: &[
        Variant { name: "path", when: VariantWhen::Otherwise, ty: Some(Type::Text) },
        Variant { name: "nowhere", when: VariantWhen::Otherwise, ty: None },
    ],
}];

fn trial(place: Place) -> Service {
    Service { place, enums: ENUMS, ..service(MODELS, UNIONS) }
}

fn param(name: &'static str, place: Place, ty: Type) -> Param {
    Param {
        name,
        wire: vec![name].leak(),
        place,
        ty,
        nullable: false,
        required: false,
        send: None,
        filled_by: FilledBy::Caller,
        secret: false,
        list: ListForm::Repeat,
        null: NullForm::Word,
        root: None,
        encode: Encoding::Plain,
        limits: Limits::default(),
    }
}

fn operation(params: Vec<Param>) -> Operation {
    Operation {
        id: "things.change",
        methods: &[Method::Post],
        path: Some("things/change"),
        also_at: &[],
        versions: &[],
        params: params.leak(),
        result: ResultShape::None,
        envelope: 0,
        paging: None,
        batch: None,
        idempotent: true,
        auth: Auth::None,
        unsigned: &[],
        not_callable: None,
        made_of: None,
        part_of: None,
    }
}

/// A call as a binding makes it.
struct Call {
    service: Service,
    operation: Operation,
    target: Target<'static>,
    extra: Value,
    client: Vec<ClientParam<'static>>,
}

impl Call {
    fn new(place: Place, params: Vec<Param>) -> Self {
        let target = Target { method: Method::Post, path: "things/change", version: None };
        Self { service: trial(place), operation: operation(params), target, extra: json!({}), client: Vec::new() }
    }

    fn with(&self, arguments: &Value) -> Result<Encoded, Error> {
        let arguments = parse_arguments(&self.service, &self.operation, arguments.to_string().as_bytes())?;
        let extra = self.extra.as_object().unwrap();
        encode(&self.service, &self.operation, &self.target, &arguments, extra, &self.client)
    }

    /// The JSON text of the body.
    fn body(&self, arguments: &Value) -> String {
        match self.with(arguments).unwrap().body {
            Body::Json(json) => String::from_utf8(json).unwrap(),
            _ => panic!("no JSON body"),
        }
    }

    fn pairs(&self, arguments: &Value) -> Vec<(String, String)> {
        match self.with(arguments).unwrap().body {
            Body::Form(pairs) | Body::Multipart(pairs) => pairs,
            _ => panic!("no form"),
        }
    }

    /// The message of a refusal.
    fn refusal(&self, arguments: &Value) -> String {
        let Err(error) = self.with(arguments) else { panic!("{arguments} was not refused") };
        assert_eq!(error.kind(), Kind::InvalidArgument);
        assert_eq!(error.record().service.as_deref(), Some("trial"));
        assert_eq!(error.record().operation.as_deref(), Some("things.change"));
        error.record().message.strip_prefix("things.change: ").expect("the operation's name comes first").to_owned()
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What a value of type `ty` becomes in a JSON body.
fn sent(ty: Type, value: Value) -> String {
    Call::new(Place::Json, vec![param("x", Place::Json, ty)]).body(&json!({ "x": value }))
}

fn refused(ty: Type, value: Value) -> String {
    Call::new(Place::Json, vec![param("x", Place::Json, ty)]).refusal(&json!({ "x": value }))
}

#[test]
fn a_json_body() {
    let call = Call::new(Place::Json, vec![param("a", Place::Json, Type::Int), param("b", Place::Json, Type::Text)]);
    assert_eq!(
        call.body(&json!({"b": "é\"\n", "a": 9_007_199_254_740_993_i64})),
        r#"{"a":9007199254740993,"b":"é\"\n"}"#
    );
    assert_eq!(call.body(&json!({})), "{}");
    assert!(parse_arguments(&call.service, &call.operation, b"").unwrap().is_empty());
}

#[test]
fn three_states() {
    let nullable = |null| Param { nullable: true, null, ..param("parent", Place::Json, Type::Id) };
    let call = Call::new(Place::Json, vec![nullable(NullForm::Word)]);
    assert_eq!(call.body(&json!({})), "{}");
    assert_eq!(call.body(&json!({"parent": null})), r#"{"parent":null}"#);
    assert_eq!(call.body(&json!({"parent": "/"})), r#"{"parent":"/"}"#);
    assert_eq!(
        Call::new(Place::Json, vec![nullable(NullForm::Blank)]).body(&json!({"parent": null})),
        r#"{"parent":""}"#
    );
    assert_eq!(Call::new(Place::Json, vec![nullable(NullForm::Omit)]).body(&json!({"parent": null})), "{}");
    for (null, expected) in
        [(NullForm::Word, &[("parent", "null")][..]), (NullForm::Blank, &[("parent", "")]), (NullForm::Omit, &[])]
    {
        let form = Param { place: Place::Form, ..nullable(null) };
        assert_eq!(Call::new(Place::Form, vec![form]).pairs(&json!({"parent": null})), owned(expected));
    }
}

#[test]
fn the_root_as_each_call_writes_it() {
    for (root, expected) in
        [(NullForm::Word, &[("folder", "null")][..]), (NullForm::Blank, &[("folder", "")]), (NullForm::Omit, &[])]
    {
        let folder = Param { root: Some(root), required: true, ..param("folder", Place::Form, Type::Id) };
        let call = Call::new(Place::Form, vec![folder]);
        assert_eq!(call.pairs(&json!({"folder": "/"})), owned(expected));
        assert_eq!(call.pairs(&json!({"folder": "107"})), owned(&[("folder", "107")]));
        assert_eq!(call.refusal(&json!({"folder": null})), "`folder` must be an id (a text), not null");
    }
    let plain = Call::new(Place::Form, vec![param("folder", Place::Form, Type::Id)]);
    assert_eq!(plain.pairs(&json!({"folder": "/"})), owned(&[("folder", "/")]));
}

#[test]
fn constants_then_who_sends_it_then_the_callers_own() {
    let method =
        Param { send: Some("\"m\""), filled_by: FilledBy::Constant, ..param("method", Place::Query, Type::Text) };
    let mut call = Call::new(Place::Query, vec![param("link", Place::Query, Type::Text), method]);
    call.client = vec![("params[pass]", Place::Query, "p".into())];
    let query = call.with(&json!({"link": "l"})).unwrap().query;
    assert_eq!(query, owned(&[("method", "m"), ("params[pass]", "p"), ("link", "l")]));
}

#[test]
fn what_we_send_by_ourselves() {
    let call = Call::new(
        Place::Json,
        vec![
            Param { send: Some("\"public\""), ..param("access", Place::Json, Type::Enum(0)) },
            Param { send: Some("true"), filled_by: FilledBy::Constant, ..param("ajax", Place::Json, Type::Bool) },
            Param { filled_by: FilledBy::Client, required: true, ..param("token", Place::Json, Type::Text) },
        ],
    );
    assert_eq!(call.body(&json!({})), r#"{"ajax":true,"access":"pub"}"#);
    assert_eq!(call.body(&json!({"access": "secret_club"})), r#"{"ajax":true,"access":"secret_club"}"#);
    assert_eq!(call.refusal(&json!({"ajax": false})), "there is no parameter `ajax`; it takes access");
    assert_eq!(call.refusal(&json!({"token": "x"})), "there is no parameter `token`; it takes access");
}

#[test]
fn names_on_the_wire() {
    let call = Call::new(
        Place::Form,
        vec![
            Param { wire: &["params[login]", "login"], ..param("login", Place::Form, Type::Text) },
            Param { wire: &["X-Who"], ..param("who", Place::Header, Type::Text) },
            param("page", Place::Query, Type::Int),
        ],
    );
    let encoded = call.with(&json!({"login": "me", "who": "é", "page": 2})).unwrap();
    assert_eq!(encoded.headers, owned(&[("X-Who", "é")]));
    assert_eq!(encoded.query, owned(&[("page", "2")]));
    let Body::Form(form) = encoded.body else { panic!("no form") };
    assert_eq!(form, owned(&[("params[login]", "me"), ("login", "me")]));
}

#[test]
fn lists_in_forms() {
    let list = |list| Param { list, ..param("ids", Place::Form, Type::List(&Type::Id)) };
    let form = |form| Call::new(Place::Form, vec![list(form)]).pairs(&json!({"ids": ["a", "b"]}));
    assert_eq!(form(ListForm::Repeat), owned(&[("ids", "a"), ("ids", "b")]));
    assert_eq!(form(ListForm::Brackets), owned(&[("ids[]", "a"), ("ids[]", "b")]));
    assert_eq!(form(ListForm::JsonText), owned(&[("ids", r#"["a","b"]"#)]));
    assert_eq!(form(ListForm::Comma), owned(&[("ids", "a,b")]));
    assert_eq!(
        Call::new(Place::Form, vec![list(ListForm::Comma)]).refusal(&json!({"ids": ["a", "b,c"]})),
        "`ids[1]` must be free of commas, which separate the items"
    );
}

#[test]
fn the_kind_of_body() {
    let multipart = Call::new(Place::Json, vec![param("a", Place::Multipart, Type::Bool)]);
    assert!(
        matches!(multipart.with(&json!({"a": true})).unwrap().body, Body::Multipart(pairs) if pairs == owned(&[("a", "true")]))
    );
    let query = Call::new(Place::Query, vec![]);
    assert!(matches!(query.with(&json!({})).unwrap().body, Body::None));

    let mut get = Call::new(Place::Json, vec![param("a", Place::Json, Type::Model(0))]);
    get.target.method = Method::Get;
    get.client = vec![("auth_token", Place::Json, "t".into())];
    get.extra = json!({"b": [1, 2]});
    let encoded = get.with(&json!({"a": {"by": "ascending"}})).unwrap();
    assert!(matches!(encoded.body, Body::None));
    assert_eq!(encoded.query, owned(&[("auth_token", "t"), ("a", r#"{"sort_by":1}"#), ("b", "1"), ("b", "2")]));
}

#[test]
fn extra_goes_where_the_own_go_and_replaces_them() {
    let mut call = Call::new(Place::Json, vec![param("a", Place::Json, Type::Int)]);
    call.extra = json!({"a": {"new": 1.5}, "b": null});
    assert_eq!(call.body(&json!({"a": 1})), r#"{"a":{"new":1.5},"b":null}"#);
    let mut call = Call::new(Place::Form, vec![param("a", Place::Form, Type::Int)]);
    call.extra = json!({"a": "2"});
    assert_eq!(call.pairs(&json!({"a": 1})), owned(&[("a", "2")]));
}

#[test]
fn addresses() {
    let mut call = Call::new(
        Place::Query,
        vec![Param { required: true, ..param("id", Place::Path, Type::Id) }, param("path", Place::Path, Type::Text)],
    );
    call.operation.versions = &["2", "1"];
    call.target.path = "v{version}/fs/{id}/at/{path*}";
    let path =
        |call: &Call, id: &str, path: &str| call.with(&json!({"id": id, "path": path})).map(|encoded| encoded.path);
    assert_eq!(path(&call, "a/b ?é", "x y/z%2f").unwrap(), "v2/fs/a%2Fb%20%3F%C3%A9/at/x%20y/z%252f");
    call.target.version = Some("1");
    assert_eq!(path(&call, "a", "b").unwrap(), "v1/fs/a/at/b");
    call.target.version = Some("3");
    assert_eq!(call.refusal(&json!({"id": "a", "path": "b"})), "`version` must be one of 2, 1");
    call.target.version = None;
    assert_eq!(call.refusal(&json!({"id": "", "path": "b"})), "`id` must be an id, not an empty text");
    assert_eq!(call.refusal(&json!({"id": "..", "path": "b"})), "`id` must be free of the segments `.` and `..`");
    assert_eq!(call.refusal(&json!({"id": "a", "path": "b/../c"})), "`path` must be free of the segments `.` and `..`");
    assert_eq!(
        call.refusal(&json!({"id": "a\nb", "path": "b"})),
        "`id` must be free of control characters and line ends"
    );
    // A part that nothing fills is a mistake of ours.
    assert_eq!(call.with(&json!({"id": "a"})).err().map(|error| error.kind()), Some(Kind::Internal));
}

#[test]
fn nothing_ends_a_line_early() {
    let mut call = Call::new(Place::Json, vec![param("who", Place::Header, Type::Text)]);
    assert_eq!(call.refusal(&json!({"who": "a\r\nX: b"})), "`who` must be free of control characters and line ends");
    call.client = vec![("X-Token", Place::Header, "secret\n".into())];
    assert_eq!(call.refusal(&json!({})), "`X-Token` must be free of control characters and line ends");
}

#[test]
fn values_by_their_type() {
    for (ty, value, json) in [
        (Type::Bool, json!(true), "true"),
        (Type::Int, json!(i64::MIN), "-9223372036854775808"),
        (Type::Number, json!(1.5), "1.5"),
        (Type::Number, json!(2), "2"),
        (Type::Decimal, json!("12345678901234567890.10"), "12345678901234567890.10"),
        (Type::Decimal, json!(1.5), "1.5"),
        (Type::Id, json!("7"), "\"7\""),
        (Type::Enum(1), json!("descending"), "-1"),
        (Type::Enum(1), json!("7"), "7"),
        (Type::Enum(1), json!("sideways"), "\"sideways\""),
        (Type::Enum(0), json!("7"), "\"7\""),
        (Type::Json, json!({"a": [null, 1.5]}), r#"{"a":[null,1.5]}"#),
        (Type::List(&Type::Nullable(&Type::Int)), json!([1, null]), "[1,null]"),
        (Type::Tuple(&[Type::Int, Type::Text]), json!([1, "a"]), r#"[1,"a"]"#),
        (Type::Map(&Type::Enum(0)), json!({"a b": "public"}), r#"{"a b":"pub"}"#),
        (
            Type::Model(0),
            json!({"by": "ascending", "then": {"by": "descending", "then": null}, "limits": [1]}),
            r#"{"sort_by":1,"then":{"sort_by":-1,"then":null},"limits":[1]}"#,
        ),
        (Type::Union(0), json!({"path": "/a"}), "\"/a\""),
        (Type::Union(0), json!({"nowhere": null}), "null"),
    ] {
        assert_eq!(sent(ty, value.clone()), format!(r#"{{"x":{json}}}"#), "{ty:?} from {value}");
    }
}

#[test]
fn times_in_their_first_form() {
    let time = |forms| Type::Time(Time { forms, none: &[] });
    for (forms, value, json) in [
        (&[TimeForm::UnixS, TimeForm::Iso][..], "2022-04-24T02:00:00.999+02:00", "1650758400"),
        (&[TimeForm::UnixMs], "2022-04-24T00:00:00.9995Z", "1650758400999"),
        (&[TimeForm::UnixAny], "2022-04-24T00:00:00Z", "1650758400"),
        (&[TimeForm::UnixAny], "9000-01-01T00:00:00Z", "221845392000000"),
        (&[TimeForm::Iso], "2022-04-24T02:00:00.5+02:00", "\"2022-04-24T00:00:00.500000Z\""),
        (&[TimeForm::Local], "2022-04-24T02:00:00.5", "\"2022-04-24 02:00:00\""),
    ] {
        assert_eq!(sent(time(forms), json!(value)), format!(r#"{{"x":{json}}}"#), "{forms:?}");
    }
    assert_eq!(
        refused(time(&[TimeForm::UnixS]), json!("2022-04-24T02:00:00")),
        "`x` must be a point in time with its zone (ISO 8601), not a text"
    );
    assert_eq!(
        refused(time(&[TimeForm::Local]), json!("2022-04-24T02:00:00Z")),
        "`x` must be a date and time without a zone (ISO 8601), not a text"
    );
}

#[test]
fn values_of_another_type() {
    for (ty, value, message) in [
        (Type::Bool, json!(1), "`x` must be true or false, not a number"),
        (Type::Int, json!(1.5), "`x` must be a whole number of 64 bits, not a number with a fraction"),
        (Type::Int, json!(u64::MAX), "`x` must be a whole number of 64 bits, not a number"),
        (Type::Int, json!("1"), "`x` must be a whole number of 64 bits, not a text"),
        (Type::Number, json!(true), "`x` must be a number, not a truth value"),
        (Type::Decimal, json!("1,5"), "`x` must be a decimal number or its text, not a text"),
        (Type::Id, json!(7), "`x` must be an id (a text), not a number"),
        (Type::Text, json!(null), "`x` must be a text, not null"),
        (Type::Enum(0), json!(7), "`x` must be a word of Access, not a number"),
        (Type::List(&Type::Id), json!("a"), "`x` must be a list, not a text"),
        (Type::List(&Type::Id), json!(["a", 2]), "`x[1]` must be an id (a text), not a number"),
        (Type::List(&Type::Nullable(&Type::Id)), json!([2]), "`x[0]` must be an id (a text), not a number"),
        (Type::Tuple(&[Type::Int]), json!([]), "`x` must be a list of 1, not a list"),
        (Type::Map(&Type::Int), json!({"a b": "c"}), "`x[\"a b\"]` must be a whole number of 64 bits, not a text"),
        (Type::Model(0), json!([]), "`x` must be an object (Sort), not a list"),
        (Type::Model(0), json!({}), "`x.by` must be a word of Order, not left out"),
        (Type::Model(0), json!({"by": null}), "`x.by` must be a word of Order, not left out"),
        (
            Type::Model(0),
            json!({"by": "a", "then": {"by": true}}),
            "`x.then.by` must be a word of Order, not a truth value",
        ),
        (
            Type::Model(0),
            json!({"by": "a", "limits": [1, "b"]}),
            "`x.limits[1]` must be a whole number of 64 bits, not a text",
        ),
        (Type::Model(0), json!({"sort_by": "a"}), "`x.sort_by` must be left out: Sort has by, then, limits"),
        (Type::Union(0), json!({}), "`x` must be an object with one member of path, nowhere, not 0 members"),
        (Type::Union(0), json!({"else": 1}), "`x` must be an object with one member of path, nowhere, not another one"),
    ] {
        assert_eq!(refused(ty, value.clone()), message, "{ty:?} from {value}");
    }
}

#[test]
fn limits() {
    let limited = |ty, min, max| Param { limits: Limits { min, max }, ..param("limit", Place::Json, ty) };
    let check = |param: Param, value: Value| {
        Call::new(Place::Json, vec![param])
            .with(&json!({ "limit": value }))
            .err()
            .map(|error| error.record().message.clone())
    };
    let refused = |message: &str| Some(format!("things.change: `limit` must be {message}"));
    let int = || limited(Type::Int, Some(1), Some(10_000));
    assert_eq!(check(int(), json!(1)), None);
    assert_eq!(check(int(), json!(10_000)), None);
    assert_eq!(check(int(), json!(0)), refused("at least 1, not 0"));
    assert_eq!(check(int(), json!(10_001)), refused("at most 10000, not 10001"));
    assert_eq!(check(Param { secret: true, ..int() }, json!(10_001)), refused("at most 10000, not this one"));
    assert_eq!(check(limited(Type::Number, Some(1), None), json!(0.5)), refused("at least 1, not 0.5"));
    assert_eq!(check(limited(Type::Decimal, None, Some(5)), json!("5.01")), refused("at most 5, not 5.01"));
    assert_eq!(check(limited(Type::Decimal, None, Some(5)), json!("4.999999")), None);
    assert_eq!(check(limited(Type::Text, Some(2), Some(3)), json!("ééé")), None);
    assert_eq!(
        check(limited(Type::Text, Some(2), Some(3)), json!("éééé")),
        refused("at most 3 characters long, not 4")
    );
    assert_eq!(
        check(limited(Type::List(&Type::Id), Some(1), None), json!([])),
        refused("at least 1 items long, not 0")
    );
}

#[test]
fn what_must_be_given() {
    let required = |ty| Param { required: true, ..param("id", Place::Json, ty) };
    let call = Call::new(Place::Json, vec![required(Type::Id)]);
    assert_eq!(call.refusal(&json!({})), "`id` is required");
    assert_eq!(call.refusal(&json!({"id": null})), "`id` must be an id (a text), not null");
    assert_eq!(call.refusal(&json!({"id": ""})), "`id` must be an id, not an empty text");
    assert_eq!(call.refusal(&json!({"id": "a", "name": 1})), "there is no parameter `name`; it takes id");
    assert_eq!(Call::new(Place::Json, vec![required(Type::Text)]).body(&json!({"id": ""})), r#"{"id":""}"#);
    // The content of a file goes another way.
    assert_eq!(Call::new(Place::Json, vec![required(Type::Source)]).body(&json!({})), "{}");
}

#[test]
fn encodings() {
    let encoded = |encode| {
        Call::new(Place::Json, vec![Param { encode, ..param("x", Place::Json, Type::Text) }]).body(&json!({"x": "é"}))
    };
    assert_eq!(encoded(Encoding::Base64), r#"{"x":"w6k="}"#);
    assert_eq!(encoded(Encoding::Md5Hex), r#"{"x":"66ddcd97cfdeabb2f6fb8a999b4bc76f"}"#);
}

#[test]
fn arguments_that_are_none() {
    let call = Call::new(Place::Json, vec![]);
    let message = |json: &[u8]| {
        parse_arguments(&call.service, &call.operation, json).err().map(|error| error.record().message.clone())
    };
    assert_eq!(message(b"{}"), None);
    assert_eq!(message(b"\"secret\"").unwrap(), "things.change: the arguments must be a JSON object");
    assert_eq!(message(b"{\"a\":secret}").unwrap(), "things.change: the arguments are not JSON (line 1, column 6)");
    let none = Map::new();
    let target = Target { method: Method::Post, path: "", version: Some("1") };
    let error = encode(&call.service, &call.operation, &target, &none, &none, &[]).err().unwrap();
    assert!(error.record().message.ends_with("`version` must be left out: this operation has no versions"));
}

#[test]
fn no_text_that_came_is_shown() {
    let secret = Param {
        secret: true,
        limits: Limits { min: None, max: Some(3) },
        ..param("password", Place::Json, Type::Text)
    };
    let call = Call::new(Place::Json, vec![secret]);
    for value in [json!("hunter2"), json!(["hunter2"]), json!({"hunter2": 1})] {
        assert!(!call.refusal(&json!({ "password": value })).contains("hunter2"));
    }
}
