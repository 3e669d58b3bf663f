//! `compose-doctor env --check-template` and `--write-template`: templates of env files.

use super::env::{Brought, EnvCall, Outcome, with_stack};
use super::find::clean;
use super::output::{about_path, err};
use super::output_file::OutputFile;
use super::{CLEAN, FINDINGS, TROUBLE, targets};
use crate::finding::TemplateDiff;
use crate::model::stack::environment::EnvTemplate;
use crate::report::{self, RenderOptions, SafeText};
use crate::source::RelPath;
use std::path::{Path, PathBuf};

/// The name of a template that is written where none is named.
const USUAL_NAME: &str = ".env.example";
/// Stands for standard output.
const STANDARD_OUTPUT: &str = "-";

/// Shows what templates have and lack.
pub(super) fn check(
    call: &EnvCall,
    named: Option<&Path>,
    project: &Brought<'_>,
    options: RenderOptions,
) -> Outcome {
    let environment = project.stack.environment();
    let templates: Vec<EnvTemplate> = match named {
        None => environment.templates(),
        Some(path) => {
            let below = below_root(project, &clean(&call.here.join(path)));
            let template =
                below.and_then(|at| environment.template_at(&at, &file_of(project, &at)?));
            let template = template
                .ok_or_else(|| (TROUBLE, about_path(path, "is not a file below the project")))?;
            vec![template]
        }
    };
    if templates.is_empty() {
        let why = "there is no template of an env file, such as .env.example; `--write-template` writes one";
        return Err((TROUBLE, SafeText::own(why)));
    }
    let diffs: Vec<TemplateDiff> = templates.iter().map(|t| environment.template_diff(t)).collect();
    let text = if call.json {
        report::template_diffs_json(&diffs, project.report, project.sources)
    } else {
        report::template_diffs(&diffs, project.report, project.sources, options)
    };
    let incomplete = diffs.iter().any(TemplateDiff::is_incomplete);
    Ok((text, if incomplete { FINDINGS } else { CLEAN }))
}

/// Writes a template; what is said of it goes to standard error.
pub(super) fn write(call: &EnvCall, to: Option<&Path>, force: bool) -> Outcome {
    with_stack(call, |project| write_of(call, to, force, project)).and_then(|outcome| outcome)
}

fn write_of(call: &EnvCall, to: Option<&Path>, force: bool, project: &Brought<'_>) -> Outcome {
    let trouble = |why: SafeText| (TROUBLE, why);
    let print = to.is_some_and(|p| p.as_os_str() == STANDARD_OUTPUT);
    let folder = project.root.join(project.stack.project.folder.as_str());
    let path = match to {
        Some(path) => clean(&call.here.join(path)),
        None => folder.join(USUAL_NAME),
    };
    let file = below_root(project, &path).and_then(|at| file_of(project, &at));
    let file = file.ok_or_else(|| trouble(about_path(&path, "is not below the project")))?;
    let demands = project.stack.environment().demands(&file);
    if demands.is_empty() {
        let mut why = SafeText::own("nothing is taken from `");
        why.push(&SafeText::outside(file.as_str())).push_own("`, so there is nothing to write");
        return Err(trouble(why));
    }
    let text = report::template_file(&file, &demands, project.report, project.sources);
    if print {
        return Ok((text, CLEAN));
    }
    let target = OutputFile::at_path(&path).map_err(trouble)?;
    if !force && !target.is_free().map_err(trouble)? {
        return Err(trouble(about_path(&path, "is there already; `--force` writes over it")));
    }
    target.write(&text, &kept(project)).map_err(trouble)?;
    let mut line = SafeText::own("wrote a template of `");
    line.push(&SafeText::outside(file.as_str())).push_own("` to `");
    line.push(&SafeText::outside(&to.unwrap_or(&path).to_string_lossy())).push_own("`\n");
    err(&line);
    Ok((SafeText::new(), CLEAN))
}

/// The env file that a template is for: the one that it is the template of, or else one in its folder, or else the first
/// of the project.
fn file_of(project: &Brought<'_>, template: &RelPath) -> Option<RelPath> {
    let stack = project.stack;
    let files = stack.environment().env_file_paths();
    let own = |file: &&RelPath| {
        stack.repository().template_of(file).is_some_and(|t| t.exact && t.path == *template)
    };
    let beside = |file: &&RelPath| file.parent() == template.parent();
    let found = files.iter().find(own).or_else(|| files.iter().find(beside)).or(files.first());
    found.cloned()
}

/// The files that a template must not replace: those that the project is made of.
fn kept(project: &Brought<'_>) -> Vec<PathBuf> {
    let stack = project.stack;
    let env_files = stack.environment().env_file_paths();
    let all = stack.project.paths().chain(&env_files).map(|p| project.root.join(p.as_str()));
    all.map(|path| {
        let real = path.parent().and_then(targets::real);
        match (real, path.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => path,
        }
    })
    .collect()
}

/// A path as seen from the folder that is not left.
fn below_root(project: &Brought<'_>, path: &Path) -> Option<RelPath> {
    targets::below_root(path.strip_prefix(project.root).ok()?)
}
