//! Examples of the description made of traps: odd names and odd types as each language writes them.

use serde_json::{Value, json};

use super::snippets::{self, GroupSnippets, Languages};
use crate::generate::model::{
    Enum, EnumValue, Field, Group, Model, Operation, Paging, Param, ResultShape, Service, Tag, Type,
};
use crate::generate::surface;
use crate::generate::templates::Templates;
use crate::generate::{Descriptions, docs};
use crate::workspace::Workspace;

fn plain(tag: Tag) -> Type {
    Type { tag, of: Vec::new(), name: String::new(), index: 0 }
}

fn holding(tag: Tag, of: &[Type]) -> Type {
    Type { of: of.to_vec(), ..plain(tag) }
}

fn named(tag: Tag, name: &str) -> Type {
    Type { name: name.to_owned(), ..plain(tag) }
}

fn param(name: &str, ty: Type) -> Param {
    Param {
        name: name.to_owned(),
        ty,
        required: false,
        nullable: false,
        three_states: false,
        secret: false,
        about: "Something.".to_owned(),
        default: None,
        min: None,
        max: None,
    }
}

fn operation(params: Vec<Param>, example: Value) -> Operation {
    Operation {
        id: "things.list_class".to_owned(),
        name: "list_class".to_owned(),
        group: "things".to_owned(),
        summary: "List.".to_owned(),
        about: String::new(),
        source: "GET things".to_owned(),
        params,
        result: ResultShape::None,
        paging: None,
        idempotent: true,
        auth: "none".to_owned(),
        errors: Vec::new(),
        deprecated: None,
        not_callable: None,
        guessed: false,
        example: Some(example),
    }
}

fn service(operation: Operation) -> Service {
    let field = |name: &str, ty: Type, required: bool| Field {
        name: name.to_owned(),
        ty,
        required,
        secret: false,
        about: String::new(),
    };
    let color = Enum {
        name: "Color".to_owned(),
        index: 0,
        about: String::new(),
        values: vec![EnumValue { name: "light-red".to_owned(), about: String::new() }],
    };
    let point = Model {
        name: "Point".to_owned(),
        index: 0,
        about: String::new(),
        fields: vec![field("class", plain(Tag::Text), true), field("color", named(Tag::Enum, "Color"), false)],
        recursive: false,
        is_input: true,
        is_output: false,
    };
    Service {
        id: "made_up".to_owned(),
        class: "MadeUp".to_owned(),
        about: String::new(),
        hosts: Vec::new(),
        credentials: Vec::new(),
        groups: vec![Group { name: "things".to_owned(), about: "Things.".to_owned(), operations: vec![operation] }],
        models: vec![point],
        enums: vec![color],
        unions: Vec::new(),
        upload_params: Vec::new(),
        download_params: Vec::new(),
    }
}

fn write(operation: Operation) -> anyhow::Result<GroupSnippets> {
    let workspace = Workspace::find().expect("the workspace");
    let service = service(operation);
    snippets::group(&Languages::of(&service)?, &service, 0, &Templates::new(&workspace).expect("templates"))
}

/// The example's first statement in each language, on one line: Rust, Python, Node, Swift, Kotlin.
fn written(operation: Operation) -> Vec<String> {
    let written = write(operation).expect("snippets");
    let snippets = &written.by_operation["things.list_class"];
    let one_line = |lines: &[String]| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("");
    snippets.iter().map(|snippet| one_line(&snippet.lines)).collect()
}

#[test]
fn each_language_writes_names_and_words_its_own_way() {
    let point = named(Tag::Model, "Point");
    let example = json!({"first_point": {"color": "light-red", "class": "it's"}});
    assert_eq!(
        written(operation(vec![param("first_point", point)], example)),
        [
            r#"client.things().list_class().first_point(Point::new("it's").color(Color::LightRed)).await?;"#,
            r#"client.things.list_class(first_point=Point(class_="it's", color=Color.LIGHT_RED))"#,
            r"await client.things.listClass({ firstPoint: { class: 'it\'s', color: 'light-red' } })",
            r#"try await client.things.listClass(firstPoint: MadeUp.Point(class: "it's", color: .lightRed))"#,
            r#"client.things.listClass(firstPoint = Point(`class` = "it's", color = Color.LIGHT_RED))"#,
        ]
    );
}

#[test]
fn a_word_that_is_newer_than_the_description_can_be_shown() {
    let all = written(operation(vec![param("color", named(Tag::Enum, "Color"))], json!({"color": "pink"})));
    assert_eq!(all[0], r#"client.things().list_class().color(Color::Unknown("pink".to_owned())).await?;"#);
    assert_eq!(all[1], r#"client.things.list_class(color="pink")"#);
    assert_eq!(all[3], r#"try await client.things.listClass(color: MadeUp.Color(rawValue: "pink"))"#);
    assert_eq!(all[4], r#"client.things.listClass(color = Color("pink"))"#);
}

#[test]
fn values_inside_others_are_written_as_they_are_kept() {
    let pair = holding(Tag::Tuple, &[plain(Tag::Int), holding(Tag::Nullable, &[plain(Tag::Text)])]);
    let params = vec![
        param("ids", holding(Tag::List, &[plain(Tag::Id)])),
        param("all", holding(Tag::Map, &[holding(Tag::List, &[pair])])),
    ];
    let example = json!({"ids": ["a"], "all": {"-": [[1, null], [2, "b"]]}});
    assert_eq!(
        written(operation(params, example)),
        [
            "client.things().list_class().ids([\"a\"])\
                .all(BTreeMap::from([(\"-\".to_owned(), vec![(1, None), (2, Some(\"b\".to_owned()))])])).await?;",
            r#"client.things.list_class(ids=["a"], all={"-": [(1, None), (2, "b")]})"#,
            "await client.things.listClass({ ids: ['a'], all: { '-': [[1, null], [2, 'b']] } })",
            r#"try await client.things.listClass(ids: ["a"], all: ["-": [Tuple2(1, nil), Tuple2(2, "b")]])"#,
            r#"client.things.listClass(ids = listOf("a"), all = mapOf("-" to listOf(Pair(1, null), Pair(2, "b"))))"#,
        ]
    );
}

#[test]
fn times_and_exact_numbers_have_their_own_types() {
    let params = vec![param("at", plain(Tag::Instant)), param("price", plain(Tag::Decimal))];
    let example = json!({"at": "2026-01-02T03:04:05Z", "price": "9.90"});
    let snippets = write(operation(params, example)).expect("snippets");
    let imports: Vec<String> = snippets.imports.iter().map(|snippet| snippet.lines.join("\n")).collect();
    assert_eq!(
        imports,
        [
            "use fileferry::Decimal;\nuse fileferry::jiff::Timestamp;",
            "from datetime import datetime\nfrom decimal import Decimal",
            "import java.math.BigDecimal\nimport java.time.Instant",
        ]
    );
    let python = &snippets.by_operation["things.list_class"][1].lines;
    assert!(python.concat().contains("datetime.fromisoformat(\"2026-01-02T03:04:05+00:00\")"), "{python:?}");
}

#[test]
fn null_is_sent_where_it_is_a_value() {
    let params =
        ["parent", "other"].map(|name| Param { nullable: true, three_states: true, ..param(name, plain(Tag::Id)) });
    let all = written(operation(params.to_vec(), json!({"parent": null})));
    assert_eq!(all[0], "client.things().list_class().parent(Null).await?;");
    assert_eq!(all[1], "client.things.list_class(parent=None)");
    assert_eq!(all[2], "await client.things.listClass({ parent: null })");
    assert_eq!(all[3], "try await client.things.listClass(parent: .null)");
    assert_eq!(all[4], "client.things.listClass(parent = Field(null), other = Field.Omitted)");
}

#[test]
fn a_walk_leaves_the_position_to_the_iterator() {
    let paging = Paging { iter: "class".to_owned(), position: "offset".to_owned(), item: plain(Tag::Text) };
    let params = vec![param("offset", plain(Tag::Int)), param("limit", plain(Tag::Int))];
    let listing = Operation { paging: Some(paging), ..operation(params, json!({"offset": 5, "limit": 2})) };
    for (line, walk) in written(listing).iter().zip([
        "client.things().iter_class().limit(2);",
        "client.things.iter_class(limit=2):",
        "client.things.iterClass({ limit: 2 })",
        "client.things.iterClass(limit: 2)",
        "client.things.iterClass(limit = 2)",
    ]) {
        assert!(line.contains(walk), "{line}");
    }
}

#[test]
fn an_example_that_does_not_fit_is_refused_with_its_place() {
    let wrong = operation(vec![param("limit", plain(Tag::Int))], json!({"limit": "many"}));
    let error = format!("{:#}", write(wrong).expect_err("no number"));
    assert!(error.contains("things.list_class") && error.contains("\"many\" is no Int"), "{error}");
}

#[test]
fn what_cannot_be_called_has_no_example() {
    let ended = Operation { not_callable: Some("It ended.".to_owned()), ..operation(Vec::new(), json!({})) };
    let snippets = write(ended).expect("nothing");
    assert!(snippets.by_operation.is_empty() && snippets.files.is_empty());
}

/// The methods that the examples call are those of the generated surfaces, odd names included.
#[test]
fn the_names_of_traps_are_those_of_their_surfaces() {
    let workspace = Workspace::find().expect("the workspace");
    let described = Descriptions::read(&workspace).expect("descriptions");
    let templates = Templates::new(&workspace).expect("templates");
    let surfaces = [
        ("Rust", "bindings-rust/src/generated/traps", "pub fn ", "("),
        ("Python", "bindings-python/tests/generated/traps", "def ", "("),
        ("Node", "bindings-node/test-services/generated/traps", "  ", "("),
        ("Swift", "bindings-swift/FileFerry/Tests/FileFerryTests/generated", "func ", "("),
        ("Kotlin", "bindings-kotlin/test-services/src/generated/kotlin/dev/fileferry/traps", "fun ", "("),
    ];
    let texts = surfaces.map(|(title, folder, before, after)| {
        let entries = std::fs::read_dir(workspace.path(folder)).expect(folder);
        let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        let text: String = paths.map(|path| std::fs::read_to_string(path).expect("text")).collect();
        (title, text.replace('`', ""), before, after)
    });
    let mut checked = 0;
    for service in &described.test_services {
        let surface = surface::service(service).expect("a surface");
        let languages = Languages::of(&surface).expect("languages");
        for at in 0..surface.groups.len() {
            let snippets = snippets::group(&languages, &surface, at, &templates).expect("snippets");
            for snippet in snippets.by_operation.values().flatten() {
                let (_, text, before, after) =
                    texts.iter().find(|(title, ..)| *title == snippet.title).expect("a language");
                let method = called(&snippet.lines);
                assert!(text.contains(&format!("{before}{method}{after}")), "{}: {method}", snippet.title);
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "{checked} examples");
}

/// The first method that is called behind `client` and its group.
fn called(lines: &[String]) -> String {
    let text: String = lines.iter().map(|line| line.trim()).collect();
    let call = text.split_once("client.").expect("a client").1;
    let method = call.split_once('.').expect("a method").1;
    method.split_once('(').expect("a call").0.replace('`', "")
}

#[test]
fn a_page_has_no_gaps() {
    assert_eq!(docs::tidy("# A\n\n\n\nb  \n\n\n"), "# A\n\nb\n");
}
