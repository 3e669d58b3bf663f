//! The documents of a file: each a mapping, within limits.

use super::lower::lower;
use crate::finding::prose;
use crate::model::compose::tree::limits::{MAX_LAYERS, MAX_SERVICES};
use crate::model::compose::tree::{Fault, FaultKind, Kind, Node};
use crate::source::{SourceFile, Span};
use crate::syntax::yaml::Yaml;

/// The documents of a file as they are written, those left out that are no mapping. What is wrong goes to `faults`.
pub(crate) fn documents(file: &SourceFile, yaml: &Yaml, faults: &mut Vec<Fault>) -> Vec<Node> {
    let mut documents = lower(yaml, faults);
    if let Some(next) = documents.get(MAX_LAYERS) {
        let message =
            prose!("the file has more than {} documents; the rest is not read", MAX_LAYERS);
        faults.push(
            Fault::new(FaultKind::Limit, first_line(next.span, file), message)
                .label("here reading stops"),
        );
        documents.truncate(MAX_LAYERS);
    }
    documents.iter_mut().for_each(|d| cap_services(d, faults));
    for document in
        documents.iter().filter(|d| !matches!(d.kind, Kind::Map(_)) && yaml.errors.is_empty())
    {
        let message = "a Compose file is a mapping at its top, and this is none";
        faults.push(
            Fault::new(FaultKind::Value, first_line(document.span, file), message)
                .label("Compose refuses it")
                .help("put the services under `services:`"),
        );
    }
    // A document that is not even null to the parser is one to Compose where it is begun.
    if documents.is_empty()
        && yaml.errors.is_empty()
        && file.text.lines().any(|l| l.starts_with("---"))
    {
        let at = first_line(Span::whole(file.id), file);
        faults.push(
            Fault::new(FaultKind::Value, at, "this document is empty")
                .label("Compose refuses it")
                .help("remove the `---`"),
        );
    }
    documents.retain(|d| matches!(d.kind, Kind::Map(_)));
    documents
}

/// Leaves out the services beyond the limit.
pub(crate) fn cap_services(tree: &mut Node, faults: &mut Vec<Fault>) {
    let Some(Node { kind: Kind::Map(services), .. }) = tree.get_mut("services") else { return };
    if let Some(next) = services.get(MAX_SERVICES) {
        let message =
            prose!("the project has more than {} services; the rest is not read", MAX_SERVICES);
        faults.push(
            Fault::new(FaultKind::Limit, next.key.span(), message).label("here reading stops"),
        );
        services.truncate(MAX_SERVICES);
    }
}

/// The first line of a span, so that a whole file is not underlined.
pub(crate) fn first_line(span: Span, file: &SourceFile) -> Span {
    let text = file.text.get(span.range()).unwrap_or("");
    Span::new(
        span.file,
        span.start as usize,
        span.start as usize + text.lines().next().unwrap_or("").len(),
    )
}
