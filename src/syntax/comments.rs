//! Comments, in every language that the readers know.
//!
//! The trees leave comments out. What is asked for here is rare (a comment for this tool), so a file is only read for
//! it once its text is known to hold the marker.

use super::dockerfile::Dockerfile;
use super::dotenv::EnvFile;
use super::nginx::{Config, Directive};
use super::python::Module;
use super::shell::Script;
use super::yaml::{NodeKind, Yaml};
use crate::source::{SourceFile, Span};
use std::ops::Range;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    Yaml,
    Dockerfile,
    Shell,
    Nginx,
    Env,
    Python,
    /// Anything else in which a line that begins with `#` is a comment: requirements, TOML, ignore files.
    Lines,
}

impl Language {
    /// What a file of this name most likely is, where nothing else is known of it.
    pub fn of_name(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let ends = |all: &[&str]| all.iter().any(|e| lower.ends_with(e));
        if ends(&[".yaml", ".yml"]) {
            Self::Yaml
        } else if lower.contains("dockerfile") || lower.contains("containerfile") {
            Self::Dockerfile
        } else if ends(&[".py"]) {
            Self::Python
        } else if ends(&[".sh", ".bash"]) {
            Self::Shell
        } else if lower.contains("nginx") || ends(&[".conf"]) {
            Self::Nginx
        } else if lower.starts_with(".env") || ends(&[".env"]) {
            Self::Env
        } else {
            Self::Lines
        }
    }
}

/// The comments of a file that begin with `marker` (blanks and further `#` before it do not count), each from `#` to the
/// end of its line, in file order. What only looks like a comment, in a string, a block of text or a here-document, is
/// none.
pub fn comments(file: &SourceFile, language: Language, marker: &str) -> Vec<Span> {
    let places = candidates(&file.text, marker);
    if places.is_empty() {
        return Vec::new();
    }
    let at = |range: &Range<usize>| Span::new(file.id, range.start, range.end);
    let outside = |mut texts: Vec<Span>| {
        texts.retain(|t| t.file == file.id && !t.is_empty());
        texts.sort_unstable_by_key(|t| t.start);
        let held = |place: &Range<usize>| {
            // Texts may lie in each other, so the nearest before it is not always the one that holds it.
            texts
                .iter()
                .take_while(|t| (t.start as usize) <= place.start)
                .any(|t| place.start < t.end as usize)
        };
        places.iter().filter(|p| !held(p)).map(at).collect::<Vec<_>>()
    };
    let mut found = match language {
        Language::Yaml => outside(yaml_texts(file)),
        Language::Dockerfile => {
            let bodies = Dockerfile::read(file)
                .instructions
                .into_iter()
                .flat_map(|i| i.heredocs)
                .map(|h| h.body.span())
                .collect();
            outside(bodies).into_iter().filter(|s| alone(&file.text, s.start as usize)).collect()
        }
        Language::Env => {
            outside(EnvFile::read(&file.body()).entries.iter().map(|e| e.span).collect())
        }
        Language::Nginx => outside(nginx_texts(&Config::read(&file.body()).directives)),
        Language::Lines => outside(Vec::new())
            .into_iter()
            .filter(|s| alone(&file.text, s.start as usize))
            .collect(),
        Language::Shell => Script::comments(&file.body(), marker),
        Language::Python => {
            let found = Module::comments(file);
            found
                .into_iter()
                .filter(|s| places.iter().any(|p| p.start == s.start as usize))
                .collect()
        }
    };
    // A comment may speak of another.
    found.dedup_by(|later, first| later.start < first.end);
    found
}

/// Whether nothing but blanks stands before the byte on its line.
pub fn alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before[before.rfind('\n').map_or(0, |i| i + 1)..]
        .trim_matches([' ', '\t', '\u{feff}'])
        .is_empty()
}

/// The most markers that are looked at in a file.
const MAX_MARKERS: usize = 1000;

/// Where a comment may begin that begins with the marker: `#` at the start of a line or after a blank or a sign that
/// ends a word.
fn candidates(text: &str, marker: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices(marker).take(MAX_MARKERS) {
        let before = &text[..at];
        let start = before.trim_end_matches(['#', ' ', '\t']).len();
        let Some(hash) = before[start..].find('#').map(|i| start + i) else { continue };
        let free = before[..hash].chars().next_back().is_none_or(|c| {
            c.is_whitespace() || matches!(c, ';' | '{' | '}' | '\u{feff}' | '"' | '\'')
        });
        let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
        let end = hash + text[hash..end].trim_end().len();
        if free && found.last().is_none_or(|last| last.start < hash) {
            found.push(hash..end);
        }
    }
    found
}

fn yaml_texts(file: &SourceFile) -> Vec<Span> {
    let tree = Yaml::read(file);
    tree.nodes()
        .filter(|n| matches!(n.kind, NodeKind::Scalar(..)))
        .map(|n| n.span)
        .chain(tree.unread.iter().copied())
        .collect()
}

fn nginx_texts(directives: &[Directive]) -> Vec<Span> {
    let mut texts = Vec::new();
    let mut open: Vec<&Directive> = directives.iter().collect();
    while let Some(directive) = open.pop() {
        texts.push(directive.name.span());
        texts.extend(directive.args.iter().map(crate::source::Text::span));
        open.extend(directive.block.iter().flatten());
    }
    texts
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    /// The lines (from 1) of the comments that are found.
    fn lines(language: Language, text: &str) -> Vec<u32> {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let file = sources.add("file", text);
        comments(&file, language, "compose-doctor:")
            .iter()
            .map(|s| file.position(s.start).line)
            .collect()
    }

    #[test]
    fn yaml_comments_are_told_from_texts() {
        let text = concat!(
            "# compose-doctor: 1\n",
            "a: b # compose-doctor: 2\n",
            "c: 'x # compose-doctor: no'\n",
            "d: |\n",
            "  # compose-doctor: no\n",
            "  text\n",
            "e: [x, # compose-doctor: 7\n",
            "  'y # compose-doctor: no']\n",
            "f: >-\n",
            "  # compose-doctor: no\n",
            "# compose-doctor: 11\n",
            "g: \"a\n",
            "  # compose-doctor: no\n",
            "  b\"\n",
            "h: a#compose-doctor: no\n",
            "## compose-doctor: 16\n",
        );
        assert_eq!(lines(Language::Yaml, text), [1, 2, 7, 11, 16]);
    }

    #[test]
    fn dockerfile_comments_stand_alone_and_in_no_here_document() {
        let text = concat!(
            "# compose-doctor: 1\n",
            "FROM a # compose-doctor: no\n",
            "RUN a \\\n",
            "  # compose-doctor: 4\n",
            "  && b\n",
            "RUN <<EOF\n",
            "# compose-doctor: no\n",
            "EOF\n",
            "  # compose-doctor: 9\n",
            "CMD [\"a\"]\n",
        );
        assert_eq!(lines(Language::Dockerfile, text), [1, 4, 9]);
    }

    #[test]
    fn shell_comments_are_told_from_words_and_here_documents() {
        let text = concat!(
            "#!/bin/sh\n",
            "# compose-doctor: 2\n",
            "a; # compose-doctor: 3\n",
            "echo '# compose-doctor: no' \"# compose-doctor: no\"\n",
            "cat <<EOF\n",
            "# compose-doctor: no\n",
            "EOF\n",
            "if a; then # compose-doctor: 8\n",
            "  # compose-doctor: 9\n",
            "  b\n",
            "fi\n",
            "echo '\n",
            "# compose-doctor: no\n",
            "'\n",
            "a#compose-doctor: no\n",
        );
        assert_eq!(lines(Language::Shell, text), [2, 3, 8, 9]);
    }

    #[test]
    fn env_nginx_and_python_comments() {
        let env = "# compose-doctor: 1\nA=b # compose-doctor: 2\nC='x # compose-doctor: no'\nD=\"a\n# compose-doctor: no\n\"\n";
        assert_eq!(lines(Language::Env, env), [1, 2]);
        let nginx = "server { # compose-doctor: 1\n  # compose-doctor: 2\n  return 200 '# compose-doctor: no';\n  listen 80; # compose-doctor: 4\n}\n";
        assert_eq!(lines(Language::Nginx, nginx), [1, 2, 4]);
        let python = "# compose-doctor: 1\nA = '# compose-doctor: no'  # compose-doctor: 2\nB = '''\n# compose-doctor: no\n'''\nC = [\n  1,  # compose-doctor: 7\n]\n";
        assert_eq!(lines(Language::Python, python), [1, 2, 7]);
        let lines_only = "Django==5 # compose-doctor: no\n# compose-doctor: 2\n";
        assert_eq!(lines(Language::Lines, lines_only), [2]);
    }

    #[test]
    fn windows_line_ends_and_byte_order_marks() {
        let text = "\u{feff}# compose-doctor: 1\r\na: b # compose-doctor: 2\r\n";
        for language in [Language::Yaml, Language::Env, Language::Lines] {
            let want: &[u32] = if language == Language::Lines { &[1] } else { &[1, 2] };
            assert_eq!(lines(language, &text.replace("a: b", "A=b")), want, "{language:?}");
        }
    }
}
