//! OAuth: device codes, authorization codes with PKCE, and what they are changed for.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::LOCATION;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::accounts::user_code;
use super::params::{Args, Kind, Param};
use super::settings::Consent;
use super::{NAME, Premiumize, State, odd};
use crate::lock::LockExt;
use crate::server::answer::Answer;
use crate::server::{Call, Door};
use crate::world::Ground;

/// How long an authorization code lives.
const CODE_LIFE: i64 = 600;

/// What clients may ask for, and what was given to them.
#[derive(Debug)]
pub struct OAuth {
    pub client_id: String,
    pub client_secret: String,
    tokens: HashMap<String, Token>,
    /// Accounts by refresh tokens.
    refresh_tokens: HashMap<String, usize>,
    codes: HashMap<String, Code>,
    /// By device code.
    devices: HashMap<String, Device>,
    /// Requests that wait for a person, by the code that the page shows.
    requests: HashMap<String, Request>,
}

#[derive(Debug)]
struct Token {
    account: usize,
    expires: i64,
}

/// A request for an authorization code.
#[derive(Debug, Clone)]
struct Request {
    redirect_uri: Option<String>,
    state: Option<String>,
    challenge: Option<String>,
    /// Whether it wants a token at once, in the fragment.
    is_implicit: bool,
}

/// An authorization code.
#[derive(Debug)]
struct Code {
    account: usize,
    request: Request,
    expires: i64,
}

#[derive(Debug)]
struct Device {
    user_code: String,
    expires: i64,
    asked: Option<i64>,
    polls: u32,
    /// The account that it may use, or a refusal.
    decision: Option<Result<usize, ()>>,
}

/// What `POST /confirm` may wish for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmWish {
    user_code: String,
    /// Who agrees; the first premium account if left out.
    customer_id: Option<String>,
    #[serde(default)]
    deny: bool,
}

impl OAuth {
    pub fn new(ground: &Ground) -> Self {
        Self {
            client_id: ground.dice.pick(b"123456789", 9),
            client_secret: ground.secrets.noted(ground.dice.token(20)),
            tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            codes: HashMap::new(),
            devices: HashMap::new(),
            requests: HashMap::new(),
        }
    }

    /// The account of a token that is good.
    pub fn owner_of(&self, token: &str, now: i64) -> Option<usize> {
        self.tokens.get(token).filter(|token| token.expires > now).map(|token| token.account)
    }

    /// Whether a text holds a token or a secret of the client.
    pub fn holds_secret(&self, text: &str) -> bool {
        let mut tokens = self.tokens.keys().chain(self.refresh_tokens.keys());
        tokens.any(|token| text.contains(token.as_str())) || text.contains(&self.client_secret)
    }

    pub fn end_tokens(&mut self, now: i64) {
        self.tokens.values_mut().for_each(|token| token.expires = now);
    }

    /// Lets device codes and authorization codes lapse.
    pub fn end_codes(&mut self, now: i64) {
        self.devices.values_mut().for_each(|device| device.expires = now);
        self.codes.values_mut().for_each(|code| code.expires = now);
    }
}

const TEXT: Kind = Kind::Text;

const AUTHORIZE: &[Param] = &[
    Param::required("client_id", TEXT),
    Param::required("response_type", TEXT),
    Param::optional("redirect_uri", TEXT),
    Param::optional("state", TEXT),
    Param::optional("scope", TEXT),
    Param::optional("code_challenge", TEXT),
    Param::optional("code_challenge_method", TEXT),
];

const TOKEN: &[Param] = &[
    Param::required("client_id", TEXT),
    Param::optional("response_type", TEXT),
    Param::optional("grant_type", TEXT),
    Param::optional("code", TEXT),
    Param::optional("client_secret", TEXT),
    Param::optional("redirect_uri", TEXT),
    Param::optional("code_verifier", TEXT),
    Param::optional("refresh_token", TEXT),
];

/// An error of OAuth, which is one word.
type Refused = &'static str;

impl Premiumize {
    /// The page where a person agrees to what a client wants.
    pub(super) async fn authorize(&self, call: &Call) -> Answer {
        if call.method != Method::GET || call.door != Door::Services {
            call.violation("the page for consent is opened with GET");
            return Answer::html(StatusCode::METHOD_NOT_ALLOWED, "405 Not Allowed");
        }
        let args = Args::read(call, &self.ground.blobs, AUTHORIZE, &[]).await;
        let mut state = self.state.hold();
        let request = match read_request(&args, &state.oauth.client_id) {
            Ok(request) => request,
            Err(complaint) => {
                args.violation(complaint);
                return Answer::html(StatusCode::BAD_REQUEST, complaint);
            }
        };
        match self.settings().consent {
            Consent::Allow => self.page_after(&self.decide(&mut state, request, Some(0))),
            Consent::Deny => self.page_after(&self.decide(&mut state, request, None)),
            Consent::Ask => {
                let code = user_code(&self.ground);
                let page = Answer::html(StatusCode::OK, &format!("May this client use your account? {code}"));
                state.oauth.requests.insert(code, request);
                page
            }
        }
    }

    /// The page where a person types in the code of a device.
    pub(super) fn device_page(&self, call: &Call) -> Answer {
        if call.method != Method::GET {
            call.violation("the page for devices is opened with GET");
        }
        Answer::html(StatusCode::OK, "Type in the code that your device shows")
    }

    /// What a decision leads to: the address to go to, or what a page shows.
    fn decide(&self, state: &mut State, request: Request, account: Option<usize>) -> Value {
        let now = self.ground.clock.now();
        let mut told: Vec<(&str, String)> = match account {
            None => vec![("error", "access_denied".to_owned())],
            Some(account) if request.is_implicit => {
                let answer = self.give_token(state, account, false);
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                ["access_token", "token_type", "expires_in", "scope"]
                    .into_iter()
                    .filter_map(|member| Some((member, text(answer.get(member)?))))
                    .collect()
            }
            Some(account) => {
                let code = self.ground.secrets.noted(self.ground.dice.token(32));
                let expires = now + CODE_LIFE;
                state.oauth.codes.insert(code.clone(), Code { account, request: request.clone(), expires });
                vec![("code", code)]
            }
        };
        told.extend(request.state.map(|state| ("state", state)));
        let address = request.redirect_uri.as_deref().and_then(|address| Url::parse(address).ok());
        match address.filter(|address| !address.cannot_be_a_base()) {
            Some(mut address) => {
                let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&told).finish();
                if request.is_implicit && account.is_some() {
                    address.set_fragment(Some(&pairs));
                } else {
                    address.query_pairs_mut().extend_pairs(&told);
                }
                json!({"location": address.as_str()})
            }
            None => Value::Object(told.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()),
        }
    }

    fn page_after(&self, decision: &Value) -> Answer {
        match (decision["location"].as_str(), decision["code"].as_str()) {
            (Some(location), _) => Answer::empty(StatusCode::FOUND).with(LOCATION, location),
            (None, Some(code)) => Answer::html(StatusCode::OK, code),
            (None, None) => Answer::html(StatusCode::FORBIDDEN, "access_denied"),
        }
    }

    /// Does what a person does on a page: agrees to a device, a client or a new address, or refuses it.
    pub(super) fn person_decides(&self, wish: Value) -> Result<Value, String> {
        let wish: ConfirmWish = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        let now = self.ground.clock.now();
        let mut state = self.state.hold();
        let account = match &wish.customer_id {
            None => 0,
            Some(id) => {
                let position = state.accounts.iter().position(|account| account.customer_id == *id);
                position.ok_or("no account has this customer_id")?
            }
        };
        if let Some(owner) = state.accounts.iter_mut().find(|owner| owner.pin.as_ref() == Some(&wish.user_code)) {
            if !wish.deny {
                owner.pin = None;
            }
            return Ok(json!({}));
        }
        if let Some(request) = state.oauth.requests.remove(&wish.user_code) {
            return Ok(self.decide(&mut state, request, (!wish.deny).then_some(account)));
        }
        let device = state.oauth.devices.values_mut().find(|device| device.user_code == wish.user_code);
        let device = device.filter(|device| device.expires > now).ok_or("nothing waits under this code")?;
        device.decision = Some(if wish.deny { Err(()) } else { Ok(account) });
        Ok(json!({}))
    }

    /// Gives device codes and tokens.
    pub(super) async fn token(&self, call: &Call) -> Answer {
        if call.method != Method::POST || call.door != Door::Services {
            call.violation("a token is asked for with POST");
            return Answer::html(StatusCode::METHOD_NOT_ALLOWED, "405 Not Allowed");
        }
        if !call.query.is_empty() {
            call.violation("parameters in the query of a request for a token");
        }
        if call.header("authorization").is_some() {
            call.violation("an Authorization header with a request for a token");
        }
        let args = Args::read(call, &self.ground.blobs, TOKEN, &[]).await;
        let mut state = self.state.hold();
        match self.answer_of_token(&mut state, &args) {
            Ok(answer) => Answer::json(StatusCode::OK, &answer),
            Err(error) => Answer::json(StatusCode::BAD_REQUEST, &json!({"error": error})),
        }
    }

    fn answer_of_token(&self, state: &mut State, args: &Args) -> Result<Value, Refused> {
        if args.missing.is_some() {
            return Err("invalid_request");
        }
        let oauth = &state.oauth;
        let is_known = args.text("client_id") == Some(oauth.client_id.as_str());
        if !is_known || args.text("client_secret").is_some_and(|secret| secret != oauth.client_secret) {
            return Err("invalid_client");
        }
        match (args.text("response_type"), args.text("grant_type")) {
            (Some("device_code"), None) => Ok(self.give_device_code(state)),
            (None, Some("device_code")) => self.poll(state, args.text("code").unwrap_or_default()),
            (None, Some("authorization_code")) => self.exchange(state, args),
            (None, Some("refresh_token")) => self.refresh(state, args.text("refresh_token").unwrap_or_default()),
            (None, Some(_)) => {
                args.violation("this grant_type is not served");
                Err("unsupported_grant_type")
            }
            _ => {
                args.violation("a request for a token has response_type=device_code or a grant_type");
                Err("invalid_request")
            }
        }
    }

    fn give_device_code(&self, state: &mut State) -> Value {
        let settings = self.settings();
        let device_code = self.ground.secrets.noted(self.ground.dice.token(40));
        let user_code = user_code(&self.ground);
        let expires = self.ground.clock.now() + settings.device_life_s;
        let device = Device { user_code: user_code.clone(), expires, asked: None, polls: 0, decision: None };
        state.oauth.devices.insert(device_code.clone(), device);
        json!({
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": format!("{}/{NAME}/device", self.ground.address),
            "expires_in": settings.device_life_s,
            "interval": settings.device_interval_s,
        })
    }

    fn poll(&self, state: &mut State, device_code: &str) -> Result<Value, Refused> {
        let (settings, now) = (self.settings(), self.ground.clock.now());
        let device = state.oauth.devices.get_mut(device_code).filter(|device| device.expires > now);
        let device = device.ok_or("invalid_grant")?;
        let too_fast = device.asked.is_some_and(|asked| now - asked < settings.device_interval_s);
        device.asked = Some(now);
        if too_fast {
            return Err("slow_down");
        }
        if device.decision.is_none() && device.polls >= settings.consent_polls {
            device.decision = match settings.consent {
                Consent::Ask => None,
                Consent::Allow => Some(Ok(0)),
                Consent::Deny => Some(Err(())),
            };
        }
        device.polls = device.polls.saturating_add(1);
        match device.decision {
            None => Err("authorization_pending"),
            Some(Err(())) => Err("access_denied"),
            Some(Ok(account)) => {
                state.oauth.devices.remove(device_code);
                let with_refresh = self.odd(odd::DEVICE_REFRESH_TOKEN);
                Ok(self.give_token(state, account, with_refresh))
            }
        }
    }

    /// Changes an authorization code for a token; a code is good once.
    fn exchange(&self, state: &mut State, args: &Args) -> Result<Value, Refused> {
        let code = state.oauth.codes.remove(args.text("code").unwrap_or_default());
        let code = code.filter(|code| code.expires > self.ground.clock.now()).ok_or("invalid_grant")?;
        if args.text("redirect_uri") != code.request.redirect_uri.as_deref() {
            args.violation("redirect_uri is not the one that the code was asked for with");
            return Err("invalid_grant");
        }
        let verifier = args.text("code_verifier");
        match (&code.request.challenge, verifier) {
            (Some(challenge), Some(verifier)) if challenge_of(verifier) == *challenge => {
                if !(43..=128).contains(&verifier.len()) {
                    args.violation("a code_verifier has 43 to 128 characters");
                }
            }
            (None, None) => {
                if args.text("client_secret").is_none() {
                    args.violation("neither a code_verifier nor a client_secret");
                    return Err("invalid_client");
                }
            }
            _ => {
                args.violation("the code_verifier does not fit the code_challenge");
                return Err("invalid_grant");
            }
        }
        Ok(self.give_token(state, code.account, !self.odd(odd::REFRESH_TOKEN_MISSING)))
    }

    fn refresh(&self, state: &mut State, token: &str) -> Result<Value, Refused> {
        let account = *state.oauth.refresh_tokens.get(token).ok_or("invalid_grant")?;
        let rotates = self.odd(odd::REFRESH_TOKEN_ROTATES);
        if rotates {
            state.oauth.refresh_tokens.remove(token);
        }
        Ok(self.give_token(state, account, rotates))
    }

    fn give_token(&self, state: &mut State, account: usize, with_refresh: bool) -> Value {
        let life = self.settings().token_life_s;
        let token = self.ground.secrets.noted(self.ground.dice.token(32));
        let expires = self.ground.clock.now() + life;
        state.oauth.tokens.insert(token.clone(), Token { account, expires });
        let mut answer = Map::new();
        answer.insert("access_token".into(), json!(token));
        answer.insert("token_type".into(), json!("bearer"));
        if !self.odd(odd::EXPIRES_IN_MISSING) {
            answer.insert("expires_in".into(), json!(life));
            answer.insert("scope".into(), json!("full"));
        }
        if with_refresh {
            let refresh = self.ground.secrets.noted(self.ground.dice.token(32));
            state.oauth.refresh_tokens.insert(refresh.clone(), account);
            answer.insert("refresh_token".into(), json!(refresh));
        }
        Value::Object(answer)
    }
}

/// Reads a request for consent; says what is wrong with it.
fn read_request(args: &Args, client_id: &str) -> Result<Request, &'static str> {
    let owned = |name: &str| args.text(name).map(str::to_owned);
    if args.text("client_id") != Some(client_id) {
        return Err("this client is not registered");
    }
    let is_implicit = match args.text("response_type") {
        Some("code") => false,
        Some("token") => true,
        _ => return Err("response_type is code or token"),
    };
    if args.text("scope").is_some_and(|scope| scope != "full") {
        return Err("the only scope is full");
    }
    let challenge = owned("code_challenge");
    match (&challenge, args.text("code_challenge_method")) {
        (Some(challenge), Some("S256")) if challenge.len() == 43 => {}
        (None, None) => {}
        _ => return Err("a code_challenge has 43 characters and the method S256"),
    }
    Ok(Request { redirect_uri: owned("redirect_uri"), state: owned("state"), challenge, is_implicit })
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge_of(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
