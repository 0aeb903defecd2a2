//! Walks over pages by the rule that a description gives.

use serde_json::{Map, Value};

use crate::border::{Answer, CancelHandle, Error, Reply, Tape};
use crate::decode;
use crate::tables::{Field, FieldSource, Operation, PageBy, PageEnd, Paging, ResultShape, Service, Type};
use crate::wire::options::CallOptions;
use crate::wire::{Answered, Context, Engine, Exchanged, encode};

/// Where a walk stands.
#[derive(Debug)]
pub(crate) struct Walk {
    operation: &'static Operation,
    paging: Paging,
    items: Items,
    arguments: Map<String, Value>,
    options: CallOptions,
    /// Items or pages to skip for the next page.
    position: i64,
    /// Items up to the next page, those before the first one included.
    passed: i64,
    over: bool,
}

/// The field that holds a page's items.
#[derive(Debug, Clone, Copy)]
struct Items {
    model: u16,
    field: usize,
    ty: Type,
}

impl Walk {
    pub(crate) fn new(
        service: &'static Service,
        operation: &str,
        arguments: &[u8],
        options: &[u8],
    ) -> Result<Self, Error> {
        let wrong = |message: String| Error::invalid_argument(message).during(service.id, Some(operation));
        let described = service
            .operation(operation)
            .ok_or_else(|| wrong(format!("{} has no operation {operation}", service.id)))?;
        let paging = described.paging.ok_or_else(|| wrong(format!("{operation} does not give pages")))?;
        let ResultShape::Json { ty: Type::Model(model), .. } = described.result else {
            return Err(Error::internal(format!("{operation} gives no object that holds a page")));
        };
        let fields = service.models[usize::from(model)].fields;
        let field = fields
            .iter()
            .position(|field| field.name == paging.items)
            .ok_or_else(|| Error::internal(format!("{operation}: no field {}", paging.items)))?;
        let items = Items { model, field, ty: list_type(fields[field].ty) };
        let arguments = encode::parse_arguments(service, described, arguments)?;
        let options = CallOptions::of_pages(options).map_err(|error| error.during(service.id, Some(operation)))?;
        let first = match paging.by {
            PageBy::Offset => 0,
            PageBy::Page(first) => first,
        };
        let position = arguments.get(paging.position).and_then(Value::as_i64).unwrap_or(first);
        let mut walk =
            Self { operation: described, paging, items, arguments, options, position, passed: 0, over: false };
        walk.passed = match paging.by {
            PageBy::Offset => position,
            PageBy::Page(first) => (position - first).saturating_mul(walk.asked()),
        };
        Ok(walk)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// How many items a page was asked to hold.
    fn asked(&self) -> i64 {
        let given = self.paging.size.and_then(|size| self.arguments.get(size)).and_then(Value::as_i64);
        given.unwrap_or(self.paging.default_size)
    }

    /// Takes note of a page and gives the tape of its items.
    fn turn(&mut self, service: &Service, answered: &Answered, page: Tape) -> (Tape, Type) {
        let reader = page.reader();
        let record = reader.record(reader.root());
        let items = record.field(self.items.field);
        let count = if items == 0 { 0 } else { reader.list(items).len() as i64 };
        let fields = service.models[usize::from(self.items.model)].fields;
        let value = |name: &str| fields.iter().position(|field| field.name == name).map_or(0, |at| record.field(at));
        self.passed = self.passed.saturating_add(count);
        self.position += match self.paging.by {
            // What was asked, not what came: a page may hold more than that.
            PageBy::Offset => self.asked(),
            PageBy::Page(_) => 1,
        };
        let field = &fields[self.items.field];
        self.over = count == 0
            || is_answer_itself(field, answered)
            || self.paging.ends.iter().any(|end| match end {
                PageEnd::ShortPage => count < self.asked(),
                PageEnd::EmptyPage => count == 0,
                PageEnd::Total(field) => value(field) != 0 && self.passed >= reader.int(value(field)),
                PageEnd::FlagFalse(field) => value(field) != 0 && !reader.bool(value(field)),
            });
        let items = if items == 0 { Tape::empty_list() } else { page.with_root(items) };
        (items, self.items.ty)
    }
}

/// Whether the answer is the one item, and no page: the next one would be the same.
fn is_answer_itself(items: &Field, answered: &Answered) -> bool {
    items.from == FieldSource::BodyOrRoot
        && decode::json::value(&answered.body).is_ok_and(|body| items.wire.iter().all(|name| body[*name].is_null()))
}

/// However the items may come, they are a list on the tape.
fn list_type(ty: Type) -> Type {
    match ty {
        Type::ListOrOne(item) | Type::ListOrMap(item, _) => Type::List(item),
        other => other,
    }
}

impl Engine {
    pub(crate) async fn next_page(&self, walk: &mut Walk, cancel: &CancelHandle) -> Reply {
        let mut arguments = walk.arguments.clone();
        arguments.insert(walk.paging.position.to_owned(), walk.position.into());
        let deadline = self.time_for(&walk.options);
        let options = walk.options.clone();
        let context = Context::new(&options, deadline);
        let work = self.exchange(walk.operation, &arguments, &options.sending, &context);
        let outcome = self.within(deadline, cancel, work).await;
        let turned = outcome.map(|exchanged| match exchanged {
            Exchanged::Read(answered, Some(page)) => Some(walk.turn(self.service, &answered, page)),
            _ => None,
        });
        walk.over |= matches!(turned, Ok(None));
        let answer = turned.map(|items| items.map_or(Answer::None, |(items, ty)| Answer::Value(items, ty)));
        self.reply(answer, Some(walk.operation.id), &context)
    }
}
