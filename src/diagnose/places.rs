//! Which service of a project a finding is about.

use crate::finding::{Finding, Report};
use crate::source::{Limit, Sources, Span};
use crate::syntax::yaml::Yaml;

/// A service as a Compose file writes it.
#[derive(Debug)]
struct Block {
    name: String,
    container_name: Option<String>,
    span: Span,
}

/// The services of a project, with where they stand.
#[derive(Debug, Default)]
pub struct Places {
    blocks: Vec<Block>,
}

/// How near a finding is to a service, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    About,
    Touches,
    /// It is about others, or it is not known who spoke.
    Elsewhere,
}

impl Places {
    /// Reads the Compose files of a report once more, for the places of their services.
    pub fn of_report(report: &Report, sources: &Sources<'_>) -> Self {
        let mut blocks = Vec::new();
        let mut files: Vec<_> = report.stacks.iter().flat_map(|s| &s.files).collect();
        files.sort_unstable();
        files.dedup();
        for file in files {
            let Ok(file) = sources.read(file, Limit::Config) else { continue };
            let yaml = Yaml::read(&file);
            let Some(services) = yaml.root.and_then(|root| yaml.entry(root, "services")) else {
                continue;
            };
            for service in yaml.entries(services.value) {
                let named =
                    yaml.entry(service.value, "container_name").and_then(|e| yaml.scalar(e.value));
                blocks.push(Block {
                    name: service.name.as_str().to_owned(),
                    container_name: named.map(|(text, _)| text.as_str().to_owned()),
                    span: yaml.node(service.key).span.cover(yaml.node(service.value).span),
                });
            }
        }
        Self { blocks }
    }

    /// How near a finding is to whoever wrote a line.
    pub(super) fn nearness(&self, finding: &Finding, speaker: Option<&str>) -> Nearness {
        let Some(speaker) = speaker else { return Nearness::Elsewhere };
        let meant = |b: &&Block| b.name == speaker || b.container_name.as_deref() == Some(speaker);
        let blocks: Vec<&Block> = self.blocks.iter().filter(meant).collect();
        let within = |span: Span| {
            blocks.iter().any(|b| {
                b.span.file == span.file
                    && b.span.start <= span.start
                    && span.end <= b.span.end
                    && !span.is_empty()
            })
        };
        let named = |text: &str| {
            let names = blocks.iter().map(|b| b.name.as_str()).chain([speaker]);
            names.into_iter().any(|name| has_word(text, name))
        };
        if finding.labels.first().is_some_and(|l| within(l.span))
            || named(&finding.message.unmasked())
        {
            return Nearness::About;
        }
        if finding.labels.iter().any(|l| within(l.span) || named(&l.text.unmasked())) {
            Nearness::Touches
        } else {
            Nearness::Elsewhere
        }
    }
}

/// Whether a name stands in a text as a word: `web`, not a part of `web-1` or `website`.
fn has_word(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            !text[..at].chars().next_back().is_some_and(part)
                && !text[at + name.len()..].chars().next().is_some_and(part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        for (text, found) in [
            ("web serves at once", true),
            ("from `web`", true),
            ("web-1", false),
            ("the website", false),
            ("a_web", false),
        ] {
            assert_eq!(has_word(text, "web"), found, "{text}");
        }
        assert!(!has_word("anything", ""));
    }
}
