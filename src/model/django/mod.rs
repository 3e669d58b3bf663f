//! Django settings evaluated as one container would load them. No Python is ever run.
//!
//! [`Settings::evaluate`] walks the statements of a settings module and of every local module it
//! imports with a small evaluator that knows the idioms of settings files (paths, environment
//! variables, the libraries that read them, lists, dicts, strings, small helper functions).
//! Whatever it does not know is `Unknown` with the reason.

mod builtins;
mod calls;
mod conditions;
mod database_url;
pub mod entry;
mod env_files;
mod env_readers;
mod environment;
mod evaluate;
mod evaluator;
mod expressions;
mod frame;
mod functions;
mod imports;
mod join;
mod lookups;
mod methods;
mod mutation;
mod object;
mod operators;
mod paths;
mod statements;
#[cfg(test)]
mod tests;
pub mod urls;
mod value;

pub use evaluate::{EnvAnswer, EvaluateError, ModuleFile, Settings, World};
pub use value::{Binding, Cast, EnvRead, Value, ValueKind};
