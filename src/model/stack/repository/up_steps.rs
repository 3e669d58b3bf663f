//! Steps that the project's own texts take before or right after they bring the stack up.

use super::Repository;
use super::manual_steps::runs;
use crate::model::instructions::{Form, Invocation, Verb, is_ci, is_manual, is_recipe, is_script};
use crate::source::{SourceFile, Span};

impl Repository<'_> {
    /// Where a script or a manual has the management command `name` run in a new container of this stack before it has the
    /// stack brought up: who keeps to it never serves without.
    pub fn step_before_up(&self, name: &str) -> Option<Span> {
        self.invocations().iter().find_map(|(file, read)| {
            if !is_script(&file.path) && !is_manual(&file.path) || is_ci(&file.path) {
                return None;
            }
            let verb = |i: &Invocation| i.call.as_ref().map(|c| c.verb);
            let held = |i: &Invocation| i.words.iter().any(|w| w.known() == Some("--no-start"));
            // One that names services may leave the server out.
            let whole = |i: &Invocation| i.call.as_ref().is_some_and(|c| c.services.is_empty());
            let up = read.iter().filter(|i| verb(i) == Some(Verb::Up) && !held(i) && whole(i));
            let up = up.map(|i| i.span.start).min()?;
            let steps = read.iter().filter(|i| runs(i, name)).filter(|step| {
                let inside = step.inside.as_deref();
                let call = inside.and_then(|i| i.call.as_ref());
                let new = call.is_some_and(|c| c.verb == Verb::Run);
                new && step.span.start < up
                    && inside.and_then(|i| self.is_in_stack(i)) == Some(true)
            });
            steps.map(|step| step.span).next()
        })
    }

    /// Where a script or a recipe has the management command `name` run in a container of this stack right after it has
    /// the stack brought up: who keeps to it runs both with one command.
    pub fn step_after_up(&self, name: &str) -> Option<Span> {
        self.invocations().iter().find_map(|(file, read)| {
            if !is_recipe(&file.path) {
                return None;
            }
            let whole = |i: &&Invocation| {
                let call = i.call.as_ref();
                call.is_some_and(|c| c.verb == Verb::Up && c.services.is_empty())
            };
            let ups: Vec<&Invocation> = read.iter().filter(whole).collect();
            let mut steps = read.iter().filter(|i| i.form == Form::Written && runs(i, name));
            let after = steps.find(|step| {
                let inside = step.inside.as_deref();
                inside.and_then(|i| self.is_in_stack(i)) == Some(true)
                    && ups
                        .iter()
                        .any(|up| is_one_recipe(file, up.span.range().end, step.span.range().start))
            });
            after.map(|step| step.span)
        })
    }
}

/// Whether what is between two places of a file keeps them in one recipe: in a Makefile every line is indented.
fn is_one_recipe(file: &SourceFile, from: usize, to: usize) -> bool {
    let between = file.text.get(from..to);
    between.is_some_and(|text| {
        is_script(&file.path)
            || text.lines().skip(1).all(|l| l.trim().is_empty() || l.starts_with(['\t', ' ']))
    })
}
