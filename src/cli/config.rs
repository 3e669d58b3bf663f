//! `compose-doctor config`: finds the files and variables as `docker compose` does, and gives the project.

use super::args::{ConfigArgs, ConfigFormat};
use super::find::{Found, Place, clean, named_root, said, search};
use super::output::{err, out};
use super::targets::common;
use super::{CLEAN, FINDINGS, TROUBLE, failure};
use crate::finding::Report;
use crate::model::compose::{self, DotEnv, Effective, Form, Frame, Project, Request};
use crate::model::secrets::secret_name;
use crate::report::{self, Look, SafeText};
use crate::rules;
use crate::source::{DiskFiles, RelPath, Sources, Span};
use std::path::{Path, PathBuf};

/// A call of `config`, with everything that it would otherwise ask the machine for.
#[derive(Debug, Clone, Default)]
pub struct ConfigCall {
    /// The absolute path of the folder it is called in.
    pub here: PathBuf,
    /// The environment.
    pub vars: Vec<(String, String)>,
    /// `-f`, in order; none to look for the default files.
    pub files: Vec<PathBuf>,
    /// `--profile`.
    pub profiles: Vec<String>,
    /// `--env-file`, in order; none for `.env`.
    pub env_files: Vec<PathBuf>,
    /// `--project-name`.
    pub project_name: Option<String>,
    /// JSON, not YAML.
    pub json: bool,
}

/// The most variables that are warned about.
const MOST_WARNINGS: usize = 100;

/// What a call of `config` gives.
#[derive(Debug)]
pub struct ConfigAnswer {
    /// The project, for standard output; empty where Compose refuses it.
    pub out: SafeText,
    /// What is wrong, and the variables that are not set, for standard error.
    pub err: SafeText,
    /// 0 Compose takes the project, 1 it does not, 2 there is none.
    pub status: u8,
}

/// Prints the project.
pub(super) fn run(args: &ConfigArgs, look: Look) -> u8 {
    let here = match std::path::absolute(".") {
        Ok(here) => here,
        Err(why) => return super::fail(&SafeText::outside(&format!("the current folder is not known: {why}"))),
    };
    let call = ConfigCall {
        here,
        vars: shell(),
        files: args.files.clone(),
        profiles: args.profiles.clone(),
        env_files: args.env_files.clone(),
        project_name: args.project_name.clone(),
        json: args.format == ConfigFormat::Json,
    };
    let answer = config(&call, look);
    err(&answer.err);
    if args.quiet || answer.status != CLEAN { answer.status } else { out(&answer.out, answer.status) }
}

/// Finds, loads and renders a project as `docker compose config` does.
pub fn config(call: &ConfigCall, look: Look) -> ConfigAnswer {
    let ended = |status: u8, why: &SafeText| ConfigAnswer { out: SafeText::new(), err: failure(why), status };
    // The root must be known before anything is read, so the files are looked for first by their names alone.
    let named: Vec<PathBuf> = call.files.iter().map(|f| clean(&call.here.join(f))).collect();
    let guess = if named.is_empty() { search(&call.here).map(|f| vec![f]).unwrap_or_default() } else { named.clone() };
    let env_files: Vec<PathBuf> = call.env_files.iter().map(|f| clean(&call.here.join(f))).collect();
    let home = call.vars.iter().find(|(name, _)| name == "HOME").map(|(_, home)| home.as_str());
    let files = guess.iter().chain(&env_files).map(|f| (f.as_path(), true));
    let roots = files.chain([(call.here.as_path(), false)]).map(|(path, file)| named_root(path, file, home));
    let root = roots.reduce(|a, b| common(&a, &b)).unwrap_or_else(|| call.here.clone());
    let files = match DiskFiles::new(&root) {
        Ok(files) => files,
        Err(why) => return ended(TROUBLE, &SafeText::outside(&format!("the folder cannot be opened: {why}"))),
    };
    let sources = Sources::new(&files);
    let place = Place { root: &root, here: &call.here, sources: &sources };
    let Found { paths, env } = match place.find(named, &env_files, call.vars.clone()) {
        Ok(found) => found,
        // Compose ends with 1 as well where a file it was told of cannot be used.
        Err(why) => return ended(FINDINGS, &why),
    };
    let Some(first) = paths.first() else { return ended(TROUBLE, &SafeText::own(NOTHING)) };
    if let Some(outside) = paths.iter().find(|p| !p.starts_with(&root)) {
        return ended(FINDINGS, &said(outside, &crate::source::ReadError::Outside.to_string()));
    }
    let rel: Option<Vec<RelPath>> = paths.iter().map(|p| place.below(p)).collect();
    let folder = first.parent().and_then(|p| place.below(p));
    let (Some(rel), Some(folder)) = (rel, folder) else { return ended(TROUBLE, &SafeText::own("the path is not UTF-8")) };
    for (path, rel) in paths.iter().zip(&rel) {
        if let Err(why) = sources.read(rel, crate::source::Limit::Config) {
            return ended(FINDINGS, &said(path, &why.to_string()));
        }
    }
    let profiles = profiles(call, &env);
    let root = root.to_string_lossy();
    let root = root.trim_end_matches('/');
    let project = compose::load_with(
        &sources,
        Request {
            folder: &folder,
            paths: &rel,
            env,
            name: call.project_name.clone().filter(|n| !n.is_empty()),
            folder_name: first.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned()),
            root: Some(root.to_owned()),
            profiles: Some(profiles.clone()),
        },
    );
    let form = if call.json { Form::Json } else { Form::Yaml };
    render(&project, &sources, &profiles, &Frame { root, home, form }, look)
}

const NOTHING: &str =
    "no Compose file found: looked for compose.yaml, compose.yml, docker-compose.yml and docker-compose.yaml here and in the folders above";

/// `--profile`, or else `COMPOSE_PROFILES`.
fn profiles(call: &ConfigCall, env: &DotEnv) -> Vec<String> {
    if !call.profiles.is_empty() {
        return call.profiles.clone();
    }
    env.get("COMPOSE_PROFILES").map_or_else(Vec::new, |(all, _)| all.split(',').map(|p| p.trim().to_owned()).collect())
}

fn render(project: &Project, sources: &Sources<'_>, profiles: &[String], frame: &Frame<'_>, look: Look) -> ConfigAnswer {
    let effective = project.effective(sources, profiles, frame);
    let findings = rules::loading(project, &effective);
    let report = Report { folder: Some(project.folder.clone()), findings, secrets: secrets(project), ..Report::default() };
    let mut err = report::findings(&report, sources, look);
    err.push(&warnings(project, &effective, sources));
    // What is printed without its variables would not be the project.
    let unusable = project.dotenv.unusable.first();
    if let Some((path, why)) = unusable {
        err.push(&failure(&said(Path::new(path.as_str()), &why.to_string())));
    }
    let out = match frame.form {
        _ if unusable.is_some() || rules::refused(project, &effective) => {
            return ConfigAnswer { out: SafeText::new(), err, status: FINDINGS };
        }
        Form::Json => report::config_json(&effective.out),
        Form::Yaml => report::config_yaml(&effective.out),
    };
    ConfigAnswer { out, err, status: CLEAN }
}

/// The places of secrets' texts, which no complaint repeats. What is printed holds them, as Compose's own does.
fn secrets(project: &Project) -> Vec<Span> {
    let variables = project.dotenv.iter().filter(|(name, _)| secret_name(name)).map(|(_, text)| text.span());
    let environment = project.services.iter().flat_map(|s| &s.environment).filter(|v| secret_name(v.name.as_str()));
    variables.chain(environment.filter_map(|v| v.value.as_ref().filter(|s| s.literal()).map(|s| s.text.span()))).collect()
}

/// The variables that are not set, each with the first place that wants it.
fn warnings(project: &Project, effective: &Effective, sources: &Sources<'_>) -> SafeText {
    let mut text = SafeText::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut unset = project.unset.iter().chain(&effective.unset).filter(|(name, _)| seen.insert(name.clone()));
    for (name, span) in unset.by_ref().take(MOST_WARNINGS) {
        let file = sources.file(span.file);
        let at = file.position(span.start);
        let path = file.path.below(&project.folder).filter(|p| !p.is_empty()).unwrap_or(file.path.as_str());
        text.push(&SafeText::outside(path)).push_own(":").push_number(at.line as usize).push_own(":").push_number(at.column as usize);
        text.push_own(": warning: the variable `").push(&SafeText::outside(name)).push_own("` is not set, and is blank here\n");
    }
    match unset.count() {
        0 => {}
        more => {
            text.push_own("warning: ").push_number(more).push_own(" more variables are not set, and are blank here\n");
        }
    }
    text
}

#[allow(clippy::disallowed_methods, reason = "Compose interpolates from the environment it runs in, and so does this command")]
fn shell() -> Vec<(String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}
