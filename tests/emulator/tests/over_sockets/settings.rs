//! Settings of a world.

use serde_json::json;

use crate::client::{Emulator, Request, Upload, text};

#[test]
fn what_is_not_named_stays() {
    let emulator = Emulator::start();
    let world = emulator.world();
    let before = world.ask("settings")["keep2share"].clone();
    assert_eq!((&before["free_wait_s"], &before["site"]), (&json!(30), &json!("keep2share")));
    let after = world.set(json!({"free_wait_s": 2, "free_margin_s": 0}));
    assert_eq!((&after["free_wait_s"], &after["free_size"]), (&json!(2), &before["free_size"]));
    assert_eq!(world.ask("settings")["keep2share"], after);
    assert_eq!(emulator.new_world().ask("settings")["keep2share"], before);
    for wrong in [json!({"wait": 1}), json!({"free_wait_s": "1"}), json!({"site": "other"})] {
        let mut order = wrong;
        order["service"] = json!("keep2share");
        assert_eq!(Request::post(&format!("{}/settings", world.control), &order).send().status, 400, "{order}");
    }
    assert_eq!(world.ask("settings")["keep2share"], after, "a refused order changes nothing");
    let accepted = {
        let mut body = world.solved_captcha();
        body["file_id"] = json!(world.seed(json!({"size": 1})));
        world.call("getUrl", body).json()
    };
    assert_eq!(accepted["time_wait"], json!(2));
}

#[test]
fn sister_sites() {
    let emulator = Emulator::start();
    for (site, host, project) in
        [("keep2share", "k2s.cc", "k2s"), ("fileboom", "fboom.me", "fboom"), ("tezfiles", "tezfiles.com", "tezfiles")]
    {
        let world = emulator.new_world();
        world.set(json!({"site": site}));
        let upload = Upload::prepare(&world, "/", "abc.bin", "abc");
        let params = &upload.fields.iter().find(|(name, _)| name == "params").expect("params").1;
        assert!(params.contains(&format!("\"project_name\":\"{project}\"")), "{params}");
        let uploaded = upload.send().json();
        let id = text(&uploaded["user_file_id"]);
        assert_eq!(uploaded["link"], json!(format!("https://{host}/file/{id}")));
        assert_eq!(world.call_as("free", "getDomainsList", json!({})).json()["domains"], json!([host]));
        assert!(world.link(&id).contains(&format!("&project={project}&")));
    }
}
