//! The project's name (Compose specification, "Name top-level element").

use super::loader::Loader;
use crate::finding::{Quote, prose};
use crate::model::compose::tree::{Fault, FaultKind, Node, Scalar};
use crate::model::compose::values::dotenv::DotEnv;
use crate::model::compose::values::interpolate::Interpolation;
use crate::source::{RelPath, Span};

/// The name: the one given, `COMPOSE_PROJECT_NAME`, the last `name:` of the files, or that of the folder. From
/// here on it is the variable `COMPOSE_PROJECT_NAME`.
pub(crate) fn project_name(
    paths: &[RelPath],
    folder: &str,
    env: &mut DotEnv,
    given: Option<String>,
    loader: &mut Loader<'_, '_>,
) -> String {
    let variable = env.get("COMPOSE_PROJECT_NAME").filter(|(value, _)| !value.is_empty());
    let set = given
        .map(|name| (name, None))
        .or_else(|| variable.map(|(value, place)| (value.as_str().to_owned(), place)));
    let name = if let Some((name, place)) = set {
        if normal(&name) != name {
            let span = place.or_else(|| written(loader, paths).last().map(|(s, _)| s.text.span()));
            refuse(loader, span.unwrap_or_else(|| loader.nowhere()), &name);
        }
        name
    } else if let Some((scalar, span)) = written(loader, paths).pop() {
        let mut interpolation = Interpolation::new(env, env.unset());
        let text = interpolation.substitute(&scalar.text, 0);
        let name = normal(text.as_str());
        if name.is_empty() && text.is_resolved() {
            refuse(loader, span, text.as_str());
        }
        name
    } else {
        normal(folder)
    };
    if !name.is_empty() {
        env.set("COMPOSE_PROJECT_NAME", &name);
    }
    name
}

fn refuse(loader: &mut Loader<'_, '_>, span: Span, name: &str) {
    let message = prose!(
        "`{}` is no project name: Compose takes lower-case letters, digits, `-` and `_`, and a letter or digit first",
        Quote::name(name)
    );
    let near = normal(name);
    let fault = Fault::new(FaultKind::ProjectName, span, message).label("refused by Compose");
    loader.fault(if near.is_empty() {
        fault
    } else {
        fault.help(prose!("write `{}`", Quote::name(&near)))
    });
}

/// What Compose leaves of a name.
pub(super) fn normal(name: &str) -> String {
    let kept: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
        .collect();
    kept.trim_start_matches(['-', '_']).to_owned()
}

/// Every `name:` of the files that is no empty text, with its place.
fn written(loader: &mut Loader<'_, '_>, paths: &[RelPath]) -> Vec<(Scalar, Span)> {
    let documents = paths.iter().flat_map(|path| loader.written(path)).collect::<Vec<_>>();
    let names = documents.iter().filter_map(|d| d.get("name")).filter_map(Node::scalar);
    names.filter(|s| !s.text.is_empty()).map(|s| (s.clone(), s.text.span())).collect()
}
