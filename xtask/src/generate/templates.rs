//! The templates of all languages, under `xtask/templates/<language>/`.

use anyhow::{Context, Result};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::names;
use crate::workspace::Workspace;

/// Renders templates by their path below `xtask/templates`: `python/models.py.j2`.
pub struct Templates(Environment<'static>);

impl Templates {
    /// Loads templates from the workspace when they are first used.
    pub fn new(workspace: &Workspace) -> Result<Self> {
        // A line that holds only a block leaves no trace.
        let syntax =
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
        let mut environment = Environment::new();
        environment.set_loader(minijinja::path_loader(workspace.path("xtask/templates")));
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(syntax);
        environment.add_filter("snake", |name: &str| names::snake(name));
        environment.add_filter("camel", |name: &str| names::camel(name));
        environment.add_filter("pascal", |name: &str| names::pascal(name));
        Ok(Self(environment))
    }

    /// Gives the templates of one language a filter of their own; start its name with the language's.
    pub fn add_filter<F, R, A>(&mut self, name: &'static str, filter: F)
    where
        F: minijinja::functions::Function<R, A>,
        R: minijinja::value::FunctionResult,
        A: for<'a> minijinja::value::FunctionArgs<'a>,
    {
        self.0.add_filter(name, filter);
    }

    /// Renders one template.
    pub fn render(&self, name: &str, context: impl Serialize) -> Result<String> {
        let template = self.0.get_template(name).with_context(|| format!("template {name}"))?;
        template.render(Serde(context)).with_context(|| format!("template {name}"))
    }
}
