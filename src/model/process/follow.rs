//! Following a command.

use super::{Process, Step, StepKind, classify, tests_of_shell, wait, wrappers};
use crate::model::django::EnvAnswer;
use crate::model::path;
use crate::model::place::{Found, Place};
use crate::source::{RelPath, Span, Text};
use crate::syntax::ini::Ini;

use crate::syntax::shell::{Command, Item, Joined, List, Part, Script, Simple, Word, expand, fields};
use std::collections::BTreeMap;

/// How deep scripts may call each other.
const DEEPEST: usize = 24;
/// How many steps are followed.
const MOST_STEPS: usize = 2_000;

/// How a command is started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The folder it starts in; `None` when it is not known.
    pub workdir: Option<String>,
}

/// Follows an argument list as Docker runs it.
pub fn follow(place: &dyn Place, argv: &[Text], start: Start) -> Process {
    let mut follower = Follower { place, process: Process::default(), functions: BTreeMap::new(), stack: Vec::new(), left: MOST_STEPS };
    let mut cx = Cx { workdir: start.workdir, ..Cx::default() };
    follower.run(argv, None, &mut cx);
    follower.process
}

/// Follows a script that is at hand as text (a `RUN` line, a shell-form `CMD`).
pub fn follow_script(place: &dyn Place, script: &Script, start: Start) -> Process {
    let mut follower = Follower { place, process: Process::default(), functions: BTreeMap::new(), stack: Vec::new(), left: MOST_STEPS };
    let mut cx = Cx { workdir: start.workdir, in_shell: true, ..Cx::default() };
    follower.list(&script.body, &mut cx);
    follower.process
}

/// What holds at one point of a script.
#[derive(Debug, Clone, Default)]
pub(super) struct Cx {
    pub(super) workdir: Option<String>,
    pub(super) vars: BTreeMap<String, Option<Text>>,
    /// `$1` and so on; `None` when they are not known.
    args: Vec<Text>,
    pub(super) conditional: bool,
    pub(super) background: bool,
    pub(super) retried: bool,
    pub(super) in_shell: bool,
    /// Nothing after this point runs: `exec`, `exit`, or a server in the foreground.
    ended: bool,
}

pub(super) struct Follower<'p> {
    pub(super) place: &'p dyn Place,
    pub(super) process: Process,
    functions: BTreeMap<String, List>,
    /// Scripts that are being followed, to notice one that calls itself.
    stack: Vec<RelPath>,
    left: usize,
}

impl Follower<'_> {
    pub(super) fn unknown(&mut self, why: impl Into<String>) {
        self.process.unknown.get_or_insert_with(|| why.into());
    }

    pub(super) fn step(&mut self, kind: StepKind, words: &[Text], span: Span, cx: &mut Cx) {
        let foreground_server = matches!(kind, StepKind::Server(_)) && !cx.background && !cx.conditional;
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
        });
        cx.ended |= foreground_server;
    }

    fn lookup(&self, name: &str, cx: &Cx) -> Option<Text> {
        if let Ok(number) = name.parse::<usize>() {
            return match number.checked_sub(1) {
                Some(index) => Some(cx.args.get(index).cloned().unwrap_or_else(|| Text::empty(nowhere()))),
                None => None,
            };
        }
        match name {
            "#" => return Some(Text::derived(cx.args.len().to_string(), nowhere())),
            "@" | "*" => {
                let mut all = Text::empty(cx.args.first().map_or_else(nowhere, Text::span));
                for (i, arg) in cx.args.iter().enumerate() {
                    if i > 0 {
                        all.push_derived(" ", arg.span());
                    }
                    all.push_text(arg);
                }
                return Some(all);
            }
            _ => {}
        }
        if let Some(value) = cx.vars.get(name) {
            return value.clone();
        }
        match self.place.env(name) {
            EnvAnswer::Set(text) => Some(text),
            EnvAnswer::Unset => Some(Text::empty(nowhere())),
            EnvAnswer::SetUnknown(_) | EnvAnswer::Unknown(_) => None,
        }
    }

    /// The arguments of a command; one that is not known is empty.
    pub(super) fn argv(&self, words: &[Word], cx: &Cx) -> Vec<Text> {
        let mut argv = Vec::new();
        for word in words {
            if matches!(word.parts.as_slice(), [Part::Variable(v)] if v.operator.is_empty() && (v.name == "@" || v.name == "*")) {
                argv.extend(cx.args.iter().cloned());
                continue;
            }
            match fields(word, &|name| self.lookup(name, cx)) {
                // The places of a word that a variable stands in are those of the word.
                Some(fields) => argv
                    .extend(fields.into_iter().map(|f| if f.pieces().iter().all(|p| p.verbatim) { f } else { f.with_span(word.span()) })),
                None => argv.push(Text::empty(word.span())),
            }
        }
        argv
    }

    /// Commands in order.
    pub(super) fn list(&mut self, list: &List, cx: &mut Cx) {
        for item in &list.items {
            if cx.ended || self.left == 0 {
                return;
            }
            self.left -= 1;
            // What stands after `||` runs only when something failed.
            let conditional = cx.conditional || item.joined == Joined::Or;
            let background = cx.background || item.background;
            let before = (cx.conditional, cx.background);
            (cx.conditional, cx.background) = (conditional, background);
            self.item(item, cx);
            (cx.conditional, cx.background) = before;
        }
    }

    fn branch(&mut self, list: &List, cx: &mut Cx) {
        let mut inner = Cx { conditional: true, ..cx.clone() };
        self.list(list, &mut inner);
        // A variable that one branch sets is not known afterwards.
        for (name, value) in inner.vars {
            if cx.vars.get(&name) != Some(&value) {
                cx.vars.insert(name, None);
            }
        }
    }

    fn item(&mut self, item: &Item, cx: &mut Cx) {
        match &item.command {
            Command::Simple(simple) => self.simple(simple, item.span, cx),
            Command::Group(list) => self.list(list, cx),
            Command::Subshell(list) => {
                let mut inner = cx.clone();
                self.list(list, &mut inner);
            }
            Command::If { arms, otherwise } => {
                for (condition, body) in arms {
                    match tests_of_shell::truth(condition, &|words| self.argv(words, cx), self.place, cx.workdir.as_deref()) {
                        Some(true) => return self.list(body, cx),
                        Some(false) => {}
                        None => {
                            self.condition(condition, cx);
                            self.branch(body, cx);
                            // From here on every arm is only possible.
                            let mut rest = Cx { conditional: true, ..cx.clone() };
                            for (condition, body) in arms.iter().skip_while(|(c, _)| !std::ptr::eq(c, condition)).skip(1) {
                                self.condition(condition, &mut rest);
                                self.branch(body, &mut rest);
                            }
                            if let Some(body) = otherwise {
                                self.branch(body, &mut rest);
                            }
                            return;
                        }
                    }
                }
                if let Some(body) = otherwise {
                    self.list(body, cx);
                }
            }
            Command::While { condition, body, .. } => {
                if let Some((kind, words)) = wait::of_loop(condition, body, &|w| self.argv(w, cx)) {
                    self.step(kind, &words, item.span, cx);
                }
                let mut inner = Cx { retried: true, ..cx.clone() };
                self.condition(condition, &mut inner);
                self.branch(body, &mut inner);
            }
            Command::For { body, .. } => {
                let mut inner = Cx { retried: true, ..cx.clone() };
                self.list(body, &mut inner);
            }
            Command::Case { word, arms } => {
                let value = self.argv(std::slice::from_ref(word), cx);
                let value = match value.as_slice() {
                    [v] if !v.is_empty() || word.literal().is_some_and(|l| l.is_empty()) => Some(v.as_str().to_owned()),
                    [] => Some(String::new()),
                    _ => None,
                };
                for (patterns, body) in arms {
                    match &value {
                        Some(value) if patterns.iter().any(|p| tests_of_shell::matches_pattern(p, value)) => return self.list(body, cx),
                        Some(_) => {}
                        None => self.branch(body, cx),
                    }
                }
            }
            Command::Function { name, body } => {
                self.functions.insert(name.as_str().to_owned(), body.clone());
            }
            Command::Test(_) | Command::Opaque => {}
        }
    }

    /// What a condition runs: `if ! nc -z db 5432` waits for nothing, but `until manage.py migrate` migrates.
    fn condition(&mut self, condition: &List, cx: &mut Cx) {
        let mut inner = cx.clone();
        for item in &condition.items {
            if let Command::Simple(simple) = &item.command {
                let words = self.argv(&simple.words, &inner);
                if classify::is_management(&words) {
                    self.simple(simple, item.span, &mut inner);
                }
            }
        }
    }

    fn simple(&mut self, simple: &Simple, span: Span, cx: &mut Cx) {
        let mut inner = cx.clone();
        for (name, value) in &simple.assignments {
            let text = expand(value, &|n| self.lookup(n, cx));
            let target = if simple.words.is_empty() { &mut cx.vars } else { &mut inner.vars };
            target.insert(name.as_str().to_owned(), text);
        }
        if simple.words.is_empty() {
            return;
        }
        let words = self.argv(&simple.words, &inner);
        let Some(first) = words.first() else { return };
        if first.is_empty() {
            self.unknown(format!("a command comes from {}", simple.words.first().map_or("", |w| w.raw.as_str())));
            return;
        }
        match first.as_str() {
            "export" => {
                for word in &words[1..] {
                    if let Some(at) = word.find('=') {
                        cx.vars.insert(word[..at].to_owned(), Some(word.slice(at + 1..word.len())));
                    }
                }
                // An argument that is not known may set anything, but names of variables are always written out.
                for word in simple.words.iter().skip(1) {
                    if let Some(Part::Literal { text, .. }) = word.parts.first()
                        && let Some(at) = text.find('=')
                        && word.parts.len() > 1
                        && fields(word, &|n| self.lookup(n, cx)).is_none()
                    {
                        cx.vars.insert(text[..at].to_owned(), None);
                    }
                }
            }
            "cd" => {
                cx.workdir = words
                    .get(1)
                    .filter(|w| !w.is_empty())
                    .and_then(|w| if w.starts_with('/') { Some(path::join("/", w)) } else { Some(path::join(cx.workdir.as_deref()?, w)) })
            }
            "set" | "echo" | "printf" | "true" | ":" | "trap" | "shift" | "unset" | "local" | "return" | "[" | "test" | "umask"
            | "wait" | "break" | "continue" => {}
            "exit" => cx.ended |= !cx.conditional,
            "source" | "." => {
                if let Some(file) = words.get(1) {
                    self.script_file(file, &[], cx, true);
                }
            }
            "exec" => {
                self.run(&words[1..], Some(span), &mut inner);
                cx.ended |= !cx.conditional && words.len() > 1;
            }
            name => {
                if let Some(body) = self.functions.get(name).cloned() {
                    if self.stack.len() < DEEPEST {
                        let mut call = Cx { args: words[1..].to_vec(), ..inner };
                        self.stack.push(RelPath::root());
                        self.list(&body, &mut call);
                        self.stack.pop();
                        cx.vars = call.vars;
                        cx.ended |= call.ended && !cx.conditional;
                    }
                    return;
                }
                self.run(&words, Some(span), &mut inner);
                cx.ended |= inner.ended && !cx.background;
            }
        }
    }

    /// Runs an argument list.
    pub(super) fn run(&mut self, argv: &[Text], span: Option<Span>, cx: &mut Cx) {
        let Some(first) = argv.first() else { return };
        if self.left == 0 || self.stack.len() >= DEEPEST {
            return self.unknown("scripts call each other too deeply");
        }
        self.left -= 1;
        let span = span.unwrap_or_else(|| argv.iter().fold(first.span(), |all, w| all.to(w.span())));
        if first.is_empty() {
            return self.unknown("a command comes from a variable that is not known");
        }
        let name = first.as_str().rsplit('/').next().unwrap_or("");
        if let Some(rest) = wrappers::strip(name, argv) {
            return self.run(&argv[rest..], None, cx);
        }
        if let Some((kind, rest)) = wait::of_command(name, argv) {
            self.step(kind, argv, span, cx);
            if rest < argv.len() {
                self.run(&argv[rest..], None, cx);
            }
            return;
        }
        if wrappers::is_shell(name) {
            return self.shell(argv, cx);
        }
        if let Some(module) = wrappers::python_module(name, argv) {
            return self.run(&argv[module..], Some(span), cx);
        }
        match name {
            "supervisord" => return self.supervisor(argv, cx),
            "honcho" | "foreman" => return self.unknown(format!("{name} starts what a Procfile says")),
            "make" | "just" | "task" | "invoke" => return self.unknown(format!("{name} runs a target")),
            _ => {}
        }
        if name == "uwsgi" {
            self.uwsgi_hooks(argv, cx);
        }
        if let Some(kind) = classify::classify(self.place, name, argv, cx) {
            return self.step(kind, argv, span, cx);
        }
        if !self.script_file(first, &argv[1..], cx, false) {
            self.step(StepKind::Other, argv, span, cx);
        }
    }

    /// `sh -c "…"`, `sh script`.
    fn shell(&mut self, argv: &[Text], cx: &mut Cx) {
        let mut at = 1;
        while let Some(word) = argv.get(at) {
            if word.starts_with('-') && !word.starts_with("--") && word.contains('c') {
                let Some(text) = argv.get(at + 1) else { return };
                let script = Script::read(text);
                let mut inner = Cx { args: argv.get(at + 3..).unwrap_or_default().to_vec(), in_shell: true, ..cx.clone() };
                self.list(&script.body, &mut inner);
                cx.ended |= inner.ended;
                return;
            }
            if word.starts_with(['-', '+']) {
                at += if word.as_str() == "-o" || word.as_str() == "+o" { 2 } else { 1 };
                continue;
            }
            let (file, rest) = (word.clone(), argv[at + 1..].to_vec());
            if !self.script_file(&file, &rest, cx, false) {
                self.step(StepKind::Other, argv, file.span(), cx);
            }
            return;
        }
        self.step(StepKind::Other, argv, argv[0].span(), cx);
    }

    /// Follows a script of the project. `false` when the word names no such file.
    fn script_file(&mut self, word: &Text, args: &[Text], cx: &mut Cx, sourced: bool) -> bool {
        let candidates: Vec<String> = if word.contains('/') || sourced {
            match (&cx.workdir, word.starts_with('/')) {
                (_, true) => vec![path::join("/", word)],
                (Some(workdir), _) => vec![path::join(workdir, word)],
                (None, _) => return self.unknown_script(word),
            }
        } else {
            // A shell looks in its own folder first when it is given a name without a slash.
            let own = cx.workdir.as_deref().filter(|_| word.contains('.')).map(|w| path::join(w, word));
            own.into_iter().chain(["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin"].map(|p| path::join(p, word))).collect()
        };
        for candidate in candidates {
            match self.place.find(&candidate) {
                Found::Host(file) => {
                    if self.stack.contains(&file) {
                        self.unknown(format!("{file} runs itself"));
                        return true;
                    }
                    let Some(text) = self.place.text(&file) else { return self.unknown_script(word) };
                    let script = Script::read(&text);
                    if script.shebang.as_ref().is_some_and(|s| !s.contains("sh")) {
                        return self.foreign_script(&text, word, cx);
                    }
                    self.process.scripts.push(file.clone());
                    self.stack.push(file);
                    let mut inner = Cx { args: if sourced { cx.args.clone() } else { args.to_vec() }, in_shell: true, ..cx.clone() };
                    self.list(&script.body, &mut inner);
                    self.stack.pop();
                    if sourced {
                        (cx.vars, cx.workdir) = (inner.vars, inner.workdir);
                    }
                    cx.ended |= inner.ended && !cx.conditional;
                    return true;
                }
                Found::Unknown(_) if word.contains('/') || sourced => return self.unknown_script(word),
                _ => {}
            }
        }
        if word.contains('/') && !known_program(word) {
            return self.unknown_script(word);
        }
        false
    }

    fn unknown_script(&mut self, word: &Text) -> bool {
        self.unknown(format!("{word} is not in this project"));
        true
    }

    /// A script in another language: all that is known is which words stand in it.
    fn foreign_script(&mut self, text: &Text, word: &Text, cx: &mut Cx) -> bool {
        for command in ["migrate", "collectstatic"] {
            if let Some(at) = text.find(command) {
                let place = text.slice(at..at + command.len());
                let kind = StepKind::Manage { command: place.clone(), manage_py: None };
                let mut inner = Cx { conditional: true, ..cx.clone() };
                self.step(kind, std::slice::from_ref(word), place.span(), &mut inner);
            }
        }
        self.unknown(format!("{word} is not a shell script"));
        true
    }

    /// Commands of `supervisord -c file`.
    fn supervisor(&mut self, argv: &[Text], cx: &mut Cx) {
        let file = super::option(argv, "-c").or_else(|| super::option(argv, "--configuration"));
        let path = file.as_ref().map_or("/etc/supervisord.conf", |f| f.as_str());
        let path = path::join(cx.workdir.as_deref().unwrap_or("/"), path);
        let Found::Host(file) = self.place.find(&path) else { return self.unknown("supervisord's configuration is not in this project") };
        let Some(text) = self.place.text(&file) else { return self.unknown("supervisord's configuration cannot be read") };
        for entry in Ini::read(&text, '=').entries {
            if entry.section.starts_with("program:") && entry.key.as_str() == "command" {
                let words = crate::model::compose::split_words(&entry.value);
                let mut inner = Cx { background: true, ..cx.clone() };
                self.run(&words, Some(entry.value.span()), &mut inner);
            }
            if entry.section == "include" {
                self.unknown("supervisord includes other files");
            }
        }
    }

    /// `hook-pre-app = exec:…` and the like run before uWSGI's application is loaded.
    fn uwsgi_hooks(&mut self, argv: &[Text], cx: &mut Cx) {
        for entry in classify::uwsgi_ini(self.place, argv, cx.workdir.as_deref()) {
            if (entry.key.starts_with("hook-") || entry.key.starts_with("exec-"))
                && let Some(at) = entry.value.find("exec:").map(|i| i + 5).or(entry.key.starts_with("exec-").then_some(0))
            {
                let script = Script::read(&entry.value.slice(at..entry.value.len()));
                let mut inner = Cx { background: true, in_shell: true, ..cx.clone() };
                self.list(&script.body, &mut inner);
            }
        }
    }
}

/// Programs that are called by their path.
fn known_program(word: &str) -> bool {
    ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/", "/opt/", "/venv/"].iter().any(|p| word.starts_with(p))
        && !word.ends_with(".sh")
        && !word.contains("entrypoint")
}

/// A place for text that is implied by a command's call rather than written.
fn nowhere() -> Span {
    Span::whole(crate::source::FileId(0))
}
