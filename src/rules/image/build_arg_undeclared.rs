//! An argument that is passed to a build and that no `ARG` takes, or that stands before the first `FROM` only.

use crate::finding::{
    Change, Confidence, Cure, Finding, NodeEdit, Quote, Severity, StatementEdit, prose,
};
use crate::model::container::Container;
use crate::model::image::ArgumentUse;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::{Span, Text};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BUILD_ARG_UNDECLARED, check: Check::Stack(check) };

/// The most arguments without use that are given to a build on their own, and not as part of a list.
const MAX_OWN: usize = 3;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        let (Some(image), Some(build)) = (container.built(), &container.service.build) else {
            continue;
        };
        for (name, _) in &build.args {
            let finding = match image.argument(name) {
                ArgumentUse::Declared => continue,
                ArgumentUse::Lacking(used) => Finding::new(
                    &meta::BUILD_ARG_UNDECLARED,
                    prose!("${} is empty in the build of {}: [Warning] One or more build-args [{}] were not consumed", name, container, name),
                )
                .label(name.span(), "is passed, but no ARG takes it")
                .label(used, "is used here without an ARG")
                .help(prose!("declare it in the stage that uses it, above that line:\n    ARG {}", name))
                .cure(declare(name, used)),
                ArgumentUse::Unnamed(near) => {
                    let finding = Finding::new(
                        &meta::BUILD_ARG_UNDECLARED,
                        prose!("{} has no effect on the build of {}: [Warning] One or more build-args [{}] were not consumed", name, container, name),
                    )
                    .label(name.span(), prose!("no ARG of {} takes it", stack.repository().file_name(crate::source::Span::whole(image.file_id()))));
                    match near {
                        Some(near) if !build.args.iter().any(|(n, _)| n.as_str() == near) => {
                            finding.cure(Cure::new("call it as the Dockerfile does").change(Change::YamlNode(name.span(), NodeEdit::Rename(prose!("{}", Quote::name(&near)))))).help(prose!("the Dockerfile declares {}; call it so here:\n    {}", Quote::name(&near), Quote::name(&near)))
                        }
                        _ => finding
                            .at_most(Severity::Info)
                            // What nothing asks for is missed by nobody.
                            .sure(match is_shared(stack, container, name) {
                                true => Confidence::Low,
                                false => Confidence::Medium,
                            })
                            .cure(
                                Cure::new("take it out, where nothing is to read it")
                                    .change(Change::YamlNode(name.span(), NodeEdit::Remove)),
                            )
                            .help(prose!("take it out, or declare it in the stage that is to use it:\n    ARG {}", name)),
                    }
                }
            };
            sink.report(finding);
        }
        for argument in image.outer_arguments() {
            let name = &argument.declared;
            sink.report(
                Finding::new(
                    &meta::BUILD_ARG_UNDECLARED,
                    prose!(
                        "${} is empty in the build of {}: its ARG stands before the first FROM",
                        name,
                        container
                    ),
                )
                .label(argument.used, "is empty here")
                .label(argument.declared.span(), "holds for FROM lines only")
                .help(prose!("declare it again in the stage, without a value:\n    ARG {}", name))
                .cure(declare(name, argument.used))
                .sure(Confidence::Medium),
            );
        }
    }
}

/// Whether an argument is one of a list that several builds are given, of which each takes what it needs: another build
/// takes it, or has it from the same place; or most of a long list is not for this one.
fn is_shared(stack: &Stack<'_>, container: &Container<'_>, name: &Text) -> bool {
    let (Some(image), Some(build)) = (container.built(), &container.service.build) else {
        return false;
    };
    let unnamed = |name: &Text| matches!(image.argument(name), ArgumentUse::Unnamed(_));
    let is_long = build.args.iter().filter(|(n, _)| unnamed(n)).count() > MAX_OWN;
    let elsewhere = stack.containers.iter().filter_map(|c| {
        let other = c.built()?;
        let same = other.file_id() == image.file_id() && other.target == image.target;
        Some((other, c.service.build.as_ref()?)).filter(|_| !same)
    });
    is_long
        || elsewhere.into_iter().any(|(other, build)| {
            build.args.iter().any(|(n, _)| {
                n.span() == name.span()
                    || n.as_str() == name.as_str()
                        && matches!(other.argument(n), ArgumentUse::Declared)
            })
        })
}

/// Declares an argument above the line that uses it.
fn declare(name: &Text, used: Span) -> Cure {
    Cure::new("declare the argument in the stage that uses it")
        .change(Change::Statement(used, StatementEdit::Before(prose!("ARG {}", Quote::name(name)))))
}
