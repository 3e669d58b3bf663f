//! The variables Compose interpolates from, and env files as containers get them.

use crate::source::{EntryKind, Limit, ReadError, RelPath, SourceFile, Sources, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::dotenv::EnvFile;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Variables from env files, each with the place of its value. The environment of whoever runs us
/// is no part of it: a checkout means the same everywhere.
#[derive(Debug, Clone, Default)]
pub struct DotEnv {
    values: BTreeMap<String, (String, Span)>,
    /// Variables that its files may use, but that it does not pass on.
    base: BTreeMap<String, (String, Span)>,
    /// The files it was read from.
    pub files: Vec<Arc<SourceFile>>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

impl DotEnv {
    /// Reads the `.env` file of a project folder, where there is one.
    pub fn of_folder(sources: &Sources<'_>, folder: &RelPath) -> Self {
        let mut env = Self::default();
        if let Some(path) = folder.join(".env")
            && sources.kind(&path) != EntryKind::Missing
            && let Ok(file) = sources.read(&path, Limit::Code)
        {
            env.add(file);
        }
        env
    }

    /// Nothing yet; files may use the variables of `base` (an `env_file` those of the project's `.env`).
    pub fn over(base: &Self) -> Self {
        Self { base: base.values.clone(), ..Self::default() }
    }

    /// Reads one more env file.
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
            let Some(value) = entry.value else { continue };
            let text = if entry.interpolated && value.contains('$') {
                let mut vars = Vec::new();
                let mut errors = Vec::new();
                super::interpolate::substitute(&value, self, &mut vars, &mut errors, 0).as_str().to_owned()
            } else {
                value.as_str().to_owned()
            };
            self.values.insert(entry.name.as_str().to_owned(), (text, value.span()));
        }
        self.files.push(file);
    }

    /// A variable's text and the place of its value.
    pub fn get(&self, name: &str) -> Option<(&str, Span)> {
        self.values.get(name).or_else(|| self.base.get(name)).map(|(value, span)| (value.as_str(), *span))
    }

    /// Every variable, sorted by name, with its text at the place of its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Text)> {
        self.values.iter().map(|(name, (value, span))| (name.as_str(), Text::derived(value.clone(), *span)))
    }
}
