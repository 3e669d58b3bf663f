//! Which files and variables a project is made of, found in the order in which `docker compose` finds them.

use super::targets::root_of;
use crate::facts::{FileKind, file_names};
use crate::finding::Prose;
use crate::model::compose::DotEnv;
use crate::report::SafeText;
use crate::source::{RelPath, Sources};
use std::path::{Path, PathBuf};

/// What is to be loaded.
pub(super) struct LoadInput {
    /// The files, one laid over the other.
    pub(super) paths: Vec<PathBuf>,
    /// The variables.
    pub(super) env: DotEnv,
}

/// Where files are looked for.
pub(super) struct ProjectFinder<'p, 's> {
    pub(super) root: &'p Path,
    pub(super) here: &'p Path,
    pub(super) sources: &'p Sources<'s>,
}

impl ProjectFinder<'_, '_> {
    /// A path as seen from the root.
    pub(super) fn below_root(&self, path: &Path) -> Option<RelPath> {
        let rest = path.strip_prefix(self.root).ok()?;
        let parts: Option<Vec<&str>> = rest.components().map(|c| c.as_os_str().to_str()).collect();
        RelPath::new(&parts?.join("/"))
    }

    /// Files and variables, in the order in which Compose finds them: the shell, `.env` here (or the env files
    /// named), `COMPOSE_FILE`, the default names here and above, `.env` beside the file.
    pub(super) fn find(
        &self,
        named: Vec<PathBuf>,
        env_files: &[PathBuf],
        mut vars: Vec<(String, String)>,
    ) -> Result<LoadInput, SafeText> {
        if !vars.iter().any(|(name, _)| name == "PWD") {
            vars.push(("PWD".into(), self.here.to_string_lossy().into_owned()));
        }
        let mut env = DotEnv::of_shell(vars);
        let no_default = env
            .get("COMPOSE_DISABLE_ENV_FILE")
            .is_some_and(|(v, _)| matches!(v.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True"));
        let read = |env: &mut DotEnv, folder: &Path| -> Result<(), SafeText> {
            if env_files.is_empty() {
                if let Some(folder) = self.below_root(folder).filter(|_| !no_default) {
                    env.add_folder(self.sources, &folder);
                }
                return Ok(());
            }
            let paths: Option<Vec<RelPath>> =
                env_files.iter().map(|f| self.below_root(f)).collect();
            let read = env.add_files(self.sources, &paths.unwrap_or_default());
            read.map_err(|(path, why)| said(Path::new(path.as_str()), why.reason()))
        };
        let mut files = named;
        let first = files.first().and_then(|f| f.parent()).unwrap_or(self.here).to_path_buf();
        read(&mut env, &first)?;
        if files.is_empty() {
            let separator = env
                .get("COMPOSE_PATH_SEPARATOR")
                .map(|(s, _)| s.as_str().to_owned())
                .filter(|s| !s.is_empty())
                .unwrap_or_else(|| ":".into());
            if let Some((list, _)) = env.get("COMPOSE_FILE") {
                files = list.split(separator.as_str()).map(|f| clean(&self.here.join(f))).collect();
            } else if let Some(file) = search(self.here) {
                let folder = file.parent().unwrap_or(self.here).to_path_buf();
                files.push(file);
                files.extend(there(&folder, file_names(FileKind::Override)));
            }
            if let Some(folder) = files.first().and_then(|f| f.parent()).map(Path::to_path_buf)
                && env_files.is_empty()
                && folder != first
            {
                read(&mut env, &folder)?;
            }
        }
        Ok(LoadInput { paths: files, env })
    }
}

/// The folder that is not left: the git work tree. Without one it is the folder above, since a Compose file in
/// `docker/` with `../.env` is a usual layout; but never somebody's home or the whole disk.
#[allow(
    clippy::disallowed_methods,
    reason = "the root is found before there is anything to read through"
)]
pub(super) fn named_root(path: &Path, file: bool, home: Option<&str>) -> PathBuf {
    let folder = root_of(path, file);
    let inside = folder.join(".git").exists();
    match folder.parent() {
        Some(above)
            if !inside && above.parent().is_some() && home.map(Path::new) != Some(above) =>
        {
            above.to_path_buf()
        }
        _ => folder,
    }
}

/// The first of some names that is there.
#[allow(
    clippy::disallowed_methods,
    reason = "the command line is where paths come in; files are read through `source`"
)]
fn there(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    names.iter().map(|n| folder.join(n)).find(|p| p.exists())
}

/// The default file in a folder or the nearest one above it.
pub(super) fn search(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find_map(|f| there(f, file_names(FileKind::Compose)))
}

/// A path without `.` and `..`, by its text alone.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// A path, and what is wrong with it.
pub(super) fn said(path: &Path, why: impl Into<Prose>) -> SafeText {
    let mut text = SafeText::own("`");
    text.push(&SafeText::outside(&path.to_string_lossy()))
        .push_own("`: ")
        .push(&SafeText::plain(&why.into()));
    text
}
