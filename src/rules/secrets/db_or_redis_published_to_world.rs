//! A database or cache is open to every network the host is on.

use crate::finding::{
    Change, Confidence, Cure, Finding, NodeEdit, Own, Severity, YamlValue, prose,
};
use crate::model::stack::Stack;
use crate::model::stack::datastores::Protection;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_OR_REDIS_PUBLISHED_TO_WORLD, check: Check::Stack(check) };

/// The most ports that are underlined.
const MAX_SHOWN: usize = 6;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    // Of a stack without Django only its name tells what it is for.
    let production = stack.repository().is_named_for_production()
        || stack.repository().is_production()
            && !stack.repository().is_named_for_development()
            && !stack.roles.django.is_empty();
    let mut open = stack.datastores().exposed_datastores();
    // At a desk a password that is not tried first is enough.
    open.retain(|o| production || !matches!(o.protection, Protection::Written(_)));
    open.sort_by_key(|o| match o.protection {
        Protection::Nothing => 0,
        Protection::Weak(_) => 1,
        Protection::Unknown => 2,
        Protection::Written(_) => 3,
    });
    // One finding: the cure is the same for all.
    let Some(worst) = open.first() else { return };
    let container = stack.container(worst.container);
    let behind = match worst.protection {
        Protection::Nothing => "no password guards it",
        Protection::Weak(_) => "its password is one that is tried first",
        Protection::Written(_) | Protection::Unknown => "only its password guards it",
    };
    let message = prose!(
        "{} of {} is open to every network the host is on, past its firewall, and {}",
        Own(worst.what),
        container,
        Own(behind)
    );
    let mut finding = Finding::new(&meta::DB_OR_REDIS_PUBLISHED_TO_WORLD, message).help(prose!("other services reach it by its name without `ports`; to reach it from this machine only:\n    - \"127.0.0.1:{}:{}\"", worst.port, worst.target));
    let local = open.iter().map(|store| {
        let port = prose!("127.0.0.1:{}:{}", store.port, store.target);
        Change::YamlNode(store.span, NodeEdit::Replace(YamlValue::text(port)))
    });
    finding = finding.cure(
        Cure::new("publish the port to this machine only; other services need no published port")
            .changes(local),
    );
    for store in open.iter().take(MAX_SHOWN) {
        let what = match store.protection {
            Protection::Nothing => {
                prose!("{} without a password, at every address of the host", Own(store.what))
            }
            Protection::Weak(_) => prose!(
                "{} with a password that is tried first, at every address of the host",
                Own(store.what)
            ),
            _ => prose!("{} at every address of the host", Own(store.what)),
        };
        finding = finding.label(store.span, what);
        if let Protection::Weak(span) = store.protection {
            finding = finding.label(span, "the password");
        }
    }
    sink.report(match worst.protection {
        // By the name of the file it is meant for a server that others reach.
        Protection::Nothing if production && stack.repository().is_named_for_production() => {
            finding
        }
        Protection::Nothing | Protection::Weak(_) if production => {
            finding.at_most(Severity::Warning)
        }
        Protection::Unknown if production => {
            finding.at_most(Severity::Warning).sure(Confidence::Medium)
        }
        Protection::Written(_) => finding.at_most(Severity::Info).sure(Confidence::Medium),
        // At a desk behind a router the port is a convenience.
        _ => finding.at_most(Severity::Info).sure(Confidence::Low),
    });
}
