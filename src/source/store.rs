//! Every file that was read in this run, once.

mod layered;

use super::files::MAX_NAMES;
use super::tracked::Index;
use super::{EntryKind, FileId, Files, Position, ReadError, RelPath, Span, Text};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, RwLock};

/// How many bytes of a kind of file are read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Compose files, nginx configs, requirements: 1 MiB, and UTF-16 with a byte order mark is converted, as
    /// Compose and pip do; spans then count the converted bytes.
    Config,
    /// Python settings, Dockerfiles, scripts, env files: 256 KiB.
    Code,
}

impl Limit {
    fn bytes(self) -> u64 {
        match self {
            Self::Config => 1024 * 1024,
            Self::Code => 256 * 1024,
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its number in this run.
    pub id: FileId,
    /// Its path below the root.
    pub path: RelPath,
    /// Its text, with a byte order mark if it has one.
    pub text: Arc<str>,
    /// Byte offsets at which lines start; a line ends with `\n`.
    lines: Vec<u32>,
}

impl SourceFile {
    fn new(id: FileId, path: RelPath, text: Arc<str>) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(i, _)| i as u32 + 1)).collect();
        Self { id, path, text, lines }
    }

    /// The same file with another text, as it would be read. Places of the one are none of the other's.
    pub fn with_text(&self, text: Arc<str>) -> Self {
        Self::new(self.id, self.path.clone(), text)
    }

    /// Bytes of the byte order mark: 3 or 0.
    pub fn bom(&self) -> usize {
        if self.text.starts_with('\u{feff}') { 3 } else { 0 }
    }

    /// A file that holds only a part of another one, at the same places: code in a here-document. What stands before it
    /// is left blank. Where the part reads differently than it is written, only its start has its place.
    pub(crate) fn of_part(part: &Text) -> Self {
        let span = part.span();
        let start = part.pieces().first().map_or(span.start, |piece| piece.src.start) as usize;
        let mut text = "\n".repeat(start);
        text.push_str(part.as_str());
        Self::new(span.file, RelPath::root(), text.into())
    }

    /// The text after the byte order mark, with its places: what readers read.
    pub fn body(&self) -> Text {
        Text::verbatim(self.id, self.bom(), &self.text[self.bom()..])
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|start| *start as usize <= offset);
        let start = self.lines[line - 1] as usize;
        let start = if start == 0 { self.bom().min(offset) } else { start };
        let column = self.text[start..offset].chars().count() + 1;
        Position { line: line as u32, column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// How many lines it has.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// The bytes of a 1-based line without its line break; `None` past the end.
    pub fn line(&self, line: u32) -> Option<std::ops::Range<usize>> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.lines.get(index)? as usize;
        let start = if start == 0 { self.bom() } else { start };
        let end = self.lines.get(index + 1).map_or(self.text.len(), |e| *e as usize - 1);
        let end = if self.text[start..end].ends_with('\r') { end - 1 } else { end };
        Some(start..end)
    }
}

/// A file that was looked for and could not be used, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it should be.
    pub path: RelPath,
    /// Why it was not read.
    pub reason: ReadError,
}

/// The most bytes that are read of git's index: it takes about 100 for a file.
const MAX_INDEX: u64 = 64 * 1024 * 1024;

/// The names in a folder, with what stands there.
type Names = Arc<[(String, EntryKind)]>;

/// What was made of a file, by the file and the type of what was made.
type Derived = HashMap<(FileId, TypeId), Arc<dyn Any + Send + Sync>>;

/// The names of a folder that were chosen, by the folder and who chose.
type Chosen = HashMap<(RelPath, &'static str), Arc<[String]>>;

#[derive(Clone, Default)]
struct Store {
    files: Vec<Arc<SourceFile>>,
    by_path: HashMap<RelPath, Result<FileId, ReadError>>,
}

/// The files of one run: reads each once, remembers what it could not read.
///
/// Shared by all threads. Reading the same path twice gives the same [`FileId`].
pub struct Sources<'f> {
    files: &'f dyn Files,
    store: RwLock<Store>,
    lists: RwLock<HashMap<RelPath, Names>>,
    kinds: RwLock<HashMap<RelPath, EntryKind>>,
    derived: RwLock<Derived>,
    chosen: RwLock<Chosen>,
    index: Arc<OnceLock<Option<Index>>>,
}

impl<'f> Sources<'f> {
    /// Nothing read yet.
    pub fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            store: RwLock::default(),
            lists: RwLock::default(),
            kinds: RwLock::default(),
            derived: RwLock::default(),
            chosen: RwLock::default(),
            index: Arc::default(),
        }
    }

    /// The files behind it, for questions about existence.
    pub fn files(&self) -> &'f dyn Files {
        self.files
    }

    /// The names in a folder, sorted, looked up once in a run: a folder of many projects is asked for by each of them.
    pub fn list(&self, folder: &RelPath) -> Names {
        let known = self
            .lists
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(folder)
            .cloned();
        known.unwrap_or_else(|| {
            let list: Names = self.files.list(folder).into();
            self.lists
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .insert(folder.clone(), list.clone());
            list
        })
    }

    /// The same, to take apart.
    pub fn listed(&self, folder: &RelPath) -> Vec<(String, EntryKind)> {
        self.list(folder).to_vec()
    }

    /// The names of the files in a folder that `fits` chooses, chosen once in a run for each `key`: a folder of many
    /// projects is asked for by each of them.
    pub fn chosen(
        &self,
        folder: &RelPath,
        key: &'static str,
        fits: impl Fn(&str) -> bool,
    ) -> Arc<[String]> {
        let of = (folder.clone(), key);
        let known =
            self.chosen.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&of).cloned();
        known.unwrap_or_else(|| {
            let list = self.list(folder);
            let files = list.iter().filter(|(_, kind)| *kind == EntryKind::File);
            let names: Arc<[String]> =
                files.map(|(name, _)| name).filter(|n| fits(n)).cloned().collect();
            self.chosen
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .insert(of, names.clone());
            names
        })
    }

    /// Whether git tracks a file; `None` where the root is no work tree of git, or its index cannot be read.
    pub fn tracked(&self, path: &RelPath) -> Option<bool> {
        let read = || Index::read(&self.files.read(&RelPath::new(".git/index")?, MAX_INDEX).ok()?);
        self.index.get_or_init(read).as_ref().map(|index| index.holds(path.as_str()))
    }

    /// What stands at `path`, looked up once in a run.
    pub fn kind(&self, path: &RelPath) -> EntryKind {
        let known =
            self.kinds.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(path).copied();
        known.unwrap_or_else(|| {
            let kind = self.files.kind(path);
            self.kinds
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .insert(path.clone(), kind);
            kind
        })
    }

    fn with_store<T>(&self, work: impl FnOnce(&Store) -> T) -> T {
        work(&self.store.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Reads a UTF-8 file.
    ///
    /// # Errors
    /// Says why the file cannot be used; the answer is remembered for the coverage line.
    pub fn read(&self, path: &RelPath, limit: Limit) -> Result<Arc<SourceFile>, ReadError> {
        if let Some(known) = self.with_store(|s| s.by_path.get(path).cloned()) {
            return known.map(|id| self.file(id));
        }
        let text = self.files.read(path, limit.bytes()).and_then(|bytes| decode(bytes, limit));
        let mut store = self.store.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = store.by_path.get(path).cloned() {
            return known.map(|id| store.files[id.0 as usize].clone());
        }
        match text {
            Ok(text) => {
                let id = FileId(store.files.len() as u32);
                let file = Arc::new(SourceFile::new(id, path.clone(), text.into()));
                store.files.push(file.clone());
                store.by_path.insert(path.clone(), Ok(id));
                Ok(file)
            }
            Err(why) => {
                store.by_path.insert(path.clone(), Err(why.clone()));
                Err(why)
            }
        }
    }

    /// A text that lies in no file of the root, such as a test's: it gets a place like any other.
    pub fn add(&self, path: &str, text: &str) -> Arc<SourceFile> {
        let path = RelPath::new(path).unwrap_or_else(RelPath::root);
        let mut store = self.store.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let id = FileId(store.files.len() as u32);
        let file = Arc::new(SourceFile::new(id, path.clone(), text.into()));
        store.files.push(file.clone());
        store.by_path.insert(path, Ok(id));
        file
    }

    /// The file at a path, if it was read already.
    pub fn known(&self, path: &RelPath) -> Option<Arc<SourceFile>> {
        self.with_store(|s| {
            s.by_path
                .get(path)
                .and_then(|answer| answer.as_ref().ok())
                .map(|id| s.files[id.0 as usize].clone())
        })
    }

    /// A file that was read.
    pub fn file(&self, id: FileId) -> Arc<SourceFile> {
        self.with_store(|s| s.files[id.0 as usize].clone())
    }

    /// What `make` makes of a file, made once in a run for each type: a file that many stacks and services use is
    /// parsed once. It must depend on nothing but the file and this run's files.
    pub fn derived<T: Any + Send + Sync>(
        &self,
        file: &Arc<SourceFile>,
        make: impl FnOnce() -> T,
    ) -> Arc<T> {
        // A changed text under the number of a file that was read is another file.
        if !self
            .with_store(|s| s.files.get(file.id.0 as usize).is_some_and(|f| Arc::ptr_eq(f, file)))
        {
            return Arc::new(make());
        }
        let key = (file.id, TypeId::of::<T>());
        let known = self.with_derived(|d| d.get(&key).cloned());
        known.and_then(|any| any.downcast::<T>().ok()).unwrap_or_else(|| {
            let made = Arc::new(make());
            self.derived
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .insert(key, made.clone());
            made
        })
    }

    fn with_derived<T>(&self, work: impl FnOnce(&Derived) -> T) -> T {
        work(&self.derived.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Line and column of a span's start.
    pub fn position(&self, span: Span) -> Position {
        self.file(span.file).position(span.start)
    }

    /// Every path that was asked for and could not be used, missing ones left out, sorted.
    pub fn skipped(&self) -> Vec<Skipped> {
        let mut all: Vec<Skipped> = self.with_store(|s| {
            s.by_path
                .iter()
                .filter_map(|(path, answer)| match answer {
                    Ok(_) | Err(ReadError::Missing) => None,
                    Err(reason) => Some(Skipped { path: path.clone(), reason: reason.clone() }),
                })
                .collect()
        });
        let lists = self.lists.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let full = lists.iter().filter(|(_, names)| names.len() >= MAX_NAMES);
        all.extend(full.map(|(path, _)| Skipped {
            path: path.clone(),
            reason: ReadError::TooManyNames(MAX_NAMES),
        }));
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// How many files were read so far.
    pub fn count(&self) -> usize {
        self.with_store(|s| s.files.len())
    }
}

/// UTF-8 text, or UTF-16 behind a byte order mark where that is understood (PowerShell writes it).
fn decode(bytes: Vec<u8>, limit: Limit) -> Result<String, ReadError> {
    let utf16 = |big: bool| {
        let units = bytes[2..].chunks_exact(2).map(|c| {
            if big { u16::from_be_bytes([c[0], c[1]]) } else { u16::from_le_bytes([c[0], c[1]]) }
        });
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| ReadError::NotUtf8(0))
    };
    let text = match bytes.as_slice() {
        [0xff, 0xfe, ..] if limit == Limit::Config => utf16(false)?,
        [0xfe, 0xff, ..] if limit == Limit::Config => utf16(true)?,
        _ => String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            let utf16 =
                e.as_bytes().starts_with(&[0xff, 0xfe]) || e.as_bytes().starts_with(&[0xfe, 0xff]);
            let nul = e.as_bytes().iter().position(|b| *b == 0).filter(|_| !utf16);
            nul.map_or(ReadError::NotUtf8(at), ReadError::Binary)
        })?,
    };
    match text.find('\0') {
        Some(at) => Err(ReadError::Binary(at)),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    #[test]
    fn what_is_made_of_a_file_is_made_once() {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let (a, b) = (sources.add("a", "one"), sources.add("b", "two"));
        let length = |file: &Arc<SourceFile>| sources.derived(file, || file.text.len());
        assert!(Arc::ptr_eq(&length(&a), &length(&a)));
        assert!(!Arc::ptr_eq(&length(&a), &length(&b)));
        // Another type of the same file, while the first is made.
        let nested = sources.derived(&a, || sources.derived(&a, || 'x').to_string());
        assert_eq!(*nested, "x");
        // A changed text has the number of its file, and is none of this run's.
        let changed = Arc::new(a.with_text("longer".into()));
        assert_eq!((*length(&changed), *length(&a)), (6, 3));
    }
}
