//! Who the client is: permanent keys, sessions, and one caller that renews for all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::border::{Error, Kind, Needed, Session};
use crate::tables::{Auth, Operation};
use crate::wire::{Context, Engine};

/// A session so young has not lapsed: services keep one for half an hour of rest at least.
const YOUNG: Duration = Duration::from_secs(600);

/// The credentials of a client, and the session it has.
pub(crate) struct SignedIn {
    credentials: BTreeMap<&'static str, SecretString>,
    session: Mutex<Option<Arc<SecretString>>>,
    /// When this client signed in; a session that it was given has an age that nobody knows.
    since: Mutex<Option<Instant>>,
    /// The session that was good for sure when the service answered as if there were none.
    proven: Mutex<Option<Arc<SecretString>>>,
    /// The kind of captcha that a login on the way of a call was asked for; the flow that follows need not ask again.
    asked: Mutex<Option<String>>,
    /// A session that no reply has told of yet.
    untold: Mutex<Option<String>>,
    /// How many sign-ins have ended, and how the last one failed.
    ended: Mutex<(u64, Option<Error>)>,
    /// Held by the one caller that signs in while the others wait.
    gate: tokio::sync::Mutex<()>,
}

/// A token for one request.
#[derive(Clone)]
pub(crate) enum Token {
    /// A key that the caller gave.
    Permanent(Arc<SecretString>),
    /// Made by signing in.
    Session(Arc<SecretString>),
}

impl SignedIn {
    pub(crate) fn new(credentials: BTreeMap<&'static str, SecretString>, session: Option<Session>) -> Self {
        let session = session.map(|session| Arc::new(SecretString::from(session.token)));
        Self {
            credentials,
            session: Mutex::new(session),
            since: Mutex::default(),
            proven: Mutex::default(),
            asked: Mutex::default(),
            untold: Mutex::default(),
            ended: Mutex::default(),
            gate: tokio::sync::Mutex::default(),
        }
    }

    /// A credential by the name of its option.
    pub(crate) fn credential(&self, name: &str) -> Option<&SecretString> {
        self.credentials.get(name)
    }

    pub(crate) fn session(&self) -> Option<Arc<SecretString>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_session(&self, token: Option<SecretString>) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = token.map(Arc::new);
    }

    fn is_good_for_sure(&self, session: &Arc<SecretString>) -> bool {
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
        let secret = self.credentials.iter().filter(|(name, _)| **name != "username").map(|(_, value)| value.clone());
        secret.chain(self.session().map(|token| (*token).clone())).collect()
    }
}

impl Engine {
    /// The token that an operation is sent with; signs in first where that is needed.
    pub(crate) async fn token_for(&self, operation: &Operation, context: &Context<'_>) -> Result<Option<Token>, Error> {
        if operation.auth == Auth::None {
            return Ok(None);
        }
        if let Some(token) = self.held_token() {
            return Ok(Some(token));
        }
        if crate::services::can_sign_in(self) {
            self.sign_in_once(None, context).await?;
            return Ok(self.held_token());
        }
        match operation.auth {
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
        let permanent = crate::services::permanent_token(self).map(|key| Token::Permanent(Arc::new(key.clone())));
        permanent.or_else(|| self.signed_in.session().map(Token::Session))
    }

    /// Signs in anew after `expired` was refused; `false` where that is not possible. Callers that come while another
    /// renews get what it brings.
    pub(crate) async fn renew(&self, expired: &Token, context: &Context<'_>) -> Result<bool, Error> {
        let Token::Session(expired) = expired else {
            return Ok(false);
        };
        if !crate::services::can_sign_in(self) {
            return Ok(false);
        }
        self.sign_in_once(Some(expired), context).await?;
        Ok(true)
    }

    /// Signs in anew after an answer that reads as if `sent`, the session held before the call, had not been sent: some
    /// services ignore a token that is good no longer. `false` where the session is young or was proven before; then the
    /// answer means what it says.
    pub(crate) async fn renew_doubted(
        &self,
        sent: Option<Arc<SecretString>>,
        context: &Context<'_>,
    ) -> Result<bool, Error> {
        if crate::services::permanent_token(self).is_some() {
            return Ok(false);
        }
        let renewed = match sent {
            Some(sent) if !self.signed_in.is_good_for_sure(&sent) => self.renew(&Token::Session(sent), context).await?,
            _ => false,
        };
        *self.signed_in.proven.lock().unwrap_or_else(PoisonError::into_inner) = self.signed_in.session();
        Ok(renewed)
    }

    async fn sign_in_once(&self, expired: Option<&Arc<SecretString>>, context: &Context<'_>) -> Result<(), Error> {
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
        let outcome = Box::pin(crate::services::sign_in(self, None, context)).await;
        let mut last = self.signed_in.ended();
        last.0 += 1;
        last.1 = outcome.as_ref().err().cloned();
        drop(last);
        match outcome {
            Ok(token) => {
                self.keep_session(token);
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
    pub(crate) fn keep_session(&self, token: SecretString) {
        self.signed_in.set_session(Some(token));
        self.signed_in.remember_captcha(None);
        *self.signed_in.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        *self.signed_in.untold.lock().unwrap_or_else(PoisonError::into_inner) = self.export_session();
    }

    pub(crate) fn export_session(&self) -> Option<String> {
        let token = self.signed_in.session()?;
        let session = Session {
            service: self.service.id.to_owned(),
            base_url: self.base_url().to_owned(),
            token: token.expose_secret().to_owned(),
        };
        Some(serde_json::to_string(&session).unwrap_or_else(|error| unreachable!("a session is plain data: {error}")))
    }
}
