//! What a log says and what it comes from, for people and for programs.
//!
//! Lines of a log are the least trusted text there is: whoever sends a request writes into them. They are masked like the
//! lines of a source file and shown with every control character visible.

use super::RenderOptions;
use super::check_document::{FindingDocument, ToolDocument};
use super::guard::{Guard, MASK};
use super::heading::stack_name;
use super::json::{self, written};
use super::paint::{Paint, Style};
use super::place::Places;
use super::safe::SafeText;
use super::secret;
use super::terminal;
use super::wrap::wrap;
use crate::finding::{Cause, Confidence, Diagnosis, Finding, Fit, Report, Symptom};
use crate::source::Sources;
use serde::Serialize;

/// The most symptoms that are shown to people.
const MAX_SYMPTOMS: usize = 10;
/// The most findings that are drawn with their lines; the others are named.
const MAX_DRAWN: usize = 4;
/// The most findings of one rule that are drawn.
const MAX_OF_ONE: usize = 2;
/// The most causes that are listed without being drawn.
const MAX_LISTED: usize = 8;
/// The most characters that are shown of a line.
const MAX_LINE_CHARS: usize = 300;
/// How many of them stand before what was recognised, where a line is cut.
const BEFORE: usize = 60;

/// Everything a renderer of a diagnosis needs.
struct Show<'r> {
    diagnosis: &'r Diagnosis,
    report: &'r Report,
    guard: Guard<'r>,
    sources: &'r Sources<'r>,
}

impl<'r> Show<'r> {
    fn new(diagnosis: &'r Diagnosis, report: &'r Report, sources: &'r Sources<'r>) -> Self {
        Self { diagnosis, report, guard: Guard::new(report, sources), sources }
    }

    fn findings(&self, cause: &Cause) -> impl Iterator<Item = &'r Finding> {
        let all = &self.report.findings;
        cause.findings.iter().filter_map(|f| all.get(*f)).collect::<Vec<_>>().into_iter()
    }

    /// A line of the log, or the part of a long one around what was recognised.
    fn quoted(&self, symptom: &Symptom) -> SafeText {
        let masked = self.masked(&symptom.text);
        let known = symptom.text.get(symptom.at..).unwrap_or_default();
        let key: String = known.chars().take(12).collect();
        let at = masked.find(&key).unwrap_or(0);
        let (before, total) = (masked[..at].chars().count(), masked.chars().count());
        if total <= MAX_LINE_CHARS {
            return SafeText::outside(masked.trim_end());
        }
        let from = before.saturating_sub(BEFORE).min(total - MAX_LINE_CHARS);
        let mut part = String::with_capacity(MAX_LINE_CHARS * 2);
        if from > 0 {
            part.push('…');
        }
        part.extend(masked.chars().skip(from).take(MAX_LINE_CHARS));
        if from + MAX_LINE_CHARS < total {
            part.push('…');
        }
        SafeText::outside(&part)
    }

    /// The text without secrets: those of the project, what has the shape of one, and what stands after a name of one.
    fn masked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for range in secret::ranges(text, &[]) {
            out.push_str(&text[at..range.start.max(at)]);
            out.push_str(MASK);
            at = range.end.max(at);
        }
        out.push_str(&text[at..]);
        self.guard.replacement(&out).unwrap_or(out)
    }

    /// `web, line 12, 3 times`
    fn whence(&self, symptom: &Symptom, times: bool) -> SafeText {
        let mut text = SafeText::new();
        if let Some(service) = &symptom.service {
            text.push(&self.guard.name(service)).push_own(", ");
        }
        text.push_own("line ").push_number(number(symptom.line));
        if times && symptom.count > 1 {
            text.push_own(", ").push_number(number(symptom.count)).push_own(" times");
        }
        text
    }
}

fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// A diagnosis for people. `report` is the check of the project, or an empty one where there is none.
pub fn diagnosis(
    diagnosis: &Diagnosis,
    report: &Report,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    let show = Show::new(diagnosis, report, sources);
    let mut out = SafeText::new();
    said(&mut out, &show, options);
    if diagnosis.symptoms.is_empty() {
        others(&mut out, &show, options);
        return out;
    }
    let drawn = true_here(&mut out, &show, options);
    listed(&mut out, &show, options, &drawn);
    others(&mut out, &show, options);
    out
}

/// What was read and what was recognised in it.
fn said(out: &mut SafeText, show: &Show<'_>, options: RenderOptions) {
    let Diagnosis { lines, cut, symptoms, more, .. } = show.diagnosis;
    let paint = Paint(options.color);
    let mut text = SafeText::own("read ");
    text.push_number(number(*lines)).push_own(if *lines == 1 { " line" } else { " lines" });
    if *cut > 0 {
        text.push_own(" (").push_number(number(*cut)).push_own(" too long to be looked at whole)");
    }
    match symptoms.len() {
        0 => text.push_own("; compose-doctor knows no symptom in them"),
        1 => text.push_own("; one kind of them is a known symptom"),
        kinds => {
            text.push_own("; ").push_number(kinds).push_own(" kinds of them are known symptoms")
        }
    };
    paragraph(out, &text, 0, options, |out, line| paint.put(out, Style::Dim, line));
    out.push_own("\n");
    for symptom in symptoms.iter().take(MAX_SYMPTOMS) {
        out.push_own("  ");
        paint.put(out, Style::Dim, &show.whence(symptom, true));
        out.push_own("\n");
        paragraph(out, &show.quoted(symptom), 4, options, |out, line| {
            paint.put(out, Style::Bold, line)
        });
    }
    let hidden = symptoms.len().saturating_sub(MAX_SYMPTOMS) + number(*more);
    if hidden > 0 {
        out.push_own("  and ").push_number(hidden).push_own(" more\n");
    }
    if !symptoms.is_empty() {
        out.push_own("\n");
    }
}

/// The findings that explain the log, with their lines. Gives back the causes that were drawn.
fn true_here(out: &mut SafeText, show: &Show<'_>, options: RenderOptions) -> Vec<&'static str> {
    let mut drawn = Vec::new();
    let mut count = 0;
    let places = Places::new(show.sources, &show.guard);
    // A vague pattern is a reason to draw a finding only where nothing better is found.
    let found: Vec<&Cause> =
        show.diagnosis.causes.iter().filter(|c| !c.findings.is_empty()).collect();
    let best = found.first().map_or(Fit::Best, |c| c.fit);
    let sure = |c: &&Cause| show.findings(c).next().is_some_and(|f| f.confidence > Confidence::Low);
    for cause in found.into_iter().filter(|c| c.fit == best).filter(sure) {
        if count >= MAX_DRAWN {
            break;
        }
        if drawn.is_empty() {
            title(out, "true in this project", options);
        }
        drawn.push(cause.rule.name);
        for finding in show.findings(cause).take(MAX_OF_ONE.min(MAX_DRAWN - count)) {
            terminal::one(out, finding, show.report, &places, &show.guard, options);
            count += 1;
        }
    }
    drawn
}

/// The other causes, each with a line or two.
fn listed(out: &mut SafeText, show: &Show<'_>, options: RenderOptions, drawn: &[&str]) {
    let Diagnosis { causes, checked, .. } = show.diagnosis;
    let rest = || causes.iter().filter(|c| !drawn.contains(&c.rule.name));
    let also: Vec<&Cause> = rest().filter(|c| !c.findings.is_empty()).collect();
    if !also.is_empty() {
        let text = if drawn.is_empty() {
            "may be true in this project"
        } else {
            "also found in this project, but it fits the log less well"
        };
        title(out, text, options);
        items(out, show, &also, options);
    }
    let any = !drawn.is_empty() || !also.is_empty();
    let explained = |symptom: &usize| {
        causes.iter().any(|c| !c.findings.is_empty() && c.symptoms.contains(symptom))
    };
    let (same, open): (Vec<&Cause>, Vec<&Cause>) =
        rest().filter(|c| c.findings.is_empty()).partition(|c| c.symptoms.iter().all(explained));
    if !same.is_empty() {
        let mut text = SafeText::own("can look the same, but is not found in this project: ");
        for (index, cause) in same.iter().enumerate() {
            text.push_own(if index > 0 { ", " } else { "" }).push_own(cause.rule.name);
        }
        paragraph(out, &text, 0, options, |out, line| {
            Paint(options.color).put(out, Style::Dim, line)
        });
        out.push_own("\n");
    }
    if open.is_empty() {
        return;
    }
    let text = match (*checked, any) {
        (false, _) => "likely causes, most likely first",
        (true, false) => {
            "compose-doctor finds none of these causes in this project; possible all the same"
        }
        (true, true) => "what else the log says, not found in this project; possible causes",
    };
    title(out, text, options);
    items(out, show, &open, options);
    if !checked {
        let text = "There is no Compose project here to look into. In its folder, or with --project PATH, compose-doctor says which one is true.";
        paragraph(out, &SafeText::own(text), 2, options, |out, line| {
            Paint(options.color).put(out, Style::Dim, line)
        });
        out.push_own("\n");
    }
}

fn items(out: &mut SafeText, show: &Show<'_>, causes: &[&Cause], options: RenderOptions) {
    let paint = Paint(options.color);
    for (index, cause) in causes.iter().take(MAX_LISTED).enumerate() {
        out.push_own("  ").push_number(index + 1).push_own(". ");
        let text = match show.findings(cause).next() {
            Some(finding) => show.guard.line(&finding.message),
            None => SafeText::own(cause.rule.summary),
        };
        let room = options.width.saturating_sub(5).max(20);
        for (number, line) in wrap(&text, room, room).iter().enumerate() {
            out.push_spaces(if number == 0 { 0 } else { 5 });
            paint.put(out, Style::Bold, line);
            out.push_own("\n");
        }
        let mut from = SafeText::new();
        if show.diagnosis.symptoms.len() > 1
            && let Some(symptom) =
                cause.symptoms.first().and_then(|s| show.diagnosis.symptoms.get(*s))
        {
            from.push(&show.whence(symptom, false)).push_own(" · ");
        }
        from.push_own("compose-doctor explain ").push_own(cause.rule.name);
        paragraph(out, &from, 5, options, |out, line| paint.put(out, Style::Dim, line));
    }
    if causes.len() > MAX_LISTED {
        out.push_own("  and ")
            .push_number(causes.len() - MAX_LISTED)
            .push_own(" more; --output-format json has them all\n");
    }
    out.push_own("\n");
}

/// What the check of the project has besides, of what it shows by default.
fn others(out: &mut SafeText, show: &Show<'_>, options: RenderOptions) {
    if !show.diagnosis.checked {
        return;
    }
    let told = |index: &usize| show.diagnosis.causes.iter().any(|c| c.findings.contains(index));
    let shown =
        show.report.findings.iter().enumerate().filter(|(_, f)| f.confidence > Confidence::Low);
    let count = shown.filter(|(index, _)| !told(index)).count();
    let any = show.diagnosis.causes.iter().any(|c| !c.findings.is_empty());
    let mut text = SafeText::own("`compose-doctor check` ");
    match (count, any) {
        (0, false) => text.push_own("finds nothing wrong in "),
        (0, true) => return,
        (1, false) => text.push_own("has a finding in "),
        (_, false) => text.push_own("has ").push_number(count).push_own(" findings in "),
        (1, true) => text.push_own("has another finding in "),
        (_, true) => text.push_own("has ").push_number(count).push_own(" other findings in "),
    };
    match show.report.stacks.as_slice() {
        [one] => text.push(&stack_name(one, &show.guard)),
        _ => text.push_own("this project"),
    };
    paragraph(out, &text, 0, options, |out, line| Paint(options.color).put(out, Style::Dim, line));
}

fn title(out: &mut SafeText, text: &'static str, options: RenderOptions) {
    paragraph(out, &SafeText::own(text), 0, options, |out, line| {
        Paint(options.color).put(out, Style::Cyan, line)
    });
    out.push_own("\n");
}

/// A text broken at the width and set in.
fn paragraph(
    out: &mut SafeText,
    text: &SafeText,
    indent: usize,
    options: RenderOptions,
    put: impl Fn(&mut SafeText, &SafeText),
) {
    let room = options.width.saturating_sub(indent).max(20);
    for line in wrap(text, room, room) {
        out.push_spaces(indent);
        put(out, &line);
        out.push_own("\n");
    }
}

#[derive(Serialize)]
struct Document<'r> {
    schema_version: u32,
    tool: ToolDocument,
    log: LogJson,
    /// Whether a project was looked into.
    checked: bool,
    causes: Vec<CauseJson<'r>>,
}

#[derive(Serialize)]
struct LogJson {
    lines: u64,
    cut: u64,
    symptoms: Vec<SymptomJson>,
    more: u64,
}

#[derive(Serialize)]
struct SymptomJson {
    service: Option<String>,
    line: u64,
    count: u64,
    text: String,
}

#[derive(Serialize)]
struct CauseJson<'r> {
    rule: &'static str,
    summary: &'static str,
    /// Whether the project has it; `null` without a project.
    found: Option<bool>,
    fit: &'static str,
    symptoms: &'r [usize],
    findings: Vec<FindingDocument<'r>>,
}

/// A diagnosis as one JSON document.
pub fn diagnosis_json(diagnosis: &Diagnosis, report: &Report, sources: &Sources<'_>) -> SafeText {
    let show = Show::new(diagnosis, report, sources);
    let places = Places::new(sources, &show.guard);
    let stacks = json::stacks(report, &show.guard);
    let symptoms = diagnosis.symptoms.iter().map(|s| SymptomJson {
        service: s.service.as_ref().map(|name| show.guard.name(name).to_string()),
        line: s.line,
        count: s.count,
        text: show.quoted(s).to_string(),
    });
    let causes = diagnosis.causes.iter().map(|c| CauseJson {
        rule: c.rule.name,
        summary: c.rule.summary,
        found: diagnosis.checked.then_some(!c.findings.is_empty()),
        fit: c.fit.as_str(),
        symptoms: &c.symptoms,
        findings: show
            .findings(c)
            .map(|f| json::finding(f, &stacks, &places, &show.guard))
            .collect(),
    });
    written(&Document {
        schema_version: 1,
        tool: json::tool(),
        log: LogJson {
            lines: diagnosis.lines,
            cut: diagnosis.cut,
            symptoms: symptoms.collect(),
            more: diagnosis.more,
        },
        checked: diagnosis.checked,
        causes: causes.collect(),
    })
}
