//! A management command of the build stops at the settings, because a variable is only there later.

use crate::finding::{Change, Cure, Finding, Prose, Quote, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::COLLECTSTATIC_BUILD_NEEDS_ENV, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    if container.presumed {
        return;
    }
    for run in stack.django().failing_build_commands(service) {
        let names: Vec<Quote> =
            run.lacks.iter().map(|(name, span)| Quote::name(name).or_at(*span)).collect();
        let Some(first) = names.first() else { continue };
        let mut finding = Finding::new(
            &meta::COLLECTSTATIC_BUILD_NEEDS_ENV,
            prose!("the image of {} does not build: manage.py {} stops at {}, which is not set in a build", container, run.command, first),
        )
        .label(run.span, prose!("loads the settings without {}", Prose::join(&names, ", ")));
        for (name, span) in run.lacks.iter().take(MAX_LISTED) {
            finding = finding.label(*span, prose!("needs {}", Quote::name(name)));
        }
        if let Some(value) = container.environment.vars.get(&first.text) {
            finding = finding.label(value.span, "sets it for containers only");
        }
        let dummy = |name: &Quote| match name {
            n if n.contains("DATABASE_URL") => prose!("{}=sqlite:////tmp/build.sqlite3", n),
            n if n.contains("PORT") => prose!("{}=1", n),
            n if n.contains("DEBUG") => prose!("{}=0", n),
            n => prose!("{}=build", n),
        };
        let words = Prose::join(names.iter().map(dummy), " ");
        let at = Span { end: run.span.start, ..run.span };
        let cure = Cure::new("give the command values for the build alone, which stay in no layer")
            .change(Change::Bytes { at, with: prose!("{} ", words) });
        sink.report(finding.cure(cure).help(prose!("give the command values for the build alone, which stay in no layer; in front of it, on the same line:\n    {}", Prose::join(names.iter().map(dummy), " "))));
    }
}
