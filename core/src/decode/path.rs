//! Where in an answer something lies: `$.files[3].id`.

use super::json;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Member(String),
    Index(usize),
}

/// What is wrong with a value, and the way to it, innermost step first: it grows while the reading unwinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    steps: Vec<Step>,
    pub(crate) message: String,
    /// Whether it lies in a required field, without which what holds it is of no use.
    pub(crate) is_required: bool,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { steps: Vec::new(), message: message.into(), is_required: false }
    }

    pub(crate) fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    pub(crate) fn within_member(self, name: &str) -> Self {
        self.within(Step::Member(name.to_owned()))
    }

    pub(crate) fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The path from what was given: `files[3].id`.
    pub(crate) fn path(&self) -> String {
        let path = self.json_path();
        path.trim_start_matches('$').trim_start_matches('.').to_owned()
    }

    /// The path from the root: `$.files[3].id`.
    pub(crate) fn json_path(&self) -> String {
        let mut path = String::from("$");
        for step in self.steps.iter().rev() {
            match step {
                Step::Index(index) => path.push_str(&format!("[{index}]")),
                Step::Member(name) if is_identifier(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Step::Member(name) => {
                    path.push('[');
                    json::quote(&mut path, name);
                    path.push(']');
                }
            }
        }
        path
    }
}

fn is_identifier(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_from_the_root() {
        let problem = Problem::new("")
            .within_member("id")
            .within(Step::Index(3))
            .within_member("a \"b\"")
            .within_member("0")
            .within_member("files");
        assert_eq!(problem.json_path(), r#"$.files["0"]["a \"b\""][3].id"#);
        assert_eq!(Problem::new("").json_path(), "$");
        assert_eq!(Problem::new("").within(Step::Index(0)).within_member("ids").path(), "ids[0]");
    }
}
