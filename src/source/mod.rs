//! Files and places in them: the bottom of the house.
//!
//! Everything above works on [`Text`]s, strings whose every byte knows where it was written, and
//! reads files only through [`Sources`], which never leaves the root, never opens anything but
//! regular files and stops at a size limit.

mod discover;
mod files;
mod known;
mod layered_files;
mod memory_files;
mod path;
mod span;
mod store;
mod text;
mod tracked;

pub use discover::{Discovery, discover};
pub use files::{DiskFiles, Entry, EntryKind, Files, ReadError};
pub use known::{Known, Reason, Unknown};
pub use layered_files::LayeredFiles;
pub use memory_files::MemoryFiles;
pub use path::RelPath;
pub use span::{FileId, Position, Span, Spanned};
pub use store::{Limit, Skipped, SourceFile, Sources};
pub use text::{Piece, PieceKind, Text};
