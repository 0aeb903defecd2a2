//! The code that the reference and the guides show: compiled with the tests, so that it cannot drift, and never run.

#![allow(dead_code, reason = "nobody calls an example")]
#![allow(deprecated, reason = "what is deprecated has examples too")]
#![allow(clippy::print_stdout, reason = "examples show what they got")]
#![allow(unused_qualifications, reason = "a service may well have types called Result or Box")]

#[rustfmt::skip]
mod generated;
// Pages are narrower than code.
#[rustfmt::skip]
mod guides;
#[rustfmt::skip]
mod readmes;
