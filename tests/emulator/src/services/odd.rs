//! Odd forms: deviations that a service or its relatives have shown, each off until a test switches it on.

use std::collections::HashSet;
use std::sync::Mutex;

use serde::Serialize;

use crate::lock::LockExt;

/// A deviating form of an answer that a test can switch on.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct OddForm {
    pub name: &'static str,
    pub about: &'static str,
}

/// Writes a constant for each odd form of a service, and `ALL` of them.
macro_rules! odd_forms {
    ($($constant:ident: $name:literal, $about:literal;)*) => {
        $(pub const $constant: $crate::services::OddForm =
            $crate::services::OddForm { name: $name, about: $about };)*
        /// All of them.
        pub static ALL: &[$crate::services::OddForm] = &[$($constant),*];
    };
}
pub(crate) use odd_forms;

/// Which odd forms of a service are on.
#[derive(Debug, Default)]
pub struct Switches(Mutex<HashSet<&'static str>>);

impl Switches {
    pub fn is_on(&self, name: &str) -> bool {
        self.0.hold().contains(name)
    }

    pub fn set(&self, form: &'static OddForm, on: bool) {
        let mut switched = self.0.hold();
        if on {
            switched.insert(form.name);
        } else {
            switched.remove(form.name);
        }
    }
}
