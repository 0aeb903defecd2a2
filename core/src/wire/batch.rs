//! Lists that are longer than one request takes: sent in parts, joined into one result.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::border::{Answer, Error, ItemResult, Tape};
use crate::tables::{Batch, BatchItems, Operation, ResultShape};
use crate::wire::options::Sending;
use crate::wire::places::{Places, is_blank};
use crate::wire::{Context, Engine, Exchanged};

/// How far a call has come that is sent in several parts.
#[derive(Debug)]
pub(crate) struct Parts {
    batch: Batch,
    /// What is known of each item so far.
    items: Vec<ItemResult>,
    answered: usize,
    /// What the answers told so far, where they only count.
    counted: Option<i64>,
}

impl Parts {
    fn new(batch: Batch, items: &[(usize, &Value)]) -> Self {
        let unsent = |(index, item): &(usize, &Value)| ItemResult {
            id: Some(id_text(item)),
            index: *index,
            ok: false,
            code: None,
            message: Some("not sent".to_owned()),
        };
        Self { batch, items: items.iter().map(unsent).collect(), answered: 0, counted: None }
    }

    /// The items of the part that no answer has come for yet.
    fn current(&mut self) -> impl Iterator<Item = &mut ItemResult> {
        self.items.iter_mut().skip(self.answered * self.batch.size).take(self.batch.size)
    }

    fn answer(&mut self, answer: &Value) {
        let batch = self.batch;
        let joined = &answer[batch.join];
        if !batch.places.is_empty() {
            for item in self.current() {
                (item.ok, item.message) = (true, None);
            }
        } else if let Some(count) = joined.as_i64() {
            let sent = self.current().count();
            self.counted = Some(self.counted.unwrap_or_default().saturating_add(count));
            for item in self.current() {
                item.ok = usize::try_from(count).is_ok_and(|count| count >= sent);
                // Which of them it was is not told, so none is claimed.
                item.message = (!item.ok).then(|| format!("{}: {count} of the {sent} sent with it", batch.join));
            }
        } else {
            let named = by_name(joined, batch.items.as_ref());
            for item in self.current() {
                let told = match item.id.as_deref().and_then(|id| named.get(id)) {
                    Some(answered) => batch.items.map_or(Ok(()), |items| done(&items, answered)),
                    None => Err("the answer does not name it".to_owned()),
                };
                item.ok = told.is_ok();
                item.message = told.err();
            }
        }
        self.answered += 1;
    }

    /// An error that ended the call, with what became of the items before it.
    pub(crate) fn told_by(mut self, mut error: Error) -> Error {
        self.current().for_each(|item| item.message = Some("its part failed".to_owned()));
        let Batch { param, size, join, .. } = self.batch;
        let (answered, of) = (self.answered, self.items.len().div_ceil(size));
        let record = error.record_mut();
        record.message.push_str(&format!("; {answered} of {of} parts of `{param}` were answered before"));
        if let Some(count) = self.counted {
            record.message.push_str(&format!(" ({join}: {count})"));
        }
        record.details.items = self.items;
        error
    }
}

impl Engine {
    /// Sends a list in parts, one after the other.
    pub(super) async fn in_batches(
        &self,
        operation: &Operation,
        batch: &Batch,
        items: &[Value],
        arguments: &Map<String, Value>,
        sending: &Sending,
        context: &Context<'_>,
    ) -> Result<Answer, Error> {
        let sent: Vec<_> = items.iter().enumerate().filter(|(_, item)| !is_blank(batch, item)).collect();
        if sent.len() > batch.size {
            *context.parts() = Some(Parts::new(*batch, &sent));
        }
        let mut places = Places::new(*batch, items.len());
        let mut joined = Value::Null;
        let mut arguments = arguments.clone();
        for part in sent.chunks(batch.size) {
            let items = part.iter().map(|(_, item)| (*item).clone()).collect();
            arguments.insert(batch.param.to_owned(), Value::Array(items));
            let (answer, status) = match self.exchange(operation, &arguments, sending, context).await? {
                Exchanged::Read(answered, Some(tape)) => (self.plain(operation, &tape)?, Some(answered.status)),
                _ => (Value::Null, None),
            };
            if !batch.places.is_empty() {
                places.answer(&answer, part).map_err(|mut error| {
                    error.record_mut().http_status = status;
                    error
                })?;
            }
            if let Some(parts) = &mut *context.parts() {
                parts.answer(&answer);
            }
            joined = join(joined, answer, batch.join);
        }
        *context.parts() = None;
        let ResultShape::Json { ty, .. } = operation.result else {
            return Ok(Answer::None);
        };
        if !batch.places.is_empty() {
            places.put_into(&mut joined);
        }
        if let Some(told) = &batch.items {
            joined[told.missing] = unanswered(items, &joined[batch.join], told);
        }
        let tape = crate::border::from_plain(self.service, &ty, &joined.to_string())?;
        Ok(Answer::Value(tape, ty))
    }

    fn plain(&self, operation: &Operation, tape: &Tape) -> Result<Value, Error> {
        let ResultShape::Json { ty, .. } = operation.result else {
            return Ok(Value::Null);
        };
        serde_json::from_str(&crate::border::to_plain(self.service, &ty, tape))
            .map_err(|error| Error::internal(format!("a printed tape is no JSON: {error}")))
    }
}

/// An id as answers have it, whether it was given as a text or as a number.
fn id_text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// The items of an answer by all that they may have been asked for as; an item may be the id itself.
fn by_name<'a>(answered: &'a Value, told: Option<&BatchItems>) -> HashMap<&'a str, &'a Value> {
    let named_by = told.map(|told| told.named_by).unwrap_or_default();
    let names =
        |item: &'a Value| item.as_str().into_iter().chain(named_by.iter().filter_map(|field| item[*field].as_str()));
    answered.as_array().into_iter().flatten().flat_map(|item| names(item).map(move |name| (name, item))).collect()
}

/// Whether an answered item was done, and if not, why.
fn done(told: &BatchItems, item: &Value) -> Result<(), String> {
    let errors = told.errors.and_then(|field| item[field].as_array()).into_iter().flatten();
    let errors: Vec<&str> = errors.filter_map(Value::as_str).collect();
    match told.done {
        _ if !errors.is_empty() => Err(errors.join("; ")),
        Some((field, word)) if item[field] != word => {
            Err(format!("{field}: {}", item[field].as_str().unwrap_or("not told")))
        }
        _ => Ok(()),
    }
}

/// What was asked for and is named by no answered item.
fn unanswered(asked: &[Value], answered: &Value, told: &BatchItems) -> Value {
    let named = by_name(answered, Some(told));
    asked.iter().map(id_text).filter(|id| !named.contains_key(id.as_str())).map(Value::from).collect()
}

/// Two parts' results as one: the field named is added up or joined.
fn join(mut before: Value, next: Value, field: &str) -> Value {
    if before.is_null() {
        return next;
    }
    let Some(more) = next.get(field) else { return before };
    match before.get_mut(field) {
        Some(Value::Array(all)) => all.extend(more.as_array().into_iter().flatten().cloned()),
        Some(sum) => {
            let total = sum.as_i64().unwrap_or_default().saturating_add(more.as_i64().unwrap_or_default());
            *sum = total.into();
        }
        None => before[field] = more.clone(),
    }
    before
}
