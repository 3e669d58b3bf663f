//! Management commands of the project's own that run others: `call_command("migrate")`.

use super::follow::Follower;
use super::python_calls::tries_in_a_loop;
use super::state::Shell;
use super::{StepKind, classify};
use crate::facts;
use crate::finding::{Quote, prose};
use crate::model::exec_context::PathLookup;
use crate::model::path;
use crate::model::search_limit::SearchLimit;
use crate::source::{RelPath, SourceFile, Span, Text};
use crate::syntax::python::Module;

/// How many places of an app are looked at for a command.
const MAX_PLACES: usize = 4_000;

impl Follower<'_> {
    /// Notes the commands that a command of the project calls. Whether it always does so is not known. Tells whether the
    /// command waits for a database: it tries in a loop, and pauses between tries.
    pub(super) fn called_commands(
        &mut self,
        argv: &[Text],
        command: &Text,
        manage_py: Option<&Text>,
        span: Span,
        sh: &Shell,
    ) -> bool {
        let (Some(manage), Some(workdir)) = (manage_py, sh.workdir.as_deref()) else {
            return false;
        };
        if !command.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return false;
        }
        let PathLookup::Host(file) = self.place.find(&path::join(workdir, manage)) else {
            return false;
        };
        let Some(text) = self.command_text(&file.parent(), command, span) else { return false };
        // The words save reading most commands.
        if text.contains("sleep") && facts::management(command).is_none() {
            self.charge(text.len());
            if tries_in_a_loop(&Module::read(&SourceFile::of_part(&text)).body) {
                return true;
            }
        }
        let mut from = 0;
        while let Some(at) =
            text.as_str()[from..].find("call_command(").map(|i| from + i + "call_command(".len())
        {
            from = at;
            let rest = text.as_str()[at..].trim_start();
            let start = text.len() - rest.len();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let Some(length) = rest[1..].find(quote) else { continue };
            let name = text.slice(start + 1..start + 1 + length);
            if name.as_str() == command.as_str() || classify::is_server_command(&name) {
                continue;
            }
            let mut inner = sh.child();
            inner.around.conditional = true;
            self.step(
                StepKind::Manage { command: name, manage_py: None },
                &argv[..1],
                span,
                &mut inner,
            );
        }
        false
    }

    /// The file of a command in `app/management/commands/`, for apps beside `manage.py` and one folder below.
    fn command_text(&self, folder: &RelPath, command: &str, span: Span) -> Option<Text> {
        let tail = format!("management/commands/{command}.py");
        let names = self.place.names(folder);
        let apps = || names.iter().filter_map(|name| folder.join(name));
        let below = apps().flat_map(|app| {
            let names = self.place.names(&app);
            names.into_iter().filter_map(move |name| app.join(&name)).collect::<Vec<_>>()
        });
        for (number, app) in apps().chain(below).enumerate() {
            if number == MAX_PLACES {
                // Hardly anyone writes one of Django's own commands again.
                if facts::management(command).is_some_and(|m| m.one_shot) {
                    return None;
                }
                let message = prose!(
                    "`{}` is looked for in {} folders; what it runs is not known",
                    Quote::code(command),
                    MAX_PLACES
                );
                SearchLimit::note(span, message);
                return None;
            }
            if let Some(text) = self.place.text(&app.join(&tail)?) {
                return Some(text);
            }
        }
        None
    }
}
