//! Odd forms: deviations that a service or its relatives have shown, each off until a test switches it on.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::lock::LockExt;
use crate::services::OddForm;

/// Makes a constant of each odd form of a service, and the list of all.
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
pub struct OddForms(Mutex<HashSet<&'static str>>);

impl OddForms {
    pub fn is_on(&self, form: OddForm) -> bool {
        self.is_named(form.name)
    }

    pub fn is_named(&self, name: &str) -> bool {
        self.0.hold().contains(name)
    }

    pub fn switch(&self, form: &'static OddForm, on: bool) {
        let mut forms = self.0.hold();
        if on {
            forms.insert(form.name);
        } else {
            forms.remove(form.name);
        }
    }
}
