//! The native module `fileferry._native`: carries calls between Python and the engine.
//!
//! It knows no operation. The typed surface is generated Python; here a call is an id with a JSON object of arguments,
//! and an answer is a tape that becomes instances of generated classes.
//!
//! - [`process`]: the runtime and the thread that hands results to event loops, one of each a process;
//! - [`call`]: how a call is waited for, by a thread or by an event loop;
//! - [`client`], [`pages`], [`stream`], [`flow`], [`source`]: what Python holds in its hands;
//! - [`shapes`], [`slots`]: from a tape to objects;
//! - [`here`]: what is answered without a call;
//! - [`reply`], [`mailbox`]: what comes out of a call, at its end and meanwhile;
//! - [`defect`]: what becomes of a panic.

mod call;
mod client;
mod defect;
mod flow;
mod here;
mod mailbox;
mod pages;
mod process;
mod reply;
mod shapes;
mod slots;
mod source;
mod stream;

use pyo3::prelude::*;

/// Private: use the package `fileferry`.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::client::Client;
    #[pymodule_export]
    use super::flow::Flow;
    #[pymodule_export]
    use super::here::{clock_ms, parse_link};
    #[pymodule_export]
    use super::pages::Pages;
    #[pymodule_export]
    use super::process::Letters;
    #[pymodule_export]
    use super::reply::Reply;
    #[pymodule_export]
    use super::shapes::Shapes;
    #[pymodule_export]
    use super::source::{Feeder, Reader};
    #[pymodule_export]
    use super::stream::Stream;

    /// What the generated classes are compared with when the package is imported.
    #[pymodule_export]
    const FINGERPRINT: &str = fileferry_core::border::FINGERPRINT;
}
