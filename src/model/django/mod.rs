//! Django settings evaluated as one container would load them. No Python is ever run.

mod env_readers;
mod evaluate;
mod value;

pub use evaluate::{EnvAnswer, EvaluateError, ModuleFile, Settings, World};
pub use value::{Binding, Cast, EnvRead, Value, ValueKind};
