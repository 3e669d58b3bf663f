//! What commands print, where that is looked at: `$( … )`, pipes, and files that a redirect makes.

use super::follow::Follower;
use super::state::{FileState, Shell, Status};
use crate::model::path;
use crate::source::{Known, Reason, Span, Text, Unknown};
use crate::syntax::shell::{Command, List, Redirect};
use std::rc::Rc;

/// The most text that is kept of what is printed, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// What was printed so far.
#[derive(Debug, Clone)]
pub(super) struct Output {
    text: Option<Text>,
    why: Option<Unknown>,
    /// Whether all of it may not run.
    conditional: bool,
}

impl Output {
    pub(super) fn new(sh: &Shell) -> Self {
        Self { text: None, why: None, conditional: sh.is_conditional() }
    }

    fn print(&mut self, text: &Text, sh: &Shell) {
        if sh.is_conditional() && !self.conditional {
            self.why.get_or_insert(Unknown::at(Reason::Condition, text.span()));
            return;
        }
        let all = self.text.get_or_insert_with(|| Text::empty(text.span()));
        if all.len() + text.len() > MAX_BYTES {
            self.why.get_or_insert(Unknown::at(Reason::Limit("output of commands"), text.span()));
        } else {
            all.push_text(text);
        }
    }

    /// All of it, for a place where nothing was printed that is known.
    pub(super) fn read(self, span: Span) -> Known<Text> {
        match (self.why, self.text) {
            (Some(why), _) => Known::Unknown(why),
            (None, Some(text)) => text.known(),
            (None, None) => Known::Known(Text::empty(span)),
        }
    }
}

impl Follower<'_> {
    /// Prints a text.
    pub(super) fn print(&mut self, text: &Text, sh: &Shell) {
        if let Some(output) = self.outputs.last_mut() {
            output.print(text, sh);
        }
    }

    /// Prints something that is not known.
    pub(super) fn print_unknown(&mut self, span: Span) {
        if let Some(output) = self.outputs.last_mut() {
            output.why.get_or_insert(Unknown::at(Reason::CommandOutput, span));
        }
    }

    /// Whether what is printed is looked at.
    pub(super) fn is_read(&self) -> bool {
        !self.outputs.is_empty()
    }

    /// `$( … )`: what its commands print, without the line ends at its end.
    pub(super) fn substitute(&mut self, list: &List, span: Span, sh: &mut Shell) -> Known<Text> {
        if self.stack.len() >= super::follow::MAX_DEPTH || self.is_spent() {
            return Known::Unknown(Unknown::at(Reason::Limit("lines in lines"), span));
        }
        // `$(< file)`
        if let [item] = list.items.as_slice()
            && let Command::Simple(simple) = &item.command
            && let ([], [], [from]) = (
                simple.assignments.as_slice(),
                simple.words.as_slice(),
                simple.redirects.as_slice(),
            )
            && from.operator.as_str() == "<"
        {
            let name = self.text(&from.target, sh);
            return trim_end(self.content(&name, sh));
        }
        let mut child = sh.child();
        child.around.captured = true;
        child.around.exec = false;
        self.outputs.push(Output::new(&child));
        let mut status = self.list(list, &mut child);
        if let Some(ended) = child.status.filter(|_| child.gone.is_some()) {
            status = ended;
        }
        let output = self.outputs.pop();
        self.substituted = Some(status);
        self.end_child(child, sh);
        sh.gone = sh.gone.filter(|_| status.ok != Some(true));
        trim_end(output.map_or(Known::Known(Text::empty(span)), |o| o.read(span)))
    }

    /// What stands in a file, by a word that names it.
    pub(super) fn content(&mut self, name: &Text, sh: &Shell) -> Known<Text> {
        let unknown = |reason| Known::Unknown(Unknown::at(reason, name.span()));
        let Some(named) = name.resolved() else {
            return Known::Unknown(name.why().unwrap_or(Reason::CommandOutput.into()));
        };
        if matches!(named, "/dev/stdin" | "-") {
            return match &sh.stdin {
                Some(text) => (**text).clone(),
                None => unknown(Reason::CommandOutput),
            };
        }
        let Some(at) = absolute(named, sh) else { return unknown(Reason::WorkingFolder) };
        match self.find(&at, sh) {
            super::files::Found::Written(text) => text.known(),
            super::files::Found::Host(file) => match self.place.text(&file) {
                Some(text) => Known::Known(text),
                None => unknown(Reason::FileUnreadable(at)),
            },
            _ => unknown(Reason::FileElsewhere(at)),
        }
    }

    /// Runs something with its redirects. `apart`: a child does them, so that an error in a here-document ends only
    /// that.
    pub(super) fn redirected(
        &mut self,
        redirects: &[Redirect],
        apart: bool,
        sh: &mut Shell,
        run: &mut dyn FnMut(&mut Self, &mut Shell) -> Status,
    ) -> Status {
        let (stdin, captured) = (sh.stdin.clone(), sh.around.captured);
        let files = (sh.input.clone(), sh.output.clone(), sh.appends);
        let mut into: Option<Option<(String, bool)>> = None;
        let mut probe = None;
        let mut fails = false;
        for redirect in redirects {
            let operator = redirect.operator.as_str();
            let bare = operator.trim_start_matches(|c: char| c.is_ascii_digit());
            let descriptor = &operator[..operator.len() - bare.len()];
            if redirect.body.is_some() {
                let word = redirect.document();
                let goes_on = sh.gone.is_none();
                let text = word.map(|word| self.text(&word, sh));
                if apart && goes_on {
                    fails |= sh.gone.take().is_some();
                }
                sh.stdin = text.map(|text| Rc::new(text.known()));
                continue;
            }
            let target = self.text(&redirect.target, sh);
            if target.contains("/dev/tcp/") || target.contains("/dev/udp/") {
                probe = Some(target);
                continue;
            }
            match bare {
                "<<<" => {
                    let mut text = target.clone();
                    text.push_derived("\n", target.span());
                    sh.stdin = Some(Rc::new(text.known()));
                }
                "<" | "<>" if descriptor.is_empty() || descriptor == "0" => {
                    sh.stdin = Some(Rc::new(self.content(&target, sh)));
                    sh.input = Some(target);
                }
                ">" | ">>" | ">|" | "&>" | "&>>" => {
                    let at = target.resolved().and_then(|t| absolute(t, sh));
                    let at = at.filter(|at| !at.starts_with("/dev/"));
                    if let (Some(at), "2") = (&at, descriptor) {
                        sh.made(at.clone(), FileState::Made);
                    }
                    if descriptor.is_empty() || descriptor == "1" {
                        (sh.output, sh.appends) = (Some(target), bare.ends_with(">>"));
                        into = Some(at.map(|at| (at, bare.ends_with(">>"))));
                    }
                }
                // `>&2`, and `1>&2`
                ">&" if matches!(descriptor, "" | "1") && target.as_str() != "1" => {
                    into = Some(None)
                }
                _ => {}
            }
        }
        if sh.gone.is_some() || fails {
            (sh.stdin, sh.around.captured) = (stdin, captured);
            (sh.input, sh.output, sh.appends) = files;
            return Status::FALSE;
        }
        if into.is_some() {
            sh.around.captured = false;
            self.outputs.push(Output::new(sh));
        }
        let mut status = match probe {
            Some(target) => self.probe(&target, sh),
            None => Status::TRUE,
        };
        let ran = run(self, sh);
        status = if status == Status::TRUE { ran } else { status };
        if let Some(target) = into {
            let output = self.outputs.pop();
            if let (Some((at, appends)), Some(output)) = (target, output) {
                self.write(at, appends, output, sh);
            }
        }
        (sh.stdin, sh.around.captured) = (stdin, captured);
        (sh.input, sh.output, sh.appends) = files;
        status
    }

    /// A file that gets what was printed.
    fn write(&mut self, at: String, appends: bool, output: Output, sh: &mut Shell) {
        let span = output.text.as_ref().map_or_else(Span::nowhere, Text::span);
        let new = output.read(span);
        let before = if appends { self.find(&at, sh) } else { super::files::Found::Missing };
        let state = match (before, new) {
            (super::files::Found::Missing, Known::Known(text) | Known::Partly(text, _)) => {
                FileState::Content(text)
            }
            (
                super::files::Found::Written(mut old),
                Known::Known(text) | Known::Partly(text, _),
            ) if old.len() + text.len() <= MAX_BYTES => {
                old.push_text(&text);
                FileState::Content(old)
            }
            _ => FileState::Made,
        };
        sh.made(at, state);
    }
}

/// An absolute path of a word.
pub(super) fn absolute(word: &str, sh: &Shell) -> Option<String> {
    match word.starts_with('/') {
        true => Some(path::join("/", word)),
        false => Some(path::join(sh.workdir.as_deref()?, word)),
    }
}

fn trim_end(value: Known<Text>) -> Known<Text> {
    value.map(|text| {
        let end = text.trim_end_matches('\n').len();
        text.slice(0..end)
    })
}
