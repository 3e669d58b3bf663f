//! `compose-doctor config`: finds the files and variables as `docker compose` does, and gives the project.

use super::args::{ConfigArgs, ConfigFormat};
use super::find::said;
use super::output::{err, out};
use super::project::{Loaded, Wanted, shell};
use super::{CLEAN, FINDINGS, failure};
use crate::facts::hidden_name;
use crate::finding::{Quote, Report, Severity, prose};
use crate::model::compose::{Effective, Form, Frame, Project};
use crate::report::{self, RenderOptions, SafeText};
use crate::rules;
use crate::source::{Sources, Span};
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
const MAX_WARNINGS: usize = 100;

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
pub(super) fn run(args: &ConfigArgs, options: RenderOptions) -> u8 {
    let here = match std::path::absolute(".") {
        Ok(here) => here,
        Err(why) => {
            return super::fail(&SafeText::plain(&prose!(
                "the current folder is not known: {}",
                Quote::value(&why.to_string())
            )));
        }
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
    let answer = config(&call, options);
    err(&answer.err);
    if args.quiet || answer.status != CLEAN {
        answer.status
    } else {
        out(&answer.out, answer.status)
    }
}

/// Finds, loads and renders a project as `docker compose config` does.
pub fn config(call: &ConfigCall, options: RenderOptions) -> ConfigAnswer {
    let ended = |(status, why): (u8, SafeText)| ConfigAnswer {
        out: SafeText::new(),
        err: failure(&why),
        status,
    };
    let wanted = Wanted {
        here: &call.here,
        vars: &call.vars,
        files: &call.files,
        profiles: &call.profiles,
        env_files: &call.env_files,
        project_name: call.project_name.as_deref(),
    };
    let root = wanted.root();
    let files = match Wanted::files(&root) {
        Ok(files) => files,
        Err(why) => return ended(why),
    };
    let sources = Sources::new(&files);
    let Loaded { project, profiles } = match wanted.load(&root, &sources) {
        Ok(loaded) => loaded,
        Err(why) => return ended(why),
    };
    let root = root.to_string_lossy();
    let root = root.trim_end_matches('/');
    let form = if call.json { Form::Json } else { Form::Yaml };
    render(&project, &sources, &profiles, &Frame { root, home: wanted.home(), form }, options)
}

fn render(
    project: &Project,
    sources: &Sources<'_>,
    profiles: &[String],
    frame: &Frame<'_>,
    options: RenderOptions,
) -> ConfigAnswer {
    let effective = project.effective(sources, profiles, frame);
    let mut findings = rules::loading(project, &effective);
    // The variables are those of this call: what Compose refuses for one that is missing is no guess here.
    if rules::refused(project, &effective) {
        let missing = rules::meta::REQUIRED_VAR_MISSING.name;
        findings
            .iter_mut()
            .filter(|f| f.rule.name == missing)
            .for_each(|f| f.severity = Severity::Error);
    }
    let report = Report {
        folder: Some(project.folder.clone()),
        findings,
        secrets: secrets(project),
        ..Report::default()
    };
    let mut err = report::findings(&report, sources, options);
    err.push(&warnings(project, &effective, sources));
    // What is printed without its variables would not be the project.
    let unusable = project.dotenv.unusable.first();
    if let Some((path, why)) = unusable {
        err.push(&failure(&said(Path::new(path.as_str()), why.reason())));
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
    let variables =
        project.dotenv.iter().filter(|(name, _)| hidden_name(name)).map(|(_, text)| text.span());
    let environment = project
        .services
        .iter()
        .flat_map(|s| &s.environment)
        .filter(|v| hidden_name(v.name.as_str()));
    variables
        .chain(
            environment
                .filter_map(|v| v.value.as_ref().filter(|s| s.literal()).map(|s| s.text.span())),
        )
        .collect()
}

/// The variables that are not set, each with the first place that wants it.
fn warnings(project: &Project, effective: &Effective, sources: &Sources<'_>) -> SafeText {
    let mut text = SafeText::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut unset =
        project.unset.iter().chain(&effective.unset).filter(|(name, _)| seen.insert(name.clone()));
    for (name, span) in unset.by_ref().take(MAX_WARNINGS) {
        let file = sources.file(span.file);
        let at = file.position(span.start);
        let path = file
            .path
            .relative_to(&project.folder)
            .filter(|p| !p.is_empty())
            .unwrap_or(file.path.as_str());
        text.push(&SafeText::outside(path))
            .push_own(":")
            .push_number(at.line as usize)
            .push_own(":")
            .push_number(at.column as usize);
        // What looks like a variable may be a part of a password with a dollar sign in it.
        if report::is_masked(&file, span.start) {
            text.push_own(
                ": warning: a variable in this secret is not set, and is blank here; for a `$` as it is put `'` around the value\n",
            );
            continue;
        }
        text.push_own(": warning: the variable `")
            .push(&SafeText::outside(name))
            .push_own("` is not set, and is blank here\n");
    }
    match unset.count() {
        0 => {}
        more => {
            text.push_own("warning: ")
                .push_number(more)
                .push_own(" more variables are not set, and are blank here\n");
        }
    }
    text
}
