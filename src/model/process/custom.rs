//! Management commands of the project's own that run others: `call_command("migrate")`.

use super::follow::{Cx, Follower};
use super::{StepKind, classify};
use crate::model::path;
use crate::model::place::Found;
use crate::source::{RelPath, Span, Text};

/// How many folders beside `manage.py` are looked through.
const MAX_FOLDERS: usize = 64;

impl Follower<'_> {
    /// Notes the commands that a command of the project calls. Whether it always does so is not known.
    pub(super) fn called_commands(
        &mut self,
        argv: &[Text],
        command: &Text,
        manage_py: Option<&Text>,
        span: Span,
        cx: &Cx,
    ) {
        let (Some(manage), Some(workdir)) = (manage_py, cx.workdir.as_deref()) else { return };
        if !command.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return;
        }
        let Found::Host(file) = self.place.find(&path::join(workdir, manage)) else { return };
        let Some(text) = self.command_text(&file.parent(), command) else { return };
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
            let mut inner = Cx { conditional: true, ..cx.clone() };
            self.step(
                StepKind::Manage { command: name, manage_py: None },
                &argv[..1],
                span,
                &mut inner,
            );
        }
    }

    /// The file of a command in `app/management/commands/`, for apps beside `manage.py` and one folder below.
    fn command_text(&self, folder: &RelPath, command: &str) -> Option<Text> {
        let tail = format!("management/commands/{command}.py");
        let apps: Vec<RelPath> = self
            .place
            .names(folder)
            .iter()
            .take(MAX_FOLDERS)
            .filter_map(|name| folder.join(name))
            .collect();
        let direct = apps.iter().find_map(|app| self.place.text(&app.join(&tail)?));
        direct.or_else(|| {
            apps.iter().find_map(|app| {
                self.place
                    .names(app)
                    .iter()
                    .take(MAX_FOLDERS)
                    .find_map(|name| self.place.text(&app.join(name)?.join(&tail)?))
            })
        })
    }
}
