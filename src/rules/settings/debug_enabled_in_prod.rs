//! The debug page, with settings and source, is open to the public.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, Severity, prose};
use crate::model::django::{Cast, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::DEBUG_ENABLED_IN_PROD, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(settings), Some((step, _))) = (service.settings(), stack.django().server(service))
    else {
        return;
    };
    let Some(debug) = settings.get("DEBUG").filter(|d| d.is_certain()) else { return };
    // A text where a boolean is meant is the other rule's.
    if debug.value.reads.iter().any(|r| matches!(r.cast, Cast::Raw | Cast::BoolOfText)) {
        return;
    }
    let on = match &debug.value.kind {
        ValueKind::Bool(on) => *on,
        ValueKind::Int(n) => *n != 0,
        _ => false,
    };
    if !on {
        return;
    }
    // That other settings were meant says more.
    if stack.django().settings_for_production(service).is_some() {
        return;
    }
    let literal = debug.value.reads.is_empty();
    let for_development = settings
        .module
        .split('.')
        .any(|p| matches!(p, "dev" | "development" | "local" | "test" | "ci"));
    let clearly = stack.repository().is_named_for_development()
        || for_development
        || stack.storage().source_mount(service).is_some();
    let container = stack.container(service.container);
    // A variable that is set and read by nothing looks like a switch, and is none.
    let switch = ["DEBUG", "DJANGO_DEBUG"].iter().find(|n| {
        container.environment.vars.contains_key(**n)
            && !settings.reads.iter().any(|r| r.name == **n)
    });
    if !stack.repository().is_production()
        && (!literal
            || clearly && (switch.is_none() || stack.repository().is_named_for_development()))
    {
        return;
    }
    let place =
        debug.value.reads.iter().find_map(|r| {
            r.set_at.as_ref().and_then(|_| container.environment.written_at(&r.name))
        });
    let message = if stack.repository().is_production() {
        "DEBUG is on in production: an error page shows settings, paths and local variables to everyone"
    } else {
        "DEBUG is always on: nothing in the environment can switch it off"
    };
    let mut finding = Finding::new(&meta::DEBUG_ENABLED_IN_PROD, message);
    let unread = switch.filter(|_| literal).and_then(|name| container.environment.written_at(name));
    finding = match place {
        Some(place) => finding.label(place, "switched on here").label(debug.name_span, "read here"),
        None => finding.label(
            debug.name_span,
            if literal { "always on" } else { "on, because nothing sets the variable" },
        ),
    };
    finding = finding.label(step.span, prose!("{} serves with these settings", container));
    finding = finding.label_if(unread, "set here, and read by nothing");
    if stack.repository().is_production() {
        finding = finding.label(
            container.name_span(),
            prose!("looks like production: {}", stack.repository().intent_evidence()),
        );
    }
    let cure = match debug.value.reads.first() {
        None => Some(Cure::new("read it from the environment, off unless it is asked for").change(
            Change::Python(PythonEdit::Replace(
                debug.value.span,
                PyValue::Code("os.environ.get('DEBUG', '') == '1'".into()),
            )),
        )),
        Some(read) if place.is_none() => Some(
            Cure::new("switch it off").change(changes::variable(container, &read.name, "False")),
        ),
        // An env file may be that of development as well.
        Some(read) if has_own_file(stack) && !is_of_production(stack, place) => Some(
            Cure::new("switch it off for production alone")
                .change(changes::variable(container, &read.name, "False")),
        ),
        Some(_) => place.map(|at| {
            Cure::new("switch it off").change(Change::Replace { at, with: "False".into() })
        }),
    };
    let hosts = super::hosts_without_debug(settings, debug.name_span);
    let cure = cure.map(|cure| match hosts {
        Some(hosts) => cure.change(hosts).also(super::ADD_HOSTS),
        None => cure,
    });
    let finding = finding.cure_if(cure).help("read it from the environment, off unless it is asked for:\n    DEBUG = os.environ.get('DEBUG', '') == '1'");
    // What a template has is there to be changed.
    let started = container.environment.rests_on_templates();
    sink.report(if stack.repository().is_production() && !started {
        finding
    } else {
        finding.at_most(Severity::Info)
    });
}

/// Whether the stack is one Compose file that is for production by its name.
fn has_own_file(stack: &Stack<'_>) -> bool {
    stack.repository().is_named_for_production() && stack.repository().compose_files().count() == 1
}

/// Whether a place is in the Compose file, or in another file that is for production by its name.
fn is_of_production(stack: &Stack<'_>, place: Option<Span>) -> bool {
    place.is_some_and(|at| {
        let name = stack.repository().file_name(at).text.to_ascii_lowercase();
        let mut words = name.split(['.', '-', '_']);
        stack.repository().layer(at).is_some() || words.any(|w| matches!(w, "prod" | "production"))
    })
}
