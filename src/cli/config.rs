//! `compose-doctor config`: finds the files and variables as `docker compose` does, and prints the project.

use super::args::{ConfigArgs, ConfigFormat};
use super::output::{err, out};
use super::targets::{common, root_of};
use super::{CLEAN, FINDINGS, fail};
use crate::finding::Report;
use crate::model::compose::{self, DotEnv, Form, Frame, Project, Request};
use crate::report::{self, Look, SafeText};
use crate::rules;
use crate::source::{DiskFiles, RelPath, Sources};
use std::path::{Path, PathBuf};

/// The names Compose looks for, in its order (compose-go 2.9.1; Compose specification, "Compose file").
const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// Those of the file that is laid over it.
const OVERRIDES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// What is to be loaded.
struct Found {
    sources: Vec<PathBuf>,
    env: DotEnv,
}

/// Prints the project.
pub(super) fn run(args: &ConfigArgs, look: Look) -> u8 {
    let here = match std::path::absolute(".") {
        Ok(here) => here,
        Err(why) => return fail(&SafeText::outside(&format!("the current folder is not known: {why}"))),
    };
    // The root must be known before anything is read, so the files are looked for first by their names alone.
    let named: Vec<PathBuf> = args.files.iter().map(|f| clean(&here.join(f))).collect();
    let guess = if named.is_empty() { search(&here).map(|f| vec![f]).unwrap_or_default() } else { named.clone() };
    let env_files: Vec<PathBuf> = args.env_files.iter().map(|f| clean(&here.join(f))).collect();
    let files = guess.iter().chain(&env_files).map(|f| (f.as_path(), true));
    let root = files.chain([(here.as_path(), false)]).map(|(path, file)| root(path, file)).reduce(|a, b| common(&a, &b));
    let root = root.unwrap_or_else(|| here.clone());
    let files = match DiskFiles::new(&root) {
        Ok(files) => files,
        Err(why) => return fail(&SafeText::outside(&format!("the folder cannot be opened: {why}"))),
    };
    let sources = Sources::new(&files);
    let place = Place { root: &root, here: &here, sources: &sources };
    let Found { sources: paths, env } = match place.find(named, &env_files) {
        Ok(found) => found,
        Err(why) => return fail_as_compose(&why),
    };
    let Some(first) = paths.first() else {
        return fail(&SafeText::own(
            "no Compose file found: looked for compose.yaml, compose.yml, docker-compose.yml and docker-compose.yaml here and in the folders above",
        ));
    };
    let Some(folder) = first.parent().and_then(|p| place.below(p)) else { return fail(&SafeText::own("the path is not UTF-8")) };
    let rel: Option<Vec<RelPath>> = paths.iter().map(|p| place.below(p)).collect();
    let Some(rel) = rel else { return fail(&SafeText::own("the path is not UTF-8")) };
    for (path, rel) in paths.iter().zip(&rel) {
        if let Err(why) = sources.read(rel, crate::source::Limit::Config) {
            return fail_as_compose(&said(path, &why.to_string()));
        }
    }
    let profiles = if args.profiles.is_empty() {
        env.get("COMPOSE_PROFILES").map_or_else(Vec::new, |(p, _)| p.split(',').map(|p| p.trim().to_owned()).collect())
    } else {
        args.profiles.clone()
    };
    let folder_name = first.parent().and_then(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned());
    let name = args.project_name.clone().filter(|n| !n.is_empty());
    let root = root.to_string_lossy();
    let root = root.trim_end_matches('/');
    let project = compose::load_with(
        &sources,
        Request { folder: &folder, paths: &rel, env, name, folder_name, root: Some(root.to_owned()), profiles: Some(profiles.clone()) },
    );
    print(args, &project, &sources, &profiles, root, look)
}

fn print(args: &ConfigArgs, project: &Project, sources: &Sources<'_>, profiles: &[String], root: &str, look: Look) -> u8 {
    let form = match args.format {
        ConfigFormat::Json => Form::Json,
        ConfigFormat::Yaml => Form::Yaml,
    };
    let home = variable("HOME");
    let effective = project.effective(sources, profiles, &Frame { root, home: home.as_deref(), form });
    let findings = rules::loading(project, &effective);
    let refused = rules::refused(project, &effective);
    let report = Report { folder: Some(project.folder.clone()), findings, ..Report::default() };
    err(&report::findings(&report, sources, look));
    err(&warnings(project, sources));
    if refused {
        return FINDINGS;
    }
    if args.quiet {
        return CLEAN;
    }
    let text = match args.format {
        ConfigFormat::Json => report::config_json(&effective.out),
        ConfigFormat::Yaml => report::config_yaml(&effective.out),
    };
    out(&text, CLEAN)
}

/// The variables that are not set, each with the first place that wants it.
fn warnings(project: &Project, sources: &Sources<'_>) -> SafeText {
    let mut text = SafeText::new();
    let mut seen = std::collections::BTreeSet::new();
    for (name, span) in project.unset.iter().filter(|(name, _)| seen.insert(name.clone())) {
        let file = sources.file(span.file);
        let at = file.position(span.start);
        text.push(&SafeText::outside(file.path.as_str()))
            .push_own(":")
            .push_number(at.line as usize)
            .push_own(":")
            .push_number(at.column as usize);
        text.push_own(": warning: the variable `").push(&SafeText::outside(name)).push_own("` is not set, and is blank here\n");
    }
    text
}

fn said(path: &Path, why: &str) -> SafeText {
    let mut text = SafeText::own("`");
    text.push(&SafeText::outside(&path.to_string_lossy())).push_own("`: ").push(&SafeText::outside(why));
    text
}

/// Compose ends with 1 as well where a file it was told of cannot be used.
fn fail_as_compose(why: &SafeText) -> u8 {
    fail(why);
    FINDINGS
}

/// Where files are looked for.
struct Place<'p, 's> {
    root: &'p Path,
    here: &'p Path,
    sources: &'p Sources<'s>,
}

impl Place<'_, '_> {
    fn below(&self, path: &Path) -> Option<RelPath> {
        let rest = path.strip_prefix(self.root).ok()?;
        let parts: Option<Vec<&str>> = rest.components().map(|c| c.as_os_str().to_str()).collect();
        RelPath::new(&parts?.join("/"))
    }

    /// Files and variables, in the order in which Compose finds them: the shell, `.env` here (or the env files
    /// named), `COMPOSE_FILE`, the default names here and above, `.env` beside the file.
    fn find(&self, named: Vec<PathBuf>, env_files: &[PathBuf]) -> Result<Found, SafeText> {
        let mut vars: Vec<(String, String)> = shell();
        if !vars.iter().any(|(name, _)| name == "PWD") {
            vars.push(("PWD".into(), self.here.to_string_lossy().into_owned()));
        }
        let mut env = DotEnv::of_shell(vars);
        let no_default = env.get("COMPOSE_DISABLE_ENV_FILE").is_some_and(|(v, _)| matches!(v, "1" | "t" | "T" | "true" | "TRUE" | "True"));
        let read = |env: &mut DotEnv, folder: &Path| -> Result<(), SafeText> {
            if env_files.is_empty() {
                if let Some(folder) = self.below(folder).filter(|_| !no_default) {
                    env.add_folder(self.sources, &folder);
                }
                return Ok(());
            }
            let paths: Option<Vec<RelPath>> = env_files.iter().map(|f| self.below(f)).collect();
            let read = env.add_files(self.sources, &paths.unwrap_or_default());
            read.map_err(|(path, why)| said(Path::new(path.as_str()), &why.to_string()))
        };
        let mut files = named;
        let first = files.first().and_then(|f| f.parent()).unwrap_or(self.here).to_path_buf();
        read(&mut env, &first)?;
        if files.is_empty() {
            let separator =
                env.get("COMPOSE_PATH_SEPARATOR").map(|(s, _)| s.to_owned()).filter(|s| !s.is_empty()).unwrap_or_else(|| ":".into());
            if let Some((list, _)) = env.get("COMPOSE_FILE") {
                files = list.split(separator.as_str()).map(|f| clean(&self.here.join(f))).collect();
            } else if let Some(file) = search(self.here) {
                let folder = file.parent().unwrap_or(self.here).to_path_buf();
                files.push(file);
                files.extend(there(&folder, &OVERRIDES));
            }
            if let Some(folder) = files.first().and_then(|f| f.parent()).map(Path::to_path_buf)
                && env_files.is_empty()
                && folder != first
            {
                read(&mut env, &folder)?;
            }
        }
        Ok(Found { sources: files, env })
    }
}

/// The folder that is not left: the git work tree. Without one it is the folder above, since a Compose file in
/// `docker/` with `../.env` is a usual layout; but never somebody's home or the whole disk.
fn root(path: &Path, file: bool) -> PathBuf {
    let folder = root_of(path, file);
    let inside = folder.join(".git").exists();
    let home = variable("HOME").map(PathBuf::from);
    match folder.parent() {
        Some(above) if !inside && above.parent().is_some() && home.as_deref() != Some(above) => above.to_path_buf(),
        _ => folder,
    }
}

/// The first of some names that is there.
#[allow(clippy::disallowed_methods, reason = "the command line is where paths come in; files are read through `source`")]
fn there(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    names.iter().map(|n| folder.join(n)).find(|p| p.exists())
}

/// The default file in a folder or the nearest one above it.
fn search(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find_map(|f| there(f, &NAMES))
}

/// A path without `.` and `..`, by its text alone.
fn clean(path: &Path) -> PathBuf {
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

#[allow(clippy::disallowed_methods, reason = "Compose interpolates from the environment it runs in, and so does this command")]
fn shell() -> Vec<(String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

#[allow(clippy::disallowed_methods, reason = "`~` in a path stands for the home of whoever runs the command")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
