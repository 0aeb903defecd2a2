//! Who the client is: permanent keys, sessions, and one caller that renews for all.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::border::{Error, Kind, Needed, Session};
use crate::tables::{Auth, Operation, Service, SignedBy};
use crate::wire::encode::ClientParam;
use crate::wire::{Context, Engine};

/// A session so young has not lapsed: services keep one for half an hour of rest at least.
const YOUNG: Duration = Duration::from_secs(600);

/// What signing in gave, by the names of the members that a service's requests carry.
pub(crate) struct Tokens(BTreeMap<String, SecretString>);

impl Tokens {
    pub(crate) fn new<const N: usize>(members: [(&str, String); N]) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// With one more member, where it came.
    pub(crate) fn and(mut self, name: &str, value: Option<String>) -> Self {
        self.0.extend(value.map(|value| (name.to_owned(), value.into())));
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(ExposeSecret::expose_secret)
    }
}

/// The credentials of a client, and the session it has.
pub(crate) struct SignedIn {
    service: &'static Service,
    credentials: BTreeMap<&'static str, SecretString>,
    session: Mutex<Option<Arc<Tokens>>>,
    /// When this client signed in; a session that it was given has an age that nobody knows.
    since: Mutex<Option<Instant>>,
    /// The session that was good for sure when the service answered as if there were none.
    proven: Mutex<Option<Arc<Tokens>>>,
    /// The kind of captcha that a login on the way of a call was asked for; the flow that follows need not ask again.
    asked: Mutex<Option<String>>,
    /// When a request last carried the session.
    used: Mutex<Option<Instant>>,
    /// Why signing in is not tried again for calls, where the service wants that.
    refused: Mutex<Option<Error>>,
    /// A session that no reply has told of yet.
    untold: Mutex<Option<String>>,
    /// How many sign-ins have ended, and how the last one failed.
    ended: Mutex<(u64, Option<Error>)>,
    /// Held by the one caller that signs in while the others wait.
    gate: tokio::sync::Mutex<()>,
}

/// What one request shows to say who sends it.
#[derive(Clone)]
pub(crate) enum Token {
    /// The client's own credentials, which need no session.
    Permanent,
    /// Made by signing in.
    Session(Arc<Tokens>),
}

impl SignedIn {
    pub(crate) fn new(
        service: &'static Service,
        credentials: BTreeMap<&'static str, SecretString>,
        session: Option<Session>,
    ) -> Self {
        let tokens = |session: Session| session.tokens.into_iter().map(|(name, value)| (name, value.into())).collect();
        let session = session.map(|session| Arc::new(Tokens(tokens(session))));
        Self {
            service,
            credentials,
            session: Mutex::new(session),
            since: Mutex::default(),
            proven: Mutex::default(),
            asked: Mutex::default(),
            used: Mutex::default(),
            refused: Mutex::default(),
            untold: Mutex::default(),
            ended: Mutex::default(),
            gate: tokio::sync::Mutex::default(),
        }
    }

    /// A credential by the name of its option.
    pub(crate) fn credential(&self, name: &str) -> Option<&SecretString> {
        self.credentials.get(name)
    }

    /// Whether the credentials themselves are what requests carry.
    pub(crate) fn is_permanent(&self) -> bool {
        let is_held =
            |from: SignedBy| matches!(from, SignedBy::Credential(name) if self.credentials.contains_key(name));
        self.service.signed.iter().any(|signature| is_held(signature.from))
    }

    /// What a request of an operation carries beside its own parameters.
    pub(crate) fn signatures<'a>(&'a self, operation: &Operation, token: &'a Token) -> Vec<ClientParam<'a>> {
        let wanted = self.service.signed.iter().filter(|signature| !operation.unsigned.contains(&signature.name));
        let value = |from: SignedBy| match (token, from) {
            (Token::Permanent, SignedBy::Credential(name)) => self.credential(name).map(ExposeSecret::expose_secret),
            (Token::Session(tokens), SignedBy::Session(name)) => tokens.get(name),
            _ => None,
        };
        let filled = wanted.filter_map(|signature| {
            let value = value(signature.from)?;
            let value = match signature.prefix {
                "" => Cow::Borrowed(value),
                prefix => Cow::Owned(format!("{prefix}{value}")),
            };
            Some((signature.name, signature.place, value))
        });
        filled.collect()
    }

    pub(crate) fn session(&self) -> Option<Arc<Tokens>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_session(&self, tokens: Tokens) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(tokens));
    }

    /// Ends a session that the service knows no more.
    pub(crate) fn forget(&self, ended: &Arc<Tokens>) {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if session.as_ref().is_some_and(|held| Arc::ptr_eq(held, ended)) {
            *session = None;
        }
    }

    /// Whether the session was not used for longer than it is sure to last; it is from now on.
    fn has_rested(&self, limit: Option<Duration>) -> bool {
        let before = self.used.lock().unwrap_or_else(PoisonError::into_inner).replace(Instant::now());
        limit.zip(before).is_some_and(|(limit, before)| before.elapsed() > limit)
    }

    fn is_good_for_sure(&self, session: &Arc<Tokens>) -> bool {
        let proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        proven.is_some_and(|proven| Arc::ptr_eq(&proven, session)) || since.is_some_and(|since| since.elapsed() < YOUNG)
    }

    /// The session to tell the program of, once. It outlives a call that was cancelled after it signed in.
    pub(crate) fn take_untold(&self) -> Option<String> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn ended(&self) -> MutexGuard<'_, (u64, Option<Error>)> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember_captcha(&self, kind: Option<String>) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = kind;
    }

    /// The kind of captcha that the last login was asked for, once.
    pub(crate) fn take_asked_captcha(&self) -> Option<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let is_secret = |name: &str| self.service.credentials.iter().any(|known| known.secret && known.name == name);
        let is_public = |name: &str| {
            let names = |from| matches!(from, SignedBy::Session(member) if member == name);
            self.service.signed.iter().any(|known| known.public && names(known.from))
        };
        let mut secrets: Vec<SecretString> =
            self.credentials.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.clone()).collect();
        if let Some(session) = self.session() {
            secrets.extend(session.0.iter().filter(|(name, _)| !is_public(name)).map(|(_, value)| value.clone()));
        }
        secrets
    }
}

impl Engine {
    /// The token that an operation is sent with; signs in first where that is needed.
    pub(crate) async fn token_for(&self, operation: &Operation, context: &Context<'_>) -> Result<Option<Token>, Error> {
        if operation.auth == Auth::None {
            return Ok(None);
        }
        if let Some(token) = self.held_token() {
            if self.signed_in.has_rested(crate::services::session_rest(self.service)) {
                self.renew(&token, context).await?;
            }
            return Ok(self.held_token());
        }
        if crate::services::can_sign_in(self) {
            self.sign_in_once(None, context).await?;
            return Ok(self.held_token());
        }
        match operation.auth {
            Auth::Required if crate::services::asks_for_consent(self) => {
                context.needs(Needed::SignIn);
                let message = format!("{} needs a person who agrees first: sign in", operation.id);
                Err(Error::new(Kind::AuthenticationRequired, message)
                    .named("consent_required")
                    .during(self.service.id, Some(operation.id)))
            }
            Auth::Required => Err(Error::new(
                Kind::AuthenticationRequired,
                format!("{} needs a signed-in client: give it credentials", operation.id),
            )
            .named("no_credentials")
            .during(self.service.id, Some(operation.id))),
            _ => Ok(None),
        }
    }

    fn held_token(&self) -> Option<Token> {
        match self.signed_in.is_permanent() {
            true => Some(Token::Permanent),
            false => self.signed_in.session().map(Token::Session),
        }
    }

    /// Signs in anew after `expired` was refused; `false` where that is not possible. Callers that come while another
    /// renews get what it brings.
    pub(crate) async fn renew(&self, expired: &Token, context: &Context<'_>) -> Result<bool, Error> {
        let Token::Session(expired) = expired else {
            return Ok(false);
        };
        if !crate::services::can_sign_in(self) {
            if crate::services::asks_for_consent(self) {
                context.needs(Needed::SignIn);
            }
            return Ok(false);
        }
        self.sign_in_once(Some(expired), context).await?;
        Ok(true)
    }

    /// Signs in anew after an answer that reads as if `sent`, the session held before the call, had not been sent: some
    /// services ignore a token that is good no longer. `false` where the session is young or was proven before; then the
    /// answer means what it says.
    pub(crate) async fn renew_doubted(&self, sent: Option<Arc<Tokens>>, context: &Context<'_>) -> Result<bool, Error> {
        if self.signed_in.is_permanent() {
            return Ok(false);
        }
        let renewed = match sent {
            Some(sent) if !self.signed_in.is_good_for_sure(&sent) => self.renew(&Token::Session(sent), context).await?,
            _ => false,
        };
        *self.signed_in.proven.lock().unwrap_or_else(PoisonError::into_inner) = self.signed_in.session();
        Ok(renewed)
    }

    async fn sign_in_once(&self, expired: Option<&Arc<Tokens>>, context: &Context<'_>) -> Result<(), Error> {
        let ended = self.signed_in.ended().0;
        let _gate = self.signed_in.gate.lock().await;
        let held = self.signed_in.session();
        let renewed_meanwhile = match (&held, expired) {
            (Some(held), Some(expired)) => !Arc::ptr_eq(held, expired),
            (Some(_), None) => true,
            (None, _) => false,
        };
        if renewed_meanwhile {
            return Ok(());
        }
        {
            let (number, failure) = &*self.signed_in.ended();
            if *number != ended
                && let Some(failure) = failure
                && failure.record().http_status.is_some()
            {
                // The one who signed in while we waited was refused, and so would we be; services count refusals.
                if failure.kind() == Kind::CaptchaRequired {
                    context.needs(Needed::SignIn);
                }
                return Err(failure.clone());
            }
        }
        let refused = self.signed_in.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(refused) = refused {
            return Err(refused);
        }
        let outcome = crate::services::sign_in(self, None, context).await;
        if let Err(error) = &outcome
            && error.kind() == Kind::InvalidCredentials
            && crate::services::keeps_refusals(self.service)
        {
            *self.signed_in.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        }
        let mut last = self.signed_in.ended();
        last.0 += 1;
        last.1 = outcome.as_ref().err().cloned();
        drop(last);
        match outcome {
            Ok(tokens) => {
                self.keep_session(tokens);
                Ok(())
            }
            Err(error) => {
                if error.kind() == Kind::CaptchaRequired {
                    let captcha = error.record().details.captcha.as_ref();
                    self.signed_in.remember_captcha(captcha.and_then(|captcha| captcha.kind.clone()));
                    context.needs(Needed::SignIn);
                }
                Err(error)
            }
        }
    }

    /// Keeps a new session and lets the program hear of it.
    pub(crate) fn keep_session(&self, tokens: Tokens) {
        self.signed_in.set_session(tokens);
        self.signed_in.remember_captcha(None);
        *self.signed_in.refused.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.signed_in.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        *self.signed_in.untold.lock().unwrap_or_else(PoisonError::into_inner) = self.export_session();
    }

    pub(crate) fn export_session(&self) -> Option<String> {
        let tokens = self.signed_in.session()?;
        let exposed = tokens.0.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned()));
        let session = Session {
            service: self.service.id.to_owned(),
            base_url: self.base_url().to_owned(),
            tokens: exposed.collect(),
        };
        Some(serde_json::to_string(&session).unwrap_or_else(|error| unreachable!("a session is plain data: {error}")))
    }
}
