//! Sorts parameters into query, headers and body.

use super::check::Filled;
use super::piece::Piece;
use super::{Body, Pairs};
use crate::tables::{ListForm, Method, NullForm, Operation, Place, Service};

/// Where the parameters of one request are gathered.
pub(super) struct Collector {
    method: Method,
    /// The one form in which everything that belongs into the body is sent.
    body: Option<Place>,
    query: Pairs,
    headers: Pairs,
    json: Vec<(String, Piece)>,
    form: Pairs,
}

impl Collector {
    pub(super) fn new(service: &Service, operation: &Operation, method: Method) -> Self {
        let places = operation.params.iter().map(|param| param.place).chain([service.place]);
        let body = places.map(|place| bodily(place, method)).find(|place| is_body(*place));
        Self { method, body, query: Vec::new(), headers: Vec::new(), json: Vec::new(), form: Vec::new() }
    }

    /// Adds a parameter under each of its names.
    pub(super) fn add(&mut self, Filled { param, piece, null }: &Filled<'_>) {
        for name in param.wire {
            self.put(param.place, name, piece, param.list, *null);
        }
    }

    pub(super) fn add_text(&mut self, place: Place, name: &str, value: &str) {
        self.put(place, name, &Piece::Text(value.to_owned()), ListForm::Repeat, NullForm::Word);
    }

    /// Adds a parameter where the operation's own go, in place of one with the same name.
    pub(super) fn replace(&mut self, name: &str, piece: &Piece) {
        let place = self.body.unwrap_or(Place::Query);
        match place {
            Place::Json => self.json.retain(|(own, _)| own != name),
            Place::Form | Place::Multipart => self.form.retain(|(own, _)| own != name),
            Place::Query | Place::Path | Place::Header => self.query.retain(|(own, _)| own != name),
        }
        self.put(place, name, piece, ListForm::Repeat, NullForm::Word);
    }

    fn put(&mut self, place: Place, name: &str, piece: &Piece, list: ListForm, null: NullForm) {
        let place = bodily(place, self.method);
        let place = if is_body(place) { self.body.unwrap_or(place) } else { place };
        match place {
            Place::Json if *piece == Piece::Null && null == NullForm::Blank => {
                self.json.push((name.to_owned(), Piece::Text(String::new())));
            }
            Place::Json => self.json.push((name.to_owned(), piece.clone())),
            Place::Form | Place::Multipart => pairs(&mut self.form, name, piece, list, null),
            Place::Query => pairs(&mut self.query, name, piece, list, null),
            Place::Header => pairs(&mut self.headers, name, piece, list, null),
            Place::Path => {}
        }
    }

    pub(super) fn finish(self) -> (Pairs, Pairs, Body) {
        let body = match self.body {
            Some(Place::Form) => Body::Form(self.form),
            Some(Place::Multipart) => Body::Multipart(self.form),
            Some(_) => {
                let mut json = String::new();
                Piece::Object(self.json).write_json(&mut json);
                Body::Json(json.into_bytes())
            }
            None => Body::None,
        };
        (self.query, self.headers, body)
    }
}

/// A request without a body has its parameters in the query.
fn bodily(place: Place, method: Method) -> Place {
    let has_body = !matches!(method, Method::Get | Method::Head);
    if is_body(place) && !has_body { Place::Query } else { place }
}

fn is_body(place: Place) -> bool {
    matches!(place, Place::Json | Place::Form | Place::Multipart)
}

/// Writes a value as pairs of name and text.
fn pairs(out: &mut Pairs, name: &str, piece: &Piece, list: ListForm, null: NullForm) {
    match (piece, list) {
        (Piece::Null, _) if null == NullForm::Blank => out.push((name.to_owned(), String::new())),
        (Piece::List(items), ListForm::Repeat) => {
            out.extend(items.iter().map(|item| (name.to_owned(), item.to_text())));
        }
        (Piece::List(items), ListForm::Brackets) => {
            out.extend(items.iter().map(|item| (format!("{name}[]"), item.to_text())));
        }
        (Piece::List(items), ListForm::Comma) => {
            let items: Vec<String> = items.iter().map(Piece::to_text).collect();
            out.push((name.to_owned(), items.join(",")));
        }
        (piece, _) => out.push((name.to_owned(), piece.to_text())),
    }
}
