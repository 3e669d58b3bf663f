//! What nginx does with one request, phase by phase, as its own engine does it (nginx's source: `ngx_http_core_module.c`,
//! the modules `rewrite`, `try_files`, `index`, `static`, `proxy`; each held against the real nginx 1.22.1).

mod access;
mod assemble;
mod content;
mod engine;
mod error_pages;
mod expand;
mod level;
mod locations;
mod maps;
mod pass;
mod pattern;
mod rewrite;
mod servers;
mod state;
mod stock;
mod try_files;
mod uri;
mod verify;

pub use assemble::{Fault, Whole};
pub(super) use assemble::{image_place, is_unprivileged};
pub use engine::follow;
pub use state::{FileState, HostMeaning, Request, Surroundings};

pub use stock::{has_file as is_stock_file, has_folder as is_stock_folder};

use super::files;
use crate::finding::{TraceAnswer, TraceStep};
use crate::model::container::Container;
use crate::source::Unknown;

/// Whether a container runs the official image, of which all files are known.
pub fn runs_official(container: &Container<'_>) -> bool {
    files::is_official(container)
}

/// What nginx does with a request.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The answer, or why it is not known.
    pub answer: Result<TraceAnswer, Unknown>,
    /// Why it may be otherwise: what was taken as missing, or as there, and is not known to be.
    pub assumed: Option<Unknown>,
    /// The way to it.
    pub steps: Vec<TraceStep>,
}
