//! The server of static files sees another folder than the one they are collected to.

use crate::finding::{Change, Cure, Finding, Prose, Quote, YamlEdit, YamlValue, prose};
use crate::model::compose::MountKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::STATIC_ROOT_NOT_MOUNTED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(split) = stack.storage().static_split(service).filter(|s| !s.same_volume) else {
        return;
    };
    let container = stack.container(service.container);
    let server = stack.container(split.server);
    // The service mounts what the server reads, but in another place than STATIC_ROOT.
    let astray = split.server_mount.and_then(|theirs| {
        let source = theirs.source.as_ref()?;
        container.service.mounts.iter().find(|m| {
            m.kind == theirs.kind
                && m.kind != MountKind::Anonymous
                && m.source.as_ref().is_some_and(|s| s.as_str() == source.as_str())
        })
    });
    let (primary, why) = match astray {
        Some(mount) => (
            mount.span,
            prose!("shared with {}, but STATIC_ROOT is {}", server, Quote::path(&split.root)),
        ),
        None => (
            container.name_span(),
            prose!("shares nothing of {} with {}", Quote::path(&split.root), server),
        ),
    };
    let finding = Finding::new(
        &meta::STATIC_ROOT_NOT_MOUNTED,
        prose!(
            "{} never sees the collected files: every request below {} is answered with 404",
            server,
            Quote::value(&split.url)
        ),
    )
    .label(primary, why)
    .label(split.root_span, prose!("collected to {}", Quote::path(&split.root)))
    .label(split.directive.span(), prose!("read from {}", Quote::path(&split.folder)));
    let finding = match split.server_mount {
        Some(mount) => finding.label(mount.span, prose!("what {} has there", server)),
        None => finding.label(server.name_span(), "nothing is mounted there"),
    };
    let volume = Prose::value_or(split.server_mount.and_then(|m| m.source.as_ref()), "static");
    let append = |to, text: Prose| {
        changes::service(to, YamlEdit::Append(vec!["volumes".to_owned()], YamlValue::text(text)))
    };
    let cure = Cure::new(prose!("share one volume between {} and {}", container, server));
    let cure = match (astray, split.server_mount) {
        (Some(mount), _) => changes::verbatim(&mount.target).map(|at| {
            cure.change(Change::Replace { at, with: prose!("{}", Quote::path(&split.root)) })
        }),
        (None, Some(mount)) => mount.source.as_ref().map(|source| {
            cure.change(append(container, prose!("{}:{}", source, Quote::path(&split.root))))
        }),
        (None, None) => {
            let name = changes::free_volume_name(stack, container, "static");
            let own = prose!("{}:{}", Quote::name(&name), Quote::path(&split.root));
            let read = prose!("{}:{}:ro", Quote::name(&name), Quote::path(&split.folder));
            Some(
                cure.change(append(container, own))
                    .change(append(server, read))
                    .change(changes::declare_volume(container.name_span(), &name)),
            )
        }
    };
    sink.report(finding.cure_if(cure).help(prose!("share one volume between the two:\n    {}:\n      volumes:\n        - {}:{}\n    {}:\n      volumes:\n        - {}:{}:ro", container, volume, Quote::path(&split.root), server, volume, Quote::path(&split.folder))));
}
