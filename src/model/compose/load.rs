//! Loading the files of one stack into one project, step by step as Compose does: each file is read,
//! interpolated, extended, completed with what it includes and laid over those before it; then the whole is
//! checked. What is wrong is noted, and the loading goes on.

use crate::model::assumptions::Assumptions;
use crate::model::compose::check::whole::Whole;
use crate::model::compose::check::{consistency, derived_faults, env_file_limit};
use crate::model::compose::layers::loader::{LoadContext, Loader};
use crate::model::compose::layers::project_name;
use crate::model::compose::project::service::Service;
use crate::model::compose::project::{Project, Request};
use crate::model::compose::read::documents::{cap_services, first_line};
use crate::model::compose::render::{Form, Frame, render};
use crate::model::compose::tree::limits::{MAX_ENV_BYTES, MAX_ENV_LINES};
use crate::model::compose::tree::{Fault, Kind, Node};
use crate::model::compose::values::dotenv::DotEnv;
use crate::model::compose::values::variables::Unset;
use crate::source::{Limit, RelPath, SourceFile, Sources, Span};
use crate::syntax::SyntaxError;
use std::collections::HashSet;
use std::sync::Arc;

/// Loads `paths` (at least one) as one project of `folder`, as a stranger would find it: with the `.env` that
/// lies there, and no other variables.
///
/// Never fails: files that cannot be read are in [`Project::unusable`], what is wrong inside a file in
/// [`Project::errors`] and [`Project::faults`].
pub fn load(sources: &Sources<'_>, folder: &RelPath, paths: &[RelPath]) -> Project {
    load_assuming(sources, folder, paths, &Assumptions::default())
}

/// The same with something assumed of what is not in the checkout.
pub fn load_assuming(
    sources: &Sources<'_>,
    folder: &RelPath,
    paths: &[RelPath],
    assumptions: &Assumptions,
) -> Project {
    let request = Request {
        folder,
        paths,
        env: DotEnv::assumed_of_folder(sources, folder, assumptions),
        name: None,
        folder_name: None,
        root: None,
        profiles: None,
    };
    let mut project = Project { assumptions: assumptions.clone(), ..load_with(sources, request) };
    leave_out_templates(sources, &mut project);
    project
}

/// Templates that many services read count like the env files in whose place they are read: what is beyond the limit is
/// left out, as if the files were not known.
fn leave_out_templates(sources: &Sources<'_>, project: &mut Project) {
    let templates = &project.assumptions.templates;
    if templates.is_empty() {
        return;
    }
    let (mut lines, mut bytes) = (0usize, 0usize);
    let mut beyond = Vec::new();
    for service in &project.services {
        for file in &service.env_files {
            let template = file.folder.join(file.path.as_str()).and_then(|p| templates.get(&p));
            let read = template.and_then(|t| sources.read(&t.path, Limit::Code).ok());
            lines += read.as_ref().map_or(0, |f| f.line_count());
            bytes += read.as_ref().map_or(0, |f| f.text.len());
        }
        if lines > MAX_ENV_LINES || bytes > MAX_ENV_BYTES {
            beyond.push(service.name.span());
        }
    }
    project.env_beyond.extend(beyond);
}

/// Loads a project with the variables and the name that are given.
pub fn load_with(sources: &Sources<'_>, request: Request<'_>) -> Project {
    let Request { folder, paths, mut env, name: given, folder_name, root, profiles } = request;
    let mut loader = Loader::new(sources, std::mem::take(&mut env.errors), root);
    loader.warned(std::mem::take(&mut env.warned));
    let paths = loader.layers(paths);
    let folder_name = folder_name.unwrap_or_else(|| folder.file_name().to_owned());
    let name = project_name::project_name(paths, &folder_name, &mut env, given, &mut loader);
    let scope = LoadContext { folder: folder.clone(), env: &env, number: 0 };
    let mut tree = loader.model(&scope, paths, &[], 0);
    let mut limited = Vec::new();
    cap_services(&mut tree, &mut limited);
    let env_beyond =
        env_file_limit::beyond_limit(&tree, sources, folder, loader.root.as_deref(), &mut limited);
    loader.faults(limited);
    let nothing = matches!(&tree.kind, Kind::Map(entries) if entries.is_empty());
    if nothing
        && loader.unusable.is_empty()
        && loader.faults.is_empty()
        && loader.errors.is_empty()
        && let Some(first) = loader.files.first()
    {
        let at = first_line(Span::whole(first.id), first);
        loader.error(
            SyntaxError::new(at, "the file is empty, and Compose refuses it")
                .help("put the services under `services:`"),
        );
    }
    loader.faults(consistency::check(&Whole::new(&tree, profiles.as_deref())));
    if env.unset() == Unset::Open {
        loader.faults(decoded(&tree));
    }
    derived_faults::drop_derived(&mut loader, &env, &tree);
    let top = |key: &str| tree.get(key).map(|n| n.entries().to_vec()).unwrap_or_default();
    let (services, volumes, networks, secrets) =
        (top("services"), top("volumes"), top("networks"), top("secrets"));
    let services = services.into_iter().map(|e| Service::new(e.key, e.value, folder)).collect();
    let Loader { mut files, pages, errors, unusable, faults, unset, versions, .. } = loader;
    files.sort_by_key(|f| !paths.contains(&f.path));
    let own = files.iter().filter(|f| paths.contains(&f.path)).count();
    if let Some(first) = files.first() {
        mark_overrides(&mut tree, first, paths, &files);
    }
    Project {
        folder: folder.clone(),
        name,
        files,
        pages,
        own,
        tree,
        services,
        volumes,
        networks,
        secrets,
        versions,
        dotenv: env,
        errors,
        faults,
        unset,
        unusable,
        env_beyond,
        assumptions: Assumptions::default(),
    }
}

/// What cannot be read as what its place wants; what hangs on a variable that is not set is not known.
fn decoded(tree: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    render(tree, &Frame { root: "", home: None, form: Form::Yaml }, &mut faults);
    if faults.is_empty() {
        return faults;
    }
    let mut unknown = Vec::new();
    tree.each(&mut |s| {
        if !s.text.is_resolved() {
            unknown.push(s.text.span());
        }
    });
    unknown.sort_unstable();
    faults.retain(|f| !derived_faults::lies_in(&unknown, f.span));
    faults
}

/// Values of files that are laid over the first one came by an override.
fn mark_overrides(
    tree: &mut Node,
    first: &SourceFile,
    paths: &[RelPath],
    files: &[Arc<SourceFile>],
) {
    let over: HashSet<_> = files
        .iter()
        .filter(|f| paths.contains(&f.path) && f.id != first.id)
        .map(|f| f.id)
        .collect();
    if !over.is_empty() {
        tree.each_scalar(&mut |s| s.via.over = over.contains(&s.text.span().file));
    }
}
