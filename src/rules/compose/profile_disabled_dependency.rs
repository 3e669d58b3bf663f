//! A service that runs needs one that only a profile switches on.

use crate::finding::{
    Confidence, Cure, Finding, Own, Prose, Quote, Severity, YamlEdit, YamlValue, prose,
};
use crate::model::container::Container;
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::NeedKind;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PROFILE_DISABLED_DEPENDENCY, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        let Some(own) = stack.lifecycle().profiles(index) else { continue };
        let always = stack.lifecycle().runs_always(index) == Some(true);
        for need in stack.lifecycle().needs(index).iter().filter(|n| n.required) {
            let Some(wanted) = stack.lifecycle().profiles(need.target) else { continue };
            if stack.lifecycle().runs_always(need.target) != Some(false) {
                continue;
            }
            // A profile that brings up the one without the other.
            let alone = own.iter().find(|p| !wanted.contains(p));
            if !always && alone.is_none() {
                continue;
            }
            let target = stack.container(need.target);
            let run = if always {
                prose!("docker compose up")
            } else {
                prose!("docker compose --profile {} up", Quote::name(alone.copied().unwrap_or("")))
            };
            let of = quoted(&wanted);
            let message = prose!(
                "service \"{}\" depends on undefined service \"{}\": `{}` leaves {} out, which is in {} only",
                container,
                target,
                run,
                target,
                of
            );
            let optional = match need.kind {
                NeedKind::DependsOn => prose!(
                    "\nor, where {} can do without it:\n    depends_on:\n      {}:\n        condition: service_started\n        required: false",
                    container,
                    target
                ),
                _ => Prose::default(),
            };
            let same = match own.as_slice() {
                [] => prose!("remove `profiles` from {}, or give {} the same", target, container),
                _ => prose!(
                    "give {} the profile as well:\n    profiles: [{}]",
                    target,
                    joined(&wanted, &own)
                ),
            };
            let finding = Finding::new(&meta::PROFILE_DISABLED_DEPENDENCY, message)
                .label(need.span, prose!("{} needs it (`{}`)", container, Own(need.kind.key())))
                .label_if(
                    target.service.entry("profiles").map(|e| e.value.span),
                    prose!("{} runs only with {}", target, of),
                )
                .label_if(
                    container.service.entry("profiles").map(|e| e.value.span),
                    prose!("{} runs with these", container),
                )
                .help(prose!("{}{}", same, optional))
                .cure(cure(container, target, &wanted, &own));
            // People may be told to switch on more than one.
            let told = wanted.iter().any(|p| stack.lifecycle().is_profile_documented(p));
            sink.report(match (always, told) {
                (_, true) => finding.at_most(Severity::Warning).sure(Confidence::Low),
                (true, false) => finding,
                (false, false) => finding.sure(Confidence::Medium),
            });
        }
    }
}

/// Gives the service that is needed the profiles of the one that needs it; one that always runs is needed always.
fn cure(container: &Container<'_>, target: &Container<'_>, wanted: &[&str], own: &[&str]) -> Cure {
    let path = || vec!["profiles".to_owned()];
    if own.is_empty() {
        return Cure::new(prose!("start {} without a profile, as {} needs it", target, container))
            .change(changes::service(target, YamlEdit::Remove(path())));
    }
    let more = own.iter().filter(|p| !wanted.contains(p));
    Cure::new(prose!("start {} with the profiles of {}", target, container)).changes(more.map(
        |p| {
            let item = YamlValue::text(prose!("{}", Quote::name(*p)));
            changes::service(target, YamlEdit::Append(path(), item))
        },
    ))
}

fn quoted(profiles: &[&str]) -> Prose {
    let word = if profiles.len() == 1 { "profile" } else { "profiles" };
    let profiles = profiles.iter().map(|p| prose!("`{}`", Quote::name(p)));
    prose!("{} {}", Own(word), Prose::join(profiles, ", "))
}

fn joined(first: &[&str], more: &[&str]) -> Prose {
    let more = more.iter().filter(|p| !first.contains(p));
    Prose::join(first.iter().chain(more).map(Quote::name), ", ")
}
