//! Direct links, and the questions what is in the cache.

use serde_json::{Value, json};

use super::envelope::{Failure, Success, Verdict};
use super::hosts::{Place, place_of};
use super::params::Args;
use super::sources::{is_hash, is_magnet, key_of};
use super::{Premiumize, odd};
use crate::lock::LockExt;

const DAY: i64 = 24 * 60 * 60;

impl Premiumize {
    pub(super) fn transfer_directdl(&self, account: usize, args: &Args) -> Verdict {
        let (settings, now) = (self.settings(), self.ground.clock.now());
        let mut state = self.state.hold();
        let src = args.text("src").unwrap_or_default();
        self.check_premium(&state, account)?;
        if is_hash(src) {
            return Err(Failure::new("invalid_request", "A bare hash is no source"));
        }
        let place = place_of(&settings.services, src);
        if place.is_none() && !is_magnet(src) {
            return Err(Failure::new("invalid_request", "src is neither a link nor a magnet"));
        }
        let key = key_of(src);
        if settings.defer_s > 0 {
            let until = *state.deferred.entry((account, key.clone())).or_insert(now + settings.defer_s);
            if until > now {
                return Err(Failure::deferred(until - now));
            }
        }
        let known = state.sources.get(&key).cloned();
        let Some(source) = known else {
            return match place {
                Some(Place::Known(_)) => Err(Failure::new("not_found", "Error: file not found")),
                Some(Place::Elsewhere) if self.odd(odd::PASS_THROUGH) => Ok(Success::new(self.pass_through(src))),
                Some(Place::Elsewhere) => Err(Failure::coded("service_unsupported")),
                Some(Place::Here) | None => Err(self.cache_miss()),
            };
        };
        if let Some((code, message)) = &source.refusal {
            return Err(Failure::new(code, message));
        }
        if !source.is_cached {
            return Err(self.cache_miss());
        }
        let (service, factor) = match place {
            Some(Place::Known(host)) => (host.name.clone(), host.factor),
            _ => (String::new(), 1),
        };
        let cost = source.size().saturating_mul(factor);
        if !state.accounts[account].has_fair_use(cost) {
            return Err(Failure::coded("account_limit_reached"));
        }
        let made = state.accounts[account].links.entry((service, now / DAY)).or_default();
        if settings.links_per_day.is_some_and(|most| *made >= most) {
            return Err(Failure::coded("service_limit_reached"));
        }
        *made += 1;
        state.accounts[account].spend(cost);
        let members = self.direct_content(&mut state, &source);
        Ok(Success::new(members))
    }

    /// Its code proves nothing.
    fn cache_miss(&self) -> Failure {
        let code = if self.odd(odd::CACHE_MISS_UNSUPPORTED) { "service_unsupported" } else { "transient_error" };
        Failure::new(code, "content not in cache")
    }

    /// One answer for each item, in the order sent; blank ones vanish.
    pub(super) fn cache_check(&self, account: usize, args: &Args) -> Verdict {
        let state = self.state.hold();
        self.check_premium(&state, account)?;
        let mut items = args.texts("items");
        if items.iter().any(|item| item.trim().is_empty()) {
            args.violation("a blank item shifts the answers behind it");
        }
        items.retain(|item| !item.trim().is_empty());
        let sources: Vec<_> =
            items.iter().map(|item| state.sources.get(&key_of(item)).filter(|source| source.is_cached)).collect();
        let sizes = sources.iter().map(|source| match source {
            Some(source) if self.odd(odd::FILESIZE_AS_NUMBER) => json!(source.size()),
            Some(source) => json!(source.size().to_string()),
            None => json!(0),
        });
        let transcoded = match sources.iter() {
            _ if self.odd(odd::TRANSCODED_NULL) => Value::Null,
            sources if self.odd(odd::TRANSCODED_NULLS) => sources.map(|_| Value::Null).collect(),
            sources => sources.map(|_| json!(false)).collect(),
        };
        Ok(Success::new(json!({
            "response": sources.iter().map(Option::is_some).collect::<Vec<_>>(),
            "transcoded": transcoded,
            "filename": sources.iter().map(|source| source.map(|source| &source.name)).collect::<Vec<_>>(),
            "filesize": sizes.collect::<Vec<_>>(),
        })))
    }
}
