//! nginx looks beside the shared volume.

use crate::finding::Finding;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::STATIC_NGINX_PATH_MISMATCH, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(split) = stack.storage().static_split(service).filter(|s| s.same_volume) else {
        return;
    };
    let server = stack.container(split.server);
    let mut finding = Finding::new(
        &meta::STATIC_NGINX_PATH_MISMATCH,
        format!(
            "{} answers 404 below {}: open() \"{}/admin/css/base.css\" failed (2: No such file or directory)",
            server.name(),
            split.url,
            split.folder
        ),
    )
    .label(split.directive.span(), format!("a request for {} is looked up in {}", split.url, split.folder));
    if let Some(mount) = split.server_mount {
        finding = finding.label(mount.span, "the collected files are here");
    }
    let right = split.server_mount.map_or(split.root.as_str(), |m| m.target.trim_end_matches('/'));
    sink.report(finding.label(split.root_span, format!("collected to {}", split.root)).help(
        format!(
            "point nginx at the mount:\n    location {} {{\n        alias {right}/;\n    }}",
            split.url
        ),
    ));
}
