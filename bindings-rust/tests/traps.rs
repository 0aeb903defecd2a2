//! The description made of traps: its names and shapes survive in Rust.

#![cfg(feature = "test-services")]

use fileferry::Traps;
use fileferry::traps::{Colour, Item, OneOfAnswer, Self_, Shapes, Tree};
use serde_json::{Value, json};

#[test]
fn every_shape_is_plain_data_and_back() {
    let plain = json!({
        "must": "id-1", "yes_no": true, "whole": -5, "big": 9_007_199_254_740_993_i64, "real": 1.5,
        "money": "12.50", "words": "é", "colour": "light-green", "level": "high",
        "seconds": "2022-04-24T00:00:00Z", "millis": "2022-04-24T00:00:00.001000Z", "either": "2022-04-24T00:00:00Z",
        "iso": "0001-01-01T00:00:00Z", "local": "2020-01-01T10:20:30.500000", "anything": {"a": [null, 1]},
        "list": [1, 2], "holes": ["a", null], "one_or_more": [{"name": "a"}], "by_key": [{"name": "b", "count": 2}],
        "map": {"two words": 2}, "map_or_list": {}, "pair": ["a", 1, {"name": "c"}], "short": {"name": "d"},
        "child": {"must": "id-2"}, "children": [{"must": "id-3"}], "renamed": "r", "hidden": "secret",
        "nested": {"a": [[{"name": "e"}]]}, "extra": {"new": [1]},
    });
    let shapes: Shapes = serde_json::from_value(plain.clone()).unwrap();
    assert_eq!(shapes.colour, Some(Colour::LightGreen));
    assert_eq!(shapes.child.as_ref().unwrap().must, "id-2");
    assert_eq!(shapes.extra.get("new"), Some(&json!([1])));
    assert_eq!(serde_json::to_value(&shapes).unwrap(), plain);
    assert_eq!(shapes, shapes.clone());
    let printed = format!("{shapes:?}");
    assert!(!printed.contains("secret") && printed.contains("LightGreen"), "{printed}");
}

#[test]
fn names_that_are_reserved() {
    let odd: Self_ = serde_json::from_value(json!({
        "class": "a", "type": "b", "self": "c", "2nd": "d", "extra": "e", "größe": 6, "_extra": {"more": true},
    }))
    .unwrap();
    assert_eq!(odd.r#type.as_deref(), Some("b"));
    assert_eq!(odd.self_.as_deref(), Some("c"));
    assert_eq!(odd._2nd.as_deref(), Some("d"));
    assert_eq!(odd.extra_.as_deref(), Some("e"));
    assert_eq!(odd.größe, Some(6));
    assert_eq!(odd.extra.get("more"), Some(&json!(true)));
    assert_eq!(serde_json::to_value(&odd).unwrap()["_extra"], json!({"more": true}));
}

#[test]
fn words_stay_open() {
    for (word, colour) in
        [("", Colour::Empty), ("1st", Colour::_1st), ("None", Colour::None), ("default", Colour::Default)]
    {
        assert_eq!(Colour::from(word), colour);
        assert_eq!(colour.as_str(), word);
    }
    let unknown = Colour::from("mauve");
    assert_eq!(unknown, Colour::Unknown("mauve".to_owned()));
    assert_eq!(serde_json::to_value(&unknown).unwrap(), json!("mauve"));
}

#[test]
fn unions_and_models_that_hold_themselves() {
    let created: OneOfAnswer = serde_json::from_value(json!({"Created": {"name": "a"}})).unwrap();
    let OneOfAnswer::Created(item) = &created else { panic!("{created:?}") };
    assert_eq!(item.name, "a");
    assert_eq!(serde_json::to_value(&created).unwrap(), json!({"Created": {"name": "a"}}));
    let empty: OneOfAnswer = serde_json::from_value(json!({"Empty": null})).unwrap();
    assert_eq!(empty, OneOfAnswer::Empty);

    let plain = json!({"root": {"tree": {"branches": [{"leaf": "x"}]}}});
    let tree: Tree = serde_json::from_value(plain.clone()).unwrap();
    assert_eq!(serde_json::to_value(&tree).unwrap(), plain);
}

#[tokio::test]
async fn links_are_made_without_sending() {
    let traps = Traps::builder().build().unwrap();
    let link = traps.answers().link("x y/z").lang("de").await.unwrap();
    assert_eq!(link, "https://traps.invalid/api/link/x%20y%2Fz?lang=de");
}

#[test]
fn calls_take_every_name() {
    let traps = Traps::builder().key("k").build().unwrap();
    let call = traps
        .class()
        .import("here")
        .r#async(true)
        .self_("s")
        .deadline("d")
        .extra("e")
        .options("o")
        .with_deadline(std::time::Duration::from_secs(1));
    assert!(format!("{call:?}").contains("async"));
    let typed = traps.places().typed();
    let typed = typed.items([Item::new("a").count(1)]).colour("red").pair(("a".to_owned(), 1)).anything(json!([1]));
    assert!(format!("{typed:?}").contains("pair"));
    let _: Value = serde_json::to_value(Item::new("a")).unwrap();
}
