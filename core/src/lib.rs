//! The engine under fileferry: everything that is the same in every language.
//!
//! - [`tables`]: what a service is, as generated data;
//! - `wire`: the life of one request;
//! - `decode`: answers into typed tapes;
//! - `transfer`: files up and down;
//! - `verbs`: what all services can do, above their protocols;
//! - `services`: only what is special to a service;
//! - [`border`]: what a binding may call.

pub mod border;
mod decode;
mod services;
pub mod tables;
mod transfer;
mod verbs;
mod wire;
