//! A build that calls a tool with a command or an option that its release no longer has.

use crate::finding::{Change, CommandChange, CommandEdit, Cure, Finding, Own, Prose, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BUILD_TOOL_COMMAND_REMOVED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in stack.containers.iter().filter(|c| !c.presumed) {
        for fault in stack.images().removed_tool_commands(container) {
            let known = fault.known;
            let label = match known.option {
                Some(_) => prose!("was removed in {} {}", Own(known.tool), Own(known.since)),
                None => {
                    prose!("is no longer part of {} since {}", Own(known.tool), Own(known.since))
                }
            };
            let installed = if fault.unpinned {
                "names no version: the newest release is installed"
            } else {
                "a release without it"
            };
            let mut finding = Finding::new(
                &meta::BUILD_TOOL_COMMAND_REMOVED,
                prose!("the image of {} does not build: {}", container, Own(known.answer)),
            )
            .label(fault.word, label)
            .label(fault.installed, installed);
            let command = |edit| {
                Change::Command(CommandChange { words: fault.words.clone(), edits: vec![edit] })
            };
            let words = |instead: &'static str| {
                let mut all = instead.split(' ').map(Prose::from);
                let mut edits = vec![CommandEdit::Word(fault.at, all.next().unwrap_or_default())];
                let rest: Vec<Prose> = all.collect();
                if !rest.is_empty() {
                    let last = fault.at + 1 == fault.words.len();
                    edits.push(match last {
                        true => CommandEdit::Append(rest),
                        false => CommandEdit::Insert(fault.at + 1, rest),
                    });
                }
                Change::Command(CommandChange { words: fault.words.clone(), edits })
            };
            finding = match (known.plugin, known.option, known.instead) {
                (Some(plugin), ..) => {
                    let add = fault.pip.clone().map(|words| {
                        let edits = vec![CommandEdit::Append(vec![plugin.into()])];
                        Change::Command(CommandChange { words, edits })
                    });
                    finding
                        .help(prose!("install the plugin beside it, and name a version of both:\n    RUN pip install --no-cache-dir \"{}>={}\" {}", Own(known.tool), Own(known.since), Own(plugin)))
                        .cure_if(add.map(|change| Cure::new(prose!("install {} beside it", Own(plugin))).change(change)))
                }
                (None, Some(option), Some(instead)) if instead.starts_with('-') => finding
                    .help(prose!("write `{}` in place of `{}`", Own(instead), Own(option)))
                    .cure(
                        Cure::new(prose!("write {} in place of {}", Own(instead), Own(option)))
                            .change(words(instead)),
                    ),
                (None, _, Some(instead)) => {
                    finding.help(prose!("call this in place of it:\n    {}", Own(instead)))
                }
                (None, Some(option), None) => {
                    finding.help(prose!("leave `{}` out", Own(option))).cure(
                        Cure::new(prose!("leave {} out", Own(option)))
                            .change(command(CommandEdit::Remove(fault.at..fault.at + 1))),
                    )
                }
                (None, None, None) => finding.help(prose!(
                    "name the version of {} that this was written for",
                    Own(known.tool)
                )),
            };
            sink.report(finding);
        }
    }
}
