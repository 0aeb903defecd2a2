//! The changes that are made to a table: each is a mistake that somebody could make in a description.

use std::fmt;

use fileferry_core::border::Kind;
use fileferry_core::tables::{
    Envelope, Limits, Method, Model, Operation, Outcome, PageEnd, Param, Place, ResultShape, Retry, Service, Type,
};

/// One change of a service's tables.
pub struct Change {
    /// What was changed, for people.
    what: String,
    /// The operations whose cases have to notice.
    operations: Vec<String>,
    apply: Box<dyn Fn(&mut Service) + Send + Sync>,
}

impl Change {
    /// The operations whose cases have to notice it.
    pub fn operations(&self) -> &[String] {
        &self.operations
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
        of_model(service, index, model, &mut all);
    }
    for (index, envelope) in service.envelopes.iter().enumerate() {
        of_envelope(service, index, envelope, &mut all);
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
        operations: vec![operation.id.to_owned()],
        apply: Box::new(move |service| {
            let mut operations = service.operations.to_vec();
            edit(&mut operations[index]);
            service.operations = leak(operations);
        }),
    });
}

fn of_operation(index: usize, operation: &Operation, all: &mut Vec<Change>) {
    let mut edit = |what: &str, change: Box<dyn Fn(&mut Operation) + Send + Sync>| {
        edit_operation(all, index, operation, what, change);
    };
    if operation.path.is_some() {
        edit(
            "another path",
            Box::new(|operation| operation.path = Some("another/path")),
        );
        let other = if operation.methods[0] == Method::Get {
            Method::Post
        } else {
            Method::Get
        };
        edit(
            "another method",
            Box::new(move |operation| operation.methods = leak(vec![other])),
        );
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
    if operation.part_of.is_none() {
        edit(
            "idempotence the other way round",
            Box::new(|operation| operation.idempotent = !operation.idempotent),
        );
    }
    if let Some(paging) = operation.paging {
        edit(
            "pages count by another size",
            Box::new(move |operation| {
                operation.paging = Some(fileferry_core::tables::Paging {
                    default_size: paging.default_size + 1,
                    ..paging
                });
            }),
        );
        for end in 0..paging.ends.len() {
            edit(
                &format!("without end {end} of the pages"),
                Box::new(move |operation| {
                    let mut ends = paging.ends.to_vec();
                    ends.remove(end);
                    if ends.is_empty() {
                        ends.push(PageEnd::EmptyPage);
                    }
                    operation.paging = Some(fileferry_core::tables::Paging {
                        ends: leak(ends),
                        ..paging
                    });
                }),
            );
        }
    }
    if let Some(batch) = operation.batch {
        edit(
            "a batch of another size",
            Box::new(move |operation| {
                operation.batch = Some(fileferry_core::tables::Batch {
                    size: batch.size + 1,
                    ..batch
                });
            }),
        );
        edit("no batches", Box::new(|operation| operation.batch = None));
    }
    for (at, param) in operation.params.iter().enumerate() {
        of_param(index, operation, at, param, all);
    }
}

fn of_param(index: usize, operation: &Operation, at: usize, param: &Param, all: &mut Vec<Change>) {
    let mut edit = |what: &str, change: Box<dyn Fn(&mut Param) + Send + Sync>| {
        edit_operation(
            all,
            index,
            operation,
            &format!("parameter {}: {what}", param.name),
            move |operation| {
                let mut params = operation.params.to_vec();
                change(&mut params[at]);
                operation.params = leak(params);
            },
        );
    };
    edit(
        "another name on the wire",
        Box::new(|param| param.wire = leak(vec!["another_name"])),
    );
    let other = if param.place == Place::Query {
        Place::Header
    } else {
        Place::Query
    };
    if param.place != Place::Path {
        edit("another place", Box::new(move |param| param.place = other));
    }
    edit(
        "required the other way round",
        Box::new(|param| param.required = !param.required),
    );
    edit(
        "null the other way round",
        Box::new(|param| param.nullable = !param.nullable),
    );
    if param.send.is_some() {
        edit("not sent by us", Box::new(|param| param.send = None));
    }
    if let Some(other) = other_type(&param.ty) {
        edit("another type", Box::new(move |param| param.ty = other));
    }
    if let Some(min) = param.limits.min {
        edit(
            "a lower minimum",
            Box::new(move |param| {
                param.limits = Limits {
                    min: Some(min - 1),
                    ..param.limits
                }
            }),
        );
    }
    if let Some(max) = param.limits.max {
        edit(
            "a higher maximum",
            Box::new(move |param| {
                param.limits = Limits {
                    max: Some(max + 1),
                    ..param.limits
                }
            }),
        );
        edit(
            "a lower maximum",
            Box::new(move |param| {
                param.limits = Limits {
                    max: Some(max - 1),
                    ..param.limits
                }
            }),
        );
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

/// The operations in whose arguments or answers a model appears.
fn users_of(service: &Service, index: usize) -> Vec<String> {
    let holds = |ty: &Type| reaches(service, ty, index, &mut Vec::new());
    let uses = |operation: &&Operation| {
        let result = matches!(&operation.result, ResultShape::Json { ty, .. } if holds(ty));
        result || operation.params.iter().any(|param| holds(&param.ty))
    };
    service
        .operations
        .iter()
        .filter(uses)
        .map(|operation| operation.id.to_owned())
        .collect()
}

fn reaches(service: &Service, ty: &Type, wanted: usize, seen: &mut Vec<usize>) -> bool {
    match ty {
        Type::Model(index) | Type::StringOrObject(index, _) => {
            let index = usize::from(*index);
            if index == wanted {
                return true;
            }
            if seen.contains(&index) {
                return false;
            }
            seen.push(index);
            service.models[index]
                .fields
                .iter()
                .any(|field| reaches(service, &field.ty, wanted, seen))
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
            variants
                .iter()
                .filter_map(|variant| variant.ty.as_ref())
                .any(|ty| reaches(service, ty, wanted, seen))
        }
        _ => false,
    }
}

fn of_model(service: &Service, index: usize, model: &Model, all: &mut Vec<Change>) {
    let operations = users_of(service, index);
    if operations.is_empty() {
        return;
    }
    let mut edit = |what: String, change: Box<dyn Fn(&mut Vec<fileferry_core::tables::Field>) + Send + Sync>| {
        all.push(Change {
            what: format!("{}: {what}", model.name),
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
        let name = field.name;
        edit(
            format!("{name} comes under another name"),
            Box::new(move |fields| fields[at].wire = leak(vec!["another_name"])),
        );
        edit(
            format!("{name} required the other way round"),
            Box::new(move |fields| fields[at].required = !fields[at].required),
        );
        if let Some(other) = other_type(&field.ty) {
            edit(
                format!("{name} of another type"),
                Box::new(move |fields| fields[at].ty = other),
            );
        }
        if let Type::Time(time) = field.ty {
            for form in 0..time.forms.len() {
                if time.forms.len() > 1 {
                    edit(
                        format!("{name} without form {form} of the time"),
                        Box::new(move |fields| {
                            let mut forms = time.forms.to_vec();
                            forms.remove(form);
                            fields[at].ty = Type::Time(fileferry_core::tables::Time {
                                forms: leak(forms),
                                none: time.none,
                            });
                        }),
                    );
                }
            }
        }
    }
}

fn of_envelope(service: &Service, index: usize, envelope: &Envelope, all: &mut Vec<Change>) {
    let operations: Vec<String> = service
        .operations
        .iter()
        .filter(|operation| usize::from(operation.envelope) == index)
        .map(|operation| operation.id.to_owned())
        .collect();
    if operations.is_empty() {
        return;
    }
    let mut edit = |what: String, change: Box<dyn Fn(&mut Envelope) + Send + Sync>| {
        all.push(Change {
            what: format!("envelope {}: {what}", envelope.name),
            operations: operations.clone(),
            apply: Box::new(move |service| {
                let mut envelopes = service.envelopes.to_vec();
                change(&mut envelopes[index]);
                service.envelopes = leak(envelopes);
            }),
        });
    };
    for at in 0..envelope.success.len() {
        edit(
            format!("without condition {at} of a success"),
            Box::new(move |envelope| {
                let mut success = envelope.success.to_vec();
                success.remove(at);
                envelope.success = leak(success);
            }),
        );
    }
    for (at, rule) in envelope.rules.iter().enumerate() {
        let Outcome::Error {
            name,
            kind,
            retry,
            wait,
            captcha,
        } = rule.outcome
        else {
            continue;
        };
        let shown = format!("rule {} `{name}`", at + 1);
        let mut outcome = |what: &str, changed: Outcome| {
            edit(
                format!("{shown}: {what}"),
                Box::new(move |envelope| {
                    let mut rules = envelope.rules.to_vec();
                    rules[at].outcome = changed;
                    envelope.rules = leak(rules);
                }),
            );
        };
        let other = if kind == Kind::Conflict {
            Kind::Rejected
        } else {
            Kind::Conflict
        };
        outcome(
            "another kind",
            Outcome::Error {
                name,
                kind: other,
                retry,
                wait,
                captcha,
            },
        );
        outcome(
            "another name",
            Outcome::Error {
                name: "another_name",
                kind,
                retry,
                wait,
                captcha,
            },
        );
        let other = if retry == Retry::Never {
            Retry::AfterWait
        } else {
            Retry::Never
        };
        outcome(
            "another retry class",
            Outcome::Error {
                name,
                kind,
                retry: other,
                wait: None,
                captcha,
            },
        );
        if let Some(told) = wait {
            let changed = fileferry_core::tables::Wait {
                default: Some(7.0),
                margin: told.margin + 3.0,
                at: told.at,
            };
            outcome(
                "another wait",
                Outcome::Error {
                    name,
                    kind,
                    retry,
                    wait: Some(changed),
                    captcha,
                },
            );
        }
        edit(
            format!("without {shown}"),
            Box::new(move |envelope| {
                let mut rules = envelope.rules.to_vec();
                rules.remove(at);
                envelope.rules = leak(rules);
            }),
        );
    }
}
