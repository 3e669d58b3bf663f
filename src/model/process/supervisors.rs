//! Programs that keep others running which a file of theirs lists: `supervisord`, `honcho`.

use super::StepKind;
use super::follow::Follower;
use super::output::absolute;
use super::patterns::Pattern;
use super::state::{Jump, Shell, Status};
use crate::model::path;
use crate::source::{Reason, Span, Text};
use crate::syntax::ini::{Entry, Ini};
use crate::syntax::shell::Script;

/// The most files that `[include]` brings.
const MAX_INCLUDED: usize = 32;

impl Follower<'_> {
    /// Commands of `supervisord -c file`.
    pub(super) fn supervisor(&mut self, argv: &[Text], span: Span, sh: &mut Shell) -> Status {
        self.step(StepKind::Other, argv, span, sh);
        let step = self.process.steps.len().saturating_sub(1);
        let file = super::option(argv, "-c").or_else(|| super::option(argv, "--configuration"));
        let at = match &file {
            Some(file) => match file.resolved() {
                Some(named) => match absolute(named, sh) {
                    Some(at) => at,
                    None => return self.unknown_at(Reason::WorkingFolder, file),
                },
                None => return self.not_here(file),
            },
            None => {
                let usual = ["/etc/supervisord.conf", "/etc/supervisor/supervisord.conf"];
                let own = absolute("supervisord.conf", sh);
                let all = own.into_iter().chain(usual.map(str::to_owned));
                let there = |at: &String| matches!(self.find(at, sh), super::files::Found::Host(_));
                all.into_iter().find(there).unwrap_or_else(|| usual[0].to_owned())
            }
        };
        let by = file.as_ref().unwrap_or(&argv[0]).clone();
        let Some((file, text)) = self.read_file(&at, &by, sh) else { return Status::UNKNOWN };
        let mut entries = Ini::read(&text, '=').entries;
        let included: Vec<Entry> = entries
            .iter()
            .filter(|e| e.section == "include" && e.key.as_str() == "files")
            .flat_map(|e| self.included(e, &at, sh))
            .collect();
        entries.extend(included);
        self.stack.push(file);
        let stays = argv.iter().any(|w| matches!(w.as_str(), "-n" | "--nodaemon"))
            || entries.iter().any(|e| e.key.as_str() == "nodaemon" && e.value.as_str() == "true");
        for entry in &entries {
            if self.is_spent() {
                break;
            }
            if !entry.section.starts_with("program:") || entry.key.as_str() != "command" {
                continue;
            }
            let of = |key: &str| {
                let same = |e: &&Entry| e.section == entry.section && e.key.as_str() == key;
                entries.iter().find(same).map(|e| &e.value)
            };
            let mut inner = self.inside(step, sh);
            inner.around.background = true;
            if let Some(folder) = of("directory") {
                inner.workdir = (!folder.contains('%'))
                    .then(|| path::join(sh.workdir.as_deref().unwrap_or("/"), folder));
            }
            let never = |v: &Text| v.as_str() == "false";
            inner.around.conditional |= of("autostart").is_some_and(never);
            let command = self.with_environment(&entry.value, sh);
            let words = crate::model::compose::split_words(&command);
            self.run(&words, Some(entry.value.span()), &mut inner);
        }
        self.stack.pop();
        if stays && !sh.around.background {
            sh.gone = Some(Jump::Blocked);
        }
        Status::SUCCEEDS
    }

    /// The lines of the files that `[include]` names, as patterns relative to the file itself.
    fn included(&mut self, entry: &Entry, at: &str, sh: &Shell) -> Vec<Entry> {
        let mut all = Vec::new();
        for pattern in entry.value.split_whitespace() {
            let whole = path::join(path::parent(at), pattern);
            let (folder, name) = (path::parent(&whole), whole.rsplit('/').next().unwrap_or(""));
            let (Some(names), Some(pattern)) = (self.names_in(folder, sh), Pattern::of_text(name))
            else {
                self.unknown_at(Reason::FileElsewhere(whole.clone()), &entry.value);
                continue;
            };
            let mut names: Vec<String> = names.into_iter().filter(|n| pattern.matches(n)).collect();
            names.sort();
            for name in names.into_iter().take(MAX_INCLUDED) {
                if let Some((_, text)) =
                    self.read_file(&path::join(folder, &name), &entry.value, sh)
                {
                    all.extend(Ini::read(&text, '=').entries);
                }
            }
        }
        all
    }

    /// `%(ENV_NAME)s` stands for a variable (Supervisor docs, "Configuration File").
    fn with_environment(&mut self, value: &Text, sh: &Shell) -> Text {
        let mut out = Text::empty(value.span());
        let mut from = 0;
        while let Some(at) = value.as_str()[from..].find("%(ENV_").map(|i| from + i) {
            let Some(end) = value.as_str()[at..].find(")s").map(|i| at + i) else { break };
            out.push_text(&value.slice(from..at));
            let place = value.span_of(at..end + 2);
            match self.lookup(&value.as_str()[at + 6..end], place, sh) {
                super::params::Value::Set(text) => out.push_text(&text.seen_at(place)),
                super::params::Value::Unset => {}
                super::params::Value::Unknown(why) => out.push_unresolved(why, place),
            }
            from = end + 2;
        }
        out.push_text(&value.slice(from..value.len()));
        out
    }

    /// `honcho start [-f file] [process …]`: the lines `name: command` of a Procfile.
    pub(super) fn procfile(
        &mut self,
        name: &str,
        argv: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Status {
        if let Some(at) = argv.iter().position(|w| w.as_str() == "run") {
            return self.run(&argv[at + 1..], None, sh);
        }
        self.step(StepKind::Other, argv, span, sh);
        let step = self.process.steps.len().saturating_sub(1);
        let Some(at) = argv.iter().position(|w| w.as_str() == "start") else {
            return self.unknown_at(Reason::NotFollowed(name.to_owned()), &argv[0]);
        };
        let named = super::option(argv, "-f").or_else(|| super::option(argv, "--procfile"));
        let by = named.clone().unwrap_or_else(|| argv[0].clone());
        let Some(path) = absolute(named.as_ref().map_or("Procfile", |f| f.as_str()), sh) else {
            return self.unknown_at(Reason::WorkingFolder, &by);
        };
        let Some((file, text)) = self.read_file(&path, &by, sh) else { return Status::UNKNOWN };
        self.stack.push(file);
        let mut wanted: Vec<&str> = Vec::new();
        let mut words = argv[at + 1..].iter().map(|w| w.as_str());
        while let Some(word) = words.next() {
            match word {
                "-f" | "--procfile" | "-e" | "--env" | "-d" | "--app-root" | "-p" | "--port" => {
                    words.next();
                }
                w if w.starts_with('-') => {}
                w => wanted.push(w),
            }
        }
        let mut from = 0;
        for line in text.as_str().split_inclusive('\n') {
            let start = from;
            from += line.len();
            let Some((name, _)) = line
                .split_once(':')
                .filter(|(n, _)| !n.is_empty() && !n.trim_start().starts_with('#'))
            else {
                continue;
            };
            if !wanted.is_empty() && !wanted.contains(&name.trim()) {
                continue;
            }
            if self.is_spent() {
                break;
            }
            let command = text.slice(start + name.len() + 1..start + line.len()).trim();
            let mut inner = self.inside(step, sh);
            inner.around.background = true;
            inner.around.in_shell = true;
            self.list(&Script::read(&command).body, &mut inner);
        }
        self.stack.pop();
        if !sh.around.background {
            sh.gone = Some(Jump::Blocked);
        }
        Status::SUCCEEDS
    }
}
