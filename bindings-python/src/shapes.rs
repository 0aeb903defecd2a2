//! From a tape to objects: instances of the generated classes of one service.

use fileferry_core::border::tape::{Reader, Tape};
use fileferry_core::border::{self, Error};
use fileferry_core::tables::{Service, Type};
use jiff::Timestamp;
use jiff::civil::DateTime;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDateTime, PyDict, PyList, PyString, PyTuple, PyType, PyTzInfo};

use crate::defect::{caught, panic_if_asked};
use crate::reply::raised;
use crate::slots::SlottedClass;

/// The generated classes of a service, in the order of its tables.
#[pyclass(frozen, module = "fileferry._native")]
pub struct Shapes {
    service: &'static Service,
    models: Vec<SlottedClass>,
    unions: Vec<Vec<SlottedClass>>,
}

#[pymethods]
impl Shapes {
    /// Takes the classes of all models, and of all variants of all unions. `base` is their common base.
    #[new]
    fn new(
        py: Python<'_>,
        service: &str,
        base: &Bound<'_, PyType>,
        models: Vec<Bound<'_, PyType>>,
        unions: Vec<Vec<Bound<'_, PyType>>>,
    ) -> PyResult<Self> {
        caught(py, || {
            panic_if_asked(service);
            let table = table(service).ok_or_else(|| raised(py, &unknown_service(service)))?;
            let classes = |classes: &[Bound<'_, PyType>]| {
                classes.iter().map(|class| SlottedClass::new(class, base)).collect::<PyResult<Vec<_>>>()
            };
            let this = Self {
                service: table,
                models: classes(&models)?,
                unions: unions.iter().map(|variants| classes(variants)).collect::<PyResult<_>>()?,
            };
            if !this.fits() {
                let message =
                    format!("the classes of {service} were generated from other descriptions than the library");
                return Err(raised(py, &Error::internal(message)));
            }
            Ok(this)
        })
    }

    /// A model from its plain JSON.
    fn model(&self, py: Python<'_>, index: u16, json: &str) -> PyResult<Py<PyAny>> {
        self.plain_object(py, &Type::Model(index), json)
    }

    /// A variant of a union from its plain JSON.
    fn variant(&self, py: Python<'_>, index: u16, json: &str) -> PyResult<Py<PyAny>> {
        self.plain_object(py, &Type::Union(index), json)
    }
}

impl Shapes {
    /// The objects of a tape.
    pub fn object(&self, py: Python<'_>, ty: &Type, tape: &Tape) -> PyResult<Py<PyAny>> {
        let reader = tape.reader();
        Builder { py, shapes: self, reader }.value(ty, reader.root()).map(Bound::unbind)
    }

    fn plain_object(&self, py: Python<'_>, ty: &Type, json: &str) -> PyResult<Py<PyAny>> {
        caught(py, || {
            let tape = border::from_plain(self.service, ty, json).map_err(|error| raised(py, &error))?;
            self.object(py, ty, &tape)
        })
    }

    fn fits(&self) -> bool {
        let fields = self.service.models.iter().map(|model| model.fields.len());
        let variants = self.service.unions.iter().map(|union| union.variants.len());
        // Models that only inner requests use come last and have no class.
        self.models.len() <= fields.len()
            && self.models.iter().map(SlottedClass::len).eq(fields.take(self.models.len()))
            && self.unions.iter().map(Vec::len).eq(variants)
    }
}

/// The table of a service, of the models that all services share too.
fn table(id: &str) -> Option<&'static Service> {
    let shared = border::shared();
    if id == shared.id { Some(shared) } else { border::service(id) }
}

fn unknown_service(id: &str) -> Error {
    Error::invalid_argument(format!("this library was built without the service {id}"))
}

struct Builder<'py, 'a> {
    py: Python<'py>,
    shapes: &'a Shapes,
    reader: Reader<'a>,
}

impl<'py> Builder<'py, '_> {
    fn value(&self, ty: &Type, at: u32) -> PyResult<Bound<'py, PyAny>> {
        let (py, reader) = (self.py, self.reader);
        if at == 0 {
            return Ok(py.None().into_bound(py));
        }
        match ty {
            Type::Bool => reader.bool(at).into_bound_py_any(py),
            Type::Int | Type::BigInt => reader.int(at).into_bound_py_any(py),
            Type::Number => reader.number(at).into_bound_py_any(py),
            Type::Decimal => decimal(py, reader.text(at)),
            Type::Id | Type::Text => reader.text(at).into_bound_py_any(py),
            Type::Enum(_) => Ok(PyString::intern(py, reader.text(at)).into_any()),
            Type::Time(time) if time.is_local() => local_time(py, reader.text(at)),
            Type::Time(_) => instant(py, reader.int(at)),
            Type::Json => json(py, reader.text(at)),
            Type::List(item) | Type::ListOrOne(item) | Type::ListOrMap(item, _) => {
                let items = reader.list(at).map(|at| self.value(item, at)).collect::<PyResult<Vec<_>>>()?;
                PyList::new(py, items).map(Bound::into_any)
            }
            Type::Map(item) | Type::MapOrEmptyList(item) => {
                let map = PyDict::new(py);
                for (key, at) in reader.map(at) {
                    map.set_item(key, self.value(item, at)?)?;
                }
                Ok(map.into_any())
            }
            Type::Tuple(places) => {
                let items = reader.list(at).zip(*places).map(|(at, place)| self.value(place, at));
                PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?).map(Bound::into_any)
            }
            Type::Nullable(inner) => self.value(inner, at),
            Type::Model(index) | Type::StringOrObject(index, _) => self.model(*index, at),
            Type::Union(index) => self.variant(*index, at),
            Type::Source => unreachable!("no answer holds a source"),
        }
    }

    fn model(&self, index: u16, at: u32) -> PyResult<Bound<'py, PyAny>> {
        let record = self.reader.record(at);
        let fields = self.shapes.service.models[usize::from(index)].fields.iter().enumerate();
        let values = fields.map(|(number, field)| self.value(&field.ty, record.field(number)));
        // Unknown members stay text until somebody looks at them.
        let extra = record.extra().into_bound_py_any(self.py)?;
        self.shapes.models[usize::from(index)].instance(self.py, values, extra)
    }

    fn variant(&self, index: u16, at: u32) -> PyResult<Bound<'py, PyAny>> {
        let (number, value) = self.reader.union(at);
        let (index, number) = (usize::from(index), number as usize);
        let ty = self.shapes.service.unions[index].variants[number].ty;
        let values = ty.iter().map(|ty| self.value(ty, value));
        self.shapes.unions[index][number].instance(self.py, values, self.py.None().into_bound(self.py))
    }
}

fn decimal<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")?.call1((text,))
}

fn json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LOADS.import(py, "json", "loads")?.call1((text,))
}

fn local_time<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let time: DateTime = text.parse().unwrap_or_else(|error| unreachable!("the tape holds checked times: {error}"));
    datetime(py, time, None)
}

fn instant(py: Python<'_>, microseconds: i64) -> PyResult<Bound<'_, PyAny>> {
    let utc = PyTzInfo::utc(py)?.to_owned();
    match Timestamp::from_microsecond(microseconds) {
        Ok(instant) => datetime(py, jiff::tz::Offset::UTC.to_datetime(instant), Some(&utc)),
        Err(_) => Ok(py.None().into_bound(py)),
    }
}

/// Python counts the years from 1 to 9999; a server's time beyond them must not spoil the rest of its answer.
fn datetime<'py>(py: Python<'py>, time: DateTime, zone: Option<&Bound<'py, PyTzInfo>>) -> PyResult<Bound<'py, PyAny>> {
    let (Ok(month), Ok(day)) = (u8::try_from(time.month()), u8::try_from(time.day())) else {
        unreachable!("a calendar's month and day")
    };
    if time.year() < 1 {
        return Ok(py.None().into_bound(py));
    }
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(i8::unsigned_abs);
    let microsecond = time.subsec_nanosecond().unsigned_abs() / 1_000;
    PyDateTime::new(py, time.year().into(), month, day, hour, minute, second, microsecond, zone).map(Bound::into_any)
}
