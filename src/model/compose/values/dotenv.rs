//! The variables Compose interpolates from, and env files as containers get them.

use super::interpolate::Interpolation;
use super::template;
use super::variables::{Unset, Variables};
use crate::facts::{FileKind, default_name};
use crate::finding::{Quote, prose};
use crate::model::assumptions::Assumptions;
use crate::source::{
    EntryKind, FileId, Limit, ReadError, RelPath, SourceFile, Sources, Span, Text,
};
use crate::syntax::SyntaxError;
use crate::syntax::dotenv::{Entry, EnvFile};
use std::ops::Deref;
use std::sync::Arc;

/// Variables with the env files that they were read from.
///
/// Those of whoever runs Compose, and of the project around an included one, win over those of its own files.
/// `check` knows of no shell: a checkout means the same everywhere.
#[derive(Debug, Clone, Default)]
pub struct DotEnv {
    variables: Variables,
    /// The files it was read from.
    pub(in crate::model) files: Vec<Arc<SourceFile>>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
    /// Last lines without a name, with which no container starts.
    pub nameless: Vec<SyntaxError>,
    /// Variables that a file wants and nobody sets, with the place; only where Compose runs here and now.
    pub warned: Vec<(String, Span)>,
    /// The `.env` files that are there and cannot be used.
    pub unusable: Vec<(RelPath, ReadError)>,
}

impl Deref for DotEnv {
    type Target = Variables;

    fn deref(&self) -> &Variables {
        &self.variables
    }
}

impl DotEnv {
    /// The paths of the files that were read.
    pub fn paths(&self) -> impl Iterator<Item = &RelPath> {
        self.files.iter().map(|f| &f.path)
    }

    /// Whether a place is in one of them.
    pub fn has(&self, place: Span) -> bool {
        self.files.iter().any(|f| f.id == place.file)
    }

    /// The file that decides first: its path, and the file for a label.
    pub fn first_file(&self) -> Option<(&RelPath, FileId)> {
        self.files.first().map(|f| (&f.path, f.id))
    }

    /// Reads the `.env` file of a project folder, where there is one.
    pub fn of_folder(sources: &Sources<'_>, folder: &RelPath) -> Self {
        let mut env = Self::default();
        env.add_folder(sources, folder);
        env
    }

    /// The variables of a shell, in which Compose itself would run; what is set nowhere is blank.
    pub fn of_shell(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { variables: Variables::of_shell(vars), ..Self::default() }
    }

    /// Nothing yet; files may use the variables of `outer`, which win where both have one.
    pub fn with_outer(outer: &Self) -> Self {
        Self { variables: Variables::with_outer(outer), ..Self::default() }
    }

    /// Sets a variable over all others, as if the shell had it.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.set(name, value);
    }

    /// Sets a variable that files may use and may set again.
    pub fn give(&mut self, name: &str, text: &Text) {
        self.variables.give(name, text);
    }

    /// Reads the `.env` of a folder as well; what is set already stays. `false` where there is none.
    pub fn add_folder(&mut self, sources: &Sources<'_>, folder: &RelPath) -> bool {
        // Compose passes over a folder of that name.
        let there =
            |p: &RelPath| !matches!(sources.kind(p), EntryKind::Missing | EntryKind::Folder);
        let Some(path) = folder.join(default_name(FileKind::Env)).filter(there) else {
            return false;
        };
        let read = self.add_files(sources, &[path]);
        // A link that leads nowhere.
        if matches!(read, Err((_, ReadError::Missing))) {
            return false;
        }
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
        let mut inner = Self::with_outer(self);
        let read = paths
            .iter()
            .try_for_each(|path| inner.add_path(sources, path).map_err(|why| (path.clone(), why)));
        self.files.append(&mut inner.files);
        self.errors.append(&mut inner.errors);
        self.warned.append(&mut inner.warned);
        let values = Arc::make_mut(&mut self.variables.values);
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

    /// Reads the `.env` file of a project folder, or the template that is assumed in its place.
    pub fn assumed_of_folder(
        sources: &Sources<'_>,
        folder: &RelPath,
        assumptions: &Assumptions,
    ) -> Self {
        let mut env = Self::default();
        if !env.add_folder(sources, folder)
            && let Some(template) = folder
                .join(default_name(FileKind::Env))
                .and_then(|path| assumptions.templates.get(&path))
        {
            let mut inner = Self::default();
            // What a template has wrong is not what Compose reads.
            if inner.add_template(sources, &template.path).is_ok() {
                env.variables = inner.variables;
            }
        }
        env
    }

    /// Reads the template of an env file that is not there: its placeholders and blanks are not known.
    ///
    /// # Errors
    /// Says why it cannot be used.
    pub fn add_template(&mut self, sources: &Sources<'_>, path: &RelPath) -> Result<(), ReadError> {
        let file = sources.read(path, Limit::Code)?;
        let mut read = EnvFile::read(&file.body());
        for entry in &mut read.entries {
            entry.value = entry.value.as_ref().map(|value| template::value(&entry.name, value));
        }
        for (name, value) in template::offers(&file.body(), &read.entries) {
            let place = Some(value.span());
            Arc::make_mut(&mut self.variables.values).entry(name).or_insert((value, place));
        }
        self.add_entries(read.entries);
        Ok(())
    }

    /// Adds the assignments of a file; later ones win, and may use earlier ones.
    fn add(&mut self, file: Arc<SourceFile>) {
        let read = EnvFile::read(&file.body());
        self.errors.extend(read.errors);
        self.nameless.extend(read.nameless);
        self.add_entries(read.entries);
        self.files.push(file);
    }

    fn add_entries(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            let name = entry.name.as_str();
            let value = match entry.value {
                Some(value) if entry.interpolated && value.contains('$') => {
                    let (text, faults, warned) = {
                        let mut interpolation = Interpolation::new(self, self.unset());
                        let text = interpolation.substitute(&value, 0);
                        (text, interpolation.faults, interpolation.warned)
                    };
                    if self.unset() == Unset::Blank {
                        self.warned.extend(warned);
                    }
                    self.errors.extend(faults.into_iter().map(|f| SyntaxError {
                        span: f.span,
                        message: f.message,
                        help: f.help,
                    }));
                    (text, Some(value.span()))
                }
                Some(value) => {
                    let span = value.span();
                    (value, Some(span))
                }
                // A bare name passes on what is set already.
                None => match self.get(name) {
                    Some((text, place)) => {
                        (text.clone(), place.or_else(|| Some(entry.name.span())))
                    }
                    None => continue,
                },
            };
            Arc::make_mut(&mut self.variables.values).insert(name.to_owned(), value);
        }
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
                    prose!("a line without a name")
                } else {
                    prose!("the name `{}` has a blank in it", Quote::name(name))
                };
                let help = "with `format: raw` every line is `NAME=value`";
                self.errors.push(SyntaxError::new(body.span_of(start..end), message).help(help));
                break;
            }
            let value = match text.split_once('=') {
                Some((name, _)) => {
                    let value = body.slice(start + name.len() + 1..end);
                    let span = value.span();
                    (name, (value, Some(span)))
                }
                None => match self.get(text) {
                    Some((value, place)) => {
                        (text, (value.clone(), place.or_else(|| Some(body.span_of(start..end)))))
                    }
                    None => continue,
                },
            };
            Arc::make_mut(&mut self.variables.values).insert(value.0.to_owned(), value.1);
        }
        self.files.push(file);
        Ok(())
    }
}
