//! What a call gave, for the Python layer.

use fileferry_core::border::{Answer, Error, Needed, Reply as CoreReply, Step};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::shapes::Shapes;
use crate::stream::Stream;

/// What a call gave: its value or error, and what is passed on to hooks beside it.
#[pyclass(frozen, get_all, module = "fileferry._native")]
pub struct Reply {
    /// The result; meaningless beside an error.
    value: Py<PyAny>,
    /// The exception to raise.
    error: Option<Py<PyAny>>,
    /// Status and headers of the last response.
    response: Option<(u16, Vec<(String, String)>)>,
    /// What the call failed for want of: `sign_in`, or `free_download` with its target.
    needs: Option<(&'static str, Option<String>)>,
}

impl Reply {
    /// A result, or the error in its place.
    pub fn new<'py, T: IntoPyObjectExt<'py>>(py: Python<'py>, outcome: Result<T, Error>) -> PyResult<Self> {
        let (value, error) = match outcome {
            Ok(value) => (value.into_py_any(py)?, None),
            Err(error) => (py.None(), Some(exception(py, &error)?)),
        };
        Ok(Self { value, error, response: None, needs: None })
    }

    /// What the engine gave, its tape read by `shapes`.
    pub fn from_core(py: Python<'_>, reply: CoreReply, shapes: &Shapes) -> PyResult<Self> {
        let value = match reply.outcome {
            Ok(Answer::Value(tape, ty)) => Ok(shapes.object(py, &ty, &tape)?),
            Ok(Answer::Bytes(stream)) => Ok(Stream::new(py, stream)?.into_py_any(py)?),
            Ok(Answer::Link(address)) => Ok(address.into_py_any(py)?),
            Ok(Answer::None) => Ok(py.None()),
            Err(error) => Err(error),
        };
        Ok(Self {
            response: reply.response.map(|response| (response.status, response.headers)),
            needs: reply.needs.and_then(needs),
            ..Self::new(py, value)?
        })
    }

    /// Where a flow stands, as JSON, beside the error that led there.
    pub fn of_flow(py: Python<'_>, step: Option<&Step>, error: Option<&Error>) -> PyResult<Self> {
        let json = step.map(serde_json::to_string).transpose();
        let json = json.map_err(|error| Error::internal(format!("a step is no JSON: {error}")));
        let error = error.map(|error| exception(py, error)).transpose()?;
        let reply = Self::new(py, json)?;
        Ok(Self { error: error.or(reply.error), ..reply })
    }
}

fn needs(needed: Needed) -> Option<(&'static str, Option<String>)> {
    match needed {
        Needed::SignIn => Some(("sign_in", None)),
        Needed::FreeDownload { target } => Some(("free_download", Some(target))),
        // Nothing leads there yet.
        _ => None,
    }
}

/// The Python exception of an error.
pub fn exception(py: Python<'_>, error: &Error) -> PyResult<Py<PyAny>> {
    static FROM_JSON: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    FROM_JSON.import(py, "fileferry._errors", "from_json")?.call1((error.to_json(),)).map(Bound::unbind)
}

/// An error that is raised where it is found.
pub fn raised(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).map_or_else(|failure| failure, |exception| PyErr::from_value(exception.into_bound(py)))
}
