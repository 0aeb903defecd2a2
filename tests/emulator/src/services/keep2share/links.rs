//! What is signed: download links and upload forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256, Sha512};

use super::free::FreeUser;
use super::{Keep2Share, NAME, STORAGE, State, odd};
use crate::text::hex;

/// How long a link lives.
const LINK_LIFE: i64 = 12 * 60 * 60;

/// How long a form lives: about a day.
const FORM_LIFE: i64 = 24 * 60 * 60;

const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A download link that was given out.
#[derive(Debug)]
pub struct Link {
    /// Path and query; a link is good only as it was given.
    pub target: String,
    pub file_id: String,
    /// The account whose traffic it uses.
    pub account: Option<usize>,
    /// The user that it was given to for free.
    pub free: Option<FreeUser>,
    pub expires: i64,
}

/// What a form is made for.
#[derive(Debug, Clone)]
pub struct NewForm {
    pub account: usize,
    pub parent: Option<String>,
    pub create_method: u64,
    pub file_field: &'static str,
    /// Name and value of a field beyond the usual three.
    pub extra: Option<(&'static str, String)>,
}

/// An upload form that was given out.
#[derive(Debug, Clone)]
pub struct Form {
    pub new: NewForm,
    pub params: String,
    pub expires: i64,
}

impl Keep2Share {
    /// Makes a link to a file and returns its address.
    pub(super) fn give_link(
        &self,
        state: &mut State,
        file_id: &str,
        account: Option<usize>,
        free: Option<FreeUser>,
    ) -> String {
        let dice = &self.ground.dice;
        let expires = self.ground.clock.now() + LINK_LIFE;
        let project = self.settings().site.project();
        let name = state.tree.get(file_id).map(|item| item.name.clone()).unwrap_or_default();
        let link_id = dice.hex(13);
        let path = format!("/{NAME}{STORAGE}{}/{}/{}", dice.hex(13), dice.hex(13), dice.hex(13));
        let query = format!(
            "temp_url_expires={expires}&id={link_id}&ip={}&node_id=214&countable=1&project={project}&user_id={}\
             &uf={file_id}&tags=legacy-api%2Cdownload%2C{project}&{}={}",
            free.as_ref().map_or("any", |user| &user.address),
            account.map_or(0, |number| number + 1),
            if self.odd(odd::LINK_QUERY_OTHER) { "rate_limit=0&filename" } else { "name" },
            utf8_percent_encode(&name, QUERY_VALUE),
        );
        let signature = self.ground.secrets.noted(hex(&Sha512::digest(format!("{}{path}?{query}", self.secret))));
        let address = format!("{}{path}?temp_url_sig={signature}&{query}", self.ground.address);
        let target = address.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap_or_default();
        state.links.insert(link_id, Link { target, file_id: file_id.to_owned(), account, free, expires });
        address
    }

    /// Makes a form; gives back its signed text and the signature.
    pub(super) fn give_form(&self, state: &mut State, new: NewForm) -> (String, String) {
        let expires = self.ground.clock.now() + FORM_LIFE;
        // As PHP writes it, with escaped slashes: reading and writing it again changes its bytes.
        let params = format!(
            r#"{{"project":"moneyplatform","expire":{expires},"extras":{{"user_id":{},"parent_id":"{}","project_name":"{}","create_method":{}}}}}"#,
            new.account + 1,
            new.parent.as_deref().unwrap_or("\\/"),
            self.settings().site.project(),
            new.create_method,
        );
        // Two equal forms of one second have signatures of their own nevertheless.
        let salt = self.ground.dice.hex(16);
        let signature = self.ground.secrets.noted(hex(&Sha256::digest(format!("{}{salt}{params}", self.secret))));
        state.forms.insert(signature.clone(), Form { new, params: params.clone(), expires });
        (params, signature)
    }
}
