//! `compose-doctor env`: for each service every variable, who sets it, who reads it, and what is missing.

use super::args::{EnvArgs, EnvFormat};
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
use std::path::PathBuf;

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
    };
    let answer = env(&call, options);
    err(&answer.err);
    out(&answer.out, answer.status)
}

/// Finds and loads a project as `docker compose` does, and puts its variables together.
pub fn env(call: &EnvCall, options: RenderOptions) -> EnvAnswer {
    let ended = |(status, why): (u8, SafeText)| EnvAnswer {
        out: SafeText::new(),
        err: failure(&why),
        status,
    };
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
    let files = match Wanted::files(&root) {
        Ok(files) => files,
        Err(why) => return ended(why),
    };
    let sources = Sources::new(&files);
    let Loaded { project, .. } = match wanted.load(&root, &sources) {
        Ok(loaded) => loaded,
        Err(why) => return ended(why),
    };
    let known = || project.services.iter().map(|s| s.name.as_str());
    if let Some(name) = call.services.iter().find(|name| !known().any(|k| k == name.as_str())) {
        let mut why = SafeText::own("there is no service `");
        why.push(&SafeText::outside(name)).push_own("`");
        did_you_mean(&mut why, name, known());
        return ended((TROUBLE, why));
    }
    let folder = project.folder.clone();
    let shared = Shared::new(discover(sources.files(), &folder, &is_dockerfile_name).files);
    let docs = Instructions::default();
    let stack = Stack::bring_up(&sources, &project, &shared, &docs, &folder);
    let mut ledger = stack.environment().ledger();
    ledger.services.retain(|s| call.services.is_empty() || call.services.contains(&s.service));
    let info = StackInfo {
        files: project.paths().cloned().collect(),
        own: project.own,
        services: known().map(str::to_owned).collect(),
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
    let missing =
        ledger.services.iter().flat_map(|s| &s.variables).any(|v| v.state == State::Missing);
    let text = if call.json {
        report::ledger_json(&ledger, &report, &sources)
    } else {
        report::ledger(&ledger, &report, &sources, options)
    };
    EnvAnswer { out: text, err: SafeText::new(), status: if missing { FINDINGS } else { CLEAN } }
}
