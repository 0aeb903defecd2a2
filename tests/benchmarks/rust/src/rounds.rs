//! Timing of what is warm.

use std::time::{Duration, Instant};

use crate::Outcome;

/// Records in the listing.
pub const RECORDS: u32 = 10_000;

/// How often things are done.
pub struct Rounds {
    warm_up: Duration,
    rounds: usize,
    /// Short calls in one round.
    pub calls: u32,
}

impl Rounds {
    /// Long enough for figures.
    pub fn full() -> Self {
        Self { warm_up: Duration::from_secs(2), rounds: 15, calls: 1000 }
    }

    /// Everything once.
    pub fn quick() -> Self {
        Self { warm_up: Duration::ZERO, rounds: 1, calls: 1 }
    }

    /// Runs until it is warm, then prints microseconds an item, one number a round.
    pub async fn time(&self, name: &str, items: u32, body: impl AsyncFn() -> Outcome) -> Outcome {
        let begun = Instant::now();
        while begun.elapsed() < self.warm_up {
            body().await?;
        }
        print!("{name}:");
        for _ in 0..self.rounds {
            let started = Instant::now();
            body().await?;
            print!(" {:.3}", started.elapsed().as_secs_f64() * 1e6 / f64::from(items));
        }
        println!();
        Ok(())
    }
}
