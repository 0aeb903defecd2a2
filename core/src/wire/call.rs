//! The way of every operation from its arguments to its answer.

use std::time::Instant;

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use crate::border::{Answer, ByteStream, CancelHandle, Error, Kind, Reply, Tape};
use crate::tables::{Auth, Method, Operation, ResultShape, Retry, Type};
use crate::wire::attempts::{Context, Trace};
use crate::wire::authenticate::Token;
use crate::wire::encode::{self, Body, Encoded};
use crate::wire::judge::{self, Answered, Failure};
use crate::wire::options::{CallOptions, Sending, Undescribed};
use crate::wire::{Engine, redact};

/// What a request of an operation brought.
pub(crate) enum Exchanged {
    /// A JSON answer, and what was read from it.
    Read(Answered, Option<Tape>),
    /// A stream of bytes.
    Stream(ByteStream),
}

/// A described form that waits for its source, as far as arguments and client fill it.
pub(crate) struct SourceForm {
    pub(crate) address: Url,
    pub(crate) fields: Vec<(String, String)>,
    /// What in it says who sends it.
    pub(crate) token: Option<Token>,
}

impl Reply {
    pub(crate) fn of(outcome: Result<Answer, Error>, trace: Trace) -> Self {
        Self { outcome, response: trace.response, session: None, needs: trace.needs }
    }

    pub(crate) fn failed(error: Error) -> Self {
        Self::of(Err(error), Trace::default())
    }
}

impl Engine {
    pub(crate) async fn call(&self, operation: &str, arguments: &[u8], options: &[u8], cancel: &CancelHandle) -> Reply {
        let prepared = self.described(operation).and_then(|operation| {
            let arguments = encode::parse_arguments(self.service, operation, arguments)?;
            Ok((operation, arguments, CallOptions::from_json(options)?))
        });
        match prepared {
            Ok((operation, arguments, options)) => self.run(operation, &arguments, &options, cancel).await,
            Err(error) => Reply::failed(error.during(self.service.id, Some(operation))),
        }
    }

    /// An operation that a program may call.
    pub(crate) fn described(&self, id: &str) -> Result<&'static Operation, Error> {
        match self.service.operation(id).filter(|operation| operation.part_of.is_none()) {
            Some(operation) => match operation.not_callable {
                Some(reason) => Err(Error::new(Kind::NotSupported, format!("{id} cannot be called: {reason}"))),
                None => Ok(operation),
            },
            None => Err(Error::invalid_argument(format!("{} has no operation {id}", self.service.id))),
        }
    }

    pub(crate) async fn run(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        options: &CallOptions,
        cancel: &CancelHandle,
    ) -> Reply {
        let deadline = self.time_for(options);
        let context = Context::new(options, deadline);
        let outcome =
            self.within(deadline, cancel, self.answer(operation, arguments, &options.sending, &context)).await;
        // A deadline ends a call in parts wherever it stands, so what is known of them is told here.
        let outcome = outcome.map_err(|error| match context.parts().take() {
            Some(parts) => parts.told_by(error),
            None => error,
        });
        self.reply(outcome, Some(operation.id), &context)
    }

    /// What a call hands back: its outcome, fit to be seen, and what came beside it.
    pub(crate) fn reply(
        &self,
        outcome: Result<Answer, Error>,
        operation: Option<&str>,
        context: &Context<'_>,
    ) -> Reply {
        let outcome = outcome.map_err(|error| self.shown(error.during(self.service.id, operation), context));
        // Whoever cancels a call or closes the client may not look at its reply; the next one tells of the session.
        let is_unseen = matches!(&outcome, Err(error) if matches!(error.kind(), Kind::Cancelled | Kind::Closed));
        let session = if is_unseen { None } else { self.signed_in.take_untold() };
        Reply { session, ..Reply::of(outcome, context.take_trace()) }
    }

    /// Runs a call inside a context and gives its answer.
    pub(crate) async fn answer(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        sending: &Sending,
        context: &Context<'_>,
    ) -> Result<Answer, Error> {
        if let Some(batch) = &operation.batch
            && let Some(Value::Array(items)) = arguments.get(batch.param)
            && (items.len() > batch.size || batch.looks_at_items() && !items.is_empty())
        {
            return self.in_batches(operation, batch, items, arguments, sending, context).await;
        }
        if operation.made_of.is_some() {
            return self.made(operation, arguments, context).await;
        }
        if operation.result == ResultShape::Link {
            return self.link(operation, arguments, sending, context).await;
        }
        match self.exchange(operation, arguments, sending, context).await? {
            Exchanged::Stream(stream) => Ok(Answer::Bytes(stream)),
            Exchanged::Read(_, tape) => Ok(match (tape, operation.result) {
                (Some(tape), ResultShape::Json { ty, .. }) => Answer::Value(tape, ty),
                _ => Answer::None,
            }),
        }
    }

    /// An answer that is made here from those of other operations.
    async fn made(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<Answer, Error> {
        let plain = crate::services::make(self, operation, arguments, context).await?;
        match operation.result {
            ResultShape::Json { ty, .. } => {
                Ok(Answer::Value(crate::border::from_plain(self.service, &ty, &plain.to_string())?, ty))
            }
            _ => Ok(Answer::None),
        }
    }

    /// The address for a person's browser: made here, sent by nobody.
    async fn link(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        sending: &Sending,
        context: &Context<'_>,
    ) -> Result<Answer, Error> {
        let token = self.token_for(operation, context).await?;
        let (encoded, _) = self.encode(operation, arguments, sending, token.as_ref())?;
        Ok(Answer::Link(self.address(&encoded)?.to_string()))
    }

    /// One described request with its attempts.
    pub(crate) async fn exchange(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        sending: &Sending,
        context: &Context<'_>,
    ) -> Result<Exchanged, Error> {
        let exchanged = self.exchange_as(operation, operation.idempotent, arguments, sending, context).await;
        exchanged.map_err(|failure| failure.error)
    }

    /// One described request with its attempts, for a caller who knows better than its description whether it may be
    /// repeated, or wants to know whether a failed one may have been carried out.
    pub(crate) async fn exchange_as(
        &self,
        operation: &Operation,
        idempotent: bool,
        arguments: &Map<String, Value>,
        sending: &Sending,
        context: &Context<'_>,
    ) -> Result<Exchanged, Box<Failure>> {
        for param in operation.params.iter().filter(|param| param.secret) {
            if let Some(text) = arguments.get(param.name).and_then(Value::as_str) {
                context.keep_secret(text);
                encode::encoded_text(param.encode, text).iter().for_each(|encoded| context.keep_secret(encoded));
            }
            // As it is on the wire, where the caller says it so.
            let extra = param.wire.iter().filter_map(|name| sending.extra.get(*name)).filter_map(Value::as_str);
            extra.for_each(|text| context.keep_secret(text));
        }
        // A mistake in the arguments shows before anything is sent, be it only for signing in.
        self.check(operation, arguments, sending)
            .map_err(|error| Box::new(Failure { left: false, ..Failure::of_ours(error) }))?;
        self.attempts(operation, idempotent, context, |number, token: Option<Token>| async move {
            let (encoded, method) = self
                .encode(operation, arguments, sending, token.as_ref())
                .map_err(|error| Box::new(Failure::of_ours(error)))?;
            let url = self.address(&encoded).map_err(|error| Box::new(Failure::of_ours(error)))?;
            self.rate.turn().await;
            let outcome = self.exchange_once(operation, method, url, encoded, token.is_some(), number, context).await;
            let outcome = outcome.and_then(|exchanged| self.checked(operation, arguments, exchanged));
            if let (Ok(_), Some(Token::Session(sent))) = (&outcome, &token)
                && crate::services::ends_session(self.service, operation)
            {
                self.signed_in.forget(sent);
            }
            outcome.map_err(|mut failure| {
                if sending.hands_back_waits && failure.error.kind() == Kind::WaitRequired {
                    failure.retry = Retry::Never;
                }
                failure
            })
        })
        .await
    }

    /// Lets the service refuse a success that is none for what was asked.
    fn checked(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        exchanged: Exchanged,
    ) -> Result<Exchanged, Box<Failure>> {
        if let Exchanged::Read(answered, _) = &exchanged
            && let Err(mut error) = crate::services::check_answer(self.service, operation, arguments, answered)
        {
            error.record_mut().http_status = Some(answered.status);
            return Err(Box::new(Failure::of_ours(error)));
        }
        Ok(exchanged)
    }

    /// Whether a call could be sent.
    pub(crate) fn check(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        sending: &Sending,
    ) -> Result<(), Error> {
        self.encode(operation, arguments, sending, None).map(drop)
    }

    fn encode(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        sending: &Sending,
        token: Option<&Token>,
    ) -> Result<(Encoded, Method), Error> {
        let client = token.map(|token| self.signed_in.signatures(operation, token)).unwrap_or_default();
        if let Some(Undescribed { method, path }) = &sending.undescribed {
            let target = encode::Target { method: *method, path, version: None };
            let encoded = encode::encode(self.service, operation, &target, arguments, &sending.extra, &client)?;
            return Ok((encoded, *method));
        }
        let method = match &sending.method {
            None => operation.methods[0],
            Some(wanted) => {
                *operation.methods.iter().find(|method| method.as_str().eq_ignore_ascii_case(wanted)).ok_or_else(
                    || {
                        let known: Vec<&str> = operation.methods.iter().map(|method| method.as_str()).collect();
                        Error::invalid_argument(format!("{} is sent as {}", operation.id, known.join(" or ")))
                    },
                )?
            }
        };
        let path = match &sending.address {
            None => operation.path.unwrap_or_default(),
            Some(wanted) => {
                let known = || operation.path.iter().chain(operation.also_at);
                known().find(|path| *path == wanted).ok_or_else(|| {
                    let known: Vec<&str> = known().copied().collect();
                    Error::invalid_argument(format!("{} is found at {}", operation.id, known.join(" or ")))
                })?
            }
        };
        let target = encode::Target { method, path, version: sending.version.as_deref() };
        Ok((encode::encode(self.service, operation, &target, arguments, &sending.extra, &client)?, method))
    }

    fn address(&self, encoded: &Encoded) -> Result<Url, Error> {
        // Only a description leads out of the base address.
        let (base, path) = match encoded.path.strip_prefix("../") {
            Some(path) => (self.beside_base(), path),
            None => (self.base_url(), encoded.path.trim_start_matches('/')),
        };
        let parse =
            |text: &str| Url::parse(text).map_err(|error| Error::internal(format!("an address that is none: {error}")));
        let mut url = parse(&format!("{base}/{path}"))?;
        // Dots in disguise lead out of it.
        if !url.path().starts_with(&format!("{}/", parse(base)?.path().trim_end_matches('/'))) {
            return Err(Error::invalid_argument("path lies below the base address"));
        }
        if !encoded.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&encoded.query);
        }
        Ok(url)
    }

    /// The form of an operation that takes a source, for the one who sends both. Signs in first where that is needed, and
    /// waits for its turn.
    pub(crate) async fn source_form(
        &self,
        operation: &Operation,
        arguments: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<SourceForm, Error> {
        let token = self.token_for(operation, context).await?;
        let (encoded, _) = self.encode(operation, arguments, &Sending::default(), token.as_ref())?;
        let address = self.address(&encoded)?;
        let (Body::Form(fields) | Body::Multipart(fields)) = encoded.body else {
            return Err(Error::internal(format!("{} is not sent as a form", operation.id)));
        };
        self.rate.turn().await;
        Ok(SourceForm { address, fields, token })
    }

    /// One attempt: sends, reads and judges.
    #[allow(clippy::too_many_arguments, reason = "the parts of one request, used here alone")]
    async fn exchange_once(
        &self,
        operation: &Operation,
        method: Method,
        url: Url,
        encoded: Encoded,
        signed_in: bool,
        number: u32,
        context: &Context<'_>,
    ) -> Result<Exchanged, Box<Failure>> {
        let ours = |error: Error| Box::new(Failure::of_ours(error));
        let http_method = reqwest::Method::from_bytes(method.as_str().as_bytes())
            .map_err(|_| ours(Error::internal("a method that is none")))?;
        let shown = redact::address(&url);
        let mut request = self.connections.calls().map_err(ours)?.request(http_method, url);
        for (name, value) in &encoded.headers {
            let name = HeaderName::try_from(name).map_err(|_| ours(Error::invalid_argument("a header's name")))?;
            let value = HeaderValue::try_from(value).map_err(|_| ours(Error::invalid_argument("a header's value")))?;
            request = request.header(name, value);
        }
        request = match encoded.body {
            Body::None => request,
            Body::Json(json) => request.header(CONTENT_TYPE, "application/json").body(json),
            Body::Form(fields) => {
                let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
            }
            Body::Multipart(fields) => {
                let form = crate::transfer::multipart::Form::new(fields, None);
                request.header(CONTENT_TYPE, form.content_type()).body(form.fields_only())
            }
        };
        let idle = self.settings.idle_timeout();
        let begun = Instant::now();
        context.requested();
        let response = self.idle(idle, request.send()).await.inspect_err(|failure| {
            self.log("warning", operation.id, context, || format!("{} {shown}: {}", method.as_str(), failure.error));
        })?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        self.log("debug", operation.id, context, || {
            format!(
                "{} {shown} answered {status} after {} ms (attempt {number})",
                method.as_str(),
                begun.elapsed().as_millis()
            )
        });
        self.responded(status, &headers, context);
        if operation.result == ResultShape::Bytes && judge::is_stream(self.service, operation, status, &headers) {
            return Ok(Exchanged::Stream(ByteStream::new(response, idle, self.closed.clone(), None)));
        }
        let body = self.read(response).await?;
        let answered = Answered { status, headers, body, signed_in };
        if operation.result == ResultShape::Bytes {
            if judge::is_mislabelled(self.service, operation, &answered) {
                let media_type = answered.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
                let media_type = media_type.map(str::to_owned);
                return Ok(Exchanged::Stream(ByteStream::of(answered.body, media_type, self.closed.clone())));
            }
            return Err(judge::stream_refusal(self.service, operation, &answered));
        }
        let tape = judge::answer(self.service, operation, &answered)?;
        Ok(Exchanged::Read(answered, tape))
    }

    /// A whole JSON body, up to the limit.
    pub(crate) async fn read(&self, response: reqwest::Response) -> Result<Vec<u8>, Box<Failure>> {
        self.read_up_to(self.settings.max_json, "max_json", response).await
    }

    /// A whole body, up to a limit of which an error tells the name.
    pub(crate) async fn read_up_to(
        &self,
        limit: usize,
        limit_name: &str,
        mut response: reqwest::Response,
    ) -> Result<Vec<u8>, Box<Failure>> {
        let status = response.status().as_u16();
        let too_large = || {
            let mut error = Error::new(Kind::TooLarge, format!("the answer passes {limit_name}, {limit} bytes"));
            error.record_mut().http_status = Some(status);
            Box::new(Failure::of_ours(error))
        };
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = self.idle(self.settings.idle_timeout(), response.chunk()).await? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        params: &[u8],
        options: &[u8],
        cancel: &CancelHandle,
    ) -> Reply {
        let prepared = CallOptions::from_json(options).and_then(|mut options| {
            // Undescribed parameters go the way of undescribed fields.
            options.sending.extra.extend(encode::parse_object(params).map_err(Error::invalid_argument)?);
            options.sending.undescribed = Some(Undescribed::new(method, path)?);
            Ok(options)
        });
        match prepared {
            Ok(options) => {
                let operation = if options.idempotent { &UNDESCRIBED_IDEMPOTENT } else { &UNDESCRIBED };
                let mut reply = self.run(operation, &Map::new(), &options, cancel).await;
                if let Err(error) = &mut reply.outcome {
                    error.record_mut().operation = None;
                }
                reply
            }
            Err(error) => Reply::failed(error.during(self.service.id, None)),
        }
    }
}

/// What a request that no operation describes is sent as.
static UNDESCRIBED: Operation = Operation {
    id: "request",
    methods: &[Method::Post],
    path: None,
    also_at: &[],
    versions: &[],
    params: &[],
    result: ResultShape::Json { at: &[], ty: Type::Json },
    envelope: 0,
    paging: None,
    batch: None,
    idempotent: false,
    auth: Auth::Optional,
    unsigned: &[],
    not_callable: None,
    made_of: None,
    part_of: None,
};

static UNDESCRIBED_IDEMPOTENT: Operation = Operation { idempotent: true, ..UNDESCRIBED };
