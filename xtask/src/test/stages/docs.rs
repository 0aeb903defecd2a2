//! The texts: each program in them is a part of a file that is compiled and run, and links lead somewhere.
//!
//! A code block is bound to its file by a comment on the line before it: `<!-- from examples/python/demo.py -->`. The
//! block has to stand in the file, line by line and without a gap; deeper indentation in the file is fine. A block in one
//! of our languages that is not bound fails.

use std::path::Path;

use anyhow::Result;

use crate::files::{files_below, read};
use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::Counts;

/// What a program in one of our languages is marked with.
const LANGUAGES: [&str; 10] = ["rust", "python", "py", "ts", "typescript", "js", "javascript", "swift", "kotlin", "kt"];
/// The text whose programs rustdoc compiles, the file that makes it do so, and how.
const DOC_TESTS: (&str, &str, &str) =
    ("bindings-rust/README.md", "bindings-rust/src/lib.rs", "#![doc = include_str!(\"../README.md\")]");

pub fn check(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let root = prepared.workspace.root();
    let (_, library, included) = DOC_TESTS;
    let mut counts = Counts::one(read(&root.join(library))?.contains(included));
    for file in files_below(root)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let text = read(file)?;
        let shown = file.strip_prefix(root).unwrap_or(file).display();
        let is_doc_test = file.strip_prefix(root).is_ok_and(|path| path == Path::new(DOC_TESTS.0));
        for block in blocks(&text) {
            let problem = match block.from {
                None if is_doc_test && block.is_doc_test() => None,
                None => Some("the block is not bound to a file that is compiled: <!-- from … -->".to_owned()),
                Some(from) if from.ends_with(".md") => Some(format!("{from} is not compiled either")),
                Some(from) if !contains_block(&read(&root.join(from))?, &block.lines) => {
                    Some(format!("the block is not in {from}"))
                }
                Some(_) => None,
            };
            if let Some(problem) = &problem {
                log.note(&format!("{shown}:{}: {problem}", block.line))?;
            }
            counts += Counts::one(problem.is_none());
        }
        for (line, link) in local_links(&text) {
            let exists = file.parent().unwrap_or(Path::new("")).join(link).exists();
            if !exists {
                log.note(&format!("{shown}:{line}: {link} does not exist"))?;
            }
            counts += Counts::one(exists);
        }
    }
    Ok(counts)
}

/// A code block that says which file it is from, or that should.
struct Block<'a> {
    line: usize,
    /// All that is said behind the fence.
    mark: &'a str,
    from: Option<&'a str>,
    lines: Vec<&'a str>,
}

impl Block<'_> {
    fn language(&self) -> &str {
        self.mark.split([',', ' ']).next().unwrap_or_default()
    }

    /// Whether rustdoc compiles it.
    fn is_doc_test(&self) -> bool {
        self.language() == "rust" && !self.mark.contains("ignore")
    }
}

/// The blocks that are bound, and all that are in one of our languages.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(text.lines());
    let mut from = None;
    while let Some((line, text)) = lines.next() {
        let comment = text.trim().strip_prefix("<!-- from ").and_then(|rest| rest.strip_suffix(" -->"));
        let Some(mark) = text.trim_start().strip_prefix("```") else {
            // A comment that no block follows is bound to nothing.
            blocks.extend(from.take().map(|from| Block { line: line - 1, mark: "", from: Some(from), lines: vec![] }));
            from = comment;
            continue;
        };
        let inside = |(_, text): (usize, _)| Some(text).filter(|text: &&str| !text.trim_start().starts_with("```"));
        let block =
            Block { line, mark: mark.trim(), from: from.take(), lines: lines.by_ref().map_while(inside).collect() };
        if block.from.is_some() || LANGUAGES.contains(&block.language()) {
            blocks.push(block);
        }
    }
    blocks
}

fn contains_block(file: &str, block: &[&str]) -> bool {
    let file: Vec<&str> = file.lines().collect();
    !block.is_empty() && file.windows(block.len()).any(|window| is_same_but_indented(window, block))
}

fn is_same_but_indented(window: &[&str], block: &[&str]) -> bool {
    let Some(indentation) = window[0].strip_suffix(block[0]) else {
        return false;
    };
    indentation.trim().is_empty()
        && window.iter().zip(block).all(|(there, here)| {
            here.trim().is_empty() && there.trim().is_empty() || there.strip_prefix(indentation) == Some(here)
        })
}

/// Links to files of the clone, outside code blocks, without the part after `#`.
fn local_links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for rest in text.split("](").skip(1) {
            let link = rest.split([')', '#', ' ']).next().unwrap_or_default();
            if !link.is_empty() && !link.contains(':') {
                links.push((line, link));
            }
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "See [the map](MAP.md#here), [us](https://example.org) and [below](#below).\n\
        <!-- from a.py -->\n```python\nif x:\n    y()\n```\n```\n[no](link)\n```\n";

    #[test]
    fn a_block_is_found_with_its_file_and_line() {
        let blocks = blocks(TEXT);
        assert_eq!(blocks.len(), 1);
        assert_eq!(
            (blocks[0].line, blocks[0].from, &blocks[0].lines[..]),
            (3, Some("a.py"), &["if x:", "    y()"][..])
        );
    }

    #[test]
    fn a_block_in_one_of_our_languages_is_found_without_a_file() {
        let text = "```ts\na\n```\n\n<!-- from b.rs -->\n\n```rust,ignore\nb\n```\n```console\n$ c\n```\n";
        let found: Vec<_> = blocks(text).into_iter().map(|block| (block.line, block.from, block.lines)).collect();
        assert_eq!(found, [(1, None, vec!["a"]), (5, Some("b.rs"), vec![]), (7, None, vec!["b"])]);
        assert!(blocks("```rust,no_run\n```")[0].is_doc_test() && !blocks("```rust,ignore\n```")[0].is_doc_test());
    }

    #[test]
    fn a_block_may_stand_deeper_in_the_file_but_not_differ() {
        let block = ["if x:", "    y()"];
        assert!(contains_block("def f():\n    if x:\n        y()\n", &block));
        assert!(!contains_block("def f():\n    if x:\n        z()\n", &block));
        assert!(!contains_block("def f():\n    if x:\n    y()\n", &block));
        assert!(!contains_block("anything", &[]));
    }

    #[test]
    fn only_links_into_the_clone_are_followed() {
        assert_eq!(local_links(TEXT), [(1, "MAP.md")]);
    }
}
