//! What commands make of the files below `/etc/nginx`: `cp`, `mv`, `ln`, `rm`, `envsubst < a > b`, `cat a > b`.

use super::{At, DEFAULT, Tree};
use crate::facts::{Makes, program};
use crate::model::exec_context::PathLookup;
use crate::model::path;
use crate::model::process::Step;
use crate::model::roles::nginx::files::{MAIN, is_nginx};
use crate::model::roles::nginx::includes::{FOLDER, fits, is_pattern};
use crate::source::{EntryKind, Reason, RelPath, Sources, Text, Unknown};

/// Programs that neither write nor choose configuration.
const HARMLESS: [&str; 14] = [
    "mkdir", "chown", "chmod", "ls", "touch", "sleep", "wait", "cat", "echo", "printf", "envsubst",
    "grep", "test", "crond",
];

impl Tree {
    /// Takes in what a step does. `find` has the files of the place it runs in; `by` says whose step it is.
    pub(super) fn run(
        &mut self,
        sources: &Sources<'_>,
        step: &Step,
        find: &dyn Fn(&str) -> PathLookup,
        by: &'static str,
    ) {
        let Some(first) = step.words.first() else { return };
        let name = first.rsplit('/').next().unwrap_or("");
        let operands: Vec<&Text> =
            step.words.iter().skip(1).filter(|w| !w.starts_with('-')).collect();
        let open = || Unknown::at(Reason::MayBeSet(by), step.span);
        let absolute = |word: &Text| {
            let word = word.resolved()?;
            let base = if word.starts_with('/') { "/" } else { step.workdir.as_deref()? };
            let slash = if word.ends_with('/') { "/" } else { "" };
            Some(format!("{}{slash}", path::join(base, word)))
        };
        if let Some(output) = &step.output {
            let Some(at) = absolute(output) else { return };
            if path::relative_to(&at, FOLDER).is_none() {
                return;
            }
            let written = match (name, operands.as_slice(), &step.input) {
                ("cat", [file], None) => absolute(file).and_then(|f| self.file(&f, find)),
                ("cat", [], Some(file)) => absolute(file).and_then(|f| self.file(&f, find)),
                ("envsubst", names, Some(file)) => {
                    let only = names.first().map(|n| variables(n));
                    match absolute(file).and_then(|f| self.file(&f, find)) {
                        Some(At::File(host)) => Some(At::Filled(host, only)),
                        other => other,
                    }
                }
                _ => None,
            };
            // What is added to a file leaves the rest as it is.
            if step.appends {
                self.may_write.get_or_insert_with(open);
                return;
            }
            let unknown = || At::Unknown(Unknown::at(Reason::CommandOutput, step.span));
            let written = written.filter(|_| !step.conditional).unwrap_or_else(unknown);
            self.paths.insert(at, written);
            return;
        }
        match name {
            "rm" | "unlink" => {
                for at in operands.iter().filter_map(|w| absolute(w)) {
                    self.remove(at.trim_end_matches('/'), step.conditional.then(open));
                }
            }
            "cp" | "mv" | "ln" => {
                let [from @ .., to] = operands.as_slice() else { return };
                let Some(to) = absolute(to) else {
                    self.may_write.get_or_insert_with(open);
                    return;
                };
                if path::relative_to(to.trim_end_matches('/'), FOLDER).is_none() {
                    return;
                }
                for source in from {
                    let linked = name == "ln" && !source.starts_with('/');
                    let at = match (linked, source.resolved()) {
                        // A relative link starts where it stands.
                        (true, Some(source)) => {
                            let base = if self.is_folder(&to) { &to } else { path::parent(&to) };
                            Some(path::join(base, source))
                        }
                        _ => absolute(source),
                    };
                    match at {
                        Some(at) => self.copied(sources, &at, &to, from.len() > 1, step, find),
                        None => {
                            self.may_write.get_or_insert_with(open);
                        }
                    }
                    if name == "mv"
                        && let Some(at) = absolute(source)
                    {
                        self.paths.remove(&at);
                    }
                }
            }
            "sed" | "tee" | "perl" => {
                let in_place = name == "tee"
                    || step
                        .words
                        .iter()
                        .any(|w| w.starts_with("-i") || w.starts_with("--in-place"));
                for at in operands.iter().filter_map(|w| absolute(w)).filter(|_| in_place) {
                    if path::relative_to(&at, FOLDER).is_none() {
                        continue;
                    }
                    let why = Unknown::at(Reason::CommandOutput, step.span);
                    let hit: Vec<String> =
                        self.paths.keys().filter(|p| fits(&at, p)).cloned().collect();
                    // A file that the image brings is not read anyway.
                    if hit.is_empty() && (name != "tee" || at == MAIN) {
                        self.may_write.get_or_insert(why.clone());
                    } else if hit.is_empty() {
                        self.paths.insert(at, At::Unknown(why.clone()));
                    }
                    for at in hit {
                        self.paths.insert(at, At::Unknown(why.clone()));
                    }
                }
            }
            _ if is_nginx(Some(first)) || HARMLESS.contains(&name) => {}
            _ if by == "its command" => {
                let known = program(name);
                if !known.is_some_and(|p| p.quiet || p.makes == Some(Makes::Nothing)) {
                    self.may_write.get_or_insert_with(open);
                }
            }
            _ if step.words.iter().any(|w| w.contains(FOLDER)) => {
                self.may_write.get_or_insert_with(|| Unknown::at(Reason::MadeByRun, step.span));
            }
            _ => {}
        }
    }

    /// What a command finds at a path.
    fn file(&mut self, at: &str, find: &dyn Fn(&str) -> PathLookup) -> Option<At> {
        // `http.conf` beside `https.conf`: what the environment chooses here, it may choose otherwise elsewhere.
        let kind = |p: &str| p.rsplit_once('.').map(|(_, kind)| kind.to_owned());
        let beside = |p: &&String| {
            p.as_str() != at && path::parent(p) == path::parent(at) && kind(p) == kind(at)
        };
        if self.paths.keys().any(|p| beside(&p)) {
            self.chosen.get_or_insert(Reason::MayBeSet("its command").into());
        }
        match self.paths.get(at) {
            Some(known) => Some(known.clone()),
            None => match find(at) {
                PathLookup::Host(host) => Some(At::File(host)),
                _ => None,
            },
        }
    }

    fn remove(&mut self, at: &str, perhaps: Option<Unknown>) {
        let goes = |p: &str| fits(at, p) || path::relative_to(p, at).is_some();
        self.default_gone |= goes(DEFAULT);
        match perhaps {
            Some(why) => {
                for (_, what) in self.paths.iter_mut().filter(|(p, _)| goes(p)) {
                    *what = At::Unknown(why.clone());
                }
            }
            None => self.paths.retain(|p, _| !goes(p)),
        }
    }

    /// `cp`, `mv` or `ln` of one source.
    fn copied(
        &mut self,
        sources: &Sources<'_>,
        from: &str,
        to: &str,
        several: bool,
        step: &Step,
        find: &dyn Fn(&str) -> PathLookup,
    ) {
        let unknown = || At::Unknown(Unknown::at(Reason::CommandOutput, step.span));
        let source = from.trim_end_matches('/');
        let mut found: Vec<(String, At)> = Vec::new();
        if is_pattern(source) {
            let parent = path::parent(source);
            let own: Vec<String> = self.paths.keys().filter(|p| fits(source, p)).cloned().collect();
            for at in own {
                let name = at.rsplit('/').next().unwrap_or("").to_owned();
                found.extend(self.paths.get(&at).map(|what| (name, what.clone())));
            }
            if let PathLookup::Host(folder) = find(parent) {
                for (name, kind) in sources.listed(&folder) {
                    let host = folder.join(&name).filter(|_| kind == EntryKind::File);
                    if let Some(host) = host.filter(|_| fits(source, &path::join(parent, &name))) {
                        found.push((name, At::File(host)));
                    }
                }
            }
            if found.is_empty() {
                self.may_write.get_or_insert(Unknown::at(Reason::CommandOutput, step.span));
            }
            let into = to.trim_end_matches('/');
            for (name, what) in found {
                let what = if step.conditional { unknown() } else { what };
                self.paths.insert(path::join(into, &name), what);
            }
            return;
        }
        let name = source.rsplit('/').next().unwrap_or("");
        match self.file(source, find) {
            Some(At::File(host)) if sources.kind(&host) == EntryKind::Folder => {
                let all: &dyn Fn(&RelPath) -> bool = &|_| true;
                if step.conditional {
                    self.may_write.get_or_insert(Unknown::at(Reason::CommandOutput, step.span));
                } else {
                    self.add_folder(sources, &host, to.trim_end_matches('/'), all, 0);
                }
            }
            found => {
                let at = self.target(to, name, several);
                let what = found.filter(|_| !step.conditional).unwrap_or_else(unknown);
                self.paths.insert(at, what);
            }
        }
    }
}

/// The names in the first argument of `envsubst`: `'$HOST ${PORT}'`.
fn variables(list: &str) -> Vec<String> {
    list.split('$')
        .skip(1)
        .map(|rest| {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            rest[..end.unwrap_or(rest.len())].to_owned()
        })
        .collect()
}
