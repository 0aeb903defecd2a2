//! All stages, in the order in which they are best started: what others wait for comes first.

use anyhow::Result;

use super::counts::Counts;
use super::plan::Stage;
use crate::toolchains::Language::{Kotlin, Node, Python, Rust, Swift};

mod benchmarks;
mod conformance;
mod dependencies;
mod docs;
mod examples;
mod generated;
mod kotlin;
mod node;
mod python;
mod rust;
mod swift;

const NOTHING_SPECIAL: Stage = Stage {
    name: "",
    about: "",
    languages: &[],
    needs: &[],
    prepares: false,
    uses_cargo: false,
    repeats: false,
    run: |_, _| done(Ok(())),
};

/// What a preparing stage gives: no tests of its own.
fn done(result: Result<()>) -> Result<Counts> {
    result.map(|()| Counts::default())
}

/// All stages; some of them only belong to the deep test.
pub fn all(deep: bool) -> Vec<Stage> {
    let mut stages = vec![
        Stage {
            name: "generate",
            about: "what is checked in is what the descriptions give",
            run: generated::check,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "build",
            about: "one build of all native libraries and programs",
            prepares: true,
            uses_cargo: true,
            run: |prepared, log| done(prepared.build(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "swift-toolchain",
            about: "find Swift, or set it up",
            languages: &[Swift],
            prepares: true,
            run: |prepared, log| done(prepared.prepare_swift(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "node-tools",
            about: "npm ci",
            languages: &[Node],
            prepares: true,
            run: |prepared, log| done(prepared.prepare_node(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "python-tools",
            about: "a virtual environment with pinned tools",
            languages: &[Python],
            prepares: true,
            run: |prepared, log| done(prepared.prepare_python(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "openapi",
            about: "a standard validator reads what is generated for others",
            languages: &[Python],
            needs: &["python-tools"],
            run: generated::validate_openapi,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "lint-node",
            about: "biome",
            languages: &[Node],
            needs: &["node-tools"],
            run: node::lint,
            ..NOTHING_SPECIAL
        },
        Stage { name: "lint-kotlin", about: "ktlint", languages: &[Kotlin], run: kotlin::lint, ..NOTHING_SPECIAL },
        Stage {
            name: "lint-swift",
            about: "swift format",
            languages: &[Swift],
            needs: &["swift-toolchain"],
            run: swift::lint,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "python-package",
            about: "wheel and its installation",
            languages: &[Python],
            needs: &["build", "python-tools"],
            prepares: true,
            run: |prepared, log| done(prepared.prepare_python_package(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "node-package",
            about: "TypeScript, tarball, installation",
            languages: &[Node],
            needs: &["build", "node-tools"],
            prepares: true,
            run: |prepared, log| done(prepared.prepare_node_project(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "kotlin-package",
            about: "compile and pack the jar",
            languages: &[Kotlin],
            needs: &["build"],
            prepares: true,
            run: |prepared, log| done(prepared.prepare_kotlin(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "swift-package",
            about: "swift build, in Swift 6 mode with complete concurrency checking",
            languages: &[Swift],
            needs: &["build", "swift-toolchain"],
            prepares: true,
            run: |prepared, log| done(prepared.prepare_swift_packages(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "test-programs",
            about: "the test programs of all crates",
            languages: &[Rust],
            needs: &["build"],
            prepares: true,
            uses_cargo: true,
            run: |prepared, log| done(prepared.build_test_programs(log)),
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "rust",
            about: "the core, the typed crate, the conformance judge, the generator",
            languages: &[Rust],
            needs: &["build", "test-programs"],
            uses_cargo: true,
            repeats: true,
            run: rust::test,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "emulator",
            about: "the emulator's own tests",
            languages: &[Rust],
            needs: &["build", "test-programs"],
            repeats: true,
            run: rust::test_emulator,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "bindgen",
            about: "what uniffi makes from the library is what is checked in",
            languages: &[Swift, Kotlin],
            needs: &["build"],
            run: generated::compare_uniffi,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "python",
            about: "pytest against the installed wheel",
            languages: &[Python],
            needs: &["python-package"],
            repeats: true,
            run: python::test,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "node",
            about: "node --test against the installed tarball",
            languages: &[Node],
            needs: &["node-package"],
            repeats: true,
            run: node::test,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "kotlin",
            about: "JUnit",
            languages: &[Kotlin],
            needs: &["kotlin-package"],
            repeats: true,
            run: kotlin::test,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "swift",
            about: "swift test",
            languages: &[Swift],
            needs: &["swift-package"],
            repeats: true,
            run: swift::test,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "lint-python",
            about: "ruff, pyright, mypy",
            languages: &[Python],
            needs: &["python-package"],
            run: python::lint,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "lint-rust",
            about: "rustfmt, clippy, and whether the release compiles",
            languages: &[Rust],
            uses_cargo: true,
            run: rust::lint,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "conformance",
            about: "every case in every language",
            languages: &[Rust, Python, Node, Swift, Kotlin],
            needs: &["generate", "build", "python-package", "node-package", "kotlin-package", "swift-package"],
            repeats: true,
            run: conformance::run,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "examples",
            about: "what the example programs do, print and end with",
            languages: &[Rust, Python, Node, Swift, Kotlin],
            needs: &["build", "python-package", "node-package", "kotlin-package", "swift-package"],
            run: examples::run,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "benchmarks",
            about: "each of them once, without figures",
            languages: &benchmarks::LANGUAGES,
            needs: &["build", "python-package", "node-package", "kotlin-package"],
            run: benchmarks::run,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "mutate",
            about: "a sample of changed tables, each noticed by a case",
            languages: &[Rust],
            needs: &["build"],
            run: conformance::mutate_sample,
            ..NOTHING_SPECIAL
        },
        Stage {
            name: "docs",
            about: "the texts' programs are the ones that are run; links lead somewhere",
            run: docs::check,
            ..NOTHING_SPECIAL
        },
    ];
    if deep {
        stages.push(Stage {
            name: "dependencies",
            about: "licences, bans and sources of all crates",
            uses_cargo: true,
            run: dependencies::check,
            ..NOTHING_SPECIAL
        });
    }
    stages
}
