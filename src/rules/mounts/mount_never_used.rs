//! A volume that nginx shares with another service, and never reads.

use crate::finding::{
    Change, Confidence, Cure, Finding, NodeEdit, Quote, Severity, YamlEdit, YamlMap, prose,
};
use crate::model::compose::MountKind;
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::Together;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::MOUNT_NEVER_USED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let mut told: Vec<&str> = Vec::new();
    // One that only names its image first: there the files are to be read.
    let (named, built): (Vec<_>, Vec<_>) =
        stack.roles.nginx.iter().partition(|n| stack.container(n.container).built().is_none());
    for nginx in named.into_iter().chain(built) {
        let me = stack.container(nginx.container);
        for mount in me.service.mounts.iter().filter(|m| m.kind == MountKind::Volume) {
            let Some(name) = &mount.source else { continue };
            if stack.storage().nginx_reads(nginx, mount) != Some(false) {
                continue;
            }
            let others: Vec<_> = stack
                .containers
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != nginx.container)
                .flat_map(|(_, c)| c.service.mounts.iter().map(move |m| (c, m)))
                .filter(|(_, m)| {
                    m.kind == MountKind::Volume
                        && m.source.as_ref().is_some_and(|s| s.as_str() == name.as_str())
                })
                .collect();
            // A volume of nginx's own, or one that more services share, has another purpose.
            let [(other, theirs)] = others.as_slice() else { continue };
            // Where Django's files go astray is the question of the rules for static and uploaded files.
            let django = stack
                .roles
                .django
                .iter()
                .any(|d| stack.container(d.container).name() == other.name());
            let runs = stack.named(other.name()).is_some_and(|i| {
                stack.lifecycle().run_together(nginx.container, i) == Together::Always
            });
            if django || !runs || told.contains(&name.as_str()) {
                continue;
            }
            told.push(name);
            sink.report(
                Finding::new(
                    &meta::MOUNT_NEVER_USED,
                    prose!("the volume {} is for nothing: {} and {} share it, and the configuration of {} never reads it", Quote::name(name), me, other, me),
                )
                .label(theirs.span, prose!("shared with {} only", me))
                .label(mount.span, prose!("no directive reads anything below {}", mount.target))
                .cure(
                    Cure::new("remove both mounts and the volume")
                        .change(Change::YamlNode(theirs.span, NodeEdit::Remove))
                        .change(Change::YamlNode(mount.span, NodeEdit::Remove))
                        .change(Change::Yaml(
                            YamlMap::Top(mount.span.file),
                            YamlEdit::Remove(vec!["volumes".to_owned(), name.as_str().to_owned()]),
                        ))
                        .also("or point a location of nginx at it"),
                )
                .help("remove both mounts and the volume, or point a location at it")
                .at_most(Severity::Info)
                .sure(Confidence::Medium),
            );
        }
    }
}
