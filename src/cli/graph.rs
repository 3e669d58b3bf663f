//! `compose-doctor graph`: the services of each stack with what joins them.

use super::args::{GraphArgs, GraphFormat};
use super::inspect::with_accounts;
use super::output::out;
use super::targets::{open_files, resolve};
use super::{CLEAN, fail};
use crate::config;
use crate::report::{self, SafeText};
use crate::source::Sources;

/// Prints the graph.
pub(super) fn run(args: &GraphArgs) -> u8 {
    let targets = match resolve(std::slice::from_ref(&args.root)) {
        Ok(targets) => targets,
        Err(why) => return fail(&why),
    };
    let files = match open_files(&targets.root) {
        Ok(files) => files,
        Err(why) => return fail(&why),
    };
    let sources = Sources::new(&files);
    let settings = config::find(&sources, &targets.folder);
    let report = match with_accounts(&args.files, &targets, &sources, settings) {
        Ok(report) => report,
        Err(why) => return fail(&why),
    };
    if report.stacks.is_empty() {
        return fail(&SafeText::own(
            "no Compose file found; `compose-doctor check --show-files` lists what is read",
        ));
    }
    let text = match args.format {
        GraphFormat::Mermaid => report::graph_mermaid(&report, &sources),
        GraphFormat::Dot => report::graph_dot(&report, &sources),
        GraphFormat::Json => report::graph_json(&report, &sources),
    };
    out(&text, CLEAN)
}
