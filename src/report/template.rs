//! A template of an env file beside what a project takes, for people, and a new one as a file.

use super::RenderOptions;
use super::guard::MASK;
use super::ledger::Show;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::columns;
use crate::finding::{Demand, Report, TakenBy, TemplateDiff, TemplateLack, Want};
use crate::source::{RelPath, Sources, Text};

/// The widest column of names.
const MAX_NAME_WIDTH: usize = 32;

/// What templates have and lack, as text.
pub fn template_diffs(
    diffs: &[TemplateDiff],
    report: &Report,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    let show = Show::new(report, sources);
    let paint = Paint(options.color);
    let mut out = SafeText::new();
    for (index, diff) in diffs.iter().enumerate() {
        if index > 0 {
            out.push_own("\n");
        }
        one(&mut out, diff, &show, paint);
    }
    out
}

fn one(out: &mut SafeText, diff: &TemplateDiff, show: &Show<'_>, paint: Paint) {
    paint.put(out, Style::Bold, &show.guard.path(&diff.template));
    out.push_own(" (template of ").push(&show.guard.path(&diff.file)).push_own(")\n");
    let (needed, optional): (Vec<&TemplateLack>, Vec<&TemplateLack>) =
        diff.lacks.iter().partition(|l| l.demand.want() > Want::Optional);
    let mut put = |head: &'static str, style, rows: Vec<(SafeText, SafeText)>| {
        if rows.is_empty() {
            return false;
        }
        out.push_own("  ").push_own(head).push_own("\n");
        let wide = rows.iter().map(|(n, _)| columns(n.as_str())).filter(|w| *w <= MAX_NAME_WIDTH);
        let wide = wide.max().unwrap_or(0);
        for (name, text) in rows {
            out.push_own("    ");
            paint.put(out, style, &name);
            out.push_spaces(wide.saturating_sub(columns(name.as_str())) + 2)
                .push(&text)
                .push_own("\n");
        }
        true
    };
    let lack = |l: &&TemplateLack| (name_of(&l.demand, show), why(l, show));
    let mut any = put("lacks", Style::Red, needed.iter().map(lack).collect());
    any |= put("lacks, with a default", Style::Dim, optional.iter().map(lack).collect());
    let unread = diff
        .unread
        .iter()
        .map(|(name, at)| (show.guard.name_at(name, *at), show.place(*at, false)));
    any |= put("has, and nothing reads", Style::Cyan, unread.collect());
    let defaults = diff.defaults.iter().map(|d| {
        let mut text = shown(&d.value, show);
        text.push_own(" at ").push(&show.place(d.value.span(), false));
        text.push_own(", default ").push(&shown(&d.default, show));
        text.push_own(" at ").push(&show.place(d.default.span(), false));
        (show.guard.value(&d.name), text)
    });
    any |= put("has another value than the default", Style::Dim, defaults.collect());
    if !any {
        out.push_own("  lists all that is taken from the file\n");
    }
}

fn shown(text: &Text, show: &Show<'_>) -> SafeText {
    show.guard.text(text)
}

/// The name of a variable; one that may be a secret read as a name is masked.
pub(super) fn name_of(demand: &Demand, show: &Show<'_>) -> SafeText {
    let mut places = demand.takers.iter().filter_map(|t| t.span);
    let hides = |place| show.guard.name_at(&demand.name, place).as_str() == MASK;
    if places.any(hides) { SafeText::own(MASK) } else { show.guard.value(&demand.name) }
}

/// Why a variable belongs into a template.
fn why(lack: &TemplateLack, show: &Show<'_>) -> SafeText {
    let demand = &lack.demand;
    let mut text = SafeText::own(match demand.want() {
        Want::Required => "required by ",
        Want::Blank => "blank without it in ",
        Want::Optional => "read by ",
    });
    for (index, taker) in demand.takers.iter().enumerate() {
        if index > 0 {
            text.push_own(", ");
        }
        match (taker.by, taker.span) {
            (TakenBy::Image(name), _) => text.push_own(name),
            (_, Some(span)) => text.push(&show.place(span, false)),
            (by, None) => text.push_own(by.as_str()),
        };
    }
    if let Some((name, at)) = &lack.similar {
        text.push_own("; the template has ")
            .push(&show.guard.name_at(name, *at))
            .push_own(" at ")
            .push(&show.place(*at, false));
    }
    text
}

/// A template for what is taken from an env file: names in the order of first use, each with who reads it. A value is a
/// default of the project that is no secret, else blank.
pub fn template_file(
    file: &RelPath,
    demands: &[Demand],
    report: &Report,
    sources: &Sources<'_>,
) -> SafeText {
    let show = Show::new(report, sources);
    let mut out = SafeText::own("# Copy this file to ");
    out.push(&SafeText::outside(file.file_name())).push_own(" and fill in what is blank.\n");
    for demand in demands {
        let name = name_of(demand, &show);
        // What is masked, or is no name, cannot be set in a file.
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.as_str() != demand.name || !demand.name.chars().all(plain) {
            continue;
        }
        out.push_own("\n# ");
        if demand.want() == Want::Required {
            out.push_own("required; ");
        }
        out.push_own("read by ").push(&readers(demand, &show)).push_own("\n");
        out.push(&name).push_own("=").push(&value(demand, &show)).push_own("\n");
    }
    out
}

/// The files and programs that read a variable, each once.
fn readers(demand: &Demand, show: &Show<'_>) -> SafeText {
    let mut all: Vec<SafeText> = Vec::new();
    for taker in &demand.takers {
        let one = match (taker.by, taker.span) {
            (TakenBy::Image(name), _) => SafeText::own(name),
            (_, Some(span)) => show.guard.path(&show.sources.file(span.file).path),
            (by, None) => SafeText::own(by.as_str()),
        };
        if !all.iter().any(|known| known.as_str() == one.as_str()) {
            all.push(one);
        }
    }
    let mut text = SafeText::new();
    for (index, one) in all.iter().enumerate() {
        text.push_own(if index > 0 { ", " } else { "" }).push(one);
    }
    text
}

/// The default of a variable, where it is no secret and can be written in one line as it is.
fn value(demand: &Demand, show: &Show<'_>) -> SafeText {
    let blank = SafeText::new();
    let Some(default) = demand.default().filter(|_| !demand.secret) else { return blank };
    let masked = show.guard.text(default);
    let at_place = show.guard.value(default.as_str());
    let plain = |c: char| c.is_alphanumeric() || "-_./:,@%+?&*!~^=".contains(c);
    let whole = masked.as_str() == default.as_str() && at_place.as_str() == default.as_str();
    // A login in a URL is one even where its password looks like none.
    let login = default.split_once("://").is_some_and(|(_, rest)| {
        rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
    });
    if whole && !login && default.chars().all(plain) { masked } else { blank }
}
