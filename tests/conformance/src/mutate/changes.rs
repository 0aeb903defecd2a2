//! The changes that are made to a table: each is a mistake that somebody could make in a description.
//!
//! Whether a parameter is required or may be null is not among them: the typed surfaces show it, and no case could be
//! written against a type that a language does not accept.

use std::fmt;

use fileferry_core::border::Kind;
use fileferry_core::tables::{
    Auth, Batch, BatchItems, Encoding, Enum, Envelope, Field, Limits, ListForm, Method, Model, NullForm, Operation,
    Outcome, PageBy, PageEnd, Paging, Param, Place, ResultShape, Retry, Rule, Service, Time, Type, Wait,
};

/// One change of a service's tables.
pub struct Change {
    /// What was changed, for people.
    what: String,
    /// The thing that was changed; changes of one thing are noticed by the same cases.
    subject: String,
    /// Words that a case holds which could notice it: names, codes.
    words: Vec<String>,
    /// The operations whose cases have to notice.
    operations: Vec<String>,
    apply: Edit<Service>,
}

impl Change {
    /// The operations whose cases have to notice it.
    pub fn operations(&self) -> &[String] {
        &self.operations
    }

    /// The thing that was changed.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Words that a case holds which could notice it.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The tables with this change.
    pub fn apply(&self, service: &Service) -> Service {
        let mut changed = service.clone();
        (self.apply)(&mut changed);
        changed
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is done to a part of a table.
type Edit<T> = Box<dyn Fn(&mut T) + Send + Sync>;

/// What is done to one of several rules.
type RuleEdit = Box<dyn Fn(&mut Vec<Rule>, usize) + Send + Sync>;

/// Tables are made of static slices; a changed one lives as long as this short program.
fn leak<T>(items: Vec<T>) -> &'static [T] {
    Box::leak(items.into_boxed_slice())
}

/// Every change to the tables of a service.
pub fn of(service: &Service) -> Vec<Change> {
    let mut all = Vec::new();
    for (index, operation) in service.operations.iter().enumerate() {
        if operation.not_callable.is_none() {
            of_operation(index, operation, &mut all);
        }
    }
    for (index, model) in service.models.iter().enumerate() {
        // Of an answer that only a verb gets, nobody sees the model: the verb makes its entry from the answer as it came. And
        // what the library makes itself comes from nowhere.
        let users = users_of(service, Named::Model(index));
        let is_read = |id: &String| {
            service
                .operation(id)
                .is_some_and(|operation| operation.not_callable.is_none() && operation.made_of.is_none())
        };
        if !users.is_empty() && !users.iter().any(is_read) {
            continue;
        }
        of_model(service, index, model, &mut all);
    }
    for (index, words) in service.enums.iter().enumerate() {
        of_enum(service, index, words, &mut all);
    }
    for (index, envelope) in service.envelopes.iter().enumerate() {
        of_envelope(service, index, envelope, &mut all);
    }
    for places in shared_rules(service) {
        of_rule(service, &places, &mut all);
    }
    all
}

fn edit_operation(
    all: &mut Vec<Change>,
    index: usize,
    operation: &Operation,
    what: &str,
    edit: impl Fn(&mut Operation) + Send + Sync + 'static,
) {
    all.push(Change {
        what: format!("{}: {what}", operation.id),
        subject: operation.id.to_owned(),
        words: vec![operation.id.to_owned()],
        operations: vec![operation.id.to_owned()],
        apply: Box::new(move |service| change_operation(service, index, &edit)),
    });
}

fn change_operation(service: &mut Service, index: usize, edit: impl Fn(&mut Operation)) {
    let mut operations = service.operations.to_vec();
    edit(&mut operations[index]);
    service.operations = leak(operations);
}

fn of_operation(index: usize, operation: &Operation, all: &mut Vec<Change>) {
    // What is made of another operation is never sent itself.
    if operation.made_of.is_some() {
        return;
    }
    let mut edit = |what: &str, change: Edit<Operation>| {
        edit_operation(all, index, operation, what, change);
    };
    if operation.path.is_some() {
        edit("another path", Box::new(|operation| operation.path = Some("another/path")));
    }
    // A link is sent by nobody, so that it has no method.
    if operation.path.is_some() && operation.result != ResultShape::Link {
        let other = if operation.methods[0] == Method::Get { Method::Post } else { Method::Get };
        edit("another method", Box::new(move |operation| operation.methods = leak(vec![other])));
    }
    if operation.methods.len() > 1 {
        edit("one method only", Box::new(|operation| operation.methods = leak(vec![operation.methods[0]])));
    }
    if operation.versions.len() > 1 {
        edit("one version only", Box::new(|operation| operation.versions = leak(vec![operation.versions[0]])));
    }
    if !operation.also_at.is_empty() {
        edit("no other address", Box::new(|operation| operation.also_at = &[]));
    }
    if let ResultShape::Json { at, .. } = operation.result {
        edit(
            "the result lies a member deeper",
            Box::new(move |operation| {
                if let ResultShape::Json { at: deeper, .. } = &mut operation.result {
                    *deeper = leak([at, &["wrapped"]].concat());
                }
            }),
        );
    }
    // What belongs to another operation is sent by the service's own protocol, which asks for neither.
    if operation.part_of.is_none() {
        let other = if operation.auth == Auth::None { Auth::Optional } else { Auth::None };
        edit("another need of a credential", Box::new(move |operation| operation.auth = other));
        // What is never sent is never sent twice.
        if operation.result != ResultShape::Link {
            edit("idempotence the other way round", Box::new(|operation| operation.idempotent = !operation.idempotent));
        }
    }
    if let Some(paging) = operation.paging {
        // Who counts pages needs their size only to know a short one.
        if matches!(paging.by, PageBy::Offset) || paging.ends.contains(&PageEnd::ShortPage) {
            edit(
                "pages count by another size",
                Box::new(move |operation| {
                    operation.paging = Some(Paging { default_size: paging.default_size + 1, ..paging });
                }),
            );
        }
        if let PageBy::Page(first) = paging.by {
            edit(
                "another first page",
                Box::new(move |operation| operation.paging = Some(Paging { by: PageBy::Page(first + 1), ..paging })),
            );
        }
        // An empty page ends every walk, said or not.
        for end in (0..paging.ends.len()).filter(|&end| paging.ends[end] != PageEnd::EmptyPage) {
            edit(
                &format!("without end {end} of the pages"),
                Box::new(move |operation| {
                    let mut ends = paging.ends.to_vec();
                    ends.remove(end);
                    if ends.is_empty() {
                        ends.push(PageEnd::EmptyPage);
                    }
                    operation.paging = Some(Paging { ends: leak(ends), ..paging });
                }),
            );
        }
    }
    if let Some(batch) = operation.batch {
        edit(
            "a batch of another size",
            Box::new(move |operation| {
                operation.batch = Some(Batch { size: batch.size + 1, ..batch });
            }),
        );
        edit("no batches", Box::new(|operation| operation.batch = None));
        if !batch.places.is_empty() {
            edit(
                "lists that are joined one after the other",
                Box::new(move |operation| operation.batch = Some(Batch { places: &[], ..batch })),
            );
        }
        if let Some(items) = batch.items {
            let mut of_items = |what: &str, items: BatchItems| {
                let batch = Batch { items: Some(items), ..batch };
                edit(what, Box::new(move |operation| operation.batch = Some(batch)));
            };
            for (at, name) in items.named_by.iter().enumerate() {
                let mut named_by = items.named_by.to_vec();
                named_by.remove(at);
                of_items(&format!("items not named by `{name}`"), BatchItems { named_by: leak(named_by), ..items });
            }
            if items.done.is_some() {
                of_items("items that are done whatever they say", BatchItems { done: None, ..items });
            }
            if items.errors.is_some() {
                of_items("items whose errors are not looked at", BatchItems { errors: None, ..items });
            }
        }
    }
    for (at, param) in operation.params.iter().enumerate() {
        of_param(index, operation, at, param, all);
    }
}

fn of_param(index: usize, operation: &Operation, at: usize, param: &Param, all: &mut Vec<Change>) {
    let subject = format!("{}: parameter {}", operation.id, param.name);
    let words: Vec<String> = param.wire.iter().chain([&param.name]).map(|name| (*name).to_owned()).collect();
    let mut edit = |what: &str, change: Edit<Param>| {
        all.push(Change {
            what: format!("{subject}: {what}"),
            subject: subject.clone(),
            words: words.clone(),
            operations: vec![operation.id.to_owned()],
            apply: Box::new(move |service| {
                change_operation(service, index, |operation| {
                    let mut params = operation.params.to_vec();
                    change(&mut params[at]);
                    operation.params = leak(params);
                });
            }),
        });
    };
    // A part of the address has neither a name nor another place, and is never empty.
    let in_path = param.place == Place::Path;
    if !in_path {
        let other = if param.place == Place::Query { Place::Header } else { Place::Query };
        edit("another place", Box::new(move |param| param.place = other));
        edit("another name on the wire", Box::new(|param| param.wire = leak(vec!["another_name"])));
    }
    if param.wire.len() > 1 {
        edit("one name only", Box::new(|param| param.wire = leak(vec![param.wire[0]])));
    }
    if param.send.is_some() {
        edit("not sent by us", Box::new(|param| param.send = None));
    }
    if param.encode != Encoding::Plain {
        edit("sent as it is", Box::new(|param| param.encode = Encoding::Plain));
    }
    // A JSON body has lists and nulls of its own.
    if param.place != Place::Json {
        if matches!(param.ty, Type::List(_)) {
            let other = if param.list == ListForm::Brackets { ListForm::Repeat } else { ListForm::Brackets };
            edit("another form of the list", Box::new(move |param| param.list = other));
        }
        if param.nullable {
            let other = if param.null == NullForm::Omit { NullForm::Word } else { NullForm::Omit };
            edit("another form of null", Box::new(move |param| param.null = other));
        }
        if let Some(root) = param.root {
            let other = if root == NullForm::Omit { NullForm::Word } else { NullForm::Omit };
            edit("another form of the root", Box::new(move |param| param.root = Some(other)));
        }
    }
    if let Some(other) = other_type(&param.ty) {
        edit("another type", Box::new(move |param| param.ty = other));
    }
    if let Some(min) = param.limits.min.filter(|min| !in_path || *min > 1) {
        edit("a lower minimum", Box::new(move |param| param.limits = Limits { min: Some(min - 1), ..param.limits }));
    }
    if let Some(max) = param.limits.max {
        edit("a higher maximum", Box::new(move |param| param.limits = Limits { max: Some(max + 1), ..param.limits }));
        edit("a lower maximum", Box::new(move |param| param.limits = Limits { max: Some(max - 1), ..param.limits }));
    }
}

/// A type that somebody could take for this one.
fn other_type(ty: &Type) -> Option<Type> {
    Some(match ty {
        Type::Bool => Type::Text,
        Type::Int | Type::BigInt | Type::Number | Type::Decimal => Type::Text,
        Type::Id => Type::Int,
        Type::Text | Type::Enum(_) | Type::Time(_) => Type::Bool,
        Type::List(item) => **item,
        Type::ListOrOne(item) | Type::ListOrMap(item, _) => Type::List(item),
        Type::MapOrEmptyList(item) => Type::Map(item),
        Type::StringOrObject(model, _) => Type::Model(*model),
        Type::Map(_) | Type::Tuple(_) | Type::Model(_) | Type::Union(_) => Type::Text,
        Type::Nullable(inner) => **inner,
        Type::Json | Type::Source => return None,
    })
}

/// A type with a name of its own.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    Model(usize),
    Enum(usize),
}

/// The operations in whose arguments or answers a type appears.
fn users_of(service: &Service, wanted: Named) -> Vec<String> {
    let holds = |ty: &Type| reaches(service, ty, wanted, &mut Vec::new());
    let uses = |operation: &&Operation| {
        let result = matches!(&operation.result, ResultShape::Json { ty, .. } if holds(ty));
        result || operation.params.iter().any(|param| holds(&param.ty))
    };
    service.operations.iter().filter(uses).map(|operation| operation.id.to_owned()).collect()
}

fn reaches(service: &Service, ty: &Type, wanted: Named, seen: &mut Vec<usize>) -> bool {
    match ty {
        Type::Enum(index) => Named::Enum(usize::from(*index)) == wanted,
        Type::Model(index) | Type::StringOrObject(index, _) => {
            let index = usize::from(*index);
            if Named::Model(index) == wanted {
                return true;
            }
            if seen.contains(&index) {
                return false;
            }
            seen.push(index);
            service.models[index].fields.iter().any(|field| reaches(service, &field.ty, wanted, seen))
        }
        Type::List(inner)
        | Type::ListOrOne(inner)
        | Type::ListOrMap(inner, _)
        | Type::Map(inner)
        | Type::MapOrEmptyList(inner)
        | Type::Nullable(inner) => reaches(service, inner, wanted, seen),
        Type::Tuple(places) => places.iter().any(|place| reaches(service, place, wanted, seen)),
        Type::Union(index) => {
            let variants = service.unions[usize::from(*index)].variants;
            variants.iter().filter_map(|variant| variant.ty.as_ref()).any(|ty| reaches(service, ty, wanted, seen))
        }
        _ => false,
    }
}

fn of_model(service: &Service, index: usize, model: &Model, all: &mut Vec<Change>) {
    let operations = users_of(service, Named::Model(index));
    if operations.is_empty() {
        return;
    }
    let mut edit = |field: &Field, what: &str, change: Edit<Vec<Field>>| {
        all.push(Change {
            what: format!("{}: {} {what}", model.name, field.name),
            subject: format!("{}.{}", model.name, field.name),
            words: field.wire.iter().map(|name| (*name).to_owned()).collect(),
            operations: operations.clone(),
            apply: Box::new(move |service| {
                let mut models = service.models.to_vec();
                let mut fields = models[index].fields.to_vec();
                change(&mut fields);
                models[index].fields = leak(fields);
                service.models = leak(models);
            }),
        });
    };
    for (at, field) in model.fields.iter().enumerate() {
        edit(field, "comes under another name", Box::new(move |fields| fields[at].wire = leak(vec!["another_name"])));
        edit(field, "required the other way round", Box::new(move |fields| fields[at].required = !fields[at].required));
        if let Some(other) = other_type(&field.ty) {
            edit(field, "of another type", Box::new(move |fields| fields[at].ty = other));
        }
        if let Type::Time(time) = field.ty {
            for form in 0..time.forms.len() {
                if time.forms.len() > 1 {
                    edit(
                        field,
                        &format!("without form {form} of the time"),
                        Box::new(move |fields| {
                            let mut forms = time.forms.to_vec();
                            forms.remove(form);
                            fields[at].ty = Type::Time(Time { forms: leak(forms), none: time.none });
                        }),
                    );
                }
            }
        }
    }
}

/// The operations that use one of these envelopes.
fn operations_with(service: &Service, envelopes: &[usize]) -> Vec<String> {
    let uses = |operation: &&Operation| envelopes.contains(&usize::from(operation.envelope));
    let operations = service.operations.iter().filter(uses);
    operations.map(|operation| operation.id.to_owned()).collect()
}

/// Where an envelope says that something lies: each list of paths, and the same list to change.
type Paths = (&'static str, fn(&mut Envelope) -> &mut &'static [&'static str]);

const PATHS: [Paths; 6] = [
    ("a member that is no part of results", |envelope| &mut envelope.members),
    ("a place of the code", |envelope| &mut envelope.code),
    ("a place of the finer code", |envelope| &mut envelope.sub_code),
    ("a place of the text", |envelope| &mut envelope.text),
    ("a place of a challenge", |envelope| &mut envelope.captcha_challenge),
    ("a place of a captcha's address", |envelope| &mut envelope.captcha_url),
];

fn of_paths(index: usize, envelope: &Envelope, operations: &[String], all: &mut Vec<Change>) {
    // The whole text is what is taken where no path leads to one, said or not.
    for (what, list) in PATHS {
        for (at, path) in list(&mut envelope.clone()).iter().enumerate().filter(|(_, path)| **path != "$text") {
            all.push(Change {
                what: format!("envelope {}: without `{path}`, {what}", envelope.name),
                subject: format!("envelope {}: {what}", envelope.name),
                words: path.split(['.', '[']).map(str::to_owned).collect(),
                operations: operations.to_vec(),
                apply: Box::new(move |service| {
                    let mut envelopes = service.envelopes.to_vec();
                    let paths = list(&mut envelopes[index]);
                    let mut fewer = paths.to_vec();
                    fewer.remove(at);
                    *paths = leak(fewer);
                    service.envelopes = leak(envelopes);
                }),
            });
        }
    }
}

fn of_enum(service: &Service, index: usize, words: &Enum, all: &mut Vec<Change>) {
    let takes = |operation: &&Operation| {
        let mut params = operation.params.iter();
        params.any(|param| reaches(service, &param.ty, Named::Enum(index), &mut Vec::new()))
    };
    let taken_by: Vec<String> =
        service.operations.iter().filter(takes).map(|operation| operation.id.to_owned()).collect();
    for (at, value) in words.values.iter().enumerate() {
        // A set is open: a word that stands for itself is read the same when nobody knows it, so that only sending shows it.
        let stands_for_itself = value.wire.trim_matches('"') == value.name;
        let operations = if stands_for_itself { taken_by.clone() } else { users_of(service, Named::Enum(index)) };
        if operations.is_empty() {
            continue;
        }
        all.push(Change {
            what: format!("{}: {} is another word on the wire", words.name, value.name),
            subject: format!("{}.{}", words.name, value.name),
            words: vec![format!("\"{}\"", value.name)],
            operations,
            apply: Box::new(move |service| {
                let mut enums = service.enums.to_vec();
                let mut values = enums[index].values.to_vec();
                values[at].wire = "\"another word\"";
                enums[index].values = leak(values);
                service.enums = leak(enums);
            }),
        });
    }
}

fn of_envelope(service: &Service, index: usize, envelope: &Envelope, all: &mut Vec<Change>) {
    let operations = operations_with(service, &[index]);
    if operations.is_empty() {
        return;
    }
    of_paths(index, envelope, &operations, all);
    for at in 0..envelope.success.len() {
        all.push(Change {
            what: format!("envelope {}: without condition {at} of a success", envelope.name),
            subject: format!("envelope {}", envelope.name),
            words: vec!["error".to_owned()],
            operations: operations.clone(),
            apply: Box::new(move |service| {
                let mut envelopes = service.envelopes.to_vec();
                let mut success = envelopes[index].success.to_vec();
                success.remove(at);
                envelopes[index].success = leak(success);
                service.envelopes = leak(envelopes);
            }),
        });
    }
}

/// A rule of some envelopes: where it lies in each. Rules that several envelopes share are one line of a description, so
/// that a mistake in it is a mistake in all of them.
type Places = Vec<(usize, usize)>;

fn shared_rules(service: &Service) -> Vec<Places> {
    let mut by_text: Vec<(String, Places)> = Vec::new();
    for (index, envelope) in service.envelopes.iter().enumerate() {
        for (at, rule) in envelope.rules.iter().enumerate() {
            let text = format!("{rule:?}");
            match by_text.iter_mut().find(|(known, _)| *known == text) {
                Some((_, places)) => places.push((index, at)),
                None => by_text.push((text, vec![(index, at)])),
            }
        }
    }
    by_text.into_iter().map(|(_, places)| places).collect()
}

fn of_rule(service: &Service, places: &Places, all: &mut Vec<Change>) {
    let Some(&(first, at)) = places.first() else { return };
    let rule = &service.envelopes[first].rules[at];
    let envelopes: Vec<usize> = places.iter().map(|(envelope, _)| *envelope).collect();
    let operations = reachable_by(service, rule, operations_with(service, &envelopes));
    if operations.is_empty() {
        return;
    }
    let subject = format!("rule {} of {} {}", at + 1, service.envelopes[first].name, title(rule));
    let mut edit = |what: &str, change: RuleEdit| {
        let places = places.clone();
        all.push(Change {
            what: format!("{subject}: {what}"),
            subject: subject.clone(),
            words: words_of(rule),
            operations: operations.clone(),
            apply: Box::new(move |service| {
                let mut envelopes = service.envelopes.to_vec();
                for &(envelope, at) in &places {
                    let mut rules = envelopes[envelope].rules.to_vec();
                    change(&mut rules, at);
                    envelopes[envelope].rules = leak(rules);
                }
                service.envelopes = leak(envelopes);
            }),
        });
    };
    edit(
        "gone",
        Box::new(|rules, at| {
            rules.remove(at);
        }),
    );
    let mut outcome = |what: &str, changed: Outcome| edit(what, Box::new(move |rules, at| rules[at].outcome = changed));
    let Outcome::Error { name, kind, retry, wait, captcha } = rule.outcome else {
        return;
    };
    let other = if kind == Kind::Conflict { Kind::Rejected } else { Kind::Conflict };
    outcome("another kind", Outcome::Error { name, kind: other, retry, wait, captcha });
    outcome("another name", Outcome::Error { name: "another_name", kind, retry, wait, captcha });
    let other = if retry == Retry::Never { Retry::AfterWait } else { Retry::Never };
    outcome("another retry class", Outcome::Error { name, kind, retry: other, wait, captcha });
    if let Some(told) = wait {
        let longer =
            Wait { default: told.default.map(|seconds| seconds + 7.0), margin: told.margin + 3.0, at: told.at };
        outcome("another wait", Outcome::Error { name, kind, retry, wait: Some(longer), captcha });
    }
    if captcha.is_some() {
        outcome("no captcha", Outcome::Error { name, kind, retry, wait, captcha: None });
    }
}

/// Those operations whose answers a rule is for. A rule of operations that are not described yet has none: nothing can
/// show it today.
fn reachable_by(service: &Service, rule: &Rule, operations: Vec<String>) -> Vec<String> {
    let fits = |id: &str| {
        let id = service.operation(id).and_then(|operation| operation.part_of).unwrap_or(id);
        rule.when.operation.is_empty()
            || rule.when.operation.iter().any(|wanted| match wanted.strip_suffix('*') {
                Some(group) => id.starts_with(group),
                None => *wanted == id,
            })
    };
    operations.into_iter().filter(|id| fits(id)).collect()
}

fn title(rule: &Rule) -> String {
    match rule.outcome {
        Outcome::Error { name, .. } => format!("`{name}`"),
        Outcome::Result => "that gives a result".to_owned(),
    }
}

fn words_of(rule: &Rule) -> Vec<String> {
    let when = &rule.when;
    let asked = [when.code, when.sub_code, when.text_has, when.text_prefix].concat();
    let name = match rule.outcome {
        Outcome::Error { name, .. } => Some(name),
        Outcome::Result => None,
    };
    let statuses = when.http_status.iter().map(|(from, _)| from.to_string());
    asked.into_iter().chain(name).map(str::to_owned).chain(statuses).collect()
}
