//! What every step of the loading works on: values with their places, faults, paths of keys, limits.

pub(super) mod bytes;
mod fault;
mod key_path;
mod keys;
pub(super) mod limits;
mod node;
pub(super) mod number;
pub(super) mod paths;
pub(super) mod suggest;
pub(super) mod value;

pub(super) use fault::exclusive;
pub use fault::{About, Fault, FaultKind};
pub(super) use key_path::{ITEM, KeyPath};
pub(super) use keys::{
    By, CASTS, Cast, DEFAULTS, Default, FOLDERS, Folder, MERGED, Merged, ONE_EACH, SHORT, Short,
    TAKES, Takes,
};
pub use node::{Entry, Kind, Node, Scalar, VarSource, VarUse, Via};
pub use value::Value;
