//! Following a command: lists, pipelines and what joins them.

use super::failing::Failing;
use super::output::Output;
use super::state::{Around, Jump, Shell, Status};
use super::words::MAX_WORDS;
use super::{Process, Step, StepKind};
use crate::model::budget::Budget;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::ExecContext;
use crate::source::{Reason, RelPath, Span, Text, Unknown};
use crate::syntax::shell::{Command, Item, Joined, List, Script};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How deep scripts may call each other.
pub(super) const MAX_DEPTH: usize = 24;
/// How many commands are followed.
const MAX_COMMANDS: usize = 4_000;
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
    let around = Around { failing: Failing::start(), ..Around::default() };
    let mut shell = Shell { workdir: start.workdir, around, ..Shell::default() };
    if let Some(next) = argv.get(MAX_WORDS) {
        follower.unknown(super::words::too_many(next.span()));
    }
    let argv = &argv[..argv.len().min(MAX_WORDS)];
    follower.process.argv = argv.to_vec();
    follower.run(argv, None, &mut shell);
    follower.process
}

/// Follows a script that is at hand as text (a `RUN` line, a shell-form `CMD`).
pub fn follow_script(place: &dyn ExecContext, script: &Script, start: Start) -> Process {
    let mut follower = Follower::new(place);
    let around = Around { in_shell: true, failing: Failing::start(), ..Around::default() };
    let dialect = place.shell();
    let mut shell = Shell { workdir: start.workdir, around, dialect, ..Shell::default() };
    follower.whole_script(&script.body, &mut shell);
    follower.process
}

pub(super) struct Follower<'p> {
    pub(super) place: &'p dyn ExecContext,
    pub(super) process: Process,
    /// Scripts that are being followed, to notice one that calls itself.
    pub(super) stack: Vec<RelPath>,
    pub(super) left: usize,
    /// Programs that started each other, down to this point.
    pub(super) calls: usize,
    /// Where output goes that is looked at, the innermost last.
    pub(super) outputs: Vec<Output>,
    /// How the last command substitution of a command ended.
    pub(super) substituted: Option<Status>,
    /// A value that was just looked up rests on a guess: the default of a variable that is not known, or `$?` of a
    /// command that is taken to succeed.
    pub(super) guessed: Option<Guess>,
    /// Names that the running functions made local.
    pub(super) locals: Vec<Vec<String>>,
}

/// What a value rests on that is not certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// That a command succeeds.
    Success,
    /// That a variable is not set.
    Unset,
}

impl<'p> Follower<'p> {
    fn new(place: &'p dyn ExecContext) -> Self {
        Self {
            place,
            process: Process::default(),
            stack: Vec::new(),
            left: MAX_COMMANDS,
            calls: 0,
            outputs: Vec::new(),
            substituted: None,
            guessed: None,
            locals: Vec::new(),
        }
    }

    /// Runs an argument list, unless programs start each other without end.
    pub(super) fn run(&mut self, argv: &[Text], span: Option<Span>, sh: &mut Shell) -> Status {
        if self.left == 0
            || Budget::is_exhausted()
            || self.stack.len() >= MAX_DEPTH
            || self.calls >= MAX_CALLS
        {
            let place = span.or_else(|| argv.first().map(Text::span));
            let reason = Reason::Limit("programs that start each other");
            self.unknown(Unknown { reason, place });
            return Status::UNKNOWN;
        }
        self.calls += 1;
        let status = self.program(argv, span, sh);
        self.calls -= 1;
        status
    }

    /// Notes that not everything is known from here on; what is noted first counts.
    pub(super) fn unknown(&mut self, why: Unknown) -> Status {
        self.process.unknown.get_or_insert(why);
        Status::UNKNOWN
    }

    /// The same with a reason that stands at a word.
    pub(super) fn unknown_at(&mut self, reason: Reason, word: &Text) -> Status {
        self.unknown(Unknown::at(reason, word.span()))
    }

    /// Notes a step. A server in the foreground is the last thing that runs.
    pub(super) fn step(&mut self, kind: StepKind, words: &[Text], span: Span, sh: &mut Shell) {
        self.charge(STEP_COST);
        let around = sh.around;
        let waits = matches!(kind, StepKind::Wait { .. });
        let step = Step {
            kind,
            // Nothing judges by a part of an argument.
            words: words.iter().map(|w| w.clone().whole_or_nothing()).collect(),
            span,
            workdir: sh.workdir.clone(),
            vars: self.environment(sh),
            conditional: sh.is_conditional(),
            background: around.background,
            retried: around.retried && !waits,
            in_shell: around.in_shell,
            stops: around.failing.stops && !around.background,
            exec: around.exec || !around.in_shell,
            input: sh.input.clone(),
            output: sh.output.clone(),
            appends: sh.appends,
            captured: around.captured,
            awaited: false,
            locked: false,
            django: None,
            inside: around.inside,
        };
        let stays = step.stays();
        self.process.steps.push(step);
        self.print_unknown(span);
        if stays && around.background {
            sh.serves_behind = true;
        } else if stays && around.inside.is_none() && !around.probing {
            sh.gone = Some(Jump::Blocked);
        }
    }

    /// The variables that a program gets to see and that the shell set.
    pub(super) fn environment(&self, sh: &Shell) -> Rc<BTreeMap<String, Text>> {
        let seen =
            |name: &String| sh.exported.contains(name) || self.place.env(name) != EnvAnswer::Unset;
        if sh.vars.keys().all(seen) {
            return sh.vars.clone();
        }
        Rc::new(
            sh.vars.iter().filter(|(n, _)| seen(n)).map(|(n, v)| (n.clone(), v.clone())).collect(),
        )
    }

    /// Whether following ends here.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0 || Budget::is_exhausted()
    }

    /// Commands in order.
    pub(super) fn list(&mut self, list: &List, sh: &mut Shell) -> Status {
        let around = sh.around;
        // The path that left because a program is taken to succeed, while the one on which it fails goes on.
        let mut left: Option<(Shell, Status)> = None;
        let mut status = Status::TRUE;
        let mut at = 0;
        while at < list.items.len() && !self.is_spent() {
            if sh.gone.is_some() {
                let Some(shadow) = sh.shadow.take() else {
                    self.unreached(&list.items[at..], sh);
                    break;
                };
                let path = std::mem::replace(sh, *shadow);
                sh.around = Around { conditional: true, ..around };
                left.get_or_insert((path, status));
                if sh.gone.is_some() {
                    continue;
                }
            }
            let rest = list.items.get(at + 1..).unwrap_or_default();
            let end = at + 1 + rest.iter().take_while(|i| i.joined != Joined::Then).count();
            status = if list.items[at].background {
                let mut child = sh.child();
                child.around.background = true;
                self.and_or(list, at..end, &mut child);
                sh.files = child.files;
                sh.serves_behind |= child.serves_behind;
                Status::TRUE
            } else {
                self.and_or(list, at..end, sh)
            };
            sh.status = Some(status);
            at = end;
        }
        if let Some((mut path, ended)) = left {
            let shadow = std::mem::take(sh);
            path.shadow = shadow.gone.is_none().then(|| Box::new(shadow));
            *sh = path;
            status = ended;
        }
        status
    }

    /// Pipelines that are joined by `&&` and `||`.
    fn and_or(&mut self, list: &List, range: std::ops::Range<usize>, sh: &mut Shell) -> Status {
        let around = sh.around;
        let mut status = Status::TRUE;
        let mut at = range.start;
        while at < range.end {
            let items = &list.items[at..range.end];
            let length = 1 + items[1..].iter().take_while(|i| i.joined == Joined::Pipe).count();
            let (first, place) = (at, items[0].span);
            at += length;
            let run = |follower: &mut Self, sh: &mut Shell| {
                let status = follower.pipeline(list, first..first + length, sh);
                // `set -e` holds from here on, the rest held for this command only.
                let errexit = sh.around.failing.errexit;
                sh.around.failing = around.failing.with_errexit(errexit);
                status
            };
            let wanted = match items[0].joined {
                Joined::Then | Joined::Pipe => {
                    status = run(self, sh);
                    self.may_stop(list, first..first + length, status, sh);
                    continue;
                }
                Joined::And => true,
                Joined::Or => false,
            };
            if sh.gone.is_some() {
                self.unreached(&list.items[first..range.end], sh);
                return status;
            }
            match status.ok {
                Some(ok) if ok == wanted => {
                    let before = status.assumed.then(|| sh.clone());
                    let ran = run(self, sh);
                    self.may_stop(list, first..first + length, ran, sh);
                    if let Some(before) = before.filter(|_| sh.gone.is_some()) {
                        sh.shadow = Some(Box::new(before));
                    }
                    status = ran.after(status);
                }
                Some(_) if status.assumed => {
                    // It runs only when a program fails that is taken to succeed.
                    let mut failed = sh.child();
                    failed.around.conditional = true;
                    run(self, &mut failed);
                }
                Some(_) => {}
                None => {
                    let mut other = sh.clone();
                    other.around.conditional = true;
                    let ran = run(self, &mut other);
                    self.may_stop(list, first..first + length, ran, &mut other);
                    sh.meet(vec![sh.clone(), other], place);
                    status = if ran.ok == Some(!wanted) {
                        Status::known(!wanted)
                    } else {
                        Status::UNKNOWN
                    };
                }
            }
        }
        status
    }

    /// `set -e`: the shell ends where a command surely fails.
    fn may_stop(
        &mut self,
        list: &List,
        range: std::ops::Range<usize>,
        status: Status,
        sh: &mut Shell,
    ) {
        let Some(item) = list.items.get(range.start) else { return };
        let counts = matches!(
            item.command,
            Command::Simple(_)
                | Command::Subshell(_)
                | Command::Test(_)
                | Command::Arithmetic { .. }
        ) || range.len() > 1;
        let failing = sh.around.failing.of_item(list, range.end - 1);
        let fails = status == Status::FALSE && counts && !item.negated;
        if fails && failing.ends_shell() && sh.gone.is_none() {
            sh.gone = Some(Jump::Exit { failing: true });
        }
    }

    /// Commands joined by `|`.
    fn pipeline(&mut self, list: &List, range: std::ops::Range<usize>, sh: &mut Shell) -> Status {
        let Some(items) = list.items.get(range.clone()) else { return Status::TRUE };
        let negated = items.first().is_some_and(|i| i.negated);
        self.left = self.left.saturating_sub(items.len());
        let failing = sh.around.failing;
        if let [item] = items {
            sh.around.failing = failing.of_item(list, range.start);
            let status = self.item(item, sh);
            return if negated { status.negated() } else { status };
        }
        let mut stdin = sh.stdin.clone();
        let (mut status, mut fails) = (Status::TRUE, false);
        for (i, item) in items.iter().enumerate() {
            let mut child = sh.child();
            child.stdin = stdin.take();
            let last = i + 1 == items.len();
            // A pipe stands where a file may have stood.
            child.input = child.input.filter(|_| i == 0);
            child.output = child.output.filter(|_| last);
            child.around.failing = failing.of_item(list, range.start + i);
            if last {
                status = self.item(item, &mut child);
            } else {
                child.around.captured = true;
                self.outputs.push(Output::new(&child));
                fails |= self.item(item, &mut child) == Status::FALSE;
                stdin = self.outputs.pop().map(|o| Rc::new(o.read(item.span)));
            }
            // What reads a pipe ends when it closes; what runs until it is stopped holds up the rest.
            self.end_child(child, sh);
        }
        if sh.pipefail && fails {
            status = Status::FALSE;
        }
        if negated { status.negated() } else { status }
    }

    /// What a child leaves behind for the shell that waits for it.
    pub(super) fn end_child(&mut self, child: Shell, sh: &mut Shell) {
        if child.gone == Some(Jump::Blocked) {
            sh.gone = Some(Jump::Blocked);
            sh.shadow = child.shadow.map(|shadow| {
                let mut after = sh.clone();
                after.gone = None;
                after.files = shadow.files;
                Box::new(after)
            });
        }
        sh.maybe.blocks |= child.maybe.blocks;
        sh.files = child.files;
        sh.serves_behind |= child.serves_behind && !sh.around.background;
    }

    /// One command, with its redirects.
    fn item(&mut self, item: &Item, sh: &mut Shell) -> Status {
        if item.redirects.is_empty() {
            return self.command(item, sh);
        }
        self.redirected(&item.redirects, false, sh, &mut |follower, sh| follower.command(item, sh))
    }

    /// A script from its beginning to its end, `trap … EXIT` included.
    pub(super) fn whole_script(&mut self, body: &List, sh: &mut Shell) -> Status {
        let mut status = self.list(body, sh);
        if let Some(ended) = sh.status.filter(|_| matches!(sh.gone, Some(Jump::Exit { .. }))) {
            status = ended;
        }
        if sh.gone.is_some() && sh.shadow.is_some() && status == Status::TRUE {
            status = Status::SUCCEEDS;
        }
        if sh.maybe.fails && status.ok == Some(true) {
            status = if sh.around.asking { Status::UNKNOWN } else { Status::SUCCEEDS };
        }
        let ended = !matches!(sh.gone, Some(Jump::Blocked)) && !sh.execed;
        if let Some(handler) = sh.at_exit.take().filter(|_| ended) {
            let mut after = Shell { gone: None, shadow: None, ..sh.clone() };
            self.list(&Script::read(&handler).body, &mut after);
            sh.files = after.files;
        }
        status
    }
}
