//! The control address: what a test orders and asks.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::server::answer::Answer;
use crate::services::{Expiring, Service};
use crate::world::faults::{Fault, FaultName};
use crate::world::journal::{Filter, Outcome};
use crate::world::{DEFAULT, Universe, World};

/// What a control request comes to: JSON, or a refusal with its reason.
type Outcomes = Result<Value, Refusal>;

struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }

    fn bad(reason: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason.to_string())
    }
}

/// Answers a request whose path belongs to no service.
pub async fn answer(universe: &Universe, head: &Parts, body: &Bytes) -> Answer {
    match route(universe, head, body).await {
        Ok(value) => Answer::json(StatusCode::OK, &value),
        Err(Refusal { status, reason }) => Answer::json(status, &json!({"error": reason})),
    }
}

async fn route(universe: &Universe, head: &Parts, body: &Bytes) -> Outcomes {
    let path: Vec<&str> = head.uri.path().split('/').filter(|part| !part.is_empty()).collect();
    match (&head.method, path.as_slice()) {
        (&Method::POST, ["worlds"]) => {
            let world = universe.create().map_err(io_refusal)?;
            Ok(json!({"id": world.id, "services": world.describe()}))
        }
        (&Method::DELETE, ["worlds", id]) => match universe.remove(id).map_err(io_refusal)? {
            true => Ok(json!({})),
            false => Err(no_world(id)),
        },
        (_, ["worlds", id, below @ ..]) => {
            let world = universe.world(id).ok_or_else(|| no_world(id))?;
            Desk { world, head, body }.route(below).await
        }
        (_, below) => {
            let world = universe.world(DEFAULT).ok_or_else(|| no_world(DEFAULT))?;
            Desk { world, head, body }.route(below).await
        }
    }
}

fn no_world(id: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("no world {id:?} that this address could reach"))
}

fn io_refusal(error: std::io::Error) -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OddOrder {
    service: String,
    name: String,
    #[serde(default = "yes")]
    on: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpireOrder {
    what: Expiring,
    service: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    advance_s: i64,
}

/// A service, and what is wished of it.
type Wish = (Arc<dyn Service>, Map<String, Value>);

/// The control address of one world, with one request on it.
struct Desk<'a> {
    world: Arc<World>,
    head: &'a Parts,
    body: &'a Bytes,
}

impl Desk<'_> {
    async fn route(&self, path: &[&str]) -> Outcomes {
        let ground = &self.world.ground;
        match (self.head.method.as_str(), path) {
            ("GET", []) => Ok(json!({"id": self.world.id, "services": self.world.describe()})),
            ("POST", ["accounts"]) => {
                let (service, wish) = self.wish()?;
                service.create_account(Value::Object(wish)).map_err(Refusal::bad)
            }
            ("POST", ["files"]) => {
                let (service, wish) = self.wish()?;
                service.create_files(Value::Object(wish)).await.map_err(Refusal::bad)
            }
            ("POST", ["subscriptions"]) => {
                let (service, wish) = self.wish()?;
                service.create_subscriptions(Value::Object(wish)).map_err(Refusal::bad)
            }
            ("POST", ["confirm"]) => {
                let (service, wish) = self.wish()?;
                service.confirm(Value::Object(wish)).map_err(Refusal::bad)
            }
            ("POST", ["settings"]) => {
                let (service, wish) = self.wish()?;
                service.configure(wish).map_err(Refusal::bad)
            }
            ("GET", ["settings"]) => self.settings(),
            ("GET", ["requests"]) => self.requests().await,
            ("DELETE", ["requests"]) => {
                ground.journal.clear();
                Ok(json!({}))
            }
            ("GET", ["violations"]) => Ok(json!({"violations": ground.journal.violations()})),
            ("POST", ["faults"]) => self.order_fault(),
            ("GET", ["faults"]) => {
                let known: Vec<Value> =
                    FaultName::ALL.iter().map(|(name, about)| json!({"name": name, "about": about})).collect();
                Ok(json!({"known": known, "ordered": ground.faults.orders()}))
            }
            ("DELETE", ["faults"]) => {
                ground.faults.clear();
                Ok(json!({}))
            }
            ("POST", ["release"]) => {
                ground.faults.held().release();
                Ok(json!({}))
            }
            ("POST", ["odd"]) => self.switch_odd(),
            ("GET", ["odd"]) => Ok(self.odd_forms()),
            ("POST", ["expire"]) => self.expire(),
            ("POST", ["clock"]) => {
                let order: ClockOrder = self.order()?;
                Ok(json!({"now": ground.clock.advance(order.advance_s)}))
            }
            ("GET", ["clock"]) => Ok(json!({"now": ground.clock.now()})),
            ("GET", ["captchas", challenge]) => {
                let answer = self.world.services().iter().find_map(|service| service.captcha_answer(challenge));
                let unknown = || Refusal::new(StatusCode::NOT_FOUND, "no such challenge, or it is spent");
                Ok(json!({"answer": answer.ok_or_else(unknown)?}))
            }
            (method, _) => {
                let reason = format!("nothing on the control address answers {method} {}", self.head.uri.path());
                Err(Refusal::new(StatusCode::NOT_FOUND, reason))
            }
        }
    }

    fn order<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(self.body).map_err(Refusal::bad)
    }

    fn service(&self, name: &str) -> Result<Arc<dyn Service>, Refusal> {
        self.world.service(name).ok_or_else(|| Refusal::bad(format!("no service {name:?}")))
    }

    /// The service that a body names, and the body's other members, which are the service's matter.
    fn wish(&self) -> Result<Wish, Refusal> {
        let mut wish: Map<String, Value> = self.order()?;
        let name = wish.remove("service").unwrap_or_default();
        let service = self.service(name.as_str().unwrap_or_default())?;
        Ok((service, wish))
    }

    async fn requests(&self) -> Outcomes {
        let (mut filter, mut count, mut timeout, mut wait) = (Filter::default(), 1, Duration::from_secs(10), false);
        let query = self.head.uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "wait_for" => {
                    wait = true;
                    filter.outcome = Some(outcome(&value)?);
                }
                "outcome" => filter.outcome = Some(outcome(&value)?),
                "operation" => filter.operation = Some(value.into_owned()),
                "count" => count = value.parse().map_err(Refusal::bad)?,
                "timeout_ms" => timeout = Duration::from_millis(value.parse().map_err(Refusal::bad)?),
                other => return Err(Refusal::bad(format!("unknown query key {other:?}"))),
            }
        }
        let journal = &self.world.ground.journal;
        if wait && !journal.wait_for(&filter, count, timeout).await {
            let seen = journal.records(&Filter::default()).iter().map(|record| record.outcome).collect::<Vec<_>>();
            let reason = format!("the wait is over; outcomes so far: {}", json!(seen));
            return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, reason));
        }
        Ok(json!({"requests": journal.records(&filter)}))
    }

    fn order_fault(&self) -> Outcomes {
        let fault: Fault = self.order()?;
        let service = self.service(&fault.service)?;
        if let Some(shape) = fault.shape.as_deref().filter(|shape| !service.error_shapes().contains(shape)) {
            return Err(Refusal::bad(format!("{} has no errors of the shape {shape:?}", fault.service)));
        }
        let retry_after = fault.retry_after.as_ref().and_then(Value::as_str);
        for text in [fault.location.as_deref(), fault.content_type.as_deref(), retry_after] {
            HeaderValue::from_str(text.unwrap_or_default()).map_err(Refusal::bad)?;
        }
        self.world.ground.faults.order(fault);
        Ok(json!({}))
    }

    fn switch_odd(&self) -> Outcomes {
        let order: OddOrder = self.order()?;
        let service = self.service(&order.service)?;
        let form = service.odd_forms().iter().find(|form| form.name == order.name);
        let unknown = || Refusal::bad(format!("{} has no odd form {:?}", order.service, order.name));
        service.set_odd(form.ok_or_else(unknown)?, order.on);
        Ok(json!({}))
    }

    /// The settings of each service.
    fn settings(&self) -> Outcomes {
        let of = |service: &Arc<dyn Service>| {
            let settings = service.configure(Map::new()).map_err(Refusal::bad)?;
            Ok((service.name().to_owned(), settings))
        };
        Ok(Value::Object(self.world.services().iter().map(of).collect::<Result<_, Refusal>>()?))
    }

    fn odd_forms(&self) -> Value {
        let of = |service: &Arc<dyn Service>| {
            let forms = service.odd_forms().iter();
            forms
                .map(|form| json!({"name": form.name, "about": form.about, "on": service.is_odd(form.name)}))
                .collect::<Vec<_>>()
        };
        let services = self.world.services().iter();
        Value::Object(services.map(|service| (service.name().to_owned(), json!(of(service)))).collect())
    }

    fn expire(&self) -> Outcomes {
        let order: ExpireOrder = self.order()?;
        match order.service {
            Some(name) => self.service(&name)?.expire(order.what),
            None => self.world.services().iter().for_each(|service| service.expire(order.what)),
        }
        Ok(json!({}))
    }
}

fn outcome(name: &str) -> Result<Outcome, Refusal> {
    serde_json::from_value(Value::from(name)).map_err(Refusal::bad)
}
