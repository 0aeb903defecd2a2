//! Imports that a generated module does not need.

/// Drops the lines `… as _name` whose name is used nowhere else: templates import all that a service may need.
pub fn without_unused(text: &str) -> String {
    let is_used =
        |name: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| *word == name).count() > 1;
    let kept = text.split_inclusive('\n').filter(|line| imported(line).is_none_or(is_used));
    kept.collect()
}

/// The private name that a line imports.
fn imported(line: &str) -> Option<&str> {
    let line = line.trim();
    let import = line.starts_with("from ") || line.starts_with("import ");
    line.rsplit_once(" as ").filter(|_| import).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unused_imports_go_and_used_ones_stay() {
        let text = "import a as _a\nfrom b import b as _b\n\nx: _b = y as _a1\n";
        assert_eq!(without_unused(text), "from b import b as _b\n\nx: _b = y as _a1\n");
    }
}
