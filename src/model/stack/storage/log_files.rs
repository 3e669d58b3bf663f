//! Files that `LOGGING` opens when the settings are loaded (Python docs, `logging.config`, `logging.handlers`).

use super::statics::workdir_of;
use super::{NotWritable, Storage};
use crate::model::django::{FileAnswer, Value, ValueKind};
use crate::model::exec_context::ExecContext;
use crate::model::path;
use crate::model::roles::django::DjangoService;
use crate::source::{Limit, Span};

/// Handlers that open their file when they are made, and make no folder for it.
const OPENING: [&str; 5] = [
    "logging.FileHandler",
    "logging.handlers.RotatingFileHandler",
    "logging.handlers.TimedRotatingFileHandler",
    "logging.handlers.WatchedFileHandler",
    "logging.handlers.BaseRotatingHandler",
];

/// A log file that cannot be opened.
#[derive(Debug)]
pub struct LostLog<'s> {
    /// The name of the handler.
    pub handler: String,
    /// The file in the container.
    pub path: String,
    /// Where the file is named.
    pub span: Span,
    pub why: LogFault<'s>,
}

/// Why a log file cannot be opened.
#[derive(Debug)]
pub enum LogFault<'s> {
    /// The folder is surely not there.
    NoFolder,
    /// The folder is not in the checkout; a developer may have it, since git keeps no empty folders.
    Untracked,
    /// The folder is root's, and the service runs as another user.
    NotWritable(NotWritable<'s>),
}

impl<'s> Storage<'s> {
    /// Log files that a service's settings open and cannot.
    pub fn lost_logs(&self, service: &DjangoService) -> Vec<LostLog<'s>> {
        let mut all = Vec::new();
        let Some(settings) = service.settings() else { return all };
        let container = self.stack.container(service.container);
        let off = settings.get("LOGGING_CONFIG").is_some_and(|b| b.value.kind == ValueKind::None);
        let logging = settings.get("LOGGING").filter(|b| b.is_certain() && !off);
        let Some(handlers) = logging.and_then(|b| b.value.entry("handlers")) else { return all };
        let ValueKind::Dict { entries, .. } = &handlers.kind else { return all };
        // Settings and start scripts may make the folder.
        let makes = |text: &str| text.contains("mkdir") || text.contains("makedirs");
        let steps = &container.process.steps;
        let made = container.process.unknown.is_some()
            || steps.iter().any(|s| s.words.iter().any(|w| makes(w) || w.as_str() == "install"))
            || settings.files.iter().any(|f| makes(&self.stack.sources.file(*f).text))
            || service.manage_py.as_ref().is_some_and(|p| {
                self.stack.sources.read(p, Limit::Code).is_ok_and(|f| makes(&f.text))
            });
        if made {
            return all;
        }
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        for (name, handler) in entries {
            let class = handler.entry("class").and_then(Value::as_str).unwrap_or("");
            let late = handler.entry("delay").is_some_and(|d| d.as_bool() != Some(false));
            if !OPENING.contains(&class) || late {
                continue;
            }
            let Some(file) = handler.entry("filename") else { continue };
            let Some(written) = file.as_str().filter(|w| !w.is_empty()) else { continue };
            let at = match (written.starts_with('/'), workdir_of(container)) {
                (true, _) => path::join("/", written),
                (false, Some(workdir)) => path::join(workdir, written),
                (false, None) => continue,
            };
            if at.starts_with("/dev/") || at.starts_with("/proc/") {
                continue;
            }
            let folder = path::parent(&at);
            let why = match fs.file(folder) {
                FileAnswer::Missing => LogFault::NoFolder,
                FileAnswer::Untracked => LogFault::Untracked,
                FileAnswer::Found(_) => match self.not_writable(service.container, folder) {
                    Some(fault) => LogFault::NotWritable(fault),
                    None => continue,
                },
                FileAnswer::Unknown(_) => match container.built() {
                    Some(image)
                        if fs.mount(folder).is_none()
                            && self.is_missing_beside_static(service.container, image, folder) =>
                    {
                        LogFault::NoFolder
                    }
                    _ => continue,
                },
            };
            let handler = name.as_str().unwrap_or("").to_owned();
            all.push(LostLog { handler, path: at, span: file.span, why });
        }
        all
    }
}
