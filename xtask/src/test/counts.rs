//! How many tests ran, read from what each language's test tool prints at its end.

use std::ops::AddAssign;

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl Counts {
    /// One check that is no test of its own, such as a linter that found nothing.
    pub fn one(passed: bool) -> Self {
        Self { passed: passed.into(), failed: (!passed).into() }
    }

    /// Whether nothing was tested.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// A tool whose closing lines we can read.
#[derive(Debug, Clone, Copy)]
pub enum Tool {
    /// `test result: ok. 3 passed; 0 failed; …`, once a test program.
    Cargo,
    /// `===== 1 failed, 3 passed, 1 error in 0.10s =====`.
    Pytest,
    /// `# pass 3` and `# fail 0` (TAP), or the same after `ℹ` (spec).
    Node,
    /// XCTest's `Executed 3 tests, with 1 failure (0 unexpected)` and Swift Testing's `Test run with 3 tests …`.
    Swift,
    /// `Tests run: 3, Failures: 0, Errors: 0, Skipped: 0`, the sum of each module.
    Surefire,
}

impl Tool {
    /// Reads all closing lines of a tool's output.
    pub fn count(self, output: &str) -> Counts {
        let lines = output.lines().map(without_colours);
        match self {
            Self::Cargo => {
                lines.filter(|line| line.starts_with("test result:")).map(|line| passed_and_failed(&line)).sum()
            }
            Self::Pytest => lines.filter(|line| is_pytest_summary(line)).map(|line| pytest(&line)).sum(),
            Self::Node => lines.map(|line| node(&line)).sum(),
            Self::Swift => swift(lines),
            Self::Surefire => lines.map(|line| surefire(&line)).sum(),
        }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |mut sum, next| {
            sum += next;
            sum
        })
    }
}

/// The number that stands before a word, as in `3 passed`.
fn number_before(line: &str, word: &str) -> u64 {
    let mut before = "";
    for current in line.split_whitespace() {
        if current.trim_end_matches([',', ';', '.']) == word {
            return before.trim_start_matches('(').parse().unwrap_or(0);
        }
        before = current;
    }
    0
}

/// The number that stands after a label, as in `Failures: 3`.
fn number_after(line: &str, label: &str) -> u64 {
    let Some((_, rest)) = line.split_once(label) else {
        return 0;
    };
    rest.trim_start().split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse().unwrap_or(0)
}

fn passed_and_failed(line: &str) -> Counts {
    Counts { passed: number_before(line, "passed"), failed: number_before(line, "failed") }
}

fn is_pytest_summary(line: &str) -> bool {
    let line = line.trim_matches(['=', ' ']);
    line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(" in ") && line.contains('s')
}

fn pytest(line: &str) -> Counts {
    let line = line.trim_matches(['=', ' ']);
    // A test that could not be collected or set up is an error; `xfailed` is what its test expects.
    let errors = number_before(line, "error") + number_before(line, "errors");
    let Counts { passed, failed } = passed_and_failed(line);
    Counts { passed: passed + number_before(line, "xfailed"), failed: failed + errors + number_before(line, "xpassed") }
}

fn node(line: &str) -> Counts {
    let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) else {
        return Counts::default();
    };
    let number = |label| rest.strip_prefix(label).and_then(|number: &str| number.trim().parse().ok()).unwrap_or(0);
    // A test that never ended is counted as cancelled and not as failed.
    Counts { passed: number("pass "), failed: number("fail ") + number("cancelled ") }
}

fn swift(lines: impl Iterator<Item = String>) -> Counts {
    // XCTest prints a line for each class and suite; the last one holds the sum. A failing test may have several issues.
    let mut xctest = Counts::default();
    let mut swift_testing = Counts::default();
    let mut failed_tests = 0;
    for line in lines {
        if let Some(rest) = line.trim_start().strip_prefix("Executed ") {
            let all = number_before(rest, "tests").max(number_before(rest, "test"));
            let failures = number_before(rest, "failures").max(number_before(rest, "failure")).min(all);
            xctest = Counts { passed: all - failures, failed: failures };
        } else if let Some((mark, rest)) = line.split_once(" Test run with ") {
            let all = number_before(rest, "tests").max(number_before(rest, "test"));
            let failed = if mark.ends_with('✘') { failed_tests.clamp(1, all.max(1)) } else { 0 };
            swift_testing += Counts { passed: all.saturating_sub(failed), failed };
            failed_tests = 0;
        } else if line.starts_with("✘ Test ") && line.contains(" failed after ") {
            failed_tests += 1;
        }
    }
    xctest += swift_testing;
    xctest
}

fn surefire(line: &str) -> Counts {
    // The line of one class has its time behind it; the sum of a module has not.
    if !line.contains("Tests run:") || line.contains("Time elapsed") {
        return Counts::default();
    }
    let failed = number_after(line, "Failures:") + number_after(line, "Errors:");
    let run = number_after(line, "Tests run:").saturating_sub(number_after(line, "Skipped:"));
    Counts { passed: run.saturating_sub(failed), failed }
}

/// Tools colour their output when they think that a person reads it.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = escape.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tool: Tool, output: &str, passed: u64, failed: u64) {
        assert_eq!(tool.count(output), Counts { passed, failed });
    }

    #[test]
    fn cargo_prints_a_line_for_each_test_program() {
        let output = "\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s\n";
        check(Tool::Cargo, output, 5, 1);
    }

    #[test]
    fn pytest_counts_errors_as_failures() {
        check(Tool::Pytest, "===== 12 passed in 0.31s =====", 12, 0);
        check(Tool::Pytest, "== 1 failed, 3 passed, 2 skipped, 1 warning, 2 errors in 62.10s (0:01:02) ==", 3, 3);
        check(Tool::Pytest, "3 passed, 1 xfailed in 0.10s", 4, 0);
        check(Tool::Pytest, "===== no tests ran in 0.01s =====", 0, 0);
    }

    #[test]
    fn node_counts_tests_that_never_ended_as_failures() {
        check(Tool::Node, "# tests 4\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 0\n", 2, 2);
        check(Tool::Node, "\u{1b}[34mℹ pass 7\u{1b}[39m\nℹ fail 0\n", 7, 0);
    }

    #[test]
    fn swift_has_two_test_libraries_in_one_run() {
        let xctest = "\
            Executed 2 tests, with 0 failures (0 unexpected) in 0.1 (0.1) seconds\n\
            \t Executed 5 tests, with 1 failure (0 unexpected) in 0.2 (0.2) seconds\n";
        check(Tool::Swift, xctest, 4, 1);
        let swift_testing = "\
            ✘ Test first() failed after 0.001 seconds with 2 issues.\n\
            ✘ Test run with 3 tests failed after 0.001 seconds with 2 issues.\n";
        check(Tool::Swift, swift_testing, 2, 1);
        check(Tool::Swift, "✔ Test run with 9 tests in 2 suites passed after 0.2 seconds.", 9, 0);
        check(Tool::Swift, &format!("{xctest}{swift_testing}"), 6, 2);
    }

    #[test]
    fn surefire_prints_a_sum_for_each_module() {
        let output = "\
            [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.2 s -- in dev.fileferry.ATest\n\
            [ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.2 s <<< FAILURE! -- in BTest\n\
            [ERROR] Tests run: 5, Failures: 1, Errors: 0, Skipped: 1\n\
            [INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0\n";
        check(Tool::Surefire, output, 7, 1);
    }
}
