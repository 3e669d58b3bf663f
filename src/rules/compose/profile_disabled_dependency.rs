//! A service that runs needs one that only a profile switches on.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::NeedKind;
use crate::rules::{Check, Rule, Sink, meta};

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
                "docker compose up".to_owned()
            } else {
                format!("docker compose --profile {} up", alone.unwrap_or(&""))
            };
            let of = quoted(&wanted);
            let message = format!(
                "service \"{}\" depends on undefined service \"{}\": `{run}` leaves {} out, which is in {of} only",
                container.name(),
                target.name(),
                target.name()
            );
            let optional = match need.kind {
                NeedKind::DependsOn => format!(
                    "\nor, where {} can do without it:\n    depends_on:\n      {}:\n        condition: service_started\n        required: false",
                    container.name(),
                    target.name()
                ),
                _ => String::new(),
            };
            let same = match own.as_slice() {
                [] => format!(
                    "remove `profiles` from {}, or give {} the same",
                    target.name(),
                    container.name()
                ),
                _ => format!(
                    "give {} the profile as well:\n    profiles: [{}]",
                    target.name(),
                    joined(&wanted, &own)
                ),
            };
            let finding = Finding::new(&meta::PROFILE_DISABLED_DEPENDENCY, message)
                .label(need.span, format!("{} needs it (`{}`)", container.name(), need.kind.key()))
                .label_if(
                    target.service.entry("profiles").map(|e| e.value.span),
                    format!("{} runs only with {of}", target.name()),
                )
                .label_if(
                    container.service.entry("profiles").map(|e| e.value.span),
                    format!("{} runs with these", container.name()),
                )
                .help(format!("{same}{optional}"));
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

fn quoted(profiles: &[&str]) -> String {
    let word = if profiles.len() == 1 { "profile" } else { "profiles" };
    format!("{word} {}", profiles.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", "))
}

fn joined(first: &[&str], more: &[&str]) -> String {
    let more = more.iter().filter(|p| !first.contains(p));
    first.iter().chain(more).copied().collect::<Vec<_>>().join(", ")
}
