//! An extension of PostgreSQL that is created, and that the server's image does not bring.

use crate::finding::{Change, Cure, Finding, Own, Prose, prose};
use crate::model::stack::Stack;
use crate::model::stack::datastores::LackingExtension;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_EXTENSION_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for service in &stack.roles.django {
        for lacking in stack.datastores().lacking_extensions(service) {
            let what = prose!("migrate of {}", stack.container(service.container));
            report(stack, &lacking, what, sink);
        }
    }
    for database in &stack.roles.databases {
        for lacking in stack.datastores().lacking_at_first_start(database) {
            let what = prose!("the first start of {}", stack.container(database.container));
            report(stack, &lacking, what, sink);
        }
    }
}

fn report(stack: &Stack<'_>, lacking: &LackingExtension<'_>, what: Prose, sink: &mut Sink) {
    let name = lacking.extension.name;
    let server = stack.container(lacking.database.container);
    let instead = match (lacking.extension.instead, &lacking.major) {
        (Some(image), Some(major)) => {
            let (before, after) = image.split_once("{major}").unwrap_or((image, ""));
            let major = major.parse::<u32>().unwrap_or_default();
            (major > 0).then(|| prose!("{}{}{}", Own(before), major, Own(after)))
        }
        _ => None,
    };
    let help = match &instead {
        Some(image) => prose!("use an image that brings it:\n    image: {}", image.clone()),
        None => prose!("use an image that brings it, or install it in a Dockerfile for {}", server),
    };
    let cure = instead.and_then(|with| {
        let at = changes::verbatim(&lacking.image)?;
        Some(
            Cure::new(prose!("use an image that brings {}", Own(name)))
                .change(Change::Replace { at, with })
                .also(
                    "make a dump first: the files of an Alpine image sort texts in another order",
                ),
        )
    });
    sink.report(
        Finding::new(
            &meta::DB_EXTENSION_MISSING,
            prose!("{} fails: extension \"{}\" is not available", what, Own(name)),
        )
        .label(lacking.image.span(), prose!("does not bring {}", Own(name)))
        .label(lacking.created, "creates it")
        .cure_if(cure)
        .help(help),
    );
}
