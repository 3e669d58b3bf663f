//! Django settings evaluated as one container would load them. No Python is ever run.
//!
//! [`Settings::evaluate`] walks the statements of a settings module and of every local module it
//! imports with a small evaluator that knows the idioms of settings files (paths, environment
//! variables, the libraries that read them, lists, dicts, strings, small helper functions).
//! Whatever it does not know is `Unknown` with the reason.

mod attributes;
mod builtins;
mod calls;
mod changes;
mod classes;
mod collection_methods;
mod collections;
mod conditions;
mod configurations;
mod data_files;
mod database_url;
mod defaults;
mod entries;
pub mod entry;
mod enumerations;
mod env_files;
mod env_grammar;
mod env_readers;
mod environment;
mod evaluate;
mod evaluator;
mod expressions;
mod failure;
mod files;
mod formats;
mod frame;
mod functions;
mod guards;
mod identity;
mod imports;
mod ini_files;
mod iteration;
mod join;
mod libraries;
mod literals;
mod lookups;
mod loops;
mod made;
mod methods;
mod module_names;
mod mutation;
mod object;
mod operators;
mod order;
mod packages;
mod paths;
mod pydantic;
mod read_and_make;
mod representation;
mod slices;
mod split_settings;
mod standard;
mod star_imports;
mod statements;
mod stdlib;
#[cfg(test)]
mod tests;
pub mod urls;
mod value;
mod weights;

pub use defaults::is_django_setting;
pub use evaluate::{EnvAnswer, EvaluateError, FileAnswer, ModuleFile, Settings, World};
pub use failure::{Cause, Failure};
pub use value::{Binding, Cast, EnvRead, Value, ValueKind};
