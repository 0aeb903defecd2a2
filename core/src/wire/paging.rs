//! Walks over pages by the rule that a description gives.

use serde_json::{Map, Value};

use crate::border::{Answer, CancelHandle, Error, Reply, Tape};
use crate::tables::{Operation, PageBy, PageEnd, Paging, ResultShape, Service, Type};
use crate::wire::Engine;
use crate::wire::encode;
use crate::wire::options::CallOptions;

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
    /// Items seen so far.
    seen: i64,
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
        let options = CallOptions::from_json(options).map_err(|error| error.during(service.id, Some(operation)))?;
        let first = match paging.by {
            PageBy::Offset => 0,
            PageBy::Page(first) => first,
        };
        let position = arguments.get(paging.position).and_then(Value::as_i64).unwrap_or(first);
        Ok(Self { operation: described, paging, items, arguments, options, position, seen: 0, over: false })
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
    fn turn(&mut self, service: &Service, page: Tape) -> (Tape, Type) {
        let reader = page.reader();
        let record = reader.record(reader.root());
        let items = record.field(self.items.field);
        let count = if items == 0 { 0 } else { reader.list(items).len() as i64 };
        let fields = service.models[usize::from(self.items.model)].fields;
        let value = |name: &str| fields.iter().position(|field| field.name == name).map_or(0, |at| record.field(at));
        self.seen += count;
        self.position += match self.paging.by {
            // What was asked, not what came: a page may hold more than that.
            PageBy::Offset => self.asked(),
            PageBy::Page(_) => 1,
        };
        self.over = count == 0
            || self.paging.ends.iter().any(|end| match end {
                PageEnd::ShortPage => count < self.asked(),
                PageEnd::EmptyPage => count == 0,
                PageEnd::Total(field) => value(field) != 0 && self.seen >= reader.int(value(field)),
                PageEnd::FlagFalse(field) => value(field) != 0 && !reader.bool(value(field)),
            });
        let items = if items == 0 { Tape::empty_list() } else { page.with_root(items) };
        (items, self.items.ty)
    }
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
        let mut reply = self.run(walk.operation, &arguments, &walk.options, cancel).await;
        reply.outcome = reply.outcome.map(|answer| match answer {
            Answer::Value(page, _) => {
                let (items, ty) = walk.turn(self.service, page);
                Answer::Value(items, ty)
            }
            other => {
                walk.over = true;
                other
            }
        });
        reply
    }
}
