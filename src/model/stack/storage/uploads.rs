//! Files that people upload (Django docs, "Managing files"): whether there are any, where they are kept, who serves them.

use super::statics::{root_path, url_path, workdir_of};
use super::{Serving, Storage};
use crate::finding::prose;
use crate::model::django::{Settings, Value};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::roles::django::DjangoService;
use crate::model::search_limit::SearchLimit;
use crate::source::{EntryKind, Limit, RelPath, Span};

/// The most files of a project that are looked through for fields.
const MAX_FILES: usize = 2_000;
/// The most folders.
const MAX_FOLDERS: usize = 5_000;
/// The storage that Django uses where nothing is said.
const LOCAL: &str = "django.core.files.storage.FileSystemStorage";

/// The way of uploaded files of a service.
#[derive(Debug)]
pub struct UploadPlan<'s> {
    /// The field of a model that takes them.
    pub field: Span,
    /// `MEDIA_ROOT` in the container, and the name in the settings.
    pub root: (String, Span),
    /// `MEDIA_URL` as the path of a request, and the name in the settings; `None` where it is another host's or empty.
    pub url: Option<(String, Span)>,
    /// What nginx services do with that URL.
    pub serving: Vec<Serving<'s>>,
    /// Whether a server answers it by a pattern, or its configuration is not all known.
    pub unclear: bool,
}

impl<'s> Storage<'s> {
    /// The way of uploaded files of a service; `None` where no model takes any, they are kept elsewhere, or that is not known.
    pub fn upload_plan(&self, service: &'s DjangoService) -> Option<UploadPlan<'s>> {
        let settings = service.settings()?;
        let binding = settings.get("MEDIA_ROOT")?;
        let workdir = workdir_of(self.stack.container(service.container));
        let root = root_path(binding, service, workdir)?;
        if !kept_locally(settings) {
            return None;
        }
        let field = self.upload_field(service)?;
        let url = settings.get("MEDIA_URL").filter(|b| b.is_certain());
        let url = url.and_then(|b| {
            b.value
                .as_str()
                .filter(|u| !u.contains("//") && u.len() > 1)
                .map(|u| (url_path(u), b.name_span))
        });
        let serving = url.as_ref().map(|(u, _)| self.serving_of(u, "x.png")).unwrap_or_default();
        let unclear = url.as_ref().is_some_and(|(u, _)| {
            self.stack
                .roles
                .nginx
                .iter()
                .any(|n| n.unknown.is_some() || n.serving(&format!("{u}x.png")).contains(&None))
        });
        Some(UploadPlan { field, root: (root, binding.name_span), url, serving, unclear })
    }

    /// The first field of a model in the project that takes uploads.
    pub fn upload_field(&self, service: &DjangoService) -> Option<Span> {
        let fs = self
            .stack
            .container(service.container)
            .filesystem(self.stack.sources, &self.stack.project.folder);
        let home = |at: &String| match fs.find(at) {
            PathLookup::Host(host) => Some((host, 0)),
            _ => None,
        };
        let mut folders: Vec<(RelPath, usize)> =
            service.python_path.iter().filter_map(home).collect();
        let (mut read, mut seen) = (0, 0);
        while let Some((folder, depth)) = folders.pop() {
            if seen == MAX_FOLDERS {
                self.stack.note_limit(prose!(
                    "fields for uploads are looked for in {} folders; the rest is not looked at",
                    MAX_FOLDERS
                ));
                return None;
            }
            seen += 1;
            for (name, kind) in self.stack.sources.listed(&folder) {
                let Some(path) = folder.join(&name) else { continue };
                let skipped = name.starts_with('.')
                    || matches!(
                        name.as_str(),
                        "node_modules"
                            | "venv"
                            | "env"
                            | "site-packages"
                            | "tests"
                            | "migrations"
                            | "static"
                    );
                match kind {
                    EntryKind::Folder if depth < 4 && !skipped => folders.push((path, depth + 1)),
                    EntryKind::File
                        if name == "models.py"
                            || name.ends_with(".py") && folder.file_name() == "models" =>
                    {
                        let Ok(file) = self.stack.sources.read(&path, Limit::Code) else {
                            continue;
                        };
                        if read == MAX_FILES {
                            let message = prose!(
                                "fields for uploads are looked for in {} files of models; the rest is not read",
                                MAX_FILES
                            );
                            SearchLimit::note(Span::new(file.id, 0, 0), message);
                            return None;
                        }
                        read += 1;
                        let found =
                            ["models.FileField(", "models.ImageField("].iter().find_map(|w| {
                                let at = file.text.find(w)?;
                                let line = file.text[..at].rfind('\n').map_or(0, |i| i + 1);
                                // A commented line, or a field with a storage of its own.
                                let plain = !file.text[line..at].contains('#')
                                    && !call(&file.text[at..]).contains("storage=");
                                plain.then(|| Span::new(file.id, at, at + w.len() - 1))
                            });
                        if found.is_some() {
                            return found;
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }
}

/// A call from its name to the parenthesis that closes it.
fn call(text: &str) -> &str {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => return &text[..at],
            ')' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// Whether uploads are surely kept on the local disk.
fn kept_locally(settings: &Settings) -> bool {
    let local = |value: &Value| value.as_str() == Some(LOCAL);
    let sure = |name: &str| settings.get(name).is_none_or(|b| b.is_certain());
    if !sure("STORAGES") || !sure("DEFAULT_FILE_STORAGE") || settings.open.is_some() {
        return false;
    }
    if let Some(storages) = settings.get("STORAGES") {
        return match storages.value.entry("default") {
            Some(entry) => entry.entry("BACKEND").is_some_and(local),
            None => storages.value.is_known() && !storages.value.is_open(),
        };
    }
    settings.get("DEFAULT_FILE_STORAGE").is_none_or(|b| local(&b.value))
}
