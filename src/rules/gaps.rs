//! What was not judged: for each service the rules that need what is not known of it.

use super::{Check, Rule, all};
use crate::finding::{Finding, Gap, Lack, Need, RuleMeta};
use crate::model::inspect::lacks;
use crate::model::stack::Stack;
use crate::source::Unknown;
use std::collections::BTreeSet;

/// What a rule must know of a service: what its page says, or else the settings where it looks at Django services.
fn needs(rule: &Rule) -> &'static [Need] {
    match (rule.meta.needs, &rule.check) {
        (Some(needs), _) => needs,
        (None, Check::Django(_)) => &[Need::Settings],
        (None, Check::Stack(_) | Check::Config(_)) => &[],
    }
}

/// What of a stack was not judged, merged where services lack the same for the same reason. A rule that reported
/// something of the stack did apply, and counts once for each service, at what weighs most.
pub(super) fn gaps(stack: &Stack<'_>, findings: &[Finding]) -> Vec<Gap> {
    let mut names: Vec<&'static str> = all()
        .flat_map(needs)
        .filter_map(|n| if let Need::Setting(name) = n { Some(*name) } else { None })
        .collect();
    names.sort_unstable();
    names.dedup();
    let reported: BTreeSet<&str> = findings.iter().map(|f| f.rule.name).collect();
    let mut found: Vec<Gap> = Vec::new();
    // The rules of each service that are counted already.
    let mut counted: BTreeSet<(usize, &str)> = BTreeSet::new();
    for lack in lacks(stack, &names) {
        let mut rules: Vec<&'static RuleMeta> = all()
            .filter(|rule| needs(rule).iter().any(|n| lack.needs.contains(n)))
            .map(|rule| rule.meta)
            .filter(|rule| !reported.contains(rule.name))
            .collect();
        // Values that more than one construct hides are named with each of them, though their rules count once.
        let is_named = !rules.is_empty() && matches!(lack.lack, Lack::Values(_));
        rules.retain(|rule| counted.insert((lack.container, rule.name)));
        if rules.is_empty() && !is_named {
            continue;
        }
        let service = stack.container(lack.container).name().to_owned();
        match found.iter_mut().find(|gap| same(gap, &lack.lack, &lack.why)) {
            Some(gap) => {
                if gap.services.last() != Some(&service) {
                    gap.services.push(service);
                }
                add_names(&mut gap.lack, lack.lack);
                for rule in rules {
                    if !gap.rules.iter().any(|known| std::ptr::eq(*known, rule)) {
                        gap.rules.push(rule);
                    }
                }
            }
            None => {
                found.push(Gap { services: vec![service], lack: lack.lack, why: lack.why, rules })
            }
        }
    }
    found
}

/// Whether a gap is of the same kind and has the same reason, in the same file: an env file that each of the services
/// names is missing once.
fn same(gap: &Gap, lack: &Lack, why: &Unknown) -> bool {
    let file = |why: &Unknown| why.place.map(|place| place.file);
    gap.lack.as_str() == lack.as_str()
        && gap.why.reason == why.reason
        && file(&gap.why) == file(why)
}

/// Two services with the same settings may lack other names of them.
fn add_names(lack: &mut Lack, more: Lack) {
    if let (Lack::Values(names), Lack::Values(more)) = (lack, more) {
        let new: Vec<String> = more.into_iter().filter(|n| !names.contains(n)).collect();
        names.extend(new);
    }
}
