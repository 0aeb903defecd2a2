//! Reads objects as models.

use std::borrow::Cow;
use std::ops::Range;

use indexmap::IndexMap;

use super::json::{self, Next, Scanner, Token};
use super::path::Problem;
use super::scalar;
use super::shape::{Decoder, Failure, Place, Read, settle};
use crate::tables::{Field, FieldSource, Model};

/// What came under one wire name.
enum Slot {
    /// Nothing, or null.
    Absent,
    Read(u32),
    Failed(Problem, Range<usize>),
}

/// The members of an object, as far as its model knows them.
struct Members<'a> {
    /// One a wire name, in the order of the description.
    slots: Vec<Slot>,
    /// Where the values of unknown members lie.
    unknown: IndexMap<Cow<'a, str>, Range<usize>>,
}

/// Raw JSON that goes to the unknown members.
enum Raw {
    Span(Range<usize>),
    Text(String),
}

impl<'a> Decoder<'a> {
    pub(super) fn record(&mut self, model: &'a Model, place: Place<'_>) -> Read {
        let start = self.scanner.clone();
        let is_object = self.scanner.peek()? == Next::Object;
        if !is_object && !self.take_empty_list()? {
            return self.mismatch("an object");
        }
        let mut members = Members { slots: slots_of(model), unknown: IndexMap::new() };
        if is_object {
            self.members_of(model, place, &mut members)?;
        }
        self.finish_record(model, place, members, &start)
    }

    /// A model that came as the value of its field `name` alone.
    pub(super) fn record_of_one(&mut self, model: &'a Model, name: &str) -> Read {
        let start = self.scanner.clone();
        let mut slots = slots_of(model);
        let position = model.fields.iter().position(|field| field.name == name);
        match position.map(|position| (&model.fields[position], first_slot(model, position))) {
            Some((field, slot)) if self.scanner.peek()? != Next::Null => {
                slots[slot] = Slot::Read(self.value(&field.ty, Place::default())?);
            }
            _ => return self.mismatch("an object"),
        }
        let members = Members { slots, unknown: IndexMap::new() };
        self.finish_record(model, Place::default(), members, &start)
    }

    fn members_of(&mut self, model: &'a Model, place: Place<'_>, members: &mut Members<'a>) -> Result<(), Failure> {
        self.scanner.open_object()?;
        while let Some(key) = self.scanner.next_key()? {
            if place.is_root && place.outer.is_none() {
                self.see_member(&key)?;
            }
            if let Some((slot, field)) = find(model, &key) {
                members.slots[slot] = self.slot(field)?;
            } else {
                let span = self.scanner.skip()?;
                if !self.is_foreign(&key, place) {
                    members.unknown.insert(key, span);
                }
            }
        }
        Ok(())
    }

    fn slot(&mut self, field: &Field) -> Result<Slot, Failure> {
        if self.scanner.take_null()? {
            return Ok(Slot::Absent);
        }
        let from = self.scanner.position();
        Ok(match settle(self.value(&field.ty, Place::default()))? {
            Ok(0) => Slot::Absent,
            Ok(at) => Slot::Read(at),
            Err(problem) => Slot::Failed(problem, from..self.scanner.position_behind()),
        })
    }

    /// Chooses each field's value among what came, and writes the record.
    fn finish_record(&mut self, model: &'a Model, place: Place<'_>, members: Members<'a>, start: &Scanner<'a>) -> Read {
        let Members { slots, unknown } = members;
        let mut slots = slots.into_iter();
        let mut fields = Vec::with_capacity(model.fields.len());
        let mut failed: IndexMap<&'a str, Raw> = IndexMap::new();
        let mut unknown_is_taken = false;
        for field in model.fields {
            let mut found = 0;
            let mut first_problem = None;
            for (wire, slot) in field.wire.iter().zip(&mut slots) {
                match slot {
                    Slot::Read(at) if found == 0 => found = at,
                    Slot::Failed(problem, span) => {
                        first_problem.get_or_insert(problem.within_member(wire));
                        failed.insert(wire, Raw::Span(span));
                    }
                    Slot::Read(_) | Slot::Absent => {}
                }
            }
            if field.from == FieldSource::Header {
                (found, first_problem) = self.header(field, &mut failed)?;
            }
            if found == 0
                && let Some((name, key)) = place.key
                && name == field.name
                && scalar::is_scalar(&field.ty)
            {
                let from_key = settle(self.scalar(&field.ty, Token::Text(Cow::Borrowed(key))))?;
                found = from_key.unwrap_or_default();
            }
            let may_lie_here = field.from == FieldSource::BodyOrRoot && place.outer.is_none();
            if found == 0 && first_problem.is_none() && may_lie_here && !unknown.is_empty() {
                match self.field_in(field, model, place, start)? {
                    Ok(at) => {
                        found = at;
                        unknown_is_taken = at != 0;
                    }
                    // That the object is no such thing matters only where there must be one.
                    Err(problem) if field.required => return Err(problem.required().into()),
                    Err(_) => {}
                }
            }
            match first_problem {
                Some(problem) if found == 0 && (field.required || problem.is_required) => {
                    return Err(problem.required().into());
                }
                None if found == 0 && field.required => return Err(missing(field).into()),
                _ => fields.push(found),
            }
        }
        let unknown = if unknown_is_taken { IndexMap::new() } else { unknown };
        let extra = self.extra(unknown, failed)?;
        Ok(self.writer.record(extra, &fields)?)
    }

    /// A field whose own members lie in the object that holds it.
    fn field_in(
        &mut self,
        field: &Field,
        model: &Model,
        place: Place<'_>,
        start: &Scanner<'a>,
    ) -> Result<Result<u32, Problem>, Failure> {
        let behind = std::mem::replace(&mut self.scanner, start.clone());
        let read = settle(self.value(&field.ty, Place { outer: Some(model), ..place }));
        self.scanner = behind;
        read
    }

    /// A field that is a header of the response; its first line where it came twice.
    fn header(
        &mut self,
        field: &'a Field,
        failed: &mut IndexMap<&'a str, Raw>,
    ) -> Result<(u32, Option<Problem>), Failure> {
        let headers = self.headers;
        let present = field.wire.iter().find_map(|name| Some((*name, headers.get(*name)?)));
        let Some((name, value)) = present else {
            return Ok((0, None));
        };
        let value = String::from_utf8_lossy(value.as_bytes());
        let read = if scalar::is_scalar(&field.ty) {
            settle(self.scalar(&field.ty, Token::Text(Cow::Borrowed(&value))))?
        } else {
            Err(Problem::new("a header cannot hold it"))
        };
        Ok(match read {
            Ok(at) => (at, None),
            Err(mut problem) => {
                problem.message = format!("header {name}: {}", problem.message);
                let mut raw = String::new();
                json::quote(&mut raw, &value);
                failed.insert(name, Raw::Text(raw));
                (0, Some(problem))
            }
        })
    }

    /// Writes the unknown members, and the raw JSON of fields that could not be read, as an object's text.
    fn extra(&mut self, unknown: IndexMap<Cow<'a, str>, Range<usize>>, failed: IndexMap<&'a str, Raw>) -> Read {
        if unknown.is_empty() && failed.is_empty() {
            return Ok(0);
        }
        let unknown = unknown.into_iter().map(|(key, span)| (key, Raw::Span(span)));
        let failed = failed.into_iter().map(|(key, raw)| (Cow::Borrowed(key), raw));
        let mut text = String::from("{");
        for (key, raw) in unknown.chain(failed) {
            if text.len() > 1 {
                text.push(',');
            }
            json::quote(&mut text, &key);
            text.push(':');
            match raw {
                Raw::Span(span) => self.scanner.of_span(span).copy(&mut text)?,
                Raw::Text(raw) => text.push_str(&raw),
            }
        }
        text.push('}');
        Ok(self.writer.text(&text)?)
    }
}

fn slots_of(model: &Model) -> Vec<Slot> {
    let names = model.fields.iter().map(|field| field.wire.len()).sum();
    std::iter::repeat_with(|| Slot::Absent).take(names).collect()
}

/// The slot of the first wire name of a field.
fn first_slot(model: &Model, position: usize) -> usize {
    model.fields[..position].iter().map(|field| field.wire.len()).sum()
}

/// The slot and field of the wire name `key`.
fn find<'m>(model: &'m Model, key: &str) -> Option<(usize, &'m Field)> {
    let mut slot = 0;
    for field in model.fields {
        if field.from != FieldSource::Header
            && let Some(rank) = field.wire.iter().position(|wire| *wire == key)
        {
            return Some((slot + rank, field));
        }
        slot += field.wire.len();
    }
    None
}

fn missing(field: &Field) -> Problem {
    let name = field.wire.first().copied().unwrap_or(field.name);
    match field.from {
        FieldSource::Header => Problem::new(format!("header {name} is missing")).required(),
        FieldSource::Body | FieldSource::BodyOrRoot => Problem::new("is missing").within_member(name).required(),
    }
}
