//! What a site ignores of a change without a word: a password of a folder that it does not like, so that the folder stands
//! open, and a folder that it does not know. Only the answer to the change shows it.

use serde_json::{Map, Value};

use super::is_root;
use crate::border::{Error, ItemResult, Kind};
use crate::decode;
use crate::services::answers::text;
use crate::tables::Operation;
use crate::wire::Answered;
use crate::wire::encode::encoded_text;

const PASSWORD: &str = "access_password";

/// Changes that can move something: the argument that says whereto, and the member of the answer that tells where it lies.
const PLACES: [(&str, &str, &str); 2] =
    [("file.edit", "folder_id", "folderId"), ("folder.edit", "parent_id", "parentId")];

/// Refuses the answer to a change that does not show what was wanted.
pub(super) fn check(operation: &Operation, arguments: &Map<String, Value>, answered: &Answered) -> Result<(), Error> {
    let place = PLACES.iter().find(|(of, ..)| *of == operation.id);
    let place = place.and_then(|(_, name, member)| Some((arguments.get(*name)?.as_str()?, *member)));
    let password = operation.params.iter().find(|param| param.name == PASSWORD).zip(arguments.get(PASSWORD));
    if place.is_none() && password.is_none() {
        return Ok(());
    }
    let answer = decode::json::value(&answered.body).map_err(|_| Error::internal("judged, yet no JSON"))?;
    let item = &answer["data"];
    let ignored = |name, what: String| {
        let id = text(item, "id").unwrap_or_default();
        let mut error = Error::new(Kind::Conflict, format!("{} of {id} is done, but {what}", operation.id)).named(name);
        error.record_mut().details.items =
            vec![ItemResult { id: Some(id), index: 0, ok: true, code: None, message: Some(what) }];
        Err(error)
    };
    if let Some((param, wanted)) = password {
        let shown = text(item, "accessPassword").filter(|hash| !hash.is_empty());
        let wanted = wanted.as_str().and_then(|wanted| encoded_text(param.encode, wanted));
        match (wanted, shown) {
            (Some(wanted), Some(shown)) if wanted.eq_ignore_ascii_case(&shown) => {}
            (Some(_), _) => return ignored("password_not_set", "the site did not take its password".into()),
            (None, Some(_)) => {
                // Many sites take it away only beside another change.
                let what = "the site did not take its password away; change something else along with it";
                return ignored("password_not_cleared", what.into());
            }
            (None, None) => {}
        }
    }
    // Nothing is where an answer does not say; blank leaves it where it is.
    let place = place.filter(|(wanted, member)| !wanted.is_empty() && item.get(*member).is_some());
    if let Some((wanted, member)) = place {
        let lies = text(item, member).filter(|lies| !is_root(lies));
        let wanted = Some(wanted).filter(|wanted| !is_root(wanted));
        if lies.as_deref() != wanted {
            let place = lies.map_or("the root folder".to_owned(), |lies| format!("the folder {lies}"));
            return ignored("folder_not_used", format!("it lies in {place}: the site does not know the one wanted"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tables::generated::yetishare::SERVICE;

    fn refusal(operation: &str, arguments: Value, member: &str, shown: Value) -> Option<String> {
        let operation = SERVICE.operation(operation).expect("described");
        let answer = json!({"data": {"id": 129, member: shown}, "_status": "success"});
        let body = answer.to_string().into_bytes();
        let answered = Answered { status: 200, headers: Default::default(), body, signed_in: true };
        let error = check(operation, arguments.as_object().expect("an object"), &answered).err()?;
        assert!(error.record().message.contains("129"));
        error.record().name.clone()
    }

    #[test]
    fn the_answer_shows_whether_a_password_was_taken() {
        // The MD5 of `open`.
        let hash = "7cef8a734855777c2a9d0caf42666e69";
        for (operation, arguments, shown, name) in [
            ("folder.create", json!({"access_password": "open"}), json!(hash), None),
            ("folder.create", json!({"access_password": "open"}), json!(hash.to_uppercase()), None),
            ("folder.create", json!({"access_password": "open"}), json!(null), Some("password_not_set")),
            ("folder.edit", json!({"access_password": "open"}), json!("open"), Some("password_not_set")),
            ("folder.edit", json!({"access_password": null}), json!(hash), Some("password_not_cleared")),
            ("folder.edit", json!({"access_password": null}), json!(null), None),
            ("folder.edit", json!({}), json!(hash), None),
            ("folder.info", json!({}), json!(hash), None),
        ] {
            assert_eq!(
                refusal(operation, arguments.clone(), "accessPassword", shown).as_deref(),
                name,
                "{operation} {arguments}"
            );
        }
    }

    #[test]
    fn the_answer_shows_whether_a_folder_was_used() {
        for (operation, arguments, member, shown, is_used) in [
            ("file.edit", json!({"folder_id": "7"}), "folderId", json!("7"), true),
            ("file.edit", json!({"folder_id": "7"}), "folderId", json!(7), true),
            ("file.edit", json!({"folder_id": "7"}), "folderId", json!(null), false),
            ("file.edit", json!({"folder_id": "/"}), "folderId", json!(null), true),
            ("file.edit", json!({"folder_id": "/"}), "folderId", json!("8"), false),
            ("file.edit", json!({"folder_id": ""}), "folderId", json!("8"), true),
            ("file.edit", json!({"folder_id": "7"}), "other", json!("8"), true),
            ("folder.edit", json!({"parent_id": "7"}), "parentId", json!("8"), false),
            ("folder.edit", json!({"folder_id": "7"}), "parentId", json!("8"), true),
        ] {
            let refusal = refusal(operation, arguments.clone(), member, shown);
            assert_eq!(refusal.is_none(), is_used, "{operation} {arguments}: {refusal:?}");
        }
    }
}
