//! The stages that a run consists of: which were asked for, what they need, which may run beside which.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::counts::Counts;
use crate::prepared::Prepared;
use crate::process::Log;
use crate::toolchains::Language;

/// A part of the tests with a name of its own.
#[derive(Clone, Copy)]
pub struct Stage {
    /// Its name on the command line, in the table and of its log.
    pub name: &'static str,
    /// One line for `--help` and for the reader of the log.
    pub about: &'static str,
    /// The languages that it is about; it runs if one of them is chosen. None: it is about all of them at once.
    pub languages: &'static [Language],
    /// The stages whose results it uses.
    pub needs: &'static [&'static str],
    /// Whether it is there for others and has no tests of its own.
    pub prepares: bool,
    /// Whether it uses cargo, which lets one build at a time into its target folder.
    pub uses_cargo: bool,
    /// Whether `--deep` does it several times.
    pub repeats: bool,
    /// Does it.
    pub run: fn(&Prepared, &Log) -> Result<Counts>,
}

/// The stages of one run and the languages that it is about.
#[derive(Debug)]
pub struct Plan {
    /// In the order in which they are started.
    pub stages: Vec<Stage>,
    /// The languages that were not excluded.
    pub languages: BTreeSet<Language>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Plan {
    /// Chooses stages by their names or the languages' names, and adds what the chosen ones need.
    pub fn choose(all: &[Stage], only: &[String], exclude: &[String]) -> Result<Self> {
        for word in only.iter().chain(exclude) {
            if !is_language(word) && !all.iter().any(|stage| stage.name == word) {
                bail!("`{word}` is neither a stage nor a language; there are {}", names(all));
            }
        }
        let named = |words: &[String], name: &str| words.iter().any(|word| word == name);
        let only_languages = only.iter().any(|word| is_language(word));
        let languages: BTreeSet<_> = Language::ALL
            .into_iter()
            .filter(|language| !only_languages || named(only, language.name()))
            .filter(|language| !named(exclude, language.name()))
            .collect();
        let about_chosen = |stage: &&Stage| {
            stage.languages.is_empty() || stage.languages.iter().any(|language| languages.contains(language))
        };
        let asked_for = |stage: &&Stage| {
            let by_language = || stage.languages.iter().any(|language| named(only, language.name()));
            only.is_empty() || named(only, stage.name) || by_language()
        };
        let mut chosen: BTreeSet<_> = all
            .iter()
            .filter(|stage| !stage.prepares && !named(exclude, stage.name))
            .filter(|stage| named(only, stage.name) || about_chosen(stage))
            .filter(asked_for)
            .map(|stage| stage.name)
            .collect();
        // A need comes before those who need it, so one pass from the end adds needs of needs too. Of what a stage about
        // several languages needs, only the chosen languages' part is made.
        for stage in all.iter().rev() {
            if !chosen.contains(stage.name) {
                continue;
            }
            let is_made =
                |need: &&Stage| stage.needs.contains(&need.name) && (about_chosen(need) || !about_chosen(&stage));
            chosen.extend(all.iter().filter(is_made).map(|need| need.name));
        }
        let stages: Vec<_> = all.iter().filter(|stage| chosen.contains(stage.name)).copied().collect();
        if stages.is_empty() {
            bail!("nothing is left to run");
        }
        Ok(Self { stages, languages })
    }
}

fn is_language(word: &str) -> bool {
    Language::ALL.iter().any(|language| language.name() == word)
}

fn names(all: &[Stage]) -> String {
    all.iter().filter(|stage| !stage.prepares).map(|stage| stage.name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::stages;

    fn choose(only: &[&str], exclude: &[&str]) -> Result<Vec<&'static str>> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let plan = Plan::choose(&stages::all(false), &words(only), &words(exclude))?;
        Ok(plan.stages.iter().map(|stage| stage.name).collect())
    }

    #[test]
    fn without_a_choice_everything_runs() {
        let all: Vec<_> = stages::all(false).iter().map(|stage| stage.name).collect();
        assert_eq!(choose(&[], &[]).unwrap(), all);
    }

    #[test]
    fn a_stage_brings_what_it_needs() {
        assert_eq!(
            choose(&["node"], &["benchmarks", "conformance", "examples"]).unwrap(),
            ["build", "node-tools", "lint-node", "node-package", "node"]
        );
        assert_eq!(choose(&["lint-swift"], &[]).unwrap(), ["swift-toolchain", "lint-swift"]);
        let beside_a_language = choose(&["emulator", "node"], &["benchmarks", "conformance", "examples"]).unwrap();
        assert!(beside_a_language.contains(&"test-programs"), "{beside_a_language:?}");
    }

    #[test]
    fn an_excluded_language_brings_nothing_but_the_rest_stays() {
        let stages = choose(&[], &["swift"]).unwrap();
        assert!(stages.iter().all(|stage| !stage.contains("swift")), "{stages:?}");
        assert!(stages.contains(&"conformance"));
        assert!(stages.contains(&"bindgen"), "Kotlin needs it too");
    }

    #[test]
    fn a_word_that_names_nothing_is_an_error() {
        let error = choose(&["pyhton"], &[]).unwrap_err().to_string();
        assert!(error.starts_with("`pyhton` is neither a stage nor a language; there are generate, "), "{error}");
        assert_eq!(choose(&["docs"], &["docs"]).unwrap_err().to_string(), "nothing is left to run");
    }

    #[test]
    fn needs_stand_before_those_who_need_them() {
        let all = stages::all(true);
        for (position, stage) in all.iter().enumerate() {
            for need in stage.needs {
                assert!(all[..position].iter().any(|earlier| earlier.name == *need), "{} needs {need}", stage.name);
            }
        }
    }
}
