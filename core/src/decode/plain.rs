//! Typed values as plain JSON and back: see [`to_plain`](crate::border::to_plain).
//!
//! Unlike an answer of a server, plain JSON is read strictly: it is our own form.

use std::borrow::Cow;

use crate::border::tape::{TapeFull, Writer};
use crate::border::{Error, Reader, Record, Tape};
use crate::decode::json::{self, JsonError, Next, Scanner, Token};
use crate::decode::path::{Problem, Step};
use crate::decode::{digits, time};
use crate::tables::{Model, Service, Type, Union};

/// The member that holds a model's unknown members; with an underscore before it where the model has such a field.
pub(crate) fn extra_key(model: &Model) -> &'static str {
    if model.fields.iter().any(|field| field.name == "extra") { "_extra" } else { "extra" }
}

/// The plain JSON of a tape.
pub(crate) fn print(service: &Service, ty: &Type, tape: &Tape) -> String {
    let reader = tape.reader();
    let mut printer = Printer { service, reader, out: String::new() };
    printer.value(ty, reader.root());
    printer.out
}

/// The tape of plain JSON.
pub(crate) fn parse(service: &Service, ty: &Type, text: &str) -> Result<Tape, Error> {
    let mut parser = Parser { service, scanner: Scanner::of_plain(text), writer: Writer::new() };
    match parser.whole(ty) {
        Ok(root) => Ok(parser.writer.finish(root)),
        Err(problem) => {
            let path = problem.json_path();
            let mut error = Error::invalid_argument(format!("{path}: {}", problem.message));
            error.record_mut().details.json_path = Some(path);
            Err(error)
        }
    }
}

struct Printer<'a> {
    service: &'a Service,
    reader: Reader<'a>,
    out: String,
}

impl Printer<'_> {
    fn value(&mut self, ty: &Type, at: u32) {
        if at == 0 {
            self.out.push_str("null");
            return;
        }
        let (service, reader) = (self.service, self.reader);
        match *ty {
            Type::Bool => self.out.push_str(if reader.bool(at) { "true" } else { "false" }),
            Type::Int | Type::BigInt => self.out.push_str(&reader.int(at).to_string()),
            Type::Number => self.out.push_str(&serde_json::Value::from(reader.number(at)).to_string()),
            Type::Time(time) if !time.is_local() => {
                let text = time::print_instant(reader.int(at));
                json::quote(&mut self.out, &text);
            }
            Type::Decimal | Type::Id | Type::Text | Type::Enum(_) | Type::Time(_) => {
                json::quote(&mut self.out, reader.text(at));
            }
            Type::Json => self.out.push_str(reader.text(at)),
            Type::List(item) | Type::ListOrOne(item) | Type::ListOrMap(item, _) => {
                self.items(reader.list(at).map(|at| (item, at)));
            }
            Type::Tuple(places) => self.items(places.iter().zip(reader.list(at))),
            Type::Map(item) | Type::MapOrEmptyList(item) => {
                self.out.push('{');
                for (position, (key, value)) in reader.map(at).enumerate() {
                    self.key(position == 0, key);
                    self.value(item, value);
                }
                self.out.push('}');
            }
            Type::Model(index) | Type::StringOrObject(index, _) => {
                self.record(&service.models[usize::from(index)], reader.record(at));
            }
            Type::Union(index) => {
                let (variant, value) = reader.union(at);
                let variant = &service.unions[usize::from(index)].variants[variant as usize];
                self.out.push('{');
                self.key(true, variant.name);
                self.value(&variant.ty.unwrap_or(Type::Json), value);
                self.out.push('}');
            }
            Type::Nullable(inner) => self.value(inner, at),
            // No answer holds one.
            Type::Source => self.out.push_str("null"),
        }
    }

    fn items<'t>(&mut self, items: impl Iterator<Item = (&'t Type, u32)>) {
        self.out.push('[');
        for (position, (ty, at)) in items.enumerate() {
            if position > 0 {
                self.out.push(',');
            }
            self.value(ty, at);
        }
        self.out.push(']');
    }

    fn record(&mut self, model: &Model, record: Record<'_>) {
        self.out.push('{');
        let mut is_first = true;
        for (number, field) in model.fields.iter().enumerate() {
            let at = record.field(number);
            if at != 0 {
                self.key(std::mem::take(&mut is_first), field.name);
                self.value(&field.ty, at);
            }
        }
        if let Some(extra) = record.extra() {
            self.key(is_first, extra_key(model));
            self.out.push_str(extra);
        }
        self.out.push('}');
    }

    fn key(&mut self, is_first: bool, key: &str) {
        if !is_first {
            self.out.push(',');
        }
        json::quote(&mut self.out, key);
        self.out.push(':');
    }
}

struct Parser<'a> {
    service: &'a Service,
    scanner: Scanner<'a>,
    writer: Writer,
}

impl From<JsonError> for Problem {
    fn from(error: JsonError) -> Self {
        Problem::new(error.to_string())
    }
}

impl From<TapeFull> for Problem {
    fn from(_: TapeFull) -> Self {
        Problem::new("the value is too large")
    }
}

/// Offset of a value, 0 for null.
type Parsed = Result<u32, Problem>;

impl Parser<'_> {
    fn whole(&mut self, ty: &Type) -> Parsed {
        let root = match ty {
            // A whole answer may be null.
            Type::Json => self.value(ty)?,
            _ if self.scanner.take_null()? => 0,
            _ => self.value(ty)?,
        };
        if self.scanner.is_blank() { Ok(root) } else { Err(Problem::new("something follows the value")) }
    }

    fn value(&mut self, ty: &Type) -> Parsed {
        let service = self.service;
        match *ty {
            Type::Nullable(inner) => {
                if self.scanner.take_null()? {
                    Ok(0)
                } else {
                    self.value(inner)
                }
            }
            Type::Json => {
                let mut text = String::new();
                self.scanner.copy(&mut text)?;
                Ok(self.writer.text(&text)?)
            }
            Type::List(item) | Type::ListOrOne(item) | Type::ListOrMap(item, _) => self.list(item),
            Type::Tuple(places) => self.tuple(places),
            Type::Map(item) | Type::MapOrEmptyList(item) => self.map(item),
            Type::Model(index) | Type::StringOrObject(index, _) => self.record(&service.models[usize::from(index)]),
            Type::Union(index) => self.union(&service.unions[usize::from(index)]),
            Type::Source => self.mismatch("nothing"),
            Type::Bool
            | Type::Int
            | Type::BigInt
            | Type::Number
            | Type::Decimal
            | Type::Id
            | Type::Text
            | Type::Enum(_)
            | Type::Time(_) => match self.scanner.scalar()? {
                Some(token) => self.scalar(ty, &token),
                None => self.mismatch("a single value"),
            },
        }
    }

    fn mismatch(&mut self, expected: &str) -> Parsed {
        let found = self.scanner.peek()?.describe();
        Err(Problem::new(format!("expected {expected}, found {found}")))
    }

    fn scalar(&mut self, ty: &Type, token: &Token<'_>) -> Parsed {
        let at = match (ty, token) {
            (Type::Bool, Token::Bool(truth)) => Some(self.writer.bool(*truth)?),
            (Type::Int | Type::BigInt, Token::Number(number)) => match digits::whole(number, 0) {
                Some(whole) if !whole.has_rest => Some(self.writer.int(whole.value)?),
                _ => None,
            },
            // JavaScript cannot write so large a number into JSON, only its digits.
            (Type::BigInt, Token::Text(digits)) => match digits::whole(digits, 0) {
                Some(whole) if !whole.has_rest => Some(self.writer.int(whole.value)?),
                _ => None,
            },
            (Type::Number, Token::Number(number)) => match number.parse::<f64>() {
                Ok(number) if number.is_finite() => Some(self.writer.number(number)?),
                _ => None,
            },
            (Type::Decimal, Token::Text(text)) if !digits::is_number(text) => None,
            (Type::Decimal | Type::Id | Type::Text | Type::Enum(_), Token::Text(text)) => Some(self.writer.text(text)?),
            (Type::Time(form), Token::Text(text)) if form.is_local() => match time::local(text) {
                Some(local) => Some(self.writer.text(&local)?),
                None => None,
            },
            (Type::Time(_), Token::Text(text)) => match time::instant(text) {
                Some(micros) => Some(self.writer.int(micros)?),
                None => None,
            },
            _ => None,
        };
        at.ok_or_else(|| Problem::new(format!("expected {}, found {}", name_of(ty), token.describe())))
    }

    fn list(&mut self, item: &Type) -> Parsed {
        if self.scanner.peek()? != Next::List {
            return self.mismatch("a list");
        }
        self.scanner.open_list()?;
        let mut items = Vec::new();
        while self.scanner.next_item()? {
            let at = self.value(item).map_err(|problem| problem.within(Step::Index(items.len())))?;
            items.push(at);
        }
        Ok(self.writer.list(&items)?)
    }

    fn tuple(&mut self, places: &[Type]) -> Parsed {
        if self.scanner.peek()? != Next::List {
            return self.mismatch("a list");
        }
        self.scanner.open_list()?;
        let mut items = Vec::new();
        while self.scanner.next_item()? {
            let Some(ty) = places.get(items.len()) else {
                return Err(Problem::new(format!("expected a list of {}, found more", places.len())));
            };
            let at = self.value(ty).map_err(|problem| problem.within(Step::Index(items.len())))?;
            items.push(at);
        }
        if items.len() < places.len() {
            return Err(Problem::new(format!("expected a list of {}, found {}", places.len(), items.len())));
        }
        Ok(self.writer.list(&items)?)
    }

    fn map(&mut self, item: &Type) -> Parsed {
        if self.scanner.peek()? != Next::Object {
            return self.mismatch("an object");
        }
        self.scanner.open_object()?;
        let mut entries: indexmap::IndexMap<Cow<'_, str>, u32> = indexmap::IndexMap::new();
        while let Some(key) = self.scanner.next_key()? {
            let at = self.value(item).map_err(|problem| problem.within_member(&key))?;
            entries.insert(key, at);
        }
        let mut written = Vec::with_capacity(entries.len());
        for (key, at) in entries {
            written.push((self.writer.text(&key)?, at));
        }
        Ok(self.writer.map(&written)?)
    }

    fn record(&mut self, model: &Model) -> Parsed {
        if self.scanner.peek()? != Next::Object {
            return self.mismatch("an object");
        }
        self.scanner.open_object()?;
        let mut fields = vec![0; model.fields.len()];
        let mut extra = 0;
        while let Some(key) = self.scanner.next_key()? {
            if let Some(number) = model.fields.iter().position(|field| field.name == key) {
                let is_null = self.scanner.take_null()?;
                let ty = &model.fields[number].ty;
                fields[number] =
                    if is_null { 0 } else { self.value(ty).map_err(|problem| problem.within_member(&key))? };
            } else if key == extra_key(model) {
                extra = self.extra().map_err(|problem| problem.within_member(&key))?;
            } else {
                return Err(Problem::new(format!("{} has no such member", model.name)).within_member(&key));
            }
        }
        for (field, at) in model.fields.iter().zip(&fields) {
            if field.required && *at == 0 {
                return Err(Problem::new("is missing").within_member(field.name));
            }
        }
        Ok(self.writer.record(extra, &fields)?)
    }

    fn extra(&mut self) -> Parsed {
        if self.scanner.take_null()? {
            return Ok(0);
        }
        if self.scanner.peek()? != Next::Object {
            return self.mismatch("an object");
        }
        let mut text = String::new();
        self.scanner.copy(&mut text)?;
        if text == "{}" { Ok(0) } else { Ok(self.writer.text(&text)?) }
    }

    fn union(&mut self, union: &Union) -> Parsed {
        let expected = || Problem::new(format!("expected an object with one variant of {}", union.name));
        if self.scanner.peek()? != Next::Object {
            return Err(expected());
        }
        self.scanner.open_object()?;
        let name = self.scanner.next_key()?.ok_or_else(expected)?;
        let found = (0..).zip(union.variants).find(|(_, variant)| variant.name == name);
        let (number, variant) = found.ok_or_else(expected)?;
        let value = match variant.ty {
            Some(ty) => self.value(&ty).map_err(|problem| problem.within_member(&name))?,
            None if self.scanner.take_null()? => 0,
            None => return Err(Problem::new("expected null").within_member(&name)),
        };
        match self.scanner.next_key()? {
            None => Ok(self.writer.union(number, value)?),
            Some(_) => Err(expected()),
        }
    }
}

fn name_of(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "true or false",
        Type::Int | Type::BigInt => "a whole number of 64 bits",
        Type::Number => "a number",
        Type::Decimal => "the text of a decimal number",
        Type::Time(time) if time.is_local() => "a date and time without a zone",
        Type::Time(_) => "a point in time",
        _ => "a text",
    }
}
