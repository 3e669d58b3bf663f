//! What keeps files: mounts and volumes, static files, uploads and SQLite files, and who may write them.

mod log_files;
mod mounts;
mod not_writable;
mod prepopulated;
mod sqlite;
mod static_backend;
mod static_needs;
mod static_split;
mod statics;
mod unfound_static;
mod uploads;

pub use log_files::{LogFault, LostLog};
pub use not_writable::{NotWritable, RootOwned};
pub use prepopulated::PrepopulatedVolume;
pub use sqlite::{Kept, SqliteFile};
pub use static_split::StaticSplit;
use statics::Served;
pub use statics::{Collect, Serving, StaticPlan};
pub use unfound_static::UnfoundStatic;
pub use uploads::UploadPlan;

use super::Stack;
use crate::model::container::Volume;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

/// What keeps files: mounts and volumes, static files, uploads and SQLite files, and who may write them.
#[derive(Clone, Copy)]
pub struct Storage<'s> {
    stack: &'s Stack<'s>,
}

/// What the facet works out once.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// Runs of `collectstatic`.
    collected: OnceCell<Vec<Collect>>,
    /// Where collected files are kept.
    keeps: OnceCell<BTreeSet<(Volume, String)>>,
    /// What the servers of nginx do with the static address of each Django service: many services have the same.
    served: OnceCell<HashMap<String, Served>>,
    /// Proxies and file servers that are not nginx.
    other_servers: OnceCell<Vec<usize>>,
}

impl Stack<'_> {
    /// What keeps files: mounts and volumes, static files, uploads and SQLite files, and who may write them.
    pub fn storage(&self) -> Storage<'_> {
        Storage { stack: self }
    }
}
