//! INI files as uWSGI and supervisord read them, and Procfiles: sections of `key = value` lines.

use crate::source::Text;

/// An INI file.
#[derive(Debug, Clone, Default)]
pub struct Ini {
    /// Lines in order. A key may stand several times.
    pub entries: Vec<Entry>,
}

/// `key = value`
#[derive(Debug, Clone)]
pub struct Entry {
    /// The section it stands in, without brackets; empty before the first.
    pub section: String,
    pub key: Text,
    /// The value: the rest of the line, and indented lines that go on with it.
    pub value: Text,
}

impl Ini {
    /// Reads a file; a line that is neither a section nor an assignment is passed over. `separator` is
    /// `=` for INI files and `:` for Procfiles.
    pub fn read(text: &Text, separator: char) -> Self {
        let mut out = Self::default();
        let mut section = String::new();
        let mut at = 0;
        for line in text.as_str().split_inclusive('\n') {
            let start = at;
            at += line.len();
            let content = line.trim_end();
            let trimmed = content.trim_start();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if content.starts_with([' ', '\t'])
                && let Some(last) = out.entries.last_mut()
                && last.section == section
                && section.contains(':')
            {
                // supervisord goes on with a value on indented lines.
                let indent = content.len() - trimmed.len();
                last.value.push_derived(" ", text.span_of(start..start + indent));
                last.value.push_text(&text.slice(start + indent..start + content.len()));
                continue;
            }
            if let Some(name) = trimmed.strip_prefix('[').and_then(|t| t.split(']').next()) {
                section = name.trim().to_owned();
                continue;
            }
            if let Some(split) = content.find(separator) {
                let key = text.slice(start..start + split).trim();
                let value =
                    text.slice(start + split + separator.len_utf8()..start + content.len()).trim();
                out.entries.push(Entry { section: section.clone(), key, value });
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    #[test]
    fn entries_know_their_section_and_place() {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let file = sources.add("uwsgi.ini", "[uwsgi]\r\n; 주석\nmodule = config.wsgi\nhook-pre-app = exec:./manage.py migrate\n[program:web]\ncommand=gunicorn\n  config.wsgi\n");
        let ini = Ini::read(&file.body(), '=');
        let seen: Vec<_> = ini
            .entries
            .iter()
            .map(|e| (e.section.as_str(), e.key.as_str(), e.value.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("uwsgi", "module", "config.wsgi"),
                ("uwsgi", "hook-pre-app", "exec:./manage.py migrate"),
                ("program:web", "command", "gunicorn config.wsgi")
            ]
        );
        assert_eq!(&file.text[ini.entries[0].value.span().range()], "config.wsgi");
    }
}
