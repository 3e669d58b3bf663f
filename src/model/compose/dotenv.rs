//! The variables Compose interpolates from, and env files as containers get them.

use super::interpolate::{Interpolation, Unset};
use super::limits::PutIn;
use crate::source::{EntryKind, Limit, ReadError, RelPath, SourceFile, Sources, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::dotenv::EnvFile;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A variable's text, and the place of its value where a file has it.
type Value = (String, Option<Span>);

/// Variables, each with the place of its value.
///
/// Those of `outer` (whoever runs Compose, the project around an included one) win over those of its own files.
/// `check` knows of no shell: a checkout means the same everywhere.
#[derive(Debug, Clone)]
pub struct DotEnv {
    values: Arc<BTreeMap<String, Value>>,
    /// The first that has a variable wins. Shared, because every service looks things up here.
    outer: Vec<Arc<BTreeMap<String, Value>>>,
    unset: Unset,
    /// How much was put into texts so far.
    pub(super) put_in: Arc<PutIn>,
    /// The files it was read from.
    pub files: Vec<Arc<SourceFile>>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
    /// Variables that a file wants and nobody sets, with the place; only where Compose runs here and now.
    pub warned: Vec<(String, Span)>,
    /// The `.env` files that are there and cannot be used.
    pub unusable: Vec<(RelPath, ReadError)>,
}

impl Default for DotEnv {
    fn default() -> Self {
        Self {
            values: Arc::default(),
            outer: Vec::new(),
            unset: Unset::Hole,
            put_in: Arc::default(),
            files: Vec::new(),
            errors: Vec::new(),
            warned: Vec::new(),
            unusable: Vec::new(),
        }
    }
}

impl DotEnv {
    /// Reads the `.env` file of a project folder, where there is one.
    pub fn of_folder(sources: &Sources<'_>, folder: &RelPath) -> Self {
        let mut env = Self::default();
        env.add_folder(sources, folder);
        env
    }

    /// The variables of a shell, in which Compose itself would run; what is set nowhere is blank.
    pub fn of_shell(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let outer: BTreeMap<String, Value> =
            vars.into_iter().map(|(name, value)| (name, (value, None))).collect();
        Self { outer: vec![Arc::new(outer)], unset: Unset::Blank, ..Self::default() }
    }

    /// Nothing yet; files may use the variables of `outer`, which win where both have one.
    pub fn over(outer: &Self) -> Self {
        let all = outer
            .outer
            .iter()
            .chain([&outer.values])
            .filter(|vars| !vars.is_empty())
            .cloned()
            .collect();
        Self { outer: all, unset: outer.unset, put_in: outer.put_in.clone(), ..Self::default() }
    }

    /// What stands for a variable that is set nowhere.
    pub fn unset(&self) -> Unset {
        self.unset
    }

    /// Sets a variable over all others, as if the shell had it.
    pub fn set(&mut self, name: &str, value: &str) {
        let one = BTreeMap::from([(name.to_owned(), (value.to_owned(), None))]);
        self.outer.insert(0, Arc::new(one));
    }

    /// Sets a variable that files may use and may set again.
    pub fn give(&mut self, name: &str, text: &Text) {
        Arc::make_mut(&mut self.values)
            .insert(name.to_owned(), (text.as_str().to_owned(), Some(text.span())));
    }

    /// Reads the `.env` of a folder as well; what is set already stays. `false` where there is none.
    pub fn add_folder(&mut self, sources: &Sources<'_>, folder: &RelPath) -> bool {
        // Compose passes over a folder of that name.
        let there =
            |p: &RelPath| !matches!(sources.kind(p), EntryKind::Missing | EntryKind::Folder);
        let Some(path) = folder.join(".env").filter(there) else { return false };
        let read = self.add_files(sources, &[path]);
        let fine = read.is_ok();
        self.unusable.extend(read.err());
        fine
    }

    /// Reads files one over the other; what was set before stays.
    ///
    /// # Errors
    /// Says which file cannot be used, and why.
    pub fn add_files(
        &mut self,
        sources: &Sources<'_>,
        paths: &[RelPath],
    ) -> Result<(), (RelPath, ReadError)> {
        let mut inner = Self::over(self);
        let read = paths
            .iter()
            .try_for_each(|path| inner.add_path(sources, path).map_err(|why| (path.clone(), why)));
        self.files.append(&mut inner.files);
        self.errors.append(&mut inner.errors);
        self.warned.append(&mut inner.warned);
        let values = Arc::make_mut(&mut self.values);
        for (name, value) in inner.values.iter() {
            values.entry(name.clone()).or_insert_with(|| value.clone());
        }
        read
    }

    /// Reads one more env file; its assignments win over those of earlier ones.
    ///
    /// # Errors
    /// Says why it cannot be used.
    pub fn add_path(&mut self, sources: &Sources<'_>, path: &RelPath) -> Result<(), ReadError> {
        let file = sources.read(path, Limit::Code)?;
        self.add(file);
        Ok(())
    }

    /// Adds the assignments of a file; later ones win, and may use earlier ones.
    fn add(&mut self, file: Arc<SourceFile>) {
        let read = EnvFile::read(&file.body());
        self.errors.extend(read.errors);
        for entry in read.entries {
            let name = entry.name.as_str();
            let value = match entry.value {
                Some(value) if entry.interpolated && value.contains('$') => {
                    let (text, faults, warned) = {
                        let mut interpolation = Interpolation::new(self, self.unset);
                        let text = interpolation.substitute(&value, 0).as_str().to_owned();
                        (text, interpolation.faults, interpolation.warned)
                    };
                    if self.unset == Unset::Blank {
                        self.warned.extend(warned);
                    }
                    self.errors.extend(faults.into_iter().map(|f| SyntaxError {
                        span: f.span,
                        message: f.message,
                        help: f.help,
                    }));
                    (text, Some(value.span()))
                }
                Some(value) => (value.as_str().to_owned(), Some(value.span())),
                // A bare name passes on what is set already.
                None => match self.get(name) {
                    Some((text, place)) => {
                        (text.to_owned(), place.or_else(|| Some(entry.name.span())))
                    }
                    None => continue,
                },
            };
            Arc::make_mut(&mut self.values).insert(name.to_owned(), value);
        }
        self.files.push(file);
    }

    /// Adds the lines of a file with `format: raw`: nothing is quoted, escaped or interpolated.
    ///
    /// # Errors
    /// Says why it cannot be used.
    pub fn add_raw(&mut self, sources: &Sources<'_>, path: &RelPath) -> Result<(), ReadError> {
        let file = sources.read(path, Limit::Code)?;
        let body = file.body();
        let mut at = 0;
        for line in body.as_str().split_inclusive('\n') {
            let start = at + line.len() - line.trim_start().len();
            let end = at + line.trim_end_matches(['\n', '\r']).len();
            at += line.len();
            let Some(text) =
                body.as_str().get(start..end).filter(|t| !t.is_empty() && !t.starts_with('#'))
            else {
                continue;
            };
            let name = text.split_once('=').map_or(text, |(name, _)| name);
            if name.is_empty() || name.contains(char::is_whitespace) {
                let message = if name.is_empty() {
                    "a line without a name".to_owned()
                } else {
                    format!("the name `{name}` has a blank in it")
                };
                let help = "with `format: raw` every line is `NAME=value`";
                self.errors.push(SyntaxError::new(body.span_of(start..end), message).help(help));
                break;
            }
            let value = match text.split_once('=') {
                Some((name, value)) => {
                    (name, (value.to_owned(), Some(body.span_of(start + name.len() + 1..end))))
                }
                None => match self.get(text) {
                    Some((value, place)) => {
                        (text, (value.to_owned(), place.or_else(|| Some(body.span_of(start..end)))))
                    }
                    None => continue,
                },
            };
            Arc::make_mut(&mut self.values).insert(value.0.to_owned(), value.1);
        }
        self.files.push(file);
        Ok(())
    }

    /// A variable's text and the place of its value, where a file has it.
    pub fn get(&self, name: &str) -> Option<(&str, Option<Span>)> {
        self.outer
            .iter()
            .chain([&self.values])
            .find_map(|vars| vars.get(name))
            .map(|(value, span)| (value.as_str(), *span))
    }

    /// Every variable that its files set, sorted by name, with its text at the place of its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Text)> {
        self.values.iter().filter_map(|(name, (value, span))| {
            Some((name.as_str(), Text::derived(value.clone(), (*span)?)))
        })
    }

    /// Whether every shell has the variable, so that it is unknown here but not blank there.
    pub fn is_shells_own(name: &str) -> bool {
        matches!(
            name,
            "PWD" | "HOME" | "USER" | "LOGNAME" | "PATH" | "SHELL" | "LANG" | "TERM" | "TMPDIR"
        )
    }
}
