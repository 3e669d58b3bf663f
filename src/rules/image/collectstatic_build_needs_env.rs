//! A management command of the build stops at the settings, because a variable is only there later.

use crate::finding::Finding;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::COLLECTSTATIC_BUILD_NEEDS_ENV, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    if container.presumed {
        return;
    }
    for run in stack.django().failing_build_commands(service) {
        let names: Vec<&str> = run.lacks.iter().map(|(n, _)| n.as_str()).collect();
        let Some(first) = names.first() else { continue };
        let mut finding = Finding::new(
            &meta::COLLECTSTATIC_BUILD_NEEDS_ENV,
            format!(
                "the image of {} does not build: manage.py {} stops at {first}, which is not set in a build",
                container.name(),
                run.command
            ),
        )
        .label(run.span, format!("loads the settings without {}", names.join(", ")));
        for (name, span) in run.lacks.iter().take(MAX_LISTED) {
            finding = finding.label(*span, format!("needs {name}"));
        }
        if let Some(value) = container.environment.vars.get(*first) {
            finding = finding.label(value.span, "sets it for containers only");
        }
        let dummy = |name: &str| match name {
            n if n.contains("DATABASE_URL") => format!("{n}=sqlite:////tmp/build.sqlite3"),
            n if n.contains("PORT") => format!("{n}=1"),
            n if n.contains("DEBUG") => format!("{n}=0"),
            n => format!("{n}=build"),
        };
        let given: Vec<String> = names.iter().map(|n| dummy(n)).collect();
        sink.report(finding.help(format!(
            "give the command values for the build alone, which stay in no layer; in front of it, on the same line:\n    {}",
            given.join(" ")
        )));
    }
}
