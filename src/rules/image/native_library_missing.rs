//! A library, a program or a compiler of the system that a Python package wants, and the image lacks.

use crate::finding::{Change, Confidence, Cure, Finding, Own, Severity, StatementEdit, prose};
use crate::model::container::Container;
use crate::model::image::NativeFault;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::NATIVE_LIBRARY_MISSING, check: Check::Stack(check) };

/// The app of Django that loads GDAL and GEOS.
const GIS: &str = "django.contrib.gis";

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        for fault in stack.images().native_faults(container) {
            let Some(asked) = fault.asked else { continue };
            if fault.native.build {
                report(container, &fault, asked, None, sink);
                continue;
            }
            // What no service of Django imports is not missed.
            let mut django = stack.roles.django.iter().map(|d| stack.container(d.container));
            let runs = django.any(|c| c.name() == container.name());
            let module = fault.native.module.filter(|_| runs && !container.adds_packages());
            let (Some(image), Some(module)) = (container.built(), module) else { continue };
            if let Some(import) = stack.images().import_of(image, module) {
                report(container, &fault, asked, Some(import), sink);
            }
        }
    }
    for service in &stack.roles.django {
        let container = stack.container(service.container);
        let Some(settings) = service.settings().filter(|_| !container.presumed) else { continue };
        if settings.get("GDAL_LIBRARY_PATH").is_some() || container.adds_packages() {
            continue;
        }
        let engine = service.databases().into_iter().find_map(|d| {
            let engine = d.engine?;
            engine
                .as_str()
                .is_some_and(|e| e.starts_with("django.contrib.gis."))
                .then_some(engine.span)
        });
        let Some(asked) = engine.or_else(|| settings.installed(GIS)) else { continue };
        let fault = container.built().and_then(|image| image.app_fault(GIS));
        if let Some(fault) = fault {
            report(container, &fault, asked, None, sink);
        }
    }
}

fn report(
    container: &Container<'_>,
    fault: &NativeFault,
    asked: Span,
    import: Option<Span>,
    sink: &mut Sink,
) {
    let native = fault.native;
    let app = native.package == GIS;
    let message = match (native.build, app) {
        (true, _) => prose!("the image of {} does not build: {}", container, Own(native.answer)),
        (false, true) => prose!("{} does not start: {}", container, Own(native.answer)),
        (false, false) => {
            prose!("{} cannot use {}: {}", container, Own(native.package), Own(native.answer))
        }
    };
    let wants = if native.build {
        prose!("is compiled when it is installed, and needs {}", Own(native.library))
    } else {
        prose!("needs {}, which pip does not install", Own(native.library))
    };
    let finding = Finding::new(&meta::NATIVE_LIBRARY_MISSING, message)
        .label(asked, wants)
        .label(fault.base.span(), "does not bring it")
        .label_if(import, "imports it")
        .help(prose!("install it in the Dockerfile:\n    {}", fault.install.clone()))
        .cure(Cure::new(prose!("install {}", Own(native.library))).change(Change::Statement(
            fault.base.span(),
            StatementEdit::After(fault.install.clone()),
        )));
    sink.report(if native.build || app {
        finding
    } else {
        // Where it is imported late, only what needs it fails.
        finding.at_most(Severity::Warning).sure(Confidence::Medium)
    });
}
