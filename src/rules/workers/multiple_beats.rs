//! Two processes send every periodic task.

use crate::finding::{
    Change, CommandEdit, Confidence, Cure, Finding, NodeEdit, Quote, YamlValue, prose,
};
use crate::model::process::{Step, StepKind};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::MULTIPLE_BEATS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let mut beats: Vec<(usize, &Step, String)> = Vec::new();
    for (index, container) in stack.containers.iter().enumerate() {
        // Services of different profiles need not run together.
        if container.service.has_profile() || locked(stack, index) {
            continue;
        }
        let steps = container.process.steps.iter().filter(|s| !s.conditional && beats_in(s));
        beats.extend(steps.filter_map(|s| Some((index, s, app(s)?))));
    }
    for (at, (index, step, name)) in beats.iter().enumerate() {
        let container = stack.container(*index);
        let replicas = container
            .service
            .node
            .get("deploy")
            .and_then(|d| d.get("replicas"))
            .or_else(|| container.service.node.get("scale"));
        let many = replicas
            .and_then(|r| Some((r.span, r.text()?.as_str().parse::<u32>().ok()?)))
            .filter(|(_, n)| *n > 1);
        if let Some((span, number)) = many {
            let message = prose!(
                "every periodic task is sent {} times: each replica of {} has a scheduler of its own",
                number,
                container
            );
            sink.report(
                Finding::new(&meta::MULTIPLE_BEATS, message)
                    .label(step.span, "starts the scheduler")
                    .label(span, "so many of them")
                    .cure(
                        Cure::new("run one of it")
                            .change(Change::YamlNode(span, NodeEdit::Replace(YamlValue::Int(1)))),
                    )
                    .help("give the scheduler a service of its own, with one replica"),
            );
            return;
        }
        let Some((other, twin, _)) =
            beats[at + 1..].iter().find(|(i, _, n)| i != index && n == name)
        else {
            continue;
        };
        let message = prose!(
            "every periodic task is sent twice: {} and {} both run a scheduler for {}",
            container,
            stack.container(*other),
            Quote::name(name).or_at(step.span)
        );
        let finding = Finding::new(&meta::MULTIPLE_BEATS, message)
            .label(twin.span, "a second scheduler")
            .label(step.span, "the first");
        // Where nothing takes the tasks, one of the two was meant to.
        let works = |s: &Step| matches!(&s.kind, StepKind::Celery { role, .. } if role == "worker");
        let worked = stack.containers.iter().any(|c| {
            c.built().is_some() && c.process.unknown.is_some() || c.process.steps.iter().any(works)
        });
        let misnamed =
            [index, other].into_iter().find(|i| stack.container(**i).name().contains("worker"));
        let finding = match misnamed.filter(|_| !worked) {
            Some(worker) => {
                let (_, own, _) =
                    beats.iter().find(|(i, s, _)| i == worker && beats_in(s)).unwrap_or(&beats[at]);
                let role = own.words.iter().position(|w| w.as_str() == "beat");
                let cure = role.map(|role| {
                    let edit = CommandEdit::Word(role, "worker".into());
                    Cure::new(prose!("run the tasks in {}", stack.container(*worker)))
                        .change(changes::command(own, [edit]))
                        .also("take out the options that only the scheduler knows")
                });
                finding.cure_if(cure).help(prose!(
                    "nothing here runs the tasks: start a worker in {}, with `worker` in the place of `beat`:\n    celery -A {} worker",
                    stack.container(*worker),
                    Quote::name(name).or_at(step.span)
                ))
            }
            None => finding.help("leave one of them; a worker without `-B` still runs the tasks"),
        };
        sink.report(finding.sure(Confidence::Medium));
        return;
    }
}

/// Whether a step starts Celery's scheduler: `beat`, or a worker with `-B`.
fn beats_in(step: &Step) -> bool {
    let StepKind::Celery { role, .. } = &step.kind else { return false };
    let inside =
        |w: &str| w == "--beat" || w.starts_with('-') && !w.starts_with("--") && w.ends_with('B');
    role == "beat" || role == "worker" && step.words.iter().any(|w| inside(w))
}

/// The application, where schedules could be the same.
fn app(step: &Step) -> Option<String> {
    let StepKind::Celery { app, .. } = &step.kind else { return None };
    // A schedule of its own is a scheduler for something else.
    let own = ["-s", "--schedule", "-S", "--scheduler"]
        .iter()
        .any(|o| step.words.iter().any(|w| w.starts_with(o) && w.contains("redbeat")));
    app.as_ref().filter(|a| !own && a.is_resolved() && !a.is_empty()).map(|a| a.as_str().to_owned())
}

/// Whether the settings name a scheduler that keeps a lock (RedBeat).
fn locked(stack: &Stack<'_>, index: usize) -> bool {
    let service =
        stack.roles.django.iter().find(|d| d.container == index).and_then(|d| d.settings());
    let named = |name: &str| {
        service.and_then(|s| s.get(name)).is_some_and(|b| {
            b.value.as_str().is_none_or(|v| v.to_ascii_lowercase().contains("redbeat"))
        })
    };
    named("CELERY_BEAT_SCHEDULER") || named("CELERYBEAT_SCHEDULER")
}
