//! nginx looks beside the shared volume.

use crate::finding::{Change, Cure, Finding, Quote, StatementEdit, prose};
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
        prose!("{} answers 404 below {}: open() \"{}/admin/css/base.css\" failed (2: No such file or directory)", server, Quote::value(&split.url), Quote::path(&split.folder)),
    )
    .label(split.directive.span(), prose!("a request for {} is looked up in {}", Quote::value(&split.url), Quote::path(&split.folder)));
    if let Some(mount) = split.server_mount {
        finding = finding.label(mount.span, "the collected files are here");
    }
    let right = match split.server_mount {
        Some(mount) => Quote::path(mount.target.trim_end_matches('/')).or_at(mount.span),
        None => Quote::path(&split.root).or_at(split.root_span),
    };
    let cure = Cure::new("let nginx read from the mount").change(Change::Statement(
        split.directive.span(),
        StatementEdit::Replace(prose!("alias {}/;", right)),
    ));
    sink.report(
        finding
            .cure(cure)
            .label(split.root_span, prose!("collected to {}", Quote::path(&split.root)))
            .help(prose!(
                "point nginx at the mount:\n    location {} {\n        alias {}/;\n    }",
                Quote::value(&split.url),
                right
            )),
    );
}
