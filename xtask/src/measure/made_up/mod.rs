//! A made-up service of any size, to see what grows with the number of operations. Nothing of it is checked in.

mod cases;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

pub use self::cases::write as write_cases;
use crate::files;

/// Operations in a group, as real services have them.
const GROUP: usize = 25;
/// Models that hold each other.
const CIRCLE: usize = 5;
/// Error codes of the service.
const CODES: usize = 60;

/// Writes the description of a service with so many operations and as many models into `folder`.
pub fn write_description(folder: &Path, operations: usize) -> Result<()> {
    let groups: Vec<String> = (0..operations).step_by(GROUP).map(group).collect();
    let mut service = String::from(
        "service: madeup\nclass: MadeUp\nabout: A service for measuring.\nhosts: {one: https://madeup.invalid}\n\
         place: json\ndocuments: [manual]\ncredentials: {key: {secret: true, about: What opens it.}}\n\
         token: {in: header, session: X-Session, permanent: X-Key, credential: key}\ngroups:\n",
    );
    for group in &groups {
        writeln!(service, "  {group}: Some of it.")?;
    }
    service.push_str(
        "envelopes:\n  plain:\n    success: [{http_status: 2xx}]\n    code: [code]\n    text: [text]\n    rules:\n",
    );
    for code in 0..CODES {
        writeln!(service, "      - {{code: {code}, name: error_{code}, kind: not_found}}")?;
    }
    service.push_str("rules: [{name: unknown_error, kind: rejected, why: Nobody knows.}]\n");
    save(folder, "service", &service)?;
    for (number, group) in groups.iter().enumerate() {
        let mut text = format!("group: {group}\noperations:\n");
        for at in number * GROUP..((number + 1) * GROUP).min(operations) {
            operation(&mut text, at)?;
        }
        text.push_str("models:\n");
        for at in number * GROUP..((number + 1) * GROUP).min(operations) {
            model(&mut text, at, operations)?;
        }
        save(folder, group, &text)?;
    }
    Ok(())
}

/// One operation with the parameters and the result that a usual one has; a third of them give pages.
fn operation(text: &mut String, at: usize) -> Result<()> {
    let paged = at.is_multiple_of(3);
    writeln!(
        text,
        "  - id: getThing{at}\n    summary: Fetch what number {at} stands for.\n    send: POST thing/{at}\n    auth: required\n\
         \x20   params:\n      parent: {{type: id?, about: Where to look.}}\n\
         \x20     limit: {{type: int64, default: 100, min: 1, max: 1000, about: How many.}}\n\
         \x20     offset: {{type: int64, default: 0, about: How many to leave out.}}\n\
         \x20     words: {{type: \"[string]\", about: What to look for.}}\n\
         \x20     since: {{type: time(iso), about: Nothing older.}}\n    returns:\n\
         \x20     items: {{type: \"[Thing{at}]\", about: What was found.}}\n      total: {{type: int64, about: How many there are.}}\n\
         \x20   example: {{limit: 10}}\n    idempotent: true\n    errors: [1, 2, 3]\n    documented: [manual]"
    )?;
    if paged {
        writeln!(
            text,
            "    paging: {{by: offset, position: offset, size: limit, default_size: 100, items: items, end: short_page}}"
        )?;
    }
    Ok(())
}

fn model(text: &mut String, at: usize, all: usize) -> Result<()> {
    writeln!(
        text,
        "  Thing{at}:\n    about: What number {at} stands for.\n    fields:\n\
         \x20     id: {{type: id, required: true, about: Tells it from others.}}\n      name: {{type: string, about: What it is called.}}\n\
         \x20     size: {{type: int64, about: How large it is.}}\n      is_open: {{type: bool, about: Whether it can be seen.}}\n\
         \x20     made_at: {{type: \"time(iso | unix_s)\", about: Since when there is one.}}\n\
         \x20     price: {{type: decimal, about: What it costs.}}\n      tags: {{type: \"[string]\", about: What describes it.}}\n\
         \x20     counts: {{type: map(int64), about: How often.}}\n      next: {{type: Thing{}, about: What follows.}}\n\
         \x20     note: {{type: json, about: Whatever else.}}",
        // Models hold each other in small circles, as real ones do.
        (at / CIRCLE * CIRCLE + (at + 1) % CIRCLE).min(all - 1)
    )?;
    Ok(())
}

/// The group that an operation belongs to.
fn group(operation: usize) -> String {
    format!("group{}", operation / GROUP)
}

fn save(folder: &Path, name: &str, text: &str) -> Result<()> {
    files::write(&folder.join(format!("{name}.yaml")), text)
}
