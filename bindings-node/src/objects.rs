//! From the tape to objects of JavaScript, by functions that the package made: one a model, called with the model's
//! fields by position and its unknown members as JSON text.

use fileferry_core::border::{Error, Kind, Reader, Tape};
use fileferry_core::tables::{Service, Type};
use napi::bindgen_prelude::{JsObjectValue, Object, Unknown};
use napi::{Env, Result};

use crate::raw::{self, Value};
use crate::runtime::raised;

/// Largest whole number that a `number` of JavaScript holds without a neighbour that looks the same.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Largest distance of a `Date` from 1970.
const MAX_DATE_MS: u64 = 8_640_000_000_000_000;

/// Builds the objects of one tape.
pub struct Builder<'a> {
    env: Env,
    service: &'static Service,
    reader: Reader<'a>,
    /// The factory of each model, by its index in the service's table.
    models: Value,
    /// Makes one answer of a union from its name and value.
    variant: Value,
    /// Makes a map from its keys and values.
    map: Value,
    /// Reads JSON text.
    json: Value,
}

/// Why a value could not be built.
enum Trouble {
    /// JavaScript refused.
    Js(napi::Error),
    /// JavaScript has no such value; the path is built from its end while the calls return.
    NotHeld { path: String, what: String },
}

impl From<napi::Error> for Trouble {
    fn from(error: napi::Error) -> Self {
        Self::Js(error)
    }
}

impl Trouble {
    fn below(self, parent: impl FnOnce() -> String) -> Self {
        match self {
            Self::NotHeld { path, what } => Self::NotHeld { path: parent() + &path, what },
            other => other,
        }
    }
}

impl<'a> Builder<'a> {
    /// `factories` has the members `models`, `variant`, `map` and `json`.
    pub fn new(env: Env, service: &'static Service, tape: &'a Tape, factories: Object<'_>) -> Result<Self> {
        let member = |name| factories.get_named_property_unchecked::<Unknown<'_>>(name).map(|value| raw::bare(&value));
        Ok(Self {
            env,
            service,
            reader: tape.reader(),
            models: member("models")?,
            variant: member("variant")?,
            map: member("map")?,
            json: member("json")?,
        })
    }

    /// The whole value.
    pub fn root<'env>(&self, ty: &Type) -> Result<Unknown<'env>> {
        let value = self.value(ty, self.reader.root()).map_err(|trouble| match trouble {
            Trouble::Js(error) => error,
            Trouble::NotHeld { path, what } => self.not_held(&path, &what),
        })?;
        raw::unknown(&self.env, value)
    }

    fn not_held(&self, path: &str, what: &str) -> napi::Error {
        let message = format!("the answer cannot be read at ${path}: {what}");
        let mut record = Error::new(Kind::InvalidAnswer, message).record().clone();
        record.service = Some(self.service.id.to_owned());
        record.details.json_path = Some(format!("${path}"));
        napi::Error::from_reason(serde_json::to_string(&record).unwrap_or(record.message))
    }

    fn value(&self, ty: &Type, at: u32) -> std::result::Result<Value, Trouble> {
        let (env, reader) = (&self.env, self.reader);
        if at == 0 {
            return Ok(raw::raw_null(env)?);
        }
        Ok(match *ty {
            Type::Bool => raw::raw_bool(env, reader.bool(at))?,
            Type::Int => self.int(reader.int(at))?,
            Type::BigInt => raw::raw_bigint(env, reader.int(at))?,
            Type::Number => raw::raw_number(env, reader.number(at))?,
            Type::Decimal | Type::Id | Type::Text | Type::Enum(_) => raw::raw_text(env, reader.text(at))?,
            Type::Time(time) if time.is_local() => raw::raw_text(env, reader.text(at))?,
            Type::Time(_) => self.date(reader.int(at))?,
            Type::Json => raw::raw_call(env, self.json, &[raw::raw_text(env, reader.text(at))?])?,
            Type::List(item) | Type::ListOrOne(item) | Type::ListOrMap(item, _) => {
                let items = reader.list(at).enumerate().map(|(index, at)| self.item(item, at, index));
                raw::raw_array(env, &items.collect::<std::result::Result<Vec<_>, _>>()?)?
            }
            Type::Tuple(types) => {
                let items = types.iter().zip(reader.list(at)).enumerate();
                let items = items.map(|(index, (ty, at))| self.item(ty, at, index));
                raw::raw_array(env, &items.collect::<std::result::Result<Vec<_>, _>>()?)?
            }
            Type::Map(item) | Type::MapOrEmptyList(item) => self.map(item, at)?,
            Type::Model(index) | Type::StringOrObject(index, _) => self.model(index, at)?,
            Type::Union(index) => self.union(index, at)?,
            Type::Nullable(inner) => self.value(inner, at)?,
            Type::Source => {
                return Err(Trouble::Js(raised(&Error::internal("an answer does not hold a source"))));
            }
        })
    }

    fn item(&self, ty: &Type, at: u32, index: usize) -> std::result::Result<Value, Trouble> {
        self.value(ty, at).map_err(|trouble| trouble.below(|| format!("[{index}]")))
    }

    fn int(&self, value: i64) -> std::result::Result<Value, Trouble> {
        if value.unsigned_abs() > MAX_SAFE_INTEGER {
            let what = format!("a number of JavaScript cannot hold {value} exactly");
            return Err(Trouble::NotHeld { path: String::new(), what });
        }
        // Exact: the check above keeps it below 2^53.
        Ok(raw::raw_number(&self.env, value as f64)?)
    }

    fn date(&self, microseconds: i64) -> std::result::Result<Value, Trouble> {
        let milliseconds = microseconds.div_euclid(1000);
        if milliseconds.unsigned_abs() > MAX_DATE_MS {
            let what = "a Date of JavaScript does not reach that far".to_owned();
            return Err(Trouble::NotHeld { path: String::new(), what });
        }
        // Exact: the check above keeps it below 2^53.
        Ok(raw::raw_date(&self.env, milliseconds as f64)?)
    }

    fn map(&self, item: &Type, at: u32) -> std::result::Result<Value, Trouble> {
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for (key, at) in self.reader.map(at) {
            keys.push(raw::raw_text(&self.env, key)?);
            let value = self.value(item, at);
            values.push(value.map_err(|trouble| trouble.below(|| format!("[{}]", serde_json::Value::from(key))))?);
        }
        let arguments = [raw::raw_array(&self.env, &keys)?, raw::raw_array(&self.env, &values)?];
        Ok(raw::raw_call(&self.env, self.map, &arguments)?)
    }

    fn union(&self, index: u16, at: u32) -> std::result::Result<Value, Trouble> {
        let (variant, at) = self.reader.union(at);
        let variant = &self.service.unions[usize::from(index)].variants[variant as usize];
        let value = match &variant.ty {
            Some(ty) => self.value(ty, at)?,
            None => raw::raw_null(&self.env)?,
        };
        Ok(raw::raw_call(&self.env, self.variant, &[raw::raw_text(&self.env, variant.name)?, value])?)
    }

    fn model(&self, index: u16, at: u32) -> std::result::Result<Value, Trouble> {
        let fields = self.service.models[usize::from(index)].fields;
        let record = self.reader.record(at);
        let mut arguments = Vec::with_capacity(fields.len() + 1);
        for (number, field) in fields.iter().enumerate() {
            let value = self.value(&field.ty, record.field(number));
            let name = || format!(".{}", field.wire.first().unwrap_or(&field.name));
            arguments.push(value.map_err(|trouble| trouble.below(name))?);
        }
        arguments.push(match record.extra() {
            Some(text) => raw::raw_text(&self.env, text)?,
            None => raw::raw_undefined(&self.env)?,
        });
        let factory = raw::raw_element(&self.env, self.models, u32::from(index))?;
        Ok(raw::raw_call(&self.env, factory, &arguments)?)
    }
}
