//! Following a command.

use super::failing::Failing;
use super::words::MAX_WORDS;
use super::{How, Process, Step, StepKind, tests_of_shell};
use crate::model::budget::Budget;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::ExecContext;
use crate::source::{Known, Reason, RelPath, Span, Text, Unknown};
use crate::syntax::shell::{Joined, List, Script, Simple, expand};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How deep scripts may call each other.
pub(super) const MAX_DEPTH: usize = 24;
/// How many steps are followed.
const MAX_STEPS: usize = 2_000;
/// How deep one program may start another: `exec env exec env …`.
const MAX_CALLS: usize = 48;
/// What a step costs of the folder's budget, in bytes.
const STEP_COST: usize = 1024;

/// How a command is started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The folder it starts in; `None` when it is not known.
    pub workdir: Option<String>,
}

/// Follows an argument list as Docker runs it.
pub fn follow(place: &dyn ExecContext, argv: &[Text], start: Start) -> Process {
    let mut follower = Follower::new(place);
    let mut cx = Cx { workdir: start.workdir, failing: Failing::start(), ..Cx::default() };
    if let Some(next) = argv.get(MAX_WORDS) {
        follower.unknown(super::words::too_many(next.span()));
    }
    let argv = &argv[..argv.len().min(MAX_WORDS)];
    follower.process.argv = argv.to_vec();
    follower.run(argv, None, &mut cx);
    follower.process
}

/// Follows a script that is at hand as text (a `RUN` line, a shell-form `CMD`).
pub fn follow_script(place: &dyn ExecContext, script: &Script, start: Start) -> Process {
    let mut follower = Follower::new(place);
    let mut cx =
        Cx { workdir: start.workdir, in_shell: true, failing: Failing::start(), ..Cx::default() };
    follower.list(&script.body, &mut cx);
    follower.process
}

/// How a command of an and-or list ended.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// As a test says.
    Known(bool),
    /// It is no test, and is taken to succeed: what follows `||` runs only when it does not.
    Succeeds,
    /// A test that cannot be decided.
    Unknown,
}

/// What holds at one point of a script.
#[derive(Debug, Clone, Default)]
pub(super) struct Cx {
    pub(super) workdir: Option<String>,
    /// Shared until something is set: a script has many commands and sets few variables.
    pub(super) vars: Rc<BTreeMap<String, Text>>,
    /// `$1` and so on.
    pub(super) args: Vec<Text>,
    pub(super) conditional: bool,
    pub(super) background: bool,
    pub(super) retried: bool,
    pub(super) in_shell: bool,
    /// What the failure of a command does.
    pub(super) failing: Failing,
    /// The command takes the place of the shell.
    pub(super) exec: bool,
    /// Nothing after this point runs: `exec`, `exit`, or a server in the foreground.
    pub(super) ended: bool,
    /// The function (or sourced script) that this point stands in is left.
    pub(super) returned: bool,
    /// Where the command's standard input is read from.
    pub(super) input: Option<Text>,
    /// Where its standard output goes.
    pub(super) output: Option<Text>,
    /// Whether what is there is kept.
    pub(super) appends: bool,
}

pub(super) struct Follower<'p> {
    pub(super) place: &'p dyn ExecContext,
    pub(super) process: Process,
    pub(super) functions: BTreeMap<String, Rc<List>>,
    /// Scripts that are being followed, to notice one that calls itself.
    pub(super) stack: Vec<RelPath>,
    pub(super) left: usize,
    /// Programs that started each other, down to this point.
    calls: usize,
}

impl<'p> Follower<'p> {
    fn new(place: &'p dyn ExecContext) -> Self {
        Self {
            place,
            process: Process::default(),
            functions: BTreeMap::new(),
            stack: Vec::new(),
            left: MAX_STEPS,
            calls: 0,
        }
    }

    /// Runs an argument list, unless programs start each other without end.
    pub(super) fn run(&mut self, argv: &[Text], span: Option<Span>, cx: &mut Cx) {
        if self.left == 0
            || Budget::is_exhausted()
            || self.stack.len() >= MAX_DEPTH
            || self.calls >= MAX_CALLS
        {
            let place = span.or_else(|| argv.first().map(Text::span));
            let reason = Reason::Limit("programs that start each other");
            return self.unknown(Unknown { reason, place });
        }
        self.calls += 1;
        self.program(argv, span, cx);
        self.calls -= 1;
    }

    /// Notes that not everything is known from here on; what is noted first counts.
    pub(super) fn unknown(&mut self, why: Unknown) {
        self.process.unknown.get_or_insert(why);
    }

    /// The same with a reason that stands at a word.
    pub(super) fn unknown_at(&mut self, reason: Reason, word: &Text) {
        self.unknown(Unknown::at(reason, word.span()));
    }

    pub(super) fn step(&mut self, kind: StepKind, words: &[Text], span: Span, cx: &mut Cx) {
        self.charge(STEP_COST);
        let foreground_server = matches!(&kind, StepKind::Server(s) if s.daemon.is_none())
            && !cx.background
            && !cx.conditional;
        self.process.steps.push(Step {
            kind,
            words: words.to_vec(),
            span,
            workdir: cx.workdir.clone(),
            vars: cx.vars.clone(),
            conditional: cx.conditional,
            background: cx.background,
            retried: cx.retried,
            in_shell: cx.in_shell,
            stops: cx.failing.stops && !cx.background,
            exec: cx.exec || !cx.in_shell,
            input: cx.input.clone(),
            output: cx.output.clone(),
            appends: cx.appends,
        });
        cx.ended |= foreground_server;
    }

    /// What a variable holds that is used at `span`.
    pub(super) fn lookup(&self, name: &str, span: Span, cx: &Cx) -> Known<Text> {
        let implied = |text: &str| Known::Known(Text::derived(text, span));
        let shells_own = |what| Known::Unknown(Unknown::at(Reason::ShellForm(what), span));
        if let Ok(number) = name.parse::<usize>() {
            return match number.checked_sub(1) {
                Some(index) => {
                    cx.args.get(index).map_or_else(|| implied(""), |arg| arg.clone().known())
                }
                None => shells_own("`$0`"),
            };
        }
        match name {
            "#" => return implied(&cx.args.len().to_string()),
            "?" | "$" | "!" | "-" => return shells_own("a variable of the running shell"),
            "@" | "*" => {
                let mut all = Text::empty(cx.args.first().map_or(span, Text::span));
                for (i, arg) in cx.args.iter().enumerate() {
                    if i > 0 {
                        all.push_derived(" ", arg.span());
                    }
                    all.push_text(arg);
                }
                return all.known();
            }
            _ => {}
        }
        if let Some(value) = cx.vars.get(name) {
            return value.clone().known();
        }
        match self.place.env(name) {
            EnvAnswer::Set(value) => value,
            EnvAnswer::Unset => implied(""),
            EnvAnswer::Unknown(why) => Known::Unknown(why),
        }
    }

    /// Commands in order.
    pub(super) fn list(&mut self, list: &List, cx: &mut Cx) {
        // How the command before ended; one that tests nothing is taken to succeed.
        let mut last = Outcome::Succeeds;
        for (at, item) in list.items.iter().enumerate() {
            if cx.ended || cx.returned || self.left == 0 || Budget::is_exhausted() {
                return;
            }
            self.left -= 1;
            let surely = match (item.joined, last) {
                (Joined::And, Outcome::Known(false)) | (Joined::Or, Outcome::Known(true)) => {
                    continue;
                }
                (Joined::And, Outcome::Unknown)
                | (Joined::Or, Outcome::Unknown | Outcome::Succeeds) => false,
                _ => true,
            };
            let (conditional, background) =
                (cx.conditional || !surely, cx.background || item.background);
            let before = (cx.conditional, cx.background);
            (cx.conditional, cx.background) = (conditional, background);
            let failing = cx.failing;
            cx.failing = failing.of_item(list, at);
            last = match tests_of_shell::outcome(
                item,
                &|w| self.fields(w, cx),
                self.place,
                cx.workdir.as_deref(),
            ) {
                Some(known) => known.map_or(Outcome::Unknown, Outcome::Known),
                None => {
                    self.item(item, cx);
                    Outcome::Succeeds
                }
            };
            (cx.conditional, cx.background) = before;
            // `set -e` holds from here on, the rest held for this command only.
            let errexit = std::mem::replace(&mut cx.failing, failing).errexit;
            cx.failing.errexit = errexit;
        }
    }

    /// The file that the last redirect with one of these operators names.
    fn redirected(&self, simple: &Simple, operators: &[&str], cx: &Cx) -> Option<Text> {
        let last = simple.redirects.iter().rfind(|r| operators.contains(&r.operator.as_str()))?;
        self.fields(&last.target, cx).into_iter().next()
    }

    pub(super) fn simple(&mut self, simple: &Simple, span: Span, cx: &mut Cx) {
        // What `"$@"` brings stands where it was given, not where the script passes it on.
        let passed_on = simple
            .words
            .iter()
            .any(|w| w.variable().is_some_and(|v| v.name == "@" || v.name == "*"));
        let place = (!passed_on).then_some(span);
        let mut inner = cx.clone();
        for (name, value) in &simple.assignments {
            let text = expand(value, &|name, span| self.lookup(name, span, cx));
            let target = if simple.words.is_empty() { &mut cx.vars } else { &mut inner.vars };
            Rc::make_mut(target).insert(name.as_str().to_owned(), text);
        }
        if simple.words.is_empty() {
            return;
        }
        let words = self.argv(&simple.words, &inner);
        inner.input = self.redirected(simple, &["<", "0<"], cx);
        inner.output = self.redirected(simple, &[">", ">>", ">|", "1>", "1>>"], cx);
        inner.appends = simple.redirects.iter().any(|r| r.operator.as_str().ends_with(">>"));
        let Some(first) = words.first() else { return };
        if let Some(why) = first.why() {
            return self.unknown(why);
        }
        if first.is_empty() {
            return self.unknown_at(Reason::NotFollowed("a command without a name".into()), first);
        }
        if self.builtin(simple, &words, cx) {
            return;
        }
        match first.as_str() {
            "source" | "." => {
                if let Some(file) = words.get(1) {
                    self.script_file(file, &[], cx, How::Sourced);
                }
            }
            "exec" => {
                inner.exec = true;
                self.run(&words[1..], place, &mut inner);
                cx.ended |= !cx.conditional && words.len() > 1;
            }
            name => {
                if let Some(body) = self.functions.get(name).cloned() {
                    if self.stack.len() < MAX_DEPTH {
                        let mut call = Cx { args: words[1..].to_vec(), returned: false, ..inner };
                        self.stack.push(RelPath::root());
                        self.list(&body, &mut call);
                        self.stack.pop();
                        cx.vars = call.vars;
                        cx.ended |= call.ended && !cx.conditional;
                    }
                    return;
                }
                self.run(&words, place, &mut inner);
                cx.ended |= inner.ended && !cx.background;
            }
        }
    }
}
