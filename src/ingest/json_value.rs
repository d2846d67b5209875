//! A value of JSON whose fields keep their order, and an object as the cells of a row.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::digits;

/// A value of JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    /// In plain digits.
    Number(Number),
    Text(String),
    List(Vec<Value>),
    /// In the order in which they are written.
    Object(Vec<(String, Value)>),
}

/// A number of JSON.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Float(f64),
}

/// From here on floats have gaps between whole numbers: an id would become another.
const FIRST_GAP: f64 = 9_007_199_254_740_992.0;

impl Value {
    /// Whether it is a list with rows in it.
    pub(super) fn is_list_of_objects(&self) -> bool {
        matches!(self, Self::List(values) if matches!(values.first(), Some(Self::Object(_))))
    }

    /// The cell that a value is; an error says what is wrong with it.
    fn cell(&self) -> Result<Option<String>, &'static str> {
        Ok(match self {
            Self::Null => None,
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Number(Number::Whole(number)) => Some(number.to_string()),
            Self::Number(Number::Float(number)) if number.abs() >= FIRST_GAP && number.fract() == 0.0 => {
                return Err("has more digits than a number keeps; write it in quotes, as text");
            }
            // A negative zero is zero.
            Self::Number(Number::Float(number)) => Some((number + 0.0).to_string()),
            Self::Text(text) => Some(digits::of_cell(text).unwrap_or_else(|| text.clone())),
            Self::List(_) | Self::Object(_) => serde_json::to_string(self).ok(),
        })
    }
}

/// The cells of an object by name; those of objects within it have both names, with a point between them.
///
/// # Errors
/// What is wrong with a field, with its name.
pub(super) fn flat(fields: Vec<(String, Value)>) -> Result<Vec<(String, Option<String>)>, String> {
    let mut cells = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                let inner = inner.into_iter().map(|(part, value)| (format!("{name}.{part}"), value)).collect();
                cells.extend(flat(inner)?);
            }
            value => {
                let cell = value.cell().map_err(|wrong| format!("`{name}` {wrong}"))?;
                cells.push((name, cell));
            }
        }
    }
    Ok(cells)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(Number::Whole(number.into())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(Number::Whole(number.into())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(Number::Float(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = entries.next_entry()? {
            fields.push(field);
        }
        Ok(Value::Object(fields))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(Number::Whole(number)) => serializer.serialize_i128(*number),
            Self::Number(Number::Float(number)) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => values.serialize(serializer),
            Self::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
