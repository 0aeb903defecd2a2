//! Reads values of each shape off the text and onto the tape.
//!
//! Every reader leaves the scanner behind its value, also when it gives a [`Problem`]: what holds the value decides what
//! becomes of it, and the reading goes on.

use std::borrow::Cow;

use indexmap::IndexMap;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::Input;
use super::json::{self, JsonError, Next, Scanner, Token};
use super::path::{Problem, Step};
use super::scalar::{self, Scalar};
use crate::border::Tape;
use crate::border::tape::{TapeFull, Writer};
use crate::tables::{Model, Service, Type, Union, VariantWhen};

/// Why a value was not read.
#[derive(Debug)]
pub(super) enum Failure {
    /// The text is no JSON: nothing after it can be read.
    Json(JsonError),
    /// The tape cannot hold more.
    TapeFull,
    /// The value does not fit its type; what follows can still be read.
    Problem(Problem),
}

impl From<JsonError> for Failure {
    fn from(error: JsonError) -> Self {
        Failure::Json(error)
    }
}

impl From<TapeFull> for Failure {
    fn from(_: TapeFull) -> Self {
        Failure::TapeFull
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::Problem(problem)
    }
}

/// Offset of a value on the tape, 0 for null.
pub(super) type Read = Result<u32, Failure>;

/// Takes a problem, which can be lived with, apart from a failure that ends the reading.
pub(super) fn settle(read: Read) -> Result<Result<u32, Problem>, Failure> {
    match read {
        Ok(at) => Ok(Ok(at)),
        Err(Failure::Problem(problem)) => Ok(Err(problem)),
        Err(failure) => Err(failure),
    }
}

/// What is special about the place where an object stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place<'p> {
    /// It is the answer's root, where the envelope's members lie too.
    pub(super) is_root: bool,
    /// A field of this model lies in the model's own object, and this is it.
    pub(super) outer: Option<&'p Model>,
    /// The key under which it came in a map that stands for a list, and the name of the field that takes it.
    pub(super) key: Option<(&'p str, &'p str)>,
}

/// How deep values may nest: one level of JSON can be several of shapes (nullable, one of several, a model), and a shape
/// that holds itself at the same place would never end.
const MAX_NESTING: u32 = 4 * json::MAX_DEPTH;

/// One pass over one answer.
pub(super) struct Decoder<'a> {
    pub(super) service: &'a Service,
    pub(super) headers: &'a HeaderMap,
    pub(super) scanner: Scanner<'a>,
    pub(super) writer: Writer,
    envelope_members: &'a [&'a str],
    nesting: u32,
    status: u16,
    body_is_empty: bool,
    root: Scanner<'a>,
    members: IndexMap<String, Value>,
    has_seen_members: bool,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(input: &Input<'a>, text: &'a str, body_is_empty: bool) -> Self {
        let scanner = Scanner::new(text);
        Self {
            service: input.service,
            headers: input.headers,
            scanner: scanner.clone(),
            writer: Writer::new(),
            envelope_members: input.envelope_members,
            nesting: 0,
            status: input.status,
            body_is_empty,
            root: scanner,
            members: IndexMap::new(),
            has_seen_members: false,
        }
    }

    /// The value of type `ty` that lies below the members `at` of the answer.
    pub(super) fn answer(&mut self, at: &[&str], ty: &Type) -> Result<Tape, Failure> {
        let root = self.below(at, ty, Place { is_root: true, ..Place::default() })?;
        Ok(std::mem::replace(&mut self.writer, Writer::new()).finish(root))
    }

    /// An answer whose content is no part of the result.
    pub(super) fn nothing(&mut self) -> Result<Tape, Failure> {
        self.scanner.skip()?;
        Ok(Writer::new().finish(0))
    }

    /// The envelope's members at the root.
    pub(super) fn envelope(mut self, is_json: bool) -> Vec<(String, Value)> {
        let is_object = is_json && self.root.peek() == Ok(Next::Object);
        if is_object && !self.has_seen_members {
            self.scanner = self.root.clone();
            // The text has been passed over once: it is JSON.
            let _ = self.see_members();
        }
        self.members.into_iter().collect()
    }

    fn see_members(&mut self) -> Result<(), JsonError> {
        self.scanner.open_object()?;
        while let Some(key) = self.scanner.next_key()? {
            self.see_member(&key)?;
            self.scanner.skip()?;
        }
        Ok(())
    }

    /// Notes the root's member `key`, whose value is next, if it belongs to the envelope.
    pub(super) fn see_member(&mut self, key: &str) -> Result<(), JsonError> {
        self.has_seen_members = true;
        if self.envelope_members.contains(&key) {
            let value = self.scanner.clone().value()?;
            self.members.insert(key.to_owned(), value);
        }
        Ok(())
    }

    /// Whether a member that its object does not describe belongs to somebody else: the envelope or the outer model.
    pub(super) fn is_foreign(&self, key: &str, place: Place<'_>) -> bool {
        (place.is_root && self.envelope_members.contains(&key))
            || place.outer.is_some_and(|model| model.fields.iter().any(|field| field.wire.contains(&key)))
    }

    fn below(&mut self, at: &[&str], ty: &Type, place: Place<'_>) -> Read {
        let Some((member, rest)) = at.split_first() else {
            return self.item(ty, place);
        };
        let mut found = None;
        if self.scanner.peek()? == Next::Object {
            self.scanner.open_object()?;
            while let Some(key) = self.scanner.next_key()? {
                if place.is_root {
                    self.see_member(&key)?;
                }
                if key == *member {
                    found = Some(settle(self.below(rest, ty, Place::default()))?);
                } else {
                    self.scanner.skip()?;
                }
            }
        } else {
            self.scanner.skip()?;
        }
        match found {
            Some(read) => Ok(read.map_err(|problem| problem.within_member(member))?),
            None => self.absent(ty).map_err(|problem| problem.within_member(member).into()),
        }
    }

    /// What stands for a value that must be there and is not.
    fn absent(&mut self, ty: &Type) -> Result<u32, Problem> {
        match ty {
            Type::Nullable(_) => Ok(0),
            _ => Err(Problem::new("is missing").required()),
        }
    }

    /// A value that is part of something: it may only be null where its type says so.
    fn item(&mut self, ty: &Type, place: Place<'_>) -> Read {
        match self.value(ty, place)? {
            0 if !matches!(ty, Type::Nullable(_)) => Err(Problem::new("stands for nothing").into()),
            at => Ok(at),
        }
    }

    /// A value, 0 where it stands for nothing.
    pub(super) fn value(&mut self, ty: &Type, place: Place<'_>) -> Read {
        if self.nesting == MAX_NESTING {
            self.scanner.skip()?;
            return Err(Problem::new("its shapes nest too deep").into());
        }
        self.nesting += 1;
        let read = self.shape(ty, place);
        self.nesting -= 1;
        read
    }

    fn shape(&mut self, ty: &Type, place: Place<'_>) -> Read {
        let service = self.service;
        match *ty {
            Type::Nullable(inner) => {
                if self.scanner.take_null()? {
                    return Ok(0);
                }
                self.value(inner, place)
            }
            Type::Json => self.any(place),
            Type::List(item) => self.list(item),
            Type::ListOrOne(item) => match self.scanner.peek()? {
                Next::List => self.list(item),
                _ => {
                    let only = self.item(item, place)?;
                    Ok(self.writer.list(&[only])?)
                }
            },
            Type::ListOrMap(item, key) => match self.scanner.peek()? {
                Next::Object => self.list_of_members(item, key, place),
                _ => self.list(item),
            },
            Type::Map(item) => self.map(item, place),
            Type::MapOrEmptyList(item) => {
                if self.take_empty_list()? {
                    return Ok(self.writer.map(&[])?);
                }
                self.map(item, place)
            }
            Type::Tuple(places) => self.tuple(places),
            Type::StringOrObject(index, field) => {
                let model = &service.models[usize::from(index)];
                match self.scanner.peek()? {
                    Next::Object | Next::List => self.record(model, place),
                    _ => self.record_of_one(model, field),
                }
            }
            Type::Model(index) => self.record(&service.models[usize::from(index)], place),
            Type::Union(index) => self.union(&service.unions[usize::from(index)], place),
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
                Some(token) => self.scalar(ty, token),
                None => self.mismatch("a single value"),
            },
        }
    }

    /// Passes over a value of the wrong sort.
    pub(super) fn mismatch(&mut self, expected: &str) -> Read {
        let found = self.scanner.peek()?.describe();
        self.scanner.skip()?;
        Err(Problem::new(format!("expected {expected}, found {found}")).into())
    }

    pub(super) fn scalar(&mut self, ty: &Type, token: Token<'_>) -> Read {
        let found = token.describe();
        match scalar::read(self.service, ty, token) {
            Ok(Scalar::None) => Ok(0),
            Ok(Scalar::Bool(truth)) => Ok(self.writer.bool(truth)?),
            Ok(Scalar::Int(int)) => Ok(self.writer.int(int)?),
            Ok(Scalar::Number(number)) => Ok(self.writer.number(number)?),
            Ok(Scalar::Text(text)) => Ok(self.writer.text(&text)?),
            Err(expected) => Err(Problem::new(format!("expected {expected}, found {found} that is none")).into()),
        }
    }

    fn any(&mut self, place: Place<'_>) -> Read {
        let mut text = String::new();
        if self.scanner.peek()? == Next::Object {
            let mut scanner = self.scanner.clone();
            scanner.copy_object(&mut text, |key| !self.is_foreign(key, place))?;
            self.scanner = scanner;
        } else {
            self.scanner.copy(&mut text)?;
        }
        Ok(self.writer.text(&text)?)
    }

    fn list(&mut self, item: &Type) -> Read {
        if self.scanner.peek()? != Next::List {
            return self.mismatch("a list");
        }
        self.scanner.open_list()?;
        let mut items = Vec::new();
        let mut problem = None;
        while self.scanner.next_item()? {
            if problem.is_some() {
                self.scanner.skip()?;
                continue;
            }
            match settle(self.item(item, Place::default()))? {
                Ok(at) => items.push(at),
                Err(found) => problem = Some(found.within(Step::Index(items.len()))),
            }
        }
        match problem {
            Some(problem) => Err(problem.into()),
            None => Ok(self.writer.list(&items)?),
        }
    }

    /// The values of an object, each under its key; of members of one name the last.
    fn members(
        &mut self,
        item: &Type,
        place: Place<'_>,
        key_field: Option<&str>,
    ) -> Result<IndexMap<Cow<'a, str>, u32>, Failure> {
        self.scanner.open_object()?;
        let mut members: IndexMap<Cow<'a, str>, Result<u32, Problem>> = IndexMap::new();
        while let Some(key) = self.scanner.next_key()? {
            if self.is_foreign(&key, place) {
                self.scanner.skip()?;
                continue;
            }
            let item_place = Place { key: key_field.map(|field| (field, key.as_ref())), ..Place::default() };
            let read = settle(self.item(item, item_place))?.map_err(|problem| problem.within_member(&key));
            members.insert(key, read);
        }
        members.into_iter().map(|(key, read)| Ok((key, read?))).collect()
    }

    fn list_of_members(&mut self, item: &Type, key_field: &str, place: Place<'_>) -> Read {
        let members = self.members(item, place, Some(key_field))?;
        let items: Vec<u32> = members.into_values().collect();
        Ok(self.writer.list(&items)?)
    }

    fn map(&mut self, item: &Type, place: Place<'_>) -> Read {
        if self.scanner.peek()? != Next::Object {
            return self.mismatch("an object");
        }
        let mut entries = Vec::new();
        for (key, value) in self.members(item, place, None)? {
            entries.push((self.writer.text(&key)?, value));
        }
        Ok(self.writer.map(&entries)?)
    }

    /// Passes over the next value if it is `[]`, which PHP sends for an empty object.
    pub(super) fn take_empty_list(&mut self) -> Result<bool, JsonError> {
        if self.scanner.peek()? != Next::List {
            return Ok(false);
        }
        let mut ahead = self.scanner.clone();
        ahead.open_list()?;
        let is_empty = !ahead.next_item()?;
        if is_empty {
            self.scanner = ahead;
        }
        Ok(is_empty)
    }

    fn tuple(&mut self, places: &[Type]) -> Read {
        if self.scanner.peek()? != Next::List {
            return self.mismatch("a list");
        }
        self.scanner.open_list()?;
        let mut problem: Option<Problem> = None;
        let mut values = Vec::new();
        let mut position = 0;
        while self.scanner.next_item()? {
            match places.get(position) {
                Some(ty) if problem.is_none() => match settle(self.item(ty, Place::default()))? {
                    Ok(at) => values.push(at),
                    Err(found) => problem = Some(found.within(Step::Index(position))),
                },
                // More places than are described say nothing to us.
                _ => {
                    self.scanner.skip()?;
                }
            }
            position += 1;
        }
        if let Some(problem) = problem {
            return Err(problem.into());
        }
        for (position, ty) in places.iter().enumerate().skip(position) {
            if !matches!(ty, Type::Nullable(_)) {
                return Err(Problem::new("is missing").within(Step::Index(position)).into());
            }
            values.push(0);
        }
        Ok(self.writer.list(&values)?)
    }

    fn union(&mut self, union: &Union, place: Place<'_>) -> Read {
        for (number, variant) in (0..).zip(union.variants) {
            let fits = match variant.when {
                VariantWhen::Status(status) => self.status == status,
                VariantWhen::Has(member) => self.has(member)?,
                VariantWhen::Empty => self.body_is_empty,
                VariantWhen::Otherwise => true,
            };
            if fits {
                let value = match variant.ty {
                    Some(ty) => self.item(&ty, place)?,
                    None => self.scanner.skip().map(|_| 0)?,
                };
                return Ok(self.writer.union(number, value)?);
            }
        }
        self.mismatch(&format!("one of the answers of {}", union.name))
    }

    /// Whether the next value is an object with this member, not null.
    fn has(&self, member: &str) -> Result<bool, JsonError> {
        let mut ahead = self.scanner.clone();
        if ahead.peek()? != Next::Object {
            return Ok(false);
        }
        ahead.open_object()?;
        let mut has = false;
        while let Some(key) = ahead.next_key()? {
            let is_null = ahead.peek()? == Next::Null;
            ahead.skip()?;
            if key == member {
                has = !is_null;
            }
        }
        Ok(has)
    }
}
