//! Making instances of slotted classes without running their constructors.
//!
//! This is the one place with unsafe code. Creating an object and setting its slots through their descriptors is what
//! Python itself does for `__slots__`, only without a call of the interpreter for each field.
#![allow(unsafe_code)]

use std::ffi::c_int;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

/// A Python class whose instances hold nothing but slots.
pub struct SlottedClass {
    class: Py<PyType>,
    /// Descriptors of its own slots, in the order of `__slots__`.
    slots: Vec<Py<PyAny>>,
    /// Descriptor of the slot for unknown members, which it inherits.
    extra: Py<PyAny>,
}

impl SlottedClass {
    /// Looks at a class; `base` is the class that holds the slot `_extra`.
    pub fn new(class: &Bound<'_, PyType>, base: &Bound<'_, PyType>) -> PyResult<Self> {
        // The instances are allocated by us: nothing but plain Python classes may lie between it and `object`.
        if !class.is_subclass(base)? || class.getattr("__basicsize__")?.extract::<usize>()? % size_of::<usize>() != 0 {
            return Err(PyTypeError::new_err("not a class of plain slots"));
        }
        let names = class.getattr("__slots__")?.cast_into::<PyTuple>()?;
        let slots = names.iter().map(|name| descriptor(class, name.extract()?)).collect::<PyResult<_>>()?;
        Ok(Self { class: class.clone().unbind(), slots, extra: descriptor(base, "_extra")? })
    }

    /// How many slots of its own it has.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// A new instance with all slots set.
    pub fn instance<'py>(
        &self,
        py: Python<'py>,
        values: impl IntoIterator<Item = PyResult<Bound<'py, PyAny>>>,
        extra: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: `class` is a type object, kept alive by `self`; a plain Python class is allocated by this function.
        let object = unsafe {
            let pointer = ffi::PyType_GenericAlloc(self.class.bind(py).as_type_ptr(), 0);
            Bound::from_owned_ptr_or_err(py, pointer)?
        };
        for (slot, value) in self.slots.iter().zip(values) {
            set(slot.bind(py), &object, &value?)?;
        }
        set(self.extra.bind(py), &object, &extra)?;
        Ok(object)
    }
}

/// The descriptor of a slot, checked to be one.
fn descriptor(class: &Bound<'_, PyType>, name: &str) -> PyResult<Py<PyAny>> {
    let descriptor = class.getattr("__dict__")?.get_item(name)?;
    let is_member = descriptor.get_type_ptr() == &raw mut ffi::PyMemberDescr_Type;
    if !is_member {
        return Err(PyTypeError::new_err(format!("{name} is not a slot")));
    }
    Ok(descriptor.unbind())
}

fn set(descriptor: &Bound<'_, PyAny>, object: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: every descriptor kept here is a member descriptor, so its type has this slot and the slot this type. It
    // checks by itself that the object is an instance of its class.
    let result = unsafe {
        let slot = ffi::PyType_GetSlot(&raw mut ffi::PyMemberDescr_Type, ffi::Py_tp_descr_set);
        let set = std::mem::transmute::<*mut std::ffi::c_void, ffi::descrsetfunc>(slot);
        set(descriptor.as_ptr(), object.as_ptr(), value.as_ptr())
    };
    if result == SUCCESS { Ok(()) } else { Err(PyErr::fetch(descriptor.py())) }
}

const SUCCESS: c_int = 0;
