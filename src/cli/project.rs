//! A project as `docker compose` would find and load it: the files, the variables, the folder that is not left.

use super::find::{LoadInput, ProjectFinder, clean, named_root, said, search};
use super::targets::{common, open_files};
use super::{FINDINGS, TROUBLE};
use crate::facts::{FileKind, file_names};
use crate::model::compose::{self, Project, Request};
use crate::report::SafeText;
use crate::source::{DiskFiles, Limit, RelPath, Sources};
use std::path::{Path, PathBuf};

/// What is asked for, as on the command line.
pub(super) struct Wanted<'a> {
    /// The absolute path of the folder it is called in.
    pub(super) here: &'a Path,
    /// The environment.
    pub(super) vars: &'a [(String, String)],
    /// `-f`, in order; none to look for the default files.
    pub(super) files: &'a [PathBuf],
    /// `--profile`.
    pub(super) profiles: &'a [String],
    /// `--env-file`, in order; none for `.env`.
    pub(super) env_files: &'a [PathBuf],
    /// `--project-name`.
    pub(super) project_name: Option<&'a str>,
}

/// A project that was loaded.
pub(super) struct Loaded {
    pub(super) project: Project,
    /// The profiles it is loaded with.
    pub(super) profiles: Vec<String>,
}

impl Wanted<'_> {
    fn absolute(&self, paths: &[PathBuf]) -> Vec<PathBuf> {
        paths.iter().map(|f| clean(&self.here.join(f))).collect()
    }

    /// The home of whoever calls.
    pub(super) fn home(&self) -> Option<&str> {
        self.vars.iter().find(|(name, _)| name == "HOME").map(|(_, home)| home.as_str())
    }

    /// The folder that is not left. It must be known before anything is read, so the files are looked for first by
    /// their names alone.
    pub(super) fn root(&self) -> PathBuf {
        let named = self.absolute(self.files);
        let guess = if named.is_empty() {
            search(self.here).map(|f| vec![f]).unwrap_or_default()
        } else {
            named
        };
        let env_files = self.absolute(self.env_files);
        let files = guess.iter().chain(&env_files).map(|f| (f.as_path(), true));
        let roots = files
            .chain([(self.here, false)])
            .map(|(path, file)| named_root(path, file, self.home()));
        roots.reduce(|a, b| common(&a, &b)).unwrap_or_else(|| self.here.to_path_buf())
    }

    /// The files below `root`.
    pub(super) fn files(root: &Path) -> Result<DiskFiles, (u8, SafeText)> {
        open_files(root).map_err(|why| (TROUBLE, why))
    }

    /// Loads the project. The error is the exit status and the reason.
    pub(super) fn load(
        &self,
        root: &Path,
        sources: &Sources<'_>,
    ) -> Result<Loaded, (u8, SafeText)> {
        let place = ProjectFinder { root, here: self.here, sources };
        // Compose ends with 1 as well where a file it was told of cannot be used.
        let found = place.find(
            self.absolute(self.files),
            &self.absolute(self.env_files),
            self.vars.to_vec(),
        );
        let LoadInput { paths, env } = found.map_err(|why| (FINDINGS, why))?;
        let Some(first) = paths.first() else { return Err((TROUBLE, nothing())) };
        if let Some(outside) = paths.iter().find(|p| !p.starts_with(root)) {
            return Err((FINDINGS, said(outside, crate::source::ReadError::Outside.reason())));
        }
        let rel: Option<Vec<RelPath>> = paths.iter().map(|p| place.below_root(p)).collect();
        let folder = first.parent().and_then(|p| place.below_root(p));
        let (Some(rel), Some(folder)) = (rel, folder) else {
            return Err((TROUBLE, SafeText::own("the path is not UTF-8")));
        };
        for (path, rel) in paths.iter().zip(&rel) {
            if let Err(why) = sources.read(rel, Limit::Config) {
                return Err((FINDINGS, said(path, why.reason())));
            }
        }
        // `--profile`, or else `COMPOSE_PROFILES`.
        let profiles = match self.profiles {
            [] => env.get("COMPOSE_PROFILES").map_or_else(Vec::new, |(all, _)| {
                all.split(',').map(|p| p.trim().to_owned()).collect()
            }),
            named => named.to_vec(),
        };
        let project = compose::load_with(
            sources,
            Request {
                folder: &folder,
                paths: &rel,
                env,
                name: self.project_name.filter(|n| !n.is_empty()).map(str::to_owned),
                folder_name: first
                    .parent()
                    .and_then(Path::file_name)
                    .map(|n| n.to_string_lossy().into_owned()),
                root: Some(root.to_string_lossy().trim_end_matches('/').to_owned()),
                profiles: Some(profiles.clone()),
            },
        );
        Ok(Loaded { project, profiles })
    }
}

/// The environment of whoever calls.
#[allow(
    clippy::disallowed_methods,
    reason = "Compose interpolates from the environment it runs in, and so do these commands"
)]
pub(super) fn shell() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// There is no Compose file.
fn nothing() -> SafeText {
    let mut text = SafeText::own("no Compose file found: looked for ");
    let names = file_names(FileKind::Compose);
    for (number, name) in names.iter().enumerate() {
        let joint = match number {
            0 => "",
            n if n + 1 == names.len() => " and ",
            _ => ", ",
        };
        text.push_own(joint).push_own(name);
    }
    text.push_own(" here and in the folders above");
    text
}
