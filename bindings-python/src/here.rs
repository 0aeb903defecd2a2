//! What is answered without asking a service.

use fileferry_core::border::{self, Answer, Error};
use pyo3::prelude::*;

use crate::reply::raised;
use crate::shapes::Shapes;

/// What the address of a page says, read by the shapes that all services share; None where no service knows it.
#[pyfunction]
pub fn parse_link(py: Python<'_>, shared: &Bound<'_, Shapes>, url: &str) -> PyResult<Py<PyAny>> {
    match border::parse_link(url).map_err(|error| raised(py, &error))? {
        Some(link) => object(py, link, shared.get()),
        None => Ok(py.None()),
    }
}

/// When a call begins, for its options' `begun_ms`.
#[pyfunction]
pub fn clock_ms() -> f64 {
    border::clock_ms()
}

/// The object of an answer that is a value.
pub fn object(py: Python<'_>, answer: Answer, shapes: &Shapes) -> PyResult<Py<PyAny>> {
    match answer {
        Answer::Value(tape, ty) => shapes.object(py, &ty, &tape),
        _ => Err(raised(py, &Error::internal("a value was to be given"))),
    }
}
