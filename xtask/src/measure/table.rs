//! Figures, and the tables that they are printed in.

use std::fmt;

/// Something that was measured, once or several times.
#[derive(Debug, Clone)]
pub struct Figure {
    what: String,
    unit: &'static str,
    /// In order of size, and never empty.
    samples: Vec<f64>,
}

impl Figure {
    /// What was measured once.
    pub fn once(what: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self { what: what.into(), unit, samples: vec![value] }
    }

    /// What was measured several times; nothing where it never was.
    pub fn several(what: impl Into<String>, unit: &'static str, mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        (!samples.is_empty()).then(|| Self { what: what.into(), unit, samples })
    }

    /// The same under another name.
    pub fn renamed(&self, what: String) -> Self {
        Self { what, ..self.clone() }
    }

    /// What it is about.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The value in the middle.
    pub fn median(&self) -> f64 {
        self.samples[self.samples.len() / 2]
    }
}

/// The median with its unit; beside it the least and the most, where it was measured several times.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", short(self.median()), self.unit)?;
        match &self.samples[..] {
            [least, .., most] => write!(f, " ({} … {})", short(*least), short(*most)),
            _ => Ok(()),
        }
    }
}

/// Three digits are what can be relied on.
pub fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 99.95 => format!("{value:.0}"),
        middle if middle >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Prints figures of the clone beside those of the grown one, with their ratio.
pub fn print_pairs(title: &str, made_up: usize, plain: &[Figure], grown: &[Figure]) {
    println!("\n### {title}\n\n| what | as it is | with {made_up} more | × |\n| --- | ---: | ---: | ---: |");
    for before in plain {
        match grown.iter().find(|after| after.what == before.what) {
            Some(after) => {
                println!("| {} | {before} | {after} | {:.2} |", before.what, after.median() / before.median());
            }
            None => println!("| {} | {before} | not measured | |", before.what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_shows_its_median_and_how_far_it_reaches() {
        let figure = Figure::several("x", "ms", vec![3.0, 120.4, 20.0]).unwrap();
        assert_eq!(figure.to_string(), "20.0 ms (3.00 … 120)");
        assert_eq!(Figure::once("x", "MB", 1.234).to_string(), "1.23 MB");
        assert!(Figure::several("x", "ms", vec![]).is_none());
    }
}
