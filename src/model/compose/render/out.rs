//! The finished document: plain values in the order in which they are printed.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value as `config` prints it.
#[derive(Debug, Clone, PartialEq)]
pub enum Out {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// The same of single precision: `cpus: 0.1` is the nearest `f32`, and printed as `0.1`.
    Float32(f32),
    Text(String),
    /// Items.
    List(Vec<Self>),
    /// Entries, in the order in which they are printed; no key twice.
    Map(Vec<(String, Self)>),
}

impl Out {
    /// The value of `key`, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }
}

impl From<&str> for Out {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Out {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Out {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(truth) => to.serialize_bool(*truth),
            Self::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => to.serialize_i64(number),
                (_, Ok(number)) => to.serialize_u64(number),
                _ => to.serialize_f64(*number as f64),
            },
            Self::Float(number) => to.serialize_f64(*number),
            // The fewest digits that mean this `f32`, and nothing more precise than they are.
            Self::Float32(number) => {
                to.serialize_f64(number.to_string().parse().unwrap_or_else(|_| f64::from(*number)))
            }
            Self::Text(text) => to.serialize_str(text),
            Self::List(items) => to.collect_seq(items),
            Self::Map(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
