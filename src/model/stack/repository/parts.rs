//! Stacks that are no whole: what one lacks and another Compose file of the checked folder has, templates that
//! are filled in first, and what belongs to other people or to tests.

use super::Repository;
use crate::finding::{Quote, prose};
use crate::model::compose::{entry_in_file, is_compose_name, is_default_name};
use crate::model::instructions::FOLDERS;
use crate::model::sample::is_sample;
use crate::source::{EntryKind, Limit, RelPath, SourceFile, Span, Text};
use crate::syntax::yaml::{NodeId, NodeKind, Yaml};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most files that are looked through for what a stack lacks.
const MAX_FILES: usize = 2_000;
/// Folders of other people's code.
const FOREIGN: [&str; 3] = ["vendor", "third_party", "third-party"];
/// Folders of data for tests, which are often wrong on purpose.
const TEST_DATA: [&str; 6] =
    ["testdata", "test-data", "fixtures", "__fixtures__", "mocks", "__mocks__"];
/// Folders of examples, which the reader completes.
const EXAMPLES: [&str; 8] =
    ["docs", "doc", "examples", "example", "samples", "sample", "demo", "demos"];

/// A Compose file that has what a stack lacks.
#[derive(Debug, Clone)]
pub struct Supply {
    /// Where it stands there.
    pub span: Span,
    /// The file, as whoever checks sees it.
    pub shown: Quote,
    /// Where it is to be copied to before Compose takes it, when it is a sample.
    pub copy_to: Option<Quote>,
}

impl<'s> Repository<'s> {
    /// Where another Compose file has the entry `name` of a top-level `section`, such that this stack is meant to be
    /// used with it: a sample of an override in the same folder, a file of a folder above, a file of another name
    /// in the same folder, or a part in another folder. What Compose takes by itself in the checked folder must be whole.
    /// Of a stack that is a `part` for another reason, any file of the checked folder may have the rest.
    pub fn find_supply(&self, section: &str, name: &str, part: bool) -> Option<Supply> {
        let first = self.stack.project.files.first()?.path.clone();
        let home = first.parent();
        let mut seen: BTreeSet<RelPath> =
            self.stack.project.files.iter().map(|f| f.path.clone()).collect();
        let mut read = 0;
        let mut look = |path: RelPath| -> Option<Span> {
            if !seen.insert(path.clone()) {
                return None;
            }
            if read == MAX_FILES {
                self.stack.note_limit(prose!(
                    "what is missing here is looked for in {} Compose files; the rest is not read",
                    MAX_FILES
                ));
                return None;
            }
            read += 1;
            let file = self.stack.sources.read(&path, Limit::Config).ok()?;
            let yaml =
                file.text.contains("include:").then(|| Yaml::shared(self.stack.sources, &file));
            let included = yaml
                .iter()
                .flat_map(|y| includes(y))
                .filter_map(|p| path.parent().join(p.as_str()));
            let included = included.filter_map(|p| self.stack.sources.read(&p, Limit::Config).ok());
            entry_in_file(self.stack.sources, &file, section, name).or_else(|| {
                included
                    .into_iter()
                    .find_map(|f| entry_in_file(self.stack.sources, &f, section, name))
            })
        };
        let of = |span: Span, copy_to| Supply {
            span,
            shown: self.display_path(&self.path_of(span)),
            copy_to,
        };
        for path in self
            .listed(&home, &|n| is_sample(n) && (n.contains("compose") || n.contains("override")))
        {
            if let Some(span) = look(path.clone()) {
                return Some(of(
                    span,
                    Some(self.display_path(
                        &home.join(&without_sample(path.file_name())).unwrap_or(path),
                    )),
                ));
            }
        }
        let by_itself = self.has_default_name()
            && self
                .stack
                .project
                .files
                .iter()
                .all(|f| f.path.parent() != home || taken(f.path.file_name()));
        if by_itself && home == self.stack.checked {
            return None;
        }
        let mut near = Vec::new();
        if !by_itself || part {
            near.extend(self.listed(&home, &is_compose_name));
        }
        let mut above = home.clone();
        while above != self.stack.checked && !above.is_root() {
            above = above.parent();
            near.extend(self.listed(&above, &is_compose_name));
            // Parts are often kept in a folder beside, under names that do not say what they are.
            let yaml = |n: &str| n.ends_with(".yml") || n.ends_with(".yaml");
            near.extend(
                FOLDERS
                    .iter()
                    .skip(1)
                    .filter_map(|f| above.join(f))
                    .flat_map(|f| self.listed(&f, &yaml)),
            );
        }
        // A file of another name is a part where no file of its folder is taken by itself.
        let lone = |path: &&RelPath| {
            part || !taken(path.file_name())
                && self.listed(&path.parent(), &is_default_name).is_empty()
        };
        let far = self.stack.repository.compose_files.iter().filter(lone).cloned();
        near.into_iter().chain(far).find_map(look).map(|span| of(span, None))
    }

    /// The files of a folder whose names fit.
    fn listed(&self, folder: &RelPath, fits: &dyn Fn(&str) -> bool) -> Vec<RelPath> {
        let entries = self.stack.sources.listed(folder);
        entries
            .into_iter()
            .filter(|(name, kind)| *kind == EntryKind::File && fits(name))
            .filter_map(|(n, _)| folder.join(&n))
            .collect()
    }

    /// Whether a place is in a template that another tool fills in before Compose reads it: its path, or the lines
    /// of a Compose file, hold marks that only such a tool knows (cookiecutter, Jinja).
    pub fn is_template(&self, span: Span) -> bool {
        let file = self.stack.sources.file(span.file);
        file.path.as_str().contains("{{")
            || self.stack.project.files.iter().any(|f| f.id == file.id) && is_unfilled(&file.text)
    }

    /// The Compose file of the stack that is such a template: nobody brings it up before it is filled in.
    pub fn unfilled_file(&self) -> Option<&'s RelPath> {
        let unfilled =
            |f: &&Arc<SourceFile>| f.path.as_str().contains("{{") || is_unfilled(&f.text);
        self.stack.project.files.iter().find(unfilled).map(|f| &f.path)
    }

    /// Whether a Compose file of the stack could not be read as YAML to its end: a key that is not seen may be there.
    pub fn has_unreadable_yaml(&self) -> bool {
        self.stack.project.pages().any(|(_, yaml)| !yaml.errors.is_empty())
    }

    /// Whether the stack is other people's code, or data for tests, as seen from the checked folder.
    pub fn is_foreign(&self) -> bool {
        self.lies_in(&FOREIGN) || self.lies_in(&TEST_DATA)
    }

    /// Whether the stack is an example, as seen from the checked folder, or has a file that is there to be copied:
    /// whoever uses it adds files of their own.
    pub fn is_example(&self) -> bool {
        self.lies_in(&EXAMPLES)
            || self.stack.project.files.iter().any(|f| is_sample(f.path.file_name()))
    }

    fn lies_in(&self, folders: &[&str]) -> bool {
        let Some(first) = self.stack.project.files.first() else { return false };
        let parent = first.path.parent();
        parent
            .relative_to(&self.stack.checked)
            .is_some_and(|rest| rest.split('/').any(|part| folders.contains(&part)))
    }
}

/// Whether a text has marks of a template: `{% … %}`, or `{{ name }}`, which in Go's templates, as Swarm has them, would
/// start with a dot or be a call.
fn is_unfilled(text: &str) -> bool {
    let name = |inner: &str| {
        let inner = inner.split('|').next().unwrap_or_default().trim();
        inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
            && !matches!(inner, "end" | "else")
    };
    let braces = || {
        text.match_indices("{{").any(|(at, _)| {
            let rest = &text[at + 2..];
            let line = rest.lines().next().unwrap_or_default();
            !text[..at].ends_with('$') && line.find("}}").is_some_and(|end| name(&line[..end]))
        })
    };
    text.contains("{%") && text.contains("%}") || text.contains("{{") && braces()
}

/// Whether Compose takes a file of this name by itself, alone or with another.
fn taken(name: &str) -> bool {
    let base = name.replacen(".override.", ".", 1);
    is_default_name(name) || base != name && is_default_name(&base)
}

/// The name of the copy: `compose.override.yaml` for `compose.override.yaml.example`.
fn without_sample(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').filter(|part| !is_sample(&format!(".{part}"))).collect();
    parts.join(".")
}

/// The paths that `include` of a Compose file names.
fn includes(yaml: &Yaml) -> Vec<&Text> {
    let items = |id: NodeId| match yaml.resolve(id).map(|id| &yaml.node(id).kind) {
        Some(NodeKind::Sequence(items)) => items.clone(),
        _ => vec![id],
    };
    let Some(list) = yaml.root.and_then(|root| yaml.entry(root, "include")) else {
        return Vec::new();
    };
    let paths = items(list.value).into_iter().flat_map(|item| {
        yaml.entry(item, "path").map_or_else(|| vec![item], |path| items(path.value))
    });
    paths
        .filter_map(|path| match &yaml.node(path).kind {
            NodeKind::Scalar(text, _) => Some(text),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{is_unfilled, taken, without_sample};

    #[test]
    fn templates_have_marks_that_only_another_tool_knows() {
        for text in [
            "image: {{ project_name }}\n",
            "{% if x %}\n{% endif %}",
            "a: '{{cookiecutter.slug|lower}}'",
        ] {
            assert!(is_unfilled(text), "{text}");
        }
        for text in [
            "a: '{{.Task.Slot}}'",
            "x: ${{ secrets.A }}",
            "f: '{{json .}}'",
            "{{ if .X }}{{ end }}",
            "{a: {b: c}}",
            "{{",
        ] {
            assert!(!is_unfilled(text), "{text}");
        }
    }

    #[test]
    fn names_of_copies_and_of_files_that_compose_takes() {
        assert_eq!(without_sample("compose.override.yaml.example"), "compose.override.yaml");
        assert_eq!(
            without_sample("docker-compose.override.example.yml"),
            "docker-compose.override.yml"
        );
        assert!(taken("compose.yaml") && taken("docker-compose.override.yml"));
        assert!(!taken("docker-compose.prod.yml") && !taken("compose.agent.yaml"));
    }
}
