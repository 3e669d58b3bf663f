//! The command line: the only place that prints, and that ends the program.
//!
//! Exit status: 0 clean, 1 findings at or above `--fail-on` (with `--strict` also what was not judged), 2 a wrong call, an error of our own, or
//! nothing to check. The output format never changes it. `diagnose` is asked another question, and answers like `grep`:
//! 0 something in the log is known, 1 nothing is.

mod args;
mod check;
mod completions;
mod config;
mod diagnose;
mod env;
mod env_template;
mod find;
mod fixing;
mod graph;
mod inspect;
mod output;
mod output_file;
mod progress;
mod project;
mod settings;
mod sink;
mod suggest;
mod targets;
mod trace;

pub use config::{ConfigAnswer, ConfigCall, config};
pub use env::{EnvAnswer, EnvCall, env};

use crate::config::{Selector, names as config_names};
use crate::report::{self, ExplainOptions, Language, RenderOptions, SafeText};
use crate::rules::meta;
use args::{Args, Command, ExplainArgs, LanguageName, RulesFormat, SchemaName};
use clap::Parser;
use output::{err, out, render_options};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of stack for the command line: its options alone take a quarter of a mebibyte to read without optimisation.
const STACK: usize = 8 * 1024 * 1024;

const CLEAN: u8 = 0;
/// Findings at or above `--fail-on`.
const FINDINGS: u8 = 1;
/// A wrong call, an error of our own, or nothing to check.
const TROUBLE: u8 = 2;

/// Runs the program on the arguments it was started with.
pub fn run() -> ExitCode {
    std::panic::set_hook(Box::new(report_fault));
    let work = || match Args::try_parse() {
        Ok(args) => dispatch(&args),
        Err(wrong) => misread(wrong),
    };
    // The stack of the first thread is as small as whoever calls wants it (`ulimit -s`). A panic must not look like
    // findings or like a clean run.
    let status = match std::thread::Builder::new().stack_size(STACK).spawn(work) {
        Ok(thread) => thread.join(),
        Err(_) => std::panic::catch_unwind(work),
    };
    ExitCode::from(status.unwrap_or_else(|_| {
        err(&SafeText::own("error: compose-doctor itself failed; this is a bug, please report it with the message above\n"));
        TROUBLE
    }))
}

/// Says where a panic happened, and nothing of what it says itself: the texts it speaks of may be a project's secrets.
/// The first place is enough to report; the same fault in every folder of a large project is one.
fn report_fault(info: &std::panic::PanicHookInfo<'_>) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let Some(place) = info.location().filter(|_| !TOLD.swap(true, Ordering::Relaxed)) else {
        return;
    };
    // The end of the path is ours or a library's; its beginning is of the machine that built the program.
    let file = place.file().replace('\\', "/");
    let file = file.rsplit("/src/").next().unwrap_or(&file);
    let mut text = SafeText::own("fault in compose-doctor, please report it: ");
    text.push(&SafeText::outside(file))
        .push_own(":")
        .push_number(place.line() as usize)
        .push_own("\n");
    err(&text);
}

/// Says what clap has to say: the help, the version, or what is wrong with the call.
fn misread(wrong: clap::Error) -> u8 {
    if !wrong.use_stderr() {
        // A closed pipe is the only way this fails, and then nobody reads it.
        let _ = wrong.print();
        return CLEAN;
    }
    // Clap repeats arguments as they are. Read again without control characters they are wrong in
    // the same way, and no line break of theirs is taken for one of the layout.
    let arguments =
        std::env::args_os().map(|a| SafeText::outside(&a.to_string_lossy()).to_string());
    let wrong =
        Args::try_parse_from(arguments).err().filter(clap::Error::use_stderr).unwrap_or(wrong);
    let plain = wrong.render().to_string();
    let mut safe = SafeText::new();
    for line in plain.lines() {
        safe.push(&SafeText::outside(line)).push_own("\n");
    }
    if safe.as_str().trim_end() == plain.trim_end() {
        // Clap knows whether there is a terminal that shows its colours.
        let _ = wrong.print();
    } else {
        err(&safe);
    }
    TROUBLE
}

fn dispatch(args: &Args) -> u8 {
    let options = render_options(args);
    match &args.command {
        Command::Check(check) => check::run(check, options),
        Command::Config(args) => config::run(args, options),
        Command::Env(args) => env::run(args, options),
        Command::Inspect(args) => inspect::run(args, options),
        Command::Graph(args) => graph::run(args),
        Command::Trace(args) => trace::run(args, options),
        Command::Diagnose(args) => diagnose::run(args, options),
        Command::Explain(args) => explain(args, options),
        Command::Rules { output_format: RulesFormat::Table } => {
            out(&report::rules_table(meta::ALL, options), CLEAN)
        }
        Command::Rules { output_format: RulesFormat::Json } => {
            out(&report::rules_json(meta::ALL), CLEAN)
        }
        Command::Schema { of } => schema(*of),
        Command::Completions { shell } => completions::script(*shell),
        Command::Man { list: true, .. } => completions::pages(),
        Command::Man { command, .. } => completions::manual(command.as_deref()),
    }
}

/// Says what is wrong with the call.
fn fail(why: &SafeText) -> u8 {
    err(&failure(why));
    TROUBLE
}

fn failure(why: &SafeText) -> SafeText {
    let mut text = SafeText::own("error: ");
    text.push(why).push_own("\n");
    text
}

/// What a name of rules, a group or `ALL` stands for, or what to say when there is nothing of that name.
fn find_selector(name: &str) -> Result<Selector, SafeText> {
    Selector::of_name(name).ok_or_else(|| {
        let mut text = SafeText::own("there is no rule `");
        text.push(&SafeText::outside(name)).push_own("`");
        suggest::did_you_mean(&mut text, name, config_names());
        text.push_own("\n  `compose-doctor rules` lists all rules");
        text
    })
}

/// Prints the page of a rule, the rules of a group, or all pages.
fn explain(args: &ExplainArgs, options: RenderOptions) -> u8 {
    let selector = match args.rule.as_deref().map(find_selector) {
        None => Selector::All,
        Some(Ok(selector)) => selector,
        Some(Err(why)) => return fail(&why),
    };
    let rules: Vec<_> = meta::ALL.iter().copied().filter(|r| selector.names(r).is_some()).collect();
    let language = match args.lang {
        Some(LanguageName::En) => Language::English,
        Some(LanguageName::Ko) => Language::Korean,
        None => language_of_locale(),
    };
    let text = match selector {
        Selector::Group(group) => report::explain_group(group, &rules, options),
        _ => report::explain_each(
            &rules,
            ExplainOptions { whole_example: args.example, language, render: options },
        ),
    };
    out(&text, CLEAN)
}

/// Prints a JSON schema.
fn schema(of: SchemaName) -> u8 {
    let text = match of {
        SchemaName::Configuration => include_str!("../../schemas/configuration.json"),
        SchemaName::Check => include_str!("../../schemas/check.json"),
        SchemaName::Env => include_str!("../../schemas/env.json"),
        SchemaName::Graph => include_str!("../../schemas/graph.json"),
        SchemaName::Inspect => include_str!("../../schemas/inspect.json"),
        SchemaName::Trace => include_str!("../../schemas/trace.json"),
    };
    out(&SafeText::own(text), CLEAN)
}

/// The language of the first variable that POSIX looks at for messages and that is not blank.
#[allow(clippy::disallowed_methods, reason = "the language of a page is that of its reader")]
fn language_of_locale() -> Language {
    let set = |name: &&str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set);
    locale.map_or(Language::English, |l| Language::of_locale(&l))
}
