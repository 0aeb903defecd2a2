//! The conformance suite: written cases, a player that serves their answers, a judge that compares.
//!
//! One case says what is called, what has to be on the wire, which answers are played and what the caller has to see.
//! The same judge looks at every language, and at the core in process, so that nothing is judged twice.

pub mod case;
pub mod core_performer;
pub mod documented;
pub mod files;
pub mod judge;
pub mod live;
pub mod mutate;
pub mod obligations;
pub mod observation;
pub mod player;
pub mod report;
pub mod run;
pub mod runner;
pub mod secrets;
pub mod seeded;
