//! The formats a report can be written in. A new one is a file with a function from a [`View`] to text, and one line
//! in [`FORMATS`]; the command line, its help and the tests that hold for every format read that list.

use super::guard::Guard;
use super::place::Places;
use super::safe::SafeText;
use super::view::View;
use super::{
    RenderOptions, concise, github, gitlab, grouped, json, junit, markdown, sarif, statistics,
    summary, terminal,
};
use crate::finding::Report;
use crate::source::Sources;

/// How a report is turned into text.
type Renderer = fn(&View<'_>) -> SafeText;

/// Who reads a format, and what it holds besides findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// For people: findings and the closing lines.
    Page,
    /// For people and scripts: each line is a finding.
    Lines,
    /// For programs: each line stands on its own.
    Stream,
    /// For programs: a document of findings and nothing else.
    List,
    /// A document that says how many findings there are as well.
    Document,
}

impl Kind {
    /// Whether people read it, who may ask for the summary alone.
    pub fn for_people(self) -> bool {
        matches!(self, Self::Page | Self::Lines)
    }

    /// Whether it says itself how the run ended.
    pub fn closes(self) -> bool {
        matches!(self, Self::Page | Self::Document)
    }

    /// Whether a program waits for it even where there was nothing to check.
    pub fn awaited(self) -> bool {
        matches!(self, Self::List | Self::Document)
    }
}

#[derive(Debug)]
pub struct Format {
    /// As it is asked for.
    pub name: &'static str,
    /// What it is, for the help.
    pub about: &'static str,
    /// Who reads it.
    pub kind: Kind,
    /// How many findings are shown where nobody asked for another number.
    pub most: usize,
    render: Renderer,
    count: Option<Renderer>,
}

impl Format {
    const fn new(name: &'static str, about: &'static str, kind: Kind, render: Renderer) -> Self {
        let count: Option<Renderer> =
            if matches!(kind, Kind::Page | Kind::Lines) { Some(statistics::table) } else { None };
        Self { name, about, kind, most: usize::MAX, render, count }
    }

    const fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    const fn counted(self, count: Renderer) -> Self {
        Self { count: Some(count), ..self }
    }

    /// Whether it can hold counts for each rule instead of findings.
    pub fn counts(&self) -> bool {
        self.count.is_some()
    }

    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|f| f.name == name)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// More findings than this, with ten lines each, are scrolled past and not read.
const READ: usize = 50;

/// All formats; the first is the default.
pub static FORMATS: [Format; 10] = [
    Format::new("full", "With the lines of the files, for people", Kind::Page, terminal::render)
        .at_most(READ),
    Format::new(
        "concise",
        "One line per finding; the summary goes to standard error",
        Kind::Lines,
        concise::render,
    ),
    Format::new(
        "grouped",
        "By file, one line per finding, for people",
        Kind::Page,
        grouped::render,
    ),
    Format::new("json", "One JSON document, for programs", Kind::Document, json::render)
        .counted(statistics::json),
    Format::new(
        "json-lines",
        "One JSON object per finding and line",
        Kind::Stream,
        json::render_lines,
    ),
    Format::new("sarif", "SARIF 2.1.0, for code scanning", Kind::Document, sarif::render),
    Format::new("github", "Annotations of GitHub Actions", Kind::Stream, github::render),
    Format::new("gitlab", "A Code Quality report of GitLab", Kind::List, gitlab::render),
    Format::new("junit", "JUnit XML, for test reports", Kind::Document, junit::render),
    Format::new(
        "markdown",
        "For a summary of a CI job or a comment, at most 64 KiB",
        Kind::Document,
        markdown::render,
    ),
];

/// How a report is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// How text for people looks.
    pub options: RenderOptions,
    /// How many findings are shown: the worst.
    pub most: usize,
    /// What stands before a path below the root to make it one from the top of the repository: empty where the root
    /// is the top, else it ends with `/`. Only formats that code hosts read have such paths.
    pub above: &'w str,
}

/// A report as text.
#[derive(Debug)]
pub struct Rendered {
    /// The format's text.
    pub text: SafeText,
    /// The summary line, with its line break.
    pub summary: SafeText,
    /// The summary and the coverage.
    pub closing: SafeText,
}

/// Writes a report in a format.
pub fn render(
    format: &Format,
    report: &Report,
    sources: &Sources<'_>,
    wanted: &Wanted<'_>,
) -> Rendered {
    rendered(report, sources, wanted, format.render)
}

/// Writes how often each rule speaks, instead of what it says. Formats that [cannot count](Format::counts) get the
/// table for people.
pub fn render_counts(
    format: &Format,
    report: &Report,
    sources: &Sources<'_>,
    wanted: &Wanted<'_>,
) -> Rendered {
    // All of them are counted, so none is left out.
    let wanted = Wanted { most: usize::MAX, ..*wanted };
    rendered(report, sources, &wanted, format.count.unwrap_or(statistics::table))
}

fn rendered(
    report: &Report,
    sources: &Sources<'_>,
    wanted: &Wanted<'_>,
    renderer: Renderer,
) -> Rendered {
    let guard = Guard::new(report, sources);
    let places = Places::new(sources, &guard);
    let view = View::new(report, sources, &guard, &places, wanted);
    let mut summary = summary::counts(report, view.left_out());
    summary.push_own("\n");
    let plain = RenderOptions { color: false, ..wanted.options };
    Rendered {
        text: renderer(&view),
        summary,
        closing: summary::closing(report, &guard, sources, plain, view.left_out()),
    }
}

/// All of a report by one renderer, its paths as they lie below the root.
pub(super) fn whole(
    report: &Report,
    sources: &Sources<'_>,
    options: RenderOptions,
    renderer: Renderer,
) -> SafeText {
    rendered(report, sources, &Wanted { options, most: usize::MAX, above: "" }, renderer).text
}
