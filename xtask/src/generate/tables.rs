//! A resolved service as the engine's table: Rust text of one `static`.

use std::fmt::Write;

use anyhow::{Context, Result, bail};

use super::model::Tag;
use super::parse::{RuleSpec, WaitSpec};
use super::resolve::{Operation, Param, ResultShape, Service};
use super::rules::{rules_of, status_range};
use super::types::{TimeForm, Ty};
use super::{GENERATED, names};

/// The module of one service.
pub fn service(service: &Service) -> Result<String> {
    let file = &service.file;
    let mut out = format!(
        "// {GENERATED}\n\n#![allow(clippy::all, unused_imports)]\n\nuse crate::border::Kind;\nuse crate::tables::*;\n\n"
    );
    writeln!(out, "/// {}", file.about.trim())?;
    writeln!(out, "pub static SERVICE: Service = Service {{")?;
    writeln!(out, "    id: {:?},\n    class: {:?},", file.service, file.class)?;
    let hosts = file.hosts.iter().map(|(name, base_url)| format!("Host {{ name: {name:?}, base_url: {base_url:?} }}"));
    writeln!(out, "    hosts: &[{}],", hosts.collect::<Vec<_>>().join(", "))?;
    writeln!(out, "    own_hosts: &{:?},", file.own_hosts)?;
    writeln!(out, "    rate: {:?},", file.rate)?;
    let can = &file.capabilities;
    writeln!(
        out,
        "    capabilities: Capabilities {{ verbs: &{:?}, max_upload_size: {:?}, empty_files: {:?}, ranges: {}, hash_upload: {}, paths: {} }},",
        can.verbs, can.max_upload_size, can.empty_files, can.ranges, can.hash_upload, can.paths
    )?;
    writeln!(out, "    place: {},", place(&file.place))?;
    let ended = file.ended.as_ref().map(|ended| format!("{} ended on {}; {}", file.class, ended.on, ended.instead));
    writeln!(out, "    ended: {ended:?},")?;
    writeln!(out, "    signed: &[")?;
    for signature in &file.signed {
        let from = match (&signature.credential, &signature.session) {
            (Some(credential), None) if file.credentials.contains_key(credential) => {
                format!("SignedBy::Credential({credential:?})")
            }
            (None, Some(session)) => format!("SignedBy::Session({session:?})"),
            _ => bail!("signed: {} names either a credential of the service or a member of a session", signature.name),
        };
        writeln!(
            out,
            "        Signature {{ name: {:?}, place: {}, prefix: {:?}, from: {from}, public: {} }},",
            signature.name,
            place(&signature.place),
            signature.prefix,
            signature.public,
        )?;
    }
    writeln!(out, "    ],")?;
    let credentials =
        file.credentials.iter().map(|(name, spec)| format!("Credential {{ name: {name:?}, secret: {} }}", spec.secret));
    writeln!(out, "    credentials: &[{}],", credentials.collect::<Vec<_>>().join(", "))?;
    writeln!(out, "    operations: &[")?;
    for operation in &service.operations {
        self::operation(service, operation, &mut out).with_context(|| operation.place.clone())?;
    }
    writeln!(out, "    ],\n    models: &[")?;
    for model in &service.models {
        writeln!(out, "        Model {{\n            name: {:?},\n            fields: &[", model.name)?;
        for field in &model.fields {
            let from = match (field.spec.at_root, field.spec.place.is_some()) {
                (true, _) => "BodyOrRoot",
                (_, true) => "Header",
                _ => "Body",
            };
            writeln!(
                out,
                "                Field {{ name: {:?}, wire: &{:?}, ty: {}, required: {}, from: FieldSource::{from}, secret: {} }},",
                field.name,
                field.wire,
                ty(service, &field.ty)?,
                field.spec.required,
                field.spec.secret
            )?;
        }
        writeln!(out, "            ],\n        }},")?;
    }
    writeln!(out, "    ],\n    enums: &[")?;
    for described in &service.enums {
        writeln!(out, "        Enum {{\n            name: {:?},\n            values: &[", described.name)?;
        for value in &described.values {
            let wire = value.wire.to_string();
            writeln!(out, "                EnumValue {{ name: {:?}, wire: {wire:?} }},", value.name)?;
        }
        writeln!(out, "            ],\n        }},")?;
    }
    writeln!(out, "    ],\n    unions: &[")?;
    for union in &service.unions {
        writeln!(out, "        Union {{\n            name: {:?},\n            variants: &[", union.name)?;
        for (name, spec, of) in &union.variants {
            let when = match (spec.status, &spec.has, spec.empty) {
                (Some(status), ..) => format!("Status({status})"),
                (_, Some(member), _) => format!("Has({member:?})"),
                (.., true) => "Empty".into(),
                _ => "Otherwise".into(),
            };
            let of = of.as_ref().map(|of| ty(service, of)).transpose()?;
            let of = of.map_or("None".into(), |of| format!("Some({of})"));
            writeln!(out, "                Variant {{ name: {name:?}, when: VariantWhen::{when}, ty: {of} }},")?;
        }
        writeln!(out, "            ],\n        }},")?;
    }
    writeln!(out, "    ],\n    envelopes: &[")?;
    for index in 0..file.envelopes.len() {
        envelope(service, index, &mut out)?;
    }
    writeln!(out, "    ],\n}};")?;
    Ok(out)
}

fn operation(service: &Service, operation: &Operation, out: &mut String) -> Result<()> {
    let spec = &operation.spec;
    let methods: Vec<String> =
        operation.methods.iter().map(|method| format!("Method::{}", names::pascal(&method.to_lowercase()))).collect();
    writeln!(out, "        Operation {{\n            id: {:?},", operation.id)?;
    writeln!(out, "            methods: &[{}],", methods.join(", "))?;
    writeln!(out, "            path: {:?},", operation.path)?;
    writeln!(out, "            also_at: &{:?},", spec.also_at)?;
    writeln!(out, "            versions: &{:?},", spec.versions.0)?;
    writeln!(out, "            params: &[")?;
    for param in &operation.params {
        writeln!(out, "                {},", self::param(service, param)?)?;
    }
    writeln!(out, "            ],")?;
    let result = match &operation.result {
        ResultShape::Json { at, ty: of } => format!("Json {{ at: &{at:?}, ty: {} }}", ty(service, of)?),
        ResultShape::Bytes => "Bytes".into(),
        ResultShape::None => "None".into(),
        ResultShape::Link => "Link".into(),
    };
    writeln!(out, "            result: ResultShape::{result},")?;
    writeln!(out, "            envelope: {},", operation.envelope)?;
    match &spec.paging {
        Some(paging) => {
            let by = match paging.by.as_str() {
                "offset" | "skip" => "Offset".into(),
                "page" => format!("Page({})", paging.first),
                other => anyhow::bail!("pages go by offset, skip or page, not `{other}`"),
            };
            let ends: Vec<String> = paging
                .end
                .0
                .iter()
                .map(|end| match end.split_once('=') {
                    None if end == "short_page" => Ok("PageEnd::ShortPage".to_owned()),
                    None if end == "empty_page" => Ok("PageEnd::EmptyPage".to_owned()),
                    Some(("total", field)) => Ok(format!("PageEnd::Total({field:?})")),
                    Some(("false", field)) => Ok(format!("PageEnd::FlagFalse({field:?})")),
                    _ => anyhow::bail!(
                        "pages end by short_page, empty_page, total=<field> or false=<field>, not `{end}`"
                    ),
                })
                .collect::<Result<_>>()?;
            writeln!(
                out,
                "            paging: Some(Paging {{ by: PageBy::{by}, position: {:?}, size: {:?}, default_size: {}, items: {:?}, ends: &[{}] }}),",
                paging.position,
                paging.size,
                paging.default_size,
                paging.items,
                ends.join(", ")
            )?;
        }
        None => writeln!(out, "            paging: None,")?,
    }
    match &spec.batch {
        Some(batch) => writeln!(
            out,
            "            batch: Some(Batch {{ param: {:?}, size: {}, join: {:?}, places: &{:?}, items: {} }}),",
            batch.param,
            batch.size,
            batch.join,
            batch.places.0,
            match &batch.items {
                Some(items) => format!(
                    "Some(BatchItems {{ named_by: &{:?}, missing: {:?}, done: {:?}, errors: {:?} }})",
                    items.named_by.0,
                    items.missing,
                    items.done()?,
                    items.errors
                ),
                None => "None".to_owned(),
            }
        )?,
        None => writeln!(out, "            batch: None,")?,
    }
    writeln!(out, "            idempotent: {},", spec.idempotent)?;
    writeln!(out, "            auth: Auth::{},", names::pascal(&operation.auth))?;
    if let Some(unknown) = spec.unsigned.iter().find(|name| service.file.signed.iter().all(|it| it.name != **name)) {
        bail!("unsigned: the service has no `signed` called {unknown}");
    }
    writeln!(out, "            unsigned: &{:?},", spec.unsigned)?;
    writeln!(out, "            not_callable: {:?},", spec.not_callable)?;
    writeln!(out, "            made_of: {:?},", spec.made_of)?;
    writeln!(out, "            part_of: {:?},\n        }},", spec.part_of)?;
    Ok(())
}

fn param(service: &Service, param: &Param) -> Result<String> {
    let spec = &param.spec;
    let send = spec.send.as_ref().map(ToString::to_string);
    let list = names::pascal(spec.list.as_deref().unwrap_or("repeat"));
    let null = names::pascal(spec.as_null.as_deref().unwrap_or("word"));
    let root = spec.as_root.as_deref().map(|form| format!("NullForm::{}", names::pascal(form)));
    let root = root.map_or("None".into(), |form| format!("Some({form})"));
    let encode = names::pascal(spec.encode.as_deref().unwrap_or("plain"));
    Ok(format!(
        "Param {{ name: {:?}, wire: &{:?}, place: {}, ty: {}, nullable: {}, required: {}, send: {send:?}, \
         filled_by: FilledBy::{}, secret: {}, list: ListForm::{list}, null: NullForm::{null}, root: {root}, encode: Encoding::{encode}, \
         limits: Limits {{ min: {:?}, max: {:?} }} }}",
        param.name,
        param.wire,
        place(&param.place),
        ty(service, &param.ty)?,
        param.nullable,
        spec.required,
        names::pascal(&param.filled_by),
        spec.secret,
        spec.min,
        spec.max
    ))
}

fn place(name: &str) -> String {
    format!("Place::{}", names::pascal(name))
}

fn ty(service: &Service, of: &Ty) -> Result<String> {
    let holding = |name: &str, inner: &Ty| -> Result<String> { Ok(format!("Type::{name}(&{})", ty(service, inner)?)) };
    Ok(match of {
        Ty::Bool => "Type::Bool".into(),
        Ty::Int => "Type::Int".into(),
        Ty::Big => "Type::BigInt".into(),
        Ty::Number => "Type::Number".into(),
        Ty::Decimal => "Type::Decimal".into(),
        Ty::Id => "Type::Id".into(),
        Ty::Text => "Type::Text".into(),
        Ty::Json => "Type::Json".into(),
        Ty::Source => "Type::Source".into(),
        Ty::Time { forms, none } => {
            let forms: Vec<&str> = forms
                .iter()
                .map(|form| match form {
                    TimeForm::UnixS => "TimeForm::UnixS",
                    TimeForm::UnixMs => "TimeForm::UnixMs",
                    TimeForm::UnixAny => "TimeForm::UnixAny",
                    TimeForm::Iso => "TimeForm::Iso",
                    TimeForm::Local => "TimeForm::Local",
                })
                .collect();
            format!("Type::Time(Time {{ forms: &[{}], none: &{none:?} }})", forms.join(", "))
        }
        Ty::Named(name) => match service.lookup(name)? {
            (Tag::Enum, index) => format!("Type::Enum({index})"),
            (Tag::Union, index) => format!("Type::Union({index})"),
            (_, index) => format!("Type::Model({index})"),
        },
        Ty::StringOrObject(name, field) => {
            let (_, index) = service.lookup(name)?;
            format!("Type::StringOrObject({index}, {field:?})")
        }
        Ty::List(inner) => holding("List", inner)?,
        Ty::ListOrOne(inner) => holding("ListOrOne", inner)?,
        Ty::ListOrMap(inner, key) => format!("Type::ListOrMap(&{}, {key:?})", ty(service, inner)?),
        Ty::Map(inner) => holding("Map", inner)?,
        Ty::MapOrEmptyList(inner) => holding("MapOrEmptyList", inner)?,
        Ty::Nullable(inner) => holding("Nullable", inner)?,
        Ty::Tuple(places) => {
            let places: Vec<String> = places.iter().map(|place| ty(service, place)).collect::<Result<_>>()?;
            format!("Type::Tuple(&[{}])", places.join(", "))
        }
    })
}

fn envelope(service: &Service, index: usize, out: &mut String) -> Result<()> {
    let (name, spec) = service.file.envelopes.get_index(index).context("an envelope")?;
    let conditions: Vec<String> = spec
        .success
        .iter()
        .map(|condition| {
            if let Some(status) = &condition.http_status {
                let (from, to) = status_range(status.0.first().context("a status")?)?;
                return Ok(format!("Condition::Status({from}, {to})"));
            }
            if let Some(body) = &condition.body {
                return Ok(format!("Condition::BodyIs(BodyForm::{})", names::pascal(body)));
            }
            if let Some(body) = &condition.body_is_not {
                return Ok(format!("Condition::BodyIsNot(BodyForm::{})", names::pascal(body)));
            }
            if let Some(member) = &condition.has {
                return Ok(format!("Condition::Has({member:?})"));
            }
            let member = condition.member.as_ref().context("a condition names a status, a member or a body")?;
            match (&condition.is, &condition.is_not) {
                (Some(is), None) => Ok(format!("Condition::Member({member:?}, &{:?})", is.0)),
                (None, Some(is_not)) => Ok(format!("Condition::MemberNot({member:?}, &{:?})", is_not.0)),
                _ => anyhow::bail!("a condition on `{member}` says either `is` or `is_not`"),
            }
        })
        .collect::<Result<_>>()?;
    writeln!(out, "        Envelope {{\n            name: {name:?},")?;
    writeln!(out, "            success: &[{}],", conditions.join(", "))?;
    writeln!(out, "            members: &{:?},", spec.members)?;
    writeln!(
        out,
        "            code: &{:?},\n            sub_code: &{:?},\n            text: &{:?},",
        spec.code, spec.sub_code, spec.text
    )?;
    writeln!(
        out,
        "            captcha_challenge: &{:?},\n            captcha_url: &{:?},",
        spec.captcha.challenge, spec.captcha.url
    )?;
    match &spec.sub_errors {
        Some(sub) => writeln!(
            out,
            "            sub_errors: Some(SubErrors {{ at: {:?}, code: {:?}, message: {:?}, wait: {:?} }}),",
            sub.at, sub.code, sub.message, sub.wait
        )?,
        None => writeln!(out, "            sub_errors: None,")?,
    }
    writeln!(out, "            rules: &[")?;
    for rule in rules_of(service, index) {
        writeln!(out, "                {},", self::rule(rule)?)?;
    }
    writeln!(out, "            ],\n        }},")?;
    Ok(())
}

fn rule(rule: &RuleSpec) -> Result<String> {
    let statuses: Vec<String> = rule
        .http_status
        .0
        .iter()
        .map(|range| status_range(range).map(|(from, to)| format!("({from}, {to})")))
        .collect::<Result<_>>()?;
    let body = match rule.body.0.as_slice() {
        [] => String::new(),
        bodies => bodies.iter().map(|body| format!("BodyForm::{}", names::pascal(body))).collect::<Vec<_>>().join(", "),
    };
    let outcome = if rule.result {
        "Outcome::Result".to_owned()
    } else {
        let wait = match &rule.wait {
            None => "None".into(),
            Some(WaitSpec::Seconds(seconds)) => {
                format!("Some(Wait {{ at: &[], default: Some({seconds:?}), margin: 0.0 }})")
            }
            Some(WaitSpec::Found(found)) => {
                format!(
                    "Some(Wait {{ at: &{:?}, default: {:?}, margin: {:?} }})",
                    found.at, found.default, found.margin
                )
            }
        };
        format!(
            "Outcome::Error {{ name: {:?}, kind: Kind::{}, retry: Retry::{}, wait: {wait}, captcha: {:?} }}",
            rule.name.as_deref().unwrap_or_default(),
            names::pascal(rule.kind.as_deref().unwrap_or_default()),
            names::pascal(rule.retry.as_deref().unwrap_or("never")),
            rule.captcha
        )
    };
    Ok(format!(
        "Rule {{ when: When {{ http_status: &[{}], code: &{:?}, sub_code: &{:?}, text_prefix: &{:?}, text_has: &{:?}, has: {:?}, \
         body: &[{body}], operation: &{:?}, signed_in: {:?} }}, outcome: {outcome} }}",
        statuses.join(", "),
        rule.code.0,
        rule.sub_code.0,
        rule.text_prefix.0,
        rule.text_has.0,
        rule.has,
        rule.operation.0,
        rule.signed_in
    ))
}
