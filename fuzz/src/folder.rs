//! A folder written as one input: each file begins with a record separator (byte 30), then a line with its path, then its
//! bytes. A text without a separator is one file. What a fuzzer makes of such a text by cutting, doubling and swapping is
//! mostly a folder again, and a seed is put together by `printf` and `cat`.

use compose_doctor::internals::report::RenderOptions;
use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources, Span};

/// What stands before each file.
pub const SEPARATOR: u8 = 0x1e;
/// The most files of one input; the rest is left out.
const MAX_FILES: usize = 24;

/// Paths that mean something to a reader. A path line of one byte stands for one of them.
const PATHS: [&str; 40] = [
    "compose.yaml",
    "compose.override.yaml",
    "compose.prod.yaml",
    "docker-compose.yml",
    "docker-compose.prod.yml",
    "Dockerfile",
    "web.Dockerfile",
    ".dockerignore",
    "entrypoint.sh",
    "start.sh",
    ".env",
    ".env.example",
    "web.env",
    "requirements.txt",
    "requirements/base.txt",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "manage.py",
    "config/__init__.py",
    "config/settings.py",
    "config/settings/__init__.py",
    "config/settings/base.py",
    "config/settings/local.py",
    "config/settings/production.py",
    "config/urls.py",
    "config/wsgi.py",
    "config/asgi.py",
    "config/celery.py",
    "nginx.conf",
    "nginx/default.conf",
    "nginx/templates/default.conf.template",
    "supervisord.conf",
    "uwsgi.ini",
    "gunicorn.conf.py",
    "Procfile",
    "package.json",
    "README.md",
    "Makefile",
    "infra/compose.yaml",
];

/// A file of an input.
pub struct File<'d> {
    /// Its path, as the input has it.
    pub path: String,
    /// Its bytes.
    pub bytes: &'d [u8],
}

/// The files of an input; `only` is the path of a text that has no separator.
pub fn files<'d>(data: &'d [u8], only: &str) -> Vec<File<'d>> {
    if !data.contains(&SEPARATOR) {
        return vec![File { path: only.to_owned(), bytes: data }];
    }
    let mut parts = data.split(|b| *b == SEPARATOR);
    let before = parts.next().unwrap_or_default();
    let first = (!before.is_empty()).then(|| File { path: only.to_owned(), bytes: before });
    first.into_iter().chain(parts.map(file)).take(MAX_FILES).collect()
}

fn file(part: &[u8]) -> File<'_> {
    let end = part.iter().position(|b| *b == b'\n').unwrap_or(part.len());
    let (line, bytes) = (&part[..end], part.get(end + 1..).unwrap_or_default());
    let path = match line {
        [one] => PATHS[usize::from(*one) % PATHS.len()].to_owned(),
        line => String::from_utf8_lossy(line).into_owned(),
    };
    File { path, bytes }
}

/// The folder in memory. Files that begin with `#!` can be executed.
pub fn memory<'d>(files: impl IntoIterator<Item = (&'d str, &'d [u8])>) -> MemoryFiles {
    let mut memory = MemoryFiles::new();
    for (path, bytes) in files {
        // A file is no folder, and has a name.
        let below =
            |other: &RelPath, path: &RelPath| other.relative_to(path).is_some() && other != path;
        let Some(rel) = RelPath::new(path).filter(|p| !p.is_root()) else { continue };
        if memory.paths().any(|p| below(p, &rel) || below(&rel, p)) {
            continue;
        }
        memory.add(path, bytes);
        if bytes.starts_with(b"#!") {
            memory.set_executable(path, true);
        }
    }
    memory
}

/// Panics where a place does not lie in its file, on whole characters.
pub fn lies_in(sources: &Sources<'_>, what: &str, span: Span) {
    let file = sources.file(span.file);
    assert!(
        file.text.get(span.range()).is_some(),
        "{what}: {span:?} is no place in {} ({} bytes)",
        file.path,
        file.text.len()
    );
}

/// Panics where a text holds characters that are obeyed and not shown. `colours`: as those of a terminal are.
pub fn shown(what: &str, text: &str, colours: bool) {
    let bad = |c: &char| match c {
        '\n' => false,
        '\x1b' => !colours,
        c => {
            c.is_control()
                || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        }
    };
    if let Some((at, c)) = text.char_indices().find(|(_, c)| bad(c)) {
        let from = text[..at].char_indices().rev().nth(60).map_or(0, |(i, _)| i);
        panic!("{what} prints {c:?} after {:?}", &text[from..at]);
    }
}

/// A text without the colours of a terminal.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split("\x1b[");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    out
}

/// Options that depend on the input: narrow and wide, never coloured.
pub fn render_options(data: &[u8]) -> RenderOptions {
    RenderOptions { color: false, width: 40 + data.len() % 161 }
}
