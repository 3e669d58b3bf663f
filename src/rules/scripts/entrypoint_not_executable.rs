//! A script is started by its name, but the system may not execute it.

use crate::finding::{Change, CommandChange, CommandEdit, Cure, Finding, Own, Quote, prose};
use crate::model::container::Container;
use crate::model::image::Mode;
use crate::model::process::{Called, How};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::{RelPath, Span};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENTRYPOINT_NOT_EXECUTABLE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        let fs = stack.storage().filesystem(container);
        for called in container
            .process
            .called
            .iter()
            .filter(|c| c.how == How::Itself && !c.conditional && !c.beside)
        {
            let Some(file) = &called.file else { continue };
            if called.by_docker && called.readable && called.shebang.is_none() {
                sink.report(no_program(stack, container, called, file));
                break;
            }
            if called.made_executable {
                continue;
            }
            let Mode::Plain(brought) = fs.mode(&called.path, file) else { continue };
            sink.report(plain(stack, container, called, file, brought));
            break;
        }
    }
}

fn plain(
    stack: &Stack<'_>,
    container: &Container<'_>,
    called: &Called,
    file: &RelPath,
    brought: Span,
) -> Finding {
    let message = if called.by_docker {
        prose!("{} does not start: exec: \"{}\": permission denied", container, called.word)
    } else {
        prose!("{} stops at its script: {}: Permission denied", container, called.word)
    };
    let shown = stack.repository().display_path(file);
    let mount = container.service.mounts.iter().any(|m| m.span == brought);
    let mut finding = Finding::new(&meta::ENTRYPOINT_NOT_EXECUTABLE, message)
        .label(called.word.span(), "started by its name, which needs its execute bit");
    finding = finding.label(
        brought,
        if mount {
            prose!("{} has no execute bit, and the mount shows it as it is", shown)
        } else {
            prose!("copies {}, which has no execute bit", shown)
        },
    );
    let chmod = container.built().and_then(|image| image.chmod_of(&called.path));
    finding = finding.label_if(
        chmod,
        if mount {
            "this is done to the image's copy, which the mount hides"
        } else {
            "this comes too early: what is copied after it has its own mode"
        },
    );
    let git = prose!("chmod +x {} && git update-index --chmod=+x {}", shown, shown);
    let shell =
        called.shebang.as_ref().map_or("sh", |s| if s.contains("bash") { "bash" } else { "sh" });
    let finding = finding.cure(
        Cure::new(prose!("let `{}` read the script", Own(shell)))
            .change(Change::Command(CommandChange {
                words: vec![called.word.clone()],
                edits: vec![CommandEdit::Insert(0, vec![shell.into()])],
            }))
            .also(prose!("or give the file its execute bit: {}", git)),
    );
    finding.help(if mount {
        prose!("give the file its execute bit:\n    {}\nor let a shell read it: put `sh` in front of its name", git)
    } else {
        prose!("give the file its execute bit:\n    {}\nor do it in the Dockerfile, after the copy:\n    RUN chmod +x {}", git, Quote::path(&called.path))
    })
}

fn no_program(
    stack: &Stack<'_>,
    container: &Container<'_>,
    called: &Called,
    file: &RelPath,
) -> Finding {
    Finding::new(
        &meta::ENTRYPOINT_NOT_EXECUTABLE,
        prose!("{} does not start: exec {}: exec format error", container, called.word),
    )
    .label(
        called.word.span(),
        prose!(
            "{} does not begin with `#!`, so the system cannot tell what runs it",
            stack.repository().display_path(file)
        ),
    )
    .help("make this the first line of the script:\n    #!/bin/sh")
}
