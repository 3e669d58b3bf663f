//! Names that stand for a command elsewhere: scripts of `package.json`, entry points of `pyproject.toml`, services of
//! s6, hooks of uWSGI.

use super::follow::Follower;
use super::output::absolute;
use super::state::{Jump, Shell, Status};
use super::{StepKind, uwsgi_ini};
use crate::model::path;
use crate::source::{Reason, RelPath, Span, Text};

impl Follower<'_> {
    /// `npm run name`, `npm start`, `yarn name`: the script of this name in `package.json`.
    pub(super) fn package_script(
        &mut self,
        name: &str,
        argv: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Option<Status> {
        let plain: Vec<&Text> = argv[1..].iter().filter(|w| !w.starts_with('-')).collect();
        let script = match plain.as_slice() {
            [run, script, ..] if matches!(run.as_str(), "run" | "run-script") => script,
            [script, ..]
                if matches!(script.as_str(), "start" | "test")
                    || name == "yarn"
                    || name == "pnpm" =>
            {
                script
            }
            _ => return None,
        };
        let at = absolute("package.json", sh)?;
        let super::files::Found::Host(file) = self.find(&at, sh) else { return None };
        if self.stack.contains(&file) {
            return None;
        }
        let text = self.place.text(&file)?;
        let package: serde_json::Value = serde_json::from_str(&text).ok()?;
        let line = package.get("scripts")?.get(script.resolved()?)?.as_str()?;
        self.charge(text.len());
        self.step(StepKind::Other, argv, span, sh);
        let step = self.process.steps.len().saturating_sub(1);
        let mut inner = self.inside(step, sh);
        self.stack.push(file);
        let line = Text::derived(line.to_owned(), span);
        let child = self.child_shell(&inner, self.place.shell(), false);
        self.child_line(&line, child, &mut inner);
        self.stack.pop();
        Some(Status::SUCCEEDS)
    }

    /// A program that `pyproject.toml` makes of a function: `[project.scripts]`, `[tool.poetry.scripts]`.
    pub(super) fn console_script(
        &mut self,
        name: &str,
        argv: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Option<Status> {
        if argv[0].contains('/') || name.contains('.') {
            return None;
        }
        let at = absolute("pyproject.toml", sh)?;
        let super::files::Found::Host(file) = self.find(&at, sh) else { return None };
        let text = self.place.text(&file)?;
        let table: toml::Table = text.as_str().parse().ok()?;
        let entry = |path: &[&str]| {
            let mut at = table.get(*path.first()?)?;
            for key in &path[1..] {
                at = at.get(key)?;
            }
            match at.get(name)? {
                toml::Value::String(text) => Some(text.clone()),
                other => other.get("callable")?.as_str().map(str::to_owned),
            }
        };
        let entry =
            entry(&["project", "scripts"]).or_else(|| entry(&["tool", "poetry", "scripts"]))?;
        let (module, function) = entry.split_once(':')?;
        self.step(StepKind::Other, argv, span, sh);
        let step = self.process.steps.len().saturating_sub(1);
        let module = Text::derived(module.trim().to_owned(), argv[0].span());
        match self.module_file(&module, sh).or_else(|| self.source_file(&module, sh)) {
            Some((file, text)) => self.python_entry(&text, file, function.trim(), step, sh),
            None => {
                self.not_here(&module);
            }
        }
        Some(Status::SUCCEEDS)
    }

    /// A module below `src/`.
    fn source_file(&self, module: &Text, sh: &Shell) -> Option<(RelPath, Text)> {
        let mut below = sh.clone();
        below.workdir = Some(path::join(sh.workdir.as_deref()?, "src"));
        self.module_file(module, &below)
    }

    /// `/init` of s6-overlay: `run` of every folder of `/etc/services.d` and `/etc/s6-overlay/s6-rc.d`.
    pub(super) fn s6(&mut self, argv: &[Text], span: Span, sh: &mut Shell) -> Option<Status> {
        self.step(StepKind::Other, argv, span, sh);
        let step = self.process.steps.len().saturating_sub(1);
        let mut any = false;
        for (folder, file, background) in [
            ("/etc/cont-init.d", "", false),
            ("/etc/services.d", "/run", true),
            ("/etc/s6-overlay/s6-rc.d", "/run", true),
        ] {
            let Some(mut names) = self.names_in(folder, sh) else { continue };
            names.sort();
            for name in names {
                let at = format!("{folder}/{name}{file}");
                if !matches!(self.find(&at, sh), super::files::Found::Host(_)) {
                    continue;
                }
                any = true;
                let mut inner = self.inside(step, sh);
                inner.around.background = background;
                inner.around.in_shell = true;
                let word = Text::derived(at, argv[0].span());
                self.run(&[word], Some(span), &mut inner);
            }
        }
        if !any {
            return Some(self.unknown_at(Reason::NotFollowed("/init".into()), &argv[0]));
        }
        // What stands behind `/init` is run by it, and ends it.
        if argv.len() > 1 {
            let mut inner = self.inside(step, sh);
            self.run(&argv[1..], None, &mut inner);
        }
        if !sh.around.background {
            sh.gone = Some(Jump::Blocked);
        }
        Some(Status::SUCCEEDS)
    }

    /// `hook-pre-app = exec:…` and the like run before uWSGI's application is loaded, `attach-daemon` beside it.
    /// `step` is the one of uWSGI, which comes next.
    pub(super) fn uwsgi_hooks(&mut self, argv: &[Text], step: usize, sh: &mut Shell) {
        let before = self.process.steps.len();
        let ini = uwsgi_ini::read(self.place, argv, sh.workdir.as_deref(), &sh.vars);
        for entry in ini.entries {
            let key = entry.key.as_str();
            let daemon = key.contains("attach-daemon");
            let line = match entry.value.find("exec:") {
                Some(at) if key.starts_with("hook-") => {
                    entry.value.slice(at + 5..entry.value.len())
                }
                None if key.starts_with("exec-") => entry.value.clone(),
                _ if daemon => match uwsgi_ini::daemon_command(key, &entry.value) {
                    Some(line) => line,
                    None => continue,
                },
                _ => continue,
            };
            let mut inner = sh.child();
            inner.around.background = true;
            inner.around.exec = false;
            inner.around.inside = Some(step);
            let child = self.child_shell(&inner, self.place.shell(), false);
            self.child_line(&line, child, &mut inner);
        }
        // The step of uWSGI stands behind those that it runs first.
        let after = self.process.steps.len();
        for hook in self.process.steps.iter_mut().skip(before).filter(|s| s.inside == Some(step)) {
            hook.inside = Some(after);
        }
    }
}
