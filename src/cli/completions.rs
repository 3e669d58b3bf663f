//! `compose-doctor completions` and `compose-doctor man`: what a shell and `man` are told of the command line.
//!
//! Both are made from the same definition that reads the arguments, so they cannot tell of an option that is not there.

use super::args::Args;
use super::output::out;
use super::{CLEAN, fail, suggest};
use crate::finding::{Quote, prose};
use crate::report::SafeText;
use crate::rules::meta;
use clap::CommandFactory;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap_complete::Shell;
use clap_mangen::Man;

/// The name that scripts and pages are for.
const PROGRAM: &str = "compose-doctor";
/// The arguments that take names of rules, as clap knows them.
const RULE_ARGUMENTS: [&str; 4] = ["rule", "select", "ignore", "extend_select"];

/// Writes the completion script of a shell.
pub(super) fn script(shell: Shell) -> u8 {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut with_rule_names(Args::command()), PROGRAM, &mut bytes);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    match shell {
        // clap_complete 4.6.11 (github.com/clap-rs/clap, issue 6421) asks for a command under one name and answers under another where the program's own
        // name has a hyphen; without this nothing behind a command is completed.
        Shell::Bash => text = text.replace("compose__subcmd__doctor", "compose__doctor"),
        // Its scripts for fish know nothing of arguments without a dash.
        Shell::Fish => {
            for rule in meta::ALL {
                let (name, summary) =
                    (rule.name, rule.summary.replace('\\', "\\\\").replace('\'', "\\'"));
                text += &format!(
                    "complete -c {PROGRAM} -n '__fish_seen_subcommand_from explain' -f -a {name} -d '{summary}'\n"
                );
            }
        }
        _ => {}
    }
    write(text)
}

/// Writes the manual page of the program, or of one of its commands.
pub(super) fn manual(name: Option<&str>) -> u8 {
    let mut program = Args::command();
    // Gives every command the options that all of them take, and the name its page has.
    program.build();
    let described = match name {
        None => Some(&program),
        Some(name) => commands(&program).find(|c| c.get_name() == name),
    };
    let Some(described) = described else {
        let mut text = SafeText::own("there is no command `");
        text.push(&SafeText::outside(name.unwrap_or_default())).push_own("`");
        suggest::did_you_mean(
            &mut text,
            name.unwrap_or_default(),
            commands(&program).map(clap::Command::get_name),
        );
        return fail(&text);
    };
    let mut bytes = Vec::new();
    match Man::new(described.clone()).manual("compose-doctor manual").render(&mut bytes) {
        Ok(()) => write(String::from_utf8_lossy(&bytes).into_owned()),
        Err(why) => fail(&SafeText::plain(&prose!(
            "the page cannot be written: {}",
            Quote::value(&why.to_string())
        ))),
    }
}

/// Lists the commands that have a manual page: packages are made from it, so that none is left out.
pub(super) fn pages() -> u8 {
    write(commands(&Args::command()).map(|c| format!("{}\n", c.get_name())).collect())
}

/// The commands of the program. Clap adds `help` to them, which describes the others.
fn commands(program: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    program.get_subcommands().filter(|c| c.get_name() != "help")
}

/// The same command line, where an argument that takes a rule knows their names.
///
/// Only scripts are made from it: read by it, a misspelt rule would be answered with a list of all of them instead of
/// the one that was meant.
fn with_rule_names(command: clap::Command) -> clap::Command {
    command
        .mut_args(|argument| {
            if !RULE_ARGUMENTS.contains(&argument.get_id().as_str()) {
                return argument;
            }
            let names =
                meta::ALL.iter().map(|rule| PossibleValue::new(rule.name).help(rule.summary));
            argument.value_parser(PossibleValuesParser::new(names))
        })
        .mut_subcommands(with_rule_names)
}

/// Writes a text that was made from this program's own words alone: nothing in it comes from a project or an argument.
fn write(text: String) -> u8 {
    // The program ends when it is written.
    out(&SafeText::own(text.leak()), CLEAN)
}
