//! What is behind the first fault.
//!
//! A fault may hide others: of an image that does not build nothing is known. Where it can be written down how a person
//! would fix it, or what they would assume to read on, that is laid over the files in memory, and the stack is judged
//! again, until nothing new comes. What is only seen there waits for the fault: it is reported with its name, at most at
//! medium confidence, and with places in the files as they are.
//!
//! What was wrong only because of the fault is gone with it, and what a repair wrote is not judged.

mod findings;
mod layer;
mod repair;
mod repairs;
mod tokens;

pub(super) use findings::same;

use super::bring_up::BringUp;
use super::read_files::Read;
use crate::finding::{Finding, Intent, Prose};
use crate::model::assumptions::Assumptions;
use crate::model::budget::Budget;
use crate::model::stack::{Shared, Stack};
use crate::source::{Sources, Span};
use findings::{Translation, hides, is_one};
use layer::{Layer, Origin};
use repair::Repair;
use std::cell::Cell;

/// How often faults are looked behind: a fault behind a fault behind a fault.
const MAX_ROUNDS: usize = 5;
/// The most faults that are repaired in one round.
const MAX_REPAIRS: usize = 12;
/// How many services are brought up for this, at most, each time they are counted again.
const MAX_SERVICES: usize = 120;
/// How often a stack is brought up for this, at least and at most, as far as its services allow.
const RUNS: (usize, usize) = (6, 24);

/// How a stack is looked at again.
pub(super) struct Behind<'a> {
    /// What it is brought up with.
    pub(super) up: &'a BringUp<'a>,
    /// What it is for.
    pub(super) intent: (Intent, Prose),
}

/// What was found behind faults, with places in the files as they are.
#[derive(Default)]
pub(super) struct Found {
    /// What waits for a fault.
    pub(super) findings: Vec<Finding>,
    /// Places that no output may show.
    pub(super) secrets: Vec<Span>,
    /// What was read.
    pub(super) read: Read,
    /// Everything that is reported where no fault hides anything any more.
    last: Vec<Finding>,
}

/// A stack over files with repairs.
struct Seen {
    findings: Vec<Finding>,
    /// Repairs of the faults among them.
    repairs: Vec<Repair>,
    secrets: Vec<Span>,
    read: Read,
}

impl Behind<'_> {
    /// Looks behind the faults among the findings of a stack; `None` where none of them hides anything.
    pub(super) fn look(
        &self,
        sources: &Sources<'_>,
        stack: &Stack<'_>,
        shared: &Shared,
        findings: &[Finding],
    ) -> Option<Found> {
        let repairs = self.repairs(sources, stack, shared, findings);
        if repairs.is_empty() || Budget::is_exhausted() {
            return None;
        }
        let services = stack.containers.len().max(1);
        let runs = Cell::new((MAX_SERVICES / services).clamp(RUNS.0, RUNS.1));
        let mut found = Budget::apart(|| self.round(sources, findings, &repairs, 1, &runs))?;
        // What was judged in part only would wait for the wrong fault.
        if Budget::spent().is_some() {
            return None;
        }
        found.findings.iter_mut().for_each(findings::say_what_it_waits_for);
        Some(found)
    }

    /// Repairs of what is reported, as far as they can be written down.
    fn repairs(
        &self,
        sources: &Sources<'_>,
        stack: &Stack<'_>,
        shared: &Shared,
        findings: &[Finding],
    ) -> Vec<Repair> {
        let mut open: Vec<&Finding> = findings.iter().filter(|f| hides(f)).collect();
        let mut all = Vec::new();
        let mut take = |stack: &Stack<'_>| {
            open.retain(|fault| match repairs::of_fault(fault, stack, sources) {
                Some(repair) => {
                    all.push(repair);
                    false
                }
                None => true,
            });
            open.is_empty()
        };
        if !take(stack) {
            // Some faults are only seen with what is assumed.
            let assumptions: Assumptions = stack.repository().assumptions();
            if !assumptions.is_empty() {
                let mut look = |stack: &Stack<'_>| {
                    take(stack);
                };
                self.up.assuming(sources, shared, &self.intent, &assumptions, &mut look);
            }
        }
        all
    }

    /// Lays repairs over the files, and goes on from there. `known` is what is reported without them.
    fn round(
        &self,
        sources: &Sources<'_>,
        known: &[Finding],
        repairs: &[Repair],
        number: usize,
        runs: &Cell<usize>,
    ) -> Option<Found> {
        let laid = repair::fitting(repairs, MAX_REPAIRS);
        let mut layer = Layer::new(sources, &laid)?;
        let files = layer.over(sources);
        let layered = layer.read(sources, &files);
        let seen = self.see(&layered, runs)?;
        let back = Translation { layer: &layer, layered: &layered, sources, laid: &laid };
        let mut found = Found { last: back.all(&seen.findings), ..Found::default() };
        let mut new = back.unknown_yet(&seen.findings, known, self.up.checked);
        // A repair that did not help is not tried again.
        let next: Vec<Repair> = seen
            .repairs
            .into_iter()
            .filter(|r| match layer.below(r.fault.span, &layered, sources) {
                Origin::Written(at) | Origin::Replaced(at) => {
                    !laid.iter().any(|l| l.fault.rule == r.fault.rule && l.fault.span == at)
                }
                Origin::Invented => false,
            })
            .collect();
        let deeper = (number < MAX_ROUNDS && !next.is_empty())
            .then(|| self.round(&layered, &seen.findings, &next, number + 1, runs))
            .flatten();
        if let Some(deeper) = deeper {
            found.last = back.all(&deeper.last);
            // What goes with the next fault only follows from it.
            let stays = |f: &Finding| {
                found.last.iter().any(|l| same(l, f))
                    || next.iter().any(|r| is_one(f, &r.fault, &back))
            };
            new.retain(stays);
            found.findings = back.waiting(deeper.findings, known);
            // Some are surer there.
            new.retain(|f| !found.findings.iter().any(|surer| same(surer, f)));
            found.secrets = back.places(deeper.secrets);
            found.read.add(deeper.read);
        }
        self.attribute(sources, &laid, &mut new, runs);
        new.append(&mut found.findings);
        found.findings = new;
        found.secrets.extend(back.places(seen.secrets));
        found.read.add(seen.read);
        found.read.retain(|path| sources.known(path).is_some());
        Some(found)
    }

    /// Tells which of several faults each finding waits for: those without whose repair it is not seen.
    fn attribute(
        &self,
        sources: &Sources<'_>,
        laid: &[&Repair],
        new: &mut [Finding],
        runs: &Cell<usize>,
    ) {
        let groups = groups(laid.len());
        let enough = runs.get() >= groups.len();
        if laid.len() > 1 && !new.is_empty() && enough {
            // For each finding, the groups without which it is not seen.
            let mut hiding: Vec<Vec<usize>> = vec![Vec::new(); new.len()];
            for (number, group) in groups.iter().enumerate() {
                let others: Vec<&Repair> =
                    (0..).zip(laid).filter(|(i, _)| !group.contains(i)).map(|(_, r)| *r).collect();
                let without = self.without(sources, &others, runs);
                for (finding, hiding) in new.iter().zip(&mut hiding) {
                    if without.as_ref().is_none_or(|all| !all.iter().any(|o| same(o, finding))) {
                        hiding.push(number);
                    }
                }
            }
            for (finding, hiding) in new.iter_mut().zip(&hiding) {
                let needed = (0..).zip(laid).filter(|(i, _)| {
                    let mut own = groups.iter().enumerate().filter(|(_, g)| g.contains(i));
                    own.all(|(number, _)| hiding.contains(&number))
                });
                finding.waits_for.extend(needed.map(|(_, repair)| repair.fault));
            }
        }
        for finding in new.iter_mut().filter(|f| f.waits_for.is_empty()) {
            finding.waits_for = laid.iter().map(|r| r.fault).collect();
        }
    }

    /// What is reported with these repairs alone; `None` where that cannot be said.
    fn without(
        &self,
        sources: &Sources<'_>,
        laid: &[&Repair],
        runs: &Cell<usize>,
    ) -> Option<Vec<Finding>> {
        // Without any, nothing of what is new is seen.
        if laid.is_empty() {
            return None;
        }
        let mut layer = Layer::new(sources, laid)?;
        let files = layer.over(sources);
        let layered = layer.read(sources, &files);
        let seen = self.see(&layered, runs)?;
        let back = Translation { layer: &layer, layered: &layered, sources, laid };
        Some(back.all(&seen.findings))
    }

    /// Brings the stack up over other files.
    fn see(&self, sources: &Sources<'_>, runs: &Cell<usize>) -> Option<Seen> {
        runs.set(runs.get().checked_sub(1)?);
        Budget::refill();
        if Budget::is_exhausted() {
            return None;
        }
        let project = self.up.load(sources, &Assumptions::default())?;
        let shared = self.up.shared();
        let stack = self.up.stack(sources, &project, &shared, Some(&self.intent));
        let mut seen = Seen {
            findings: Vec::new(),
            repairs: Vec::new(),
            secrets: Vec::new(),
            read: Read::default(),
        };
        seen.findings = self
            .up
            .judge(sources, &stack, &shared, &mut |stack| {
                seen.secrets.extend(stack.environment().secret_places());
                seen.read.note(sources, stack);
            })
            .findings;
        seen.repairs = self.repairs(sources, &stack, &shared, &seen.findings);
        seen.read.dockerfile.extend(shared.images().iter().map(|i| i.dockerfile().clone()));
        Some(seen)
    }
}

/// Groups of so many repairs, by their numbers, such that those which a finding waits for are told by the groups without
/// which it is not seen: each alone, or, where that takes fewer groups, each in two of them, and no other in the same two.
fn groups(count: usize) -> Vec<Vec<usize>> {
    let pairs = |groups: usize| groups * groups.saturating_sub(1) / 2;
    let fewest = (0..=count).find(|g| pairs(*g) >= count).unwrap_or(count);
    if fewest >= count {
        return (0..count).map(|i| vec![i]).collect();
    }
    let mut all = vec![Vec::new(); fewest];
    let two = (0..fewest).flat_map(|a| (a + 1..fewest).map(move |b| (a, b)));
    for (number, (a, b)) in two.take(count).enumerate() {
        all[a].push(number);
        all[b].push(number);
    }
    all
}
