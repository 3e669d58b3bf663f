//! `compose-doctor env`: for each service every variable, who sets it, who reads it, and what is missing.

use super::args::{EnvArgs, EnvFormat};
use super::env_template;
use super::output::{err, out};
use super::project::{Loaded, Wanted, shell};
use super::suggest::did_you_mean;
use super::{CLEAN, FINDINGS, TROUBLE, failure};
use crate::finding::{Prose, Quote, Report, StackInfo, State, prose};
use crate::model::instructions::Instructions;
use crate::model::stack::repository::is_dockerfile_name;
use crate::model::stack::{Shared, Stack};
use crate::report::{self, RenderOptions, SafeText};
use crate::source::{Sources, discover};
use std::path::{Path, PathBuf};

/// A call of `env`, with everything that it would otherwise ask the machine for.
#[derive(Debug, Clone, Default)]
pub struct EnvCall {
    /// The absolute path of the folder it is called in.
    pub here: PathBuf,
    /// The environment.
    pub vars: Vec<(String, String)>,
    /// Services to show; none for all.
    pub services: Vec<String>,
    /// `-f`, in order; none to look for the default files.
    pub files: Vec<PathBuf>,
    /// `--env-file`, in order; none for `.env`.
    pub env_files: Vec<PathBuf>,
    /// JSON, not a table.
    pub json: bool,
    /// What a template has and lacks, instead of the ledger: the file that is named, or all templates.
    pub template: Option<Option<PathBuf>>,
}

/// What a call of `env` gives.
#[derive(Debug)]
pub struct EnvAnswer {
    /// The ledger, for standard output.
    pub out: SafeText,
    /// What is wrong with the call, for standard error.
    pub err: SafeText,
    /// 0 nothing is missing, 1 something is, or a file cannot be used, 2 a wrong call.
    pub status: u8,
}

/// Prints the ledger.
pub(super) fn run(args: &EnvArgs, options: RenderOptions) -> u8 {
    let here = match std::path::absolute(".") {
        Ok(here) => here,
        Err(why) => {
            return super::fail(&SafeText::plain(&prose!(
                "the current folder is not known: {}",
                Quote::value(&why.to_string())
            )));
        }
    };
    let call = EnvCall {
        here,
        vars: shell(),
        services: args.services.clone(),
        files: args.files.clone(),
        env_files: args.env_files.clone(),
        json: args.format == EnvFormat::Json,
        template: args.check_template.clone(),
    };
    if let Some(to) = &args.write_template {
        return match env_template::write(&call, to.as_deref(), args.force) {
            Ok((text, status)) => out(&text, status),
            Err((status, why)) => {
                err(&failure(&why));
                status
            }
        };
    }
    let answer = env(&call, options);
    err(&answer.err);
    out(&answer.out, answer.status)
}

/// Finds and loads a project as `docker compose` does, and puts its variables together.
pub fn env(call: &EnvCall, options: RenderOptions) -> EnvAnswer {
    let answer = with_stack(call, |project| match &call.template {
        None => ledger(call, project, options),
        Some(named) => env_template::check(call, named.as_deref(), project, options),
    });
    match answer.and_then(|found| found) {
        Ok((out, status)) => EnvAnswer { out, err: SafeText::new(), status },
        Err((status, why)) => EnvAnswer { out: SafeText::new(), err: failure(&why), status },
    }
}

/// What a call gives: a text and the exit status, or the exit status and what is wrong.
pub(super) type Outcome = Result<(SafeText, u8), (u8, SafeText)>;

/// A project, brought up on paper.
pub(super) struct Brought<'a> {
    pub(super) stack: &'a Stack<'a>,
    /// With the folder of the project and the places of its secrets.
    pub(super) report: &'a Report,
    pub(super) sources: &'a Sources<'a>,
    /// The absolute path of the folder that is not left.
    pub(super) root: &'a Path,
}

/// Finds and loads a project, and brings its stack up.
pub(super) fn with_stack<T>(
    call: &EnvCall,
    work: impl FnOnce(&Brought<'_>) -> T,
) -> Result<T, (u8, SafeText)> {
    // All profiles: a service that is not up today needs its variables tomorrow.
    let all = ["*".to_owned()];
    let wanted = Wanted {
        here: &call.here,
        vars: &call.vars,
        files: &call.files,
        profiles: &all,
        env_files: &call.env_files,
        project_name: None,
    };
    let root = wanted.root();
    let files = Wanted::files(&root)?;
    let sources = Sources::new(&files);
    let Loaded { project, .. } = wanted.load(&root, &sources)?;
    let folder = project.folder.clone();
    let shared = Shared::new(discover(sources.files(), &folder, &is_dockerfile_name).files);
    let docs = Instructions::default();
    let stack = Stack::bring_up(&sources, &project, &shared, &docs, &folder);
    let info = StackInfo {
        files: project.paths().cloned().collect(),
        own: project.own,
        services: project.services.iter().map(|s| s.name.to_string()).collect(),
        intent: stack.repository().intent(),
        intent_why: Prose::default(),
        account: None,
        gaps: Vec::new(),
        unknown: Vec::new(),
    };
    let report = Report {
        folder: Some(folder),
        stacks: vec![info],
        secrets: stack.environment().secret_places(),
        ..Report::default()
    };
    Ok(work(&Brought { stack: &stack, report: &report, sources: &sources, root: &root }))
}

/// The ledger of the services that are asked for.
fn ledger(call: &EnvCall, project: &Brought<'_>, options: RenderOptions) -> Outcome {
    let Brought { stack, report, sources, .. } = project;
    let known = || stack.project.services.iter().map(|s| s.name.as_str());
    if let Some(name) = call.services.iter().find(|name| !known().any(|k| k == name.as_str())) {
        let mut why = SafeText::own("there is no service `");
        why.push(&SafeText::outside(name)).push_own("`");
        did_you_mean(&mut why, name, known());
        return Err((TROUBLE, why));
    }
    let mut ledger = stack.environment().ledger();
    ledger.services.retain(|s| call.services.is_empty() || call.services.contains(&s.service));
    let missing =
        ledger.services.iter().flat_map(|s| &s.variables).any(|v| v.state == State::Missing);
    let text = if call.json {
        report::ledger_json(&ledger, report, sources)
    } else {
        report::ledger(&ledger, report, sources, options)
    };
    Ok((text, if missing { FINDINGS } else { CLEAN }))
}
