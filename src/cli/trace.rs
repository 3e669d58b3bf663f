//! `compose-doctor trace`: what happens to a request.

use super::args::{TraceArgs, TraceFormat};
use super::inspect::named;
use super::output::out;
use super::suggest::did_you_mean;
use super::targets::{Targets, open_files, resolve};
use super::{CLEAN, FINDINGS, fail};
use crate::facts::{FileKind, file_names};
use crate::finding::{Prose, Report, StackInfo, Trace};
use crate::model::budget::Budget;
use crate::model::compose;
use crate::model::instructions::Instructions;
use crate::model::roles::nginx::follow::Request;
use crate::model::stack::proxy::BrowserRequest;
use crate::model::stack::repository::is_dockerfile_name;
use crate::model::stack::{Shared, Stack};
use crate::report::{self, RenderOptions, SafeText};
use crate::source::{EntryKind, RelPath, Sources, discover};

/// Shows the way of the request.
pub(super) fn run(args: &TraceArgs, options: RenderOptions) -> u8 {
    let targets = match resolve(std::slice::from_ref(&args.root)) {
        Ok(targets) => targets,
        Err(why) => return fail(&why),
    };
    let files = match open_files(&targets.root) {
        Ok(files) => files,
        Err(why) => return fail(&why),
    };
    let sources = Sources::new(&files);
    match traced(args, &targets, &sources, options) {
        Ok((text, status)) => out(&text, status),
        Err(why) => fail(&why),
    }
}

/// The Compose files: those that are named, or the default one with its override.
fn compose_files(
    args: &TraceArgs,
    targets: &Targets,
    sources: &Sources<'_>,
) -> Result<Vec<RelPath>, SafeText> {
    let only: Vec<RelPath> =
        args.files.iter().map(|file| named(file, targets)).collect::<Result<_, _>>()?;
    if !only.is_empty() {
        return Ok(only);
    }
    let first = |kind| {
        let mut all = file_names(kind).iter().filter_map(|name| targets.folder.join(name));
        all.find(|path| sources.kind(path) == EntryKind::File)
    };
    match first(FileKind::Compose) {
        Some(file) => Ok(std::iter::once(file).chain(first(FileKind::Override)).collect()),
        None => Err(SafeText::own("no Compose file found; name it with `--file`")),
    }
}

fn traced(
    args: &TraceArgs,
    targets: &Targets,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> Result<(SafeText, u8), SafeText> {
    let files = compose_files(args, targets, sources)?;
    let folder = files.first().map_or_else(|| targets.folder.clone(), RelPath::parent);
    Budget::reset();
    let project = compose::load(sources, &folder, &files);
    let dockerfiles = discover(sources.files(), &targets.folder, &is_dockerfile_name).files;
    let shared = Shared::new(dockerfiles);
    let texts = Instructions::default();
    let stack = Stack::bring_up(sources, &project, &shared, &texts, &targets.folder);
    let known = || project.services.iter().map(|s| s.name.as_str());
    let trace = match (&args.service, args.port, &args.path) {
        (Some(name), Some(port), Some(path)) => {
            let Some(index) = stack.named(name) else {
                let mut why = SafeText::own("there is no service `");
                why.push(&SafeText::outside(name)).push_own("`");
                did_you_mean(&mut why, name, known());
                return Err(why);
            };
            let mut headers = args.headers.clone();
            if !headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("host")) {
                headers.insert(0, ("Host".to_owned(), "localhost".to_owned()));
            }
            let request = Request {
                port,
                method: args.method.clone(),
                target: path.clone(),
                headers,
                body: args.body_bytes,
            };
            stack.proxy().trace_at(index, &request)
        }
        _ => {
            let url = args.url.as_deref().unwrap_or_default();
            let (method, body) = (args.method.as_str(), args.body_bytes);
            let Some(asked) = BrowserRequest::of_url(url, method, body, &args.headers) else {
                let mut why = SafeText::own("`");
                why.push(&SafeText::outside(url));
                why.push_own("` is not an address such as `http://localhost:8000/`");
                return Err(why);
            };
            stack.proxy().trace_url(&asked)
        }
    };
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
        folder: Some(targets.folder.clone()),
        stacks: vec![info],
        secrets: stack.environment().secret_places(),
        ..Report::default()
    };
    let text = match args.format {
        TraceFormat::Json => report::trace_json(&trace, &report, sources),
        TraceFormat::Text => report::trace_text(&trace, &report, sources, options),
    };
    Ok((text, status(&trace)))
}

fn status(trace: &Trace) -> u8 {
    let ends = trace.ending.as_ref().is_none_or(|ending| ending.unknown.is_none());
    if trace.answer.is_ok() && ends { CLEAN } else { FINDINGS }
}
