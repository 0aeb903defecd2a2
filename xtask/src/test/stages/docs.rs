//! The texts: each program in them is a part of a file that is compiled and run, and links lead somewhere.
//!
//! A code block is bound to its file by a comment on the line before it: `<!-- from examples/python/demo.py -->`. The
//! block has to stand in the file, line by line and without a gap; deeper indentation in the file is fine.

use std::path::Path;

use anyhow::Result;

use crate::files::{files_below, read};
use crate::prepared::Prepared;
use crate::process::Log;
use crate::test::counts::Counts;

pub fn check(prepared: &Prepared, log: &Log) -> Result<Counts> {
    let root = prepared.workspace.root();
    let mut counts = Counts::default();
    for file in files_below(root)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let text = read(file)?;
        let shown = file.strip_prefix(root).unwrap_or(file).display();
        for block in bound_blocks(&text) {
            let found = contains_block(&read(&root.join(block.from))?, &block.lines);
            if !found {
                log.note(&format!("{shown}:{}: the block is not in {}", block.line, block.from))?;
            }
            counts += Counts::one(found);
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

/// A code block that says which file it is from.
struct Block<'a> {
    line: usize,
    from: &'a str,
    lines: Vec<&'a str>,
}

fn bound_blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, comment)) = lines.next() {
        let from = comment.trim().strip_prefix("<!-- from ").and_then(|rest| rest.strip_suffix(" -->"));
        let Some(from) = from else { continue };
        let fenced = lines.next().is_some_and(|(_, fence)| fence.trim_start().starts_with("```"));
        let inside = |(_, text): (usize, _)| Some(text).filter(|text: &&str| !text.trim_start().starts_with("```"));
        let block = if fenced { lines.by_ref().map_while(inside).collect() } else { Vec::new() };
        blocks.push(Block { line, from, lines: block });
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
        let blocks = bound_blocks(TEXT);
        assert_eq!(blocks.len(), 1);
        assert_eq!((blocks[0].line, blocks[0].from, &blocks[0].lines[..]), (2, "a.py", &["if x:", "    y()"][..]));
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
