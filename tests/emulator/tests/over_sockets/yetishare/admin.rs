//! What administrators do with accounts.

use serde_json::{Value, json};

use super::{Site, refusal};
use crate::client::{Emulator, text};

const CREATE: [(&str, &str); 3] = [("username", "newcomer"), ("password", "pw-12345"), ("email", "new@example.com")];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().chain(more).copied().collect()
}

#[test]
fn accounts_come_change_and_go() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let admin = site.sign_in("admin");
    let call = |path: &str, fields: &[(&str, &str)]| {
        let told = site.post(path, &with(&[("access_token", &admin.token)], fields)).json();
        assert_eq!(told["_status"], json!("success"), "{path}: {told}");
        told
    };
    let created = call("account/create", &with(&CREATE, &[("package_id", "2"), ("title", "Dr"), ("firstname", "A")]));
    assert_eq!(created["response"], json!("User successfully created."));
    let (data, id) = (created["data"].clone(), text(&created["data"]["id"]));
    assert_eq!((&data["username"], &data["level_id"], &data["title"]), (&json!("newcomer"), &json!("2"), &json!("Dr")));
    let newcomer = json!({"username": "newcomer", "password": "pw-12345"});
    site.sign_in_as(&newcomer).ok("account/info", &[]);
    let edited = call(
        "account/edit",
        &[("account_id", &id), ("status", "suspended"), ("paid_expiry_date", "2030-01-02 03:04:05")],
    );
    assert_eq!(edited["response"], json!("User successfully updated."));
    assert_eq!(
        (&edited["data"]["status"], &edited["data"]["paidExpiryDate"]),
        (&json!("suspended"), &json!("2030-01-02 03:04:05"))
    );
    assert!(
        refusal(&site.post("authorize", &[("username", "newcomer"), ("password", "pw-12345")]))
            .starts_with("Could not authenticate user.")
    );
    call("account/edit", &[("account_id", &id), ("status", "active"), ("password", "other-pw")]);
    let member = site.sign_in_as(&json!({"username": "newcomer", "password": "other-pw"}));
    // Administrators ask about others, and about themselves without an id.
    assert_eq!(call("account/info", &[("account_id", &id)])["data"]["username"], json!("newcomer"));
    assert_eq!(call("account/package", &[])["data"]["id"], json!("20"));
    let deleted = call("account/delete", &[("account_id", &id)]);
    assert_eq!((&deleted["response"], deleted.get("data")), (&json!("User successfully deleted."), None));
    assert!(member.refused("folder/listing", &[]).starts_with("Could not validate"));
    let packages = call("package/listing", &[])["data"]["packages"].clone();
    let ids: Vec<&Value> = packages.as_array().expect("a list").iter().map(|package| &package["id"]).collect();
    assert_eq!(ids, ["1", "2", "20"]);
    assert_eq!(site.violations(), [""; 0]);
}

#[test]
fn what_is_refused() {
    let emulator = Emulator::start();
    let site = Site::new(&emulator);
    let (admin, member) = (site.sign_in("admin"), site.sign_in("keys"));
    let other_admin = site.new_account("admin", json!({}));
    let other_admin = text(&other_admin["account_id"]);
    let token = [("access_token", admin.token.as_str())];
    let refused = |path: &str, fields: &[(&str, &str)]| refusal(&site.post(path, &with(&token, fields)));
    let of_keys = text(&site.account("free")["username"]);
    let mail_of_keys = format!("{of_keys}@example.com");
    let create: &[(&[(&str, &str)], &str)] = &[
        (&[], "Please provide the username param."),
        (&[CREATE[0]], "Please provide the password param."),
        (&[CREATE[0], CREATE[1]], "Please provide the email param."),
        (&[CREATE[0], CREATE[1], ("email", &mail_of_keys)], "Email address already exists on another account"),
        (&[("username", &of_keys), CREATE[1], CREATE[2]], "Username already exists on another account"),
        (
            &[CREATE[0], CREATE[1], CREATE[2], ("package_id", "20")],
            "API can not be used to create admin or moderator accounts.",
        ),
        (
            &[CREATE[0], CREATE[1], CREATE[2], ("package_id", "-1")],
            "Can not have package ids greater or equal to 10 or less than 0 via the API.",
        ),
    ];
    for (fields, text) in create {
        assert_eq!(refused("account/create", fields), *text);
    }
    let edit: &[(&[(&str, &str)], &str)] = &[
        (&[], "Please provide the account_id param of the account to edit."),
        (&[("account_id", "1")], "Failed loading a user account with the supplied account_id."),
        (&[("account_id", &other_admin)], "You can not edit admin accounts via the API."),
        (&[("account_id", &member.id), ("email", &mail_of_keys)], "Email address already exists on another account"),
        (
            &[("account_id", &member.id), ("package_id", "10")],
            "API can not be used to administer admin or moderator accounts.",
        ),
    ];
    for (fields, text) in edit {
        assert_eq!(refused("account/edit", fields), *text);
    }
    let delete: &[(&[(&str, &str)], &str)] = &[
        (&[], "Please provide the account_id param of the account to delete."),
        (&[("account_id", "1")], "Failed loading a user account with the supplied account_id."),
        (&[("account_id", &other_admin)], "You can not delete admin accounts via the API."),
        (&[("account_id", &admin.id)], "You can not delete the current API user."),
    ];
    for (fields, text) in delete {
        assert_eq!(refused("account/delete", fields), *text);
    }
    for path in ["account/create", "account/edit", "account/delete", "package/listing"] {
        assert_eq!(member.refused(path, &[]), "API user must be an admin user for this endpoint.", "{path}");
        assert_eq!(refusal(&site.post(path, &[])), "Please provide the access_token param.", "{path}");
        let text = refusal(&site.post(path, &[("access_token", "x")]));
        assert_eq!(text, "Could not validate access_token, please reauthenticate or try again.", "{path}");
    }
    site.set(json!({"demo_mode": true}));
    assert_eq!(refused("account/edit", &[]), "This API feature is not available in demo mode.");
}
