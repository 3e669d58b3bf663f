//! Every cure, applied to every bad case: the finding is gone, nothing new is reported, and the files still parse. All
//! cures together come to an end, and applied once more they change nothing.
//!
//! `tests/cures/no-edits.toml` lists the rules that carry no edits, each with the reason, and cases whose cure does not
//! fit.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test reads its own table, and says how much it proves"
)]

mod support;

use compose_doctor::internals::finding::{Confidence, Finding, Report, Safety, Severity};
use compose_doctor::internals::source::{Files, RelPath, Sources};
use compose_doctor::internals::{config, fix, rules};
use compose_doctor::{Options, check};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use support::cases::{self, Case, Entry, Kind, Project};
use support::home;

/// The tables of `tests/cures/no-edits.toml`.
struct Exceptions {
    /// Rules whose findings carry no edits, and why none can be written.
    rules: BTreeMap<String, String>,
    /// Cases of rules that carry edits in which no edit can be written, as `rule/case`, and why.
    cases: BTreeMap<String, String>,
    /// New findings that a cure must lead to, as `rule/case`: the rules.
    follow: BTreeMap<String, Vec<String>>,
}

impl Exceptions {
    fn read() -> Self {
        let path = home().join("tests/cures/no-edits.toml");
        let text = std::fs::read_to_string(&path).expect("the table is there");
        let table: toml::Table = text.parse().expect("it is TOML");
        let texts = |name: &str| {
            let entries = table.get(name).and_then(|t| t.as_table()).into_iter().flatten();
            entries.map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned())).collect()
        };
        let names = |value: &toml::Value| -> Vec<String> {
            let all = value.as_array().into_iter().flatten();
            all.filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        let follow = table.get("follow").and_then(|t| t.as_table()).into_iter().flatten();
        Self {
            rules: texts("rules"),
            cases: texts("cases"),
            follow: follow.map(|(k, v)| (k.clone(), names(v))).collect(),
        }
    }
}

/// A finding as it is compared before and after: places move.
type Seen = (&'static str, String);

fn checked(files: &dyn Files, work: impl FnOnce(&Report, &Sources<'_>)) {
    let sources = Sources::new(files);
    let options =
        Options { settings: config::find(&sources, &RelPath::root()), ..Options::default() };
    let report = check(&sources, &RelPath::root(), &options);
    work(&report, &sources);
}

fn seen(finding: &Finding) -> Seen {
    (finding.rule.name, finding.message.unmasked())
}

fn shown(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|f| f.confidence >= Confidence::Medium)
}

/// The findings of a project, each with how often it is there.
fn counted(report: &Report) -> BTreeMap<Seen, usize> {
    let mut all = BTreeMap::new();
    shown(report).for_each(|f| *all.entry(seen(f)).or_default() += 1);
    all
}

/// The project with one finding's fix applied.
fn fixed(project: &Project, report: &Report, sources: &Sources<'_>, finding: &Finding) -> Project {
    let plan = fix::plan(report, sources, Safety::Unsafe, |f| std::ptr::eq(f, finding));
    let mut fixed = project.clone();
    for (path, bytes) in plan.files {
        let executable =
            matches!(project.0.get(path.as_str()), Some(Entry::File { executable: true, .. }));
        fixed.0.insert(path.as_str().to_owned(), Entry::File { bytes, executable });
    }
    fixed
}

/// How far the fixes of a case's findings can be trusted, one for each, and what is wrong with them.
fn judge(case: &Case, exceptions: &Exceptions) -> (Vec<Safety>, String) {
    let mut wrong = String::new();
    let mut cured = Vec::new();
    let name = format!("{}/{}", case.rule, case.name);
    let files = case.project.memory();
    checked(&files, |report, sources| {
        let before = counted(report);
        for finding in shown(report).filter(|f| f.rule.name == case.rule) {
            if finding.fixes.is_empty() {
                if !exceptions.cases.contains_key(&name) {
                    wrong += &format!("    no edits for: {}\n", finding.message.unmasked());
                }
                continue;
            }
            cured.extend(finding.fixes.first().map(|f| f.safety));
            let after_project = fixed(&case.project, report, sources, finding);
            if after_project == case.project {
                wrong += &format!("    nothing is changed for: {}\n", finding.message.unmasked());
                continue;
            }
            checked(&after_project.memory(), |again, _| {
                let after = counted(again);
                let gone = after.get(&seen(finding)).unwrap_or(&0)
                    < before.get(&seen(finding)).unwrap_or(&0);
                let mut faults = Vec::new();
                if !gone {
                    faults.push("it is still reported".to_owned());
                }
                let allowed = exceptions.follow.get(&name);
                for new in shown(again).filter(|f| f.severity >= Severity::Warning) {
                    let more = after.get(&seen(new)) > before.get(&seen(new));
                    if more && !allowed.is_some_and(|a| a.iter().any(|r| r == new.rule.name)) {
                        faults.push(format!("new: {}: {}", new.rule.name, new.message.unmasked()));
                    }
                }
                if !faults.is_empty() {
                    wrong += &format!(
                        "    {}\n      {}\n{}\n",
                        finding.message.unmasked(),
                        faults.join("\n      "),
                        indented(&finding.help.unmasked())
                    );
                }
            });
        }
    });
    (cured, wrong)
}

/// The most rounds that `check --fix` makes.
const MAX_ROUNDS: usize = 10;

/// Applies all cures in rounds, as `check --fix --unsafe-fixes` does: how many rounds it takes, and what is wrong.
fn apply_all(case: &Case) -> (usize, String) {
    let mut project = case.project.clone();
    let mut states = vec![project.clone()];
    let mut rules: Vec<&'static str> = Vec::new();
    let mut faults = counted_of(&project, "syntax-error");
    for round in 0..=MAX_ROUNDS {
        let files = project.memory();
        let mut next = project.clone();
        let mut applied = Vec::new();
        checked(&files, |report, sources| {
            let plan =
                fix::plan(report, sources, Safety::Unsafe, |f| f.confidence >= Confidence::Medium);
            applied = plan.applied.iter().map(|a| a.rule).collect();
            for (path, bytes) in plan.files {
                let executable = matches!(
                    project.0.get(path.as_str()),
                    Some(Entry::File { executable: true, .. })
                );
                next.0.insert(path.as_str().to_owned(), Entry::File { bytes, executable });
            }
        });
        let now = counted_of(&next, "syntax-error");
        if now > faults {
            return (round, format!("a file does not parse after {}", applied.join(", ")));
        }
        faults = now;
        if applied.is_empty() {
            return (round, String::new());
        }
        rules.extend(applied);
        if states.contains(&next) || round == MAX_ROUNDS {
            return (round, format!("no end after {}", rules.join(", ")));
        }
        states.push(next.clone());
        project = next;
    }
    (MAX_ROUNDS, String::new())
}

/// How many findings of a rule there are.
fn counted_of(project: &Project, rule: &str) -> usize {
    let mut count = 0;
    checked(&project.memory(), |report, _| {
        count = report.findings.iter().filter(|f| f.rule.name == rule).count();
    });
    count
}

#[test]
fn all_cures_come_to_an_end() {
    let all = cases::all(&home().join("fixtures")).unwrap_or_else(|why| panic!("{why}"));
    let rounds: Vec<(&Case, usize, String)> = all
        .par_iter()
        .filter(|c| c.kind == Kind::Bad)
        .map(|case| {
            let (rounds, wrong) = apply_all(case);
            (case, rounds, wrong)
        })
        .collect();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    rounds.iter().for_each(|(_, rounds, _)| *counts.entry(*rounds).or_default() += 1);
    println!("cases by rounds: {counts:?}");
    let wrong: Vec<String> = rounds
        .iter()
        .filter(|(_, _, wrong)| !wrong.is_empty())
        .map(|(case, _, wrong)| format!("  {}\n    {wrong}", case.title()))
        .collect();
    assert!(wrong.is_empty(), "{} do not end:\n{}", wrong.len(), wrong.join("\n"));
}

fn indented(text: &str) -> String {
    text.lines().map(|l| format!("      | {l}\n")).collect()
}

#[test]
fn every_cure_holds() {
    let exceptions = Exceptions::read();
    let all = cases::all(&home().join("fixtures")).unwrap_or_else(|why| panic!("{why}"));
    let bad: Vec<&Case> = all.iter().filter(|c| c.kind == Kind::Bad).collect();
    let judged: Vec<(&Case, Vec<Safety>, String)> = bad
        .into_par_iter()
        .map(|case| {
            let (cured, wrong) = judge(case, &exceptions);
            (case, cured, wrong)
        })
        .collect();
    let mut carrying: BTreeMap<&str, usize> = BTreeMap::new();
    judged.iter().for_each(|(case, cured, _)| {
        *carrying.entry(case.rule.as_str()).or_default() += cured.len();
    });
    let carries = |rule: &str| carrying.get(rule).is_some_and(|c| *c > 0);
    let mut wrong = Vec::new();
    for (case, _, text) in judged.iter().filter(|(case, _, w)| carries(&case.rule) && !w.is_empty())
    {
        wrong.push(format!("  {}\n{text}", case.title()));
    }
    for rule in rules::all().map(|r| r.meta.name) {
        let (edits, none) = (carries(rule), exceptions.rules.contains_key(rule));
        if edits == none {
            wrong.push(format!(
                "  {rule}: edits {edits}, in the table {none}: exactly one of these"
            ));
        }
    }
    for rule in rules::all().map(|r| r.meta) {
        let fixes = judged.iter().filter(|(case, ..)| case.rule == rule.name);
        let safeties: BTreeSet<Safety> = fixes.flat_map(|(_, cured, _)| cured.clone()).collect();
        wrong.extend(unargued(rule.page, &safeties).map(|why| format!("  {}: {why}", rule.name)));
    }
    let count = carrying.values().filter(|c| **c > 0).count();
    println!("{count} rules carry edits; {} cures", carrying.values().sum::<usize>());
    assert!(wrong.is_empty(), "{} do not hold:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a page lacks of an argument why its fixes are safe, or why they are not.
fn unargued(page: &str, safeties: &BTreeSet<Safety>) -> Option<String> {
    let section = page.split("\n## ").find(|s| s.starts_with("How to fix")).unwrap_or_default();
    let argued: BTreeSet<Safety> = [("safe", Safety::Safe), ("unsafe", Safety::Unsafe)]
        .into_iter()
        .filter(|(word, _)| {
            let start = format!("The fix is {word}: ");
            section.lines().any(|l| l.strip_prefix(&start).is_some_and(|why| why.len() > 20))
        })
        .map(|(_, safety)| safety)
        .collect();
    (argued != *safeties)
        .then(|| format!("`How to fix` argues {argued:?}, its fixes are {safeties:?}"))
}

#[test]
fn pages_say_why_there_are_no_edits() {
    let exceptions = Exceptions::read();
    let mut wrong = Vec::new();
    for rule in rules::all() {
        if let Some(why) = exceptions.rules.get(rule.meta.name)
            && !rule.meta.page.contains(why.as_str())
        {
            wrong.push(format!("  rules/{}.md does not say: {why}", rule.meta.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
