//! The environment ledger for people and for programs. Values of secrets are masked here as everywhere.

use super::RenderOptions;
use super::guard::{Guard, MASK};
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::{columns, wrap};
use crate::finding::{
    Ledger, Reader, Reading, Report, ServiceLedger, State, Variable, Worth, prose,
};
use crate::source::{Sources, Span};

/// The widest column of names; a longer name has a line of its own.
const MAX_NAME_WIDTH: usize = 26;
/// Columns between two cells.
const GAP: usize = 2;
/// The fewest columns of a value, and of a place that does not fit.
const MIN_VALUE_WIDTH: usize = 8;
/// The most characters of a value in the table.
const MAX_VALUE_CHARS: usize = 120;

/// Puts the ledger into text. The report has the places of secrets and the folder of the project.
pub(super) struct Show<'r> {
    pub(super) guard: Guard<'r>,
    pub(super) sources: &'r Sources<'r>,
}

impl<'r> Show<'r> {
    pub(super) fn new(report: &Report, sources: &'r Sources<'r>) -> Self {
        Self { guard: Guard::new(report, sources), sources }
    }

    pub(super) fn place(&self, span: Span, short: bool) -> SafeText {
        let file = self.sources.file(span.file);
        let mut text = if short {
            SafeText::outside(file.path.file_name())
        } else {
            self.guard.path(&file.path)
        };
        text.push_own(":").push_number(file.position(span.start).line as usize);
        text
    }

    /// What a variable is called. A secret can be read as one by mistake: `os.environ["hunter2"]`.
    pub(super) fn name(&self, variable: &Variable) -> SafeText {
        let shown = self.guard.value(&variable.name);
        let mut read = variable.read.iter().filter_map(|r| r.span);
        let hides = |place| self.guard.name_at(&variable.name, place).as_str() == MASK;
        if read.any(hides) { SafeText::own(MASK) } else { shown }
    }

    /// A value, masked where it is a secret; `None` where it is not known.
    pub(super) fn value(&self, variable: &Variable, worth: &Worth) -> Option<SafeText> {
        match worth {
            Worth::Text(_) if variable.secret => Some(SafeText::own(MASK)),
            Worth::Text(text) => Some(self.guard.text(text)),
            Worth::Blank => Some(SafeText::new()),
            Worth::Unknown(_) => None,
        }
    }
}

/// What counts in the end: the last place that sets it, or a default.
pub(super) fn effective(variable: &Variable) -> Option<&Worth> {
    variable
        .set
        .last()
        .map(|s| &s.worth)
        .or_else(|| variable.read.iter().find_map(|r| r.default.as_ref()))
}

/// The ledger as a table for each service.
pub fn ledger(
    ledger: &Ledger,
    report: &Report,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    let show = Show::new(report, sources);
    let paint = Paint(options.color);
    let mut out = SafeText::new();
    for (index, service) in ledger.services.iter().enumerate() {
        if index > 0 {
            out.push_own("\n");
        }
        table(&mut out, service, &show, paint, options.width);
    }
    out
}

fn table(out: &mut SafeText, service: &ServiceLedger, show: &Show<'_>, paint: Paint, width: usize) {
    paint.put(out, Style::Bold, &show.guard.name(&service.service));
    out.push_own("\n");
    if service.variables.is_empty() {
        out.push_own("  no variables\n");
    } else {
        let rows: Vec<[SafeText; 4]> = service.variables.iter().map(|v| row(v, show)).collect();
        let head = ["VARIABLE", "VALUE", "SET BY", "READ BY"].map(SafeText::own);
        let room = width.saturating_sub(2 + 3 * GAP).max(30);
        let widths = shares(std::iter::once(&head).chain(&rows), room);
        line(out, &head, &widths, paint, Some(Style::Dim));
        for (variable, row) in service.variables.iter().zip(&rows) {
            line(out, row, &widths, paint, style(variable.state));
        }
    }
    let mut note = |text: SafeText| {
        for piece in wrap(&text, width.saturating_sub(2).max(30), width.saturating_sub(2).max(30)) {
            out.push_own("  ");
            paint.put(out, Style::Dim, &piece);
            out.push_own("\n");
        }
    };
    if !service.variables.is_empty() {
        note(counts(service));
    }
    for (why, what) in [
        (&service.open, "more may be set: "),
        (&service.unread, "what reads them is not all known: "),
    ] {
        if let Some(why) = why {
            let mut text = SafeText::own(what);
            text.push(&show.guard.line(&prose!("{}", why)));
            note(text);
        }
    }
}

/// How many variables there are, and how many are in trouble.
fn counts(service: &ServiceLedger) -> SafeText {
    let mut text = SafeText::new();
    let all = service.variables.len();
    text.push_number(all).push_own(if all == 1 { " variable" } else { " variables" });
    for (state, what) in
        [(State::Missing, " missing"), (State::Blank, " blank"), (State::NeverRead, " never read")]
    {
        let count = service.variables.iter().filter(|v| v.state == state).count();
        if count > 0 {
            text.push_own(", ").push_number(count).push_own(what);
        }
    }
    text
}

fn style(state: State) -> Option<Style> {
    match state {
        State::Missing => Some(Style::Red),
        State::Blank => Some(Style::Yellow),
        State::NeverRead => Some(Style::Cyan),
        State::Set | State::Default | State::Unset | State::Unknown => None,
    }
}

fn row(variable: &Variable, show: &Show<'_>) -> [SafeText; 4] {
    let name = show.name(variable);
    let mut value = match (variable.state, effective(variable)) {
        (State::Missing, _) => SafeText::own("(missing)"),
        (_, Some(Worth::Blank)) => SafeText::own("(blank)"),
        (_, Some(worth)) => {
            show.value(variable, worth).unwrap_or_else(|| SafeText::own("(not known)"))
        }
        (State::Unknown, None) => SafeText::own("(not known)"),
        (_, None) => SafeText::own("(not set)"),
    };
    if columns(value.as_str()) > MAX_VALUE_CHARS {
        value = SafeText::composed(value.as_str().chars().take(MAX_VALUE_CHARS / 2).collect());
        value.push_own("…");
    }
    let mut set = SafeText::new();
    for (index, setting) in variable.set.iter().rev().enumerate() {
        if index > 0 {
            set.push_own(" over ");
        }
        for via in &setting.via {
            set.push(&show.place(*via, true)).push_own(" by ");
        }
        if setting.shell {
            set.push_own("the shell by ");
        }
        set.push(&show.place(setting.span, true));
    }
    match variable.state {
        State::Default => set.push_own("default"),
        // What else is set is not known; the line below the table says why.
        State::Unknown if variable.set.is_empty() && effective(variable).is_some() => {
            set.push_own("default?")
        }
        _ => &mut set,
    };
    let mut read = SafeText::new();
    if variable.state == State::NeverRead {
        read.push_own("nobody");
    }
    // One place for each reader is enough for the eye; data has them all.
    let mut seen: Vec<(&str, Option<String>)> = Vec::new();
    for reading in &variable.read {
        let file = reading.span.map(|s| show.sources.file(s.file).path.to_string());
        let key = (reading.by.as_str(), file);
        if seen.contains(&key) {
            continue;
        }
        if !seen.is_empty() {
            read.push_own(", ");
        }
        seen.push(key);
        read.push(&reader(reading, show));
    }
    [name, value, set, read]
}

fn reader(reading: &Reading, show: &Show<'_>) -> SafeText {
    let mut text = match (&reading.by, reading.span) {
        (Reader::Program(name), _) => SafeText::own(name),
        (_, Some(span)) => show.place(span, true),
        (by, None) => SafeText::own(by.as_str()),
    };
    let kind = match (reading.required, reading.cast) {
        (true, _) => Some("required"),
        (false, Some("other") | None) => None,
        (false, Some(cast)) => Some(cast),
    };
    if let Some(kind) = kind {
        text.push_own(" (").push_own(kind).push_own(")");
    }
    text
}

/// The columns of each cell: what it needs, else as much as its longest word, and of what is left over an even share.
fn shares<'r>(rows: impl Iterator<Item = &'r [SafeText; 4]>, room: usize) -> [usize; 4] {
    let (mut need, mut words) = ([0_usize; 4], [0_usize; 4]);
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            let wide = columns(cell.as_str());
            let longest = cell.as_str().split(' ').map(columns).max().unwrap_or(0);
            words[index] = words[index].max(longest);
            need[index] =
                need[index].max(if index == 0 && wide > MAX_NAME_WIDTH { 0 } else { wide });
        }
    }
    if need.iter().sum::<usize>() <= room {
        return need;
    }
    let rest = room.saturating_sub(need[0]);
    // A place is to be copied, so that it is not broken where there is room for it; values are.
    let mut out = [need[0], need[1].min(MIN_VALUE_WIDTH), words[2], words[3]];
    if out[1..].iter().sum::<usize>() <= rest {
        for index in (1..4).rev() {
            let left = rest.saturating_sub(out[1..].iter().sum());
            let others = (1..index).filter(|i| need[*i] > out[*i]).count();
            out[index] = need[index].min(out[index] + left / (others + 1));
        }
        return out;
    }
    out = need;
    let least = rest / 3;
    // A column that needs less than its share leaves it to the others.
    let narrow: usize = need[1..].iter().filter(|n| **n <= least).sum();
    let wide = need[1..].iter().filter(|n| **n > least).count().max(1);
    let share = rest.saturating_sub(narrow) / wide;
    for index in 1..4 {
        if need[index] > least {
            out[index] = share.min(need[index]).max(MIN_VALUE_WIDTH);
        }
    }
    out
}

fn line(
    out: &mut SafeText,
    row: &[SafeText; 4],
    widths: &[usize; 4],
    paint: Paint,
    style: Option<Style>,
) {
    let cells: Vec<Vec<SafeText>> =
        row.iter().zip(widths).map(|(cell, width)| pieces(cell, (*width).max(1))).collect();
    let alone = columns(row[0].as_str()) > widths[0];
    if alone {
        out.push_own("  ");
        put(out, paint, style, &row[0]);
        out.push_own("\n");
    }
    let height = cells.iter().skip(1).map(Vec::len).max().unwrap_or(1).max(1);
    for number in 0..height {
        let mut shown = SafeText::new();
        let mut gap = 2;
        for (index, width) in widths.iter().enumerate() {
            let empty = SafeText::new();
            let cell = match (index, number) {
                (0, 0) if !alone => &row[0],
                (0, _) => &empty,
                _ => cells[index].get(number).unwrap_or(&empty),
            };
            if !cell.is_empty() {
                shown.push_spaces(gap);
                gap = 0;
                // The name and the value stand out; places stay quiet.
                put(&mut shown, paint, style.filter(|s| index < 2 || *s == Style::Dim), cell);
            }
            gap += width.saturating_sub(columns(cell.as_str())) + GAP;
        }
        out.push(&shown).push_own("\n");
    }
}

fn put(out: &mut SafeText, paint: Paint, style: Option<Style>, text: &SafeText) {
    match style {
        Some(style) => paint.put(out, style, text),
        None => {
            out.push(text);
        }
    }
}

/// A cell's lines; a word that is longer than the column is broken, since the table is there to be looked at.
pub(super) fn pieces(cell: &SafeText, width: usize) -> Vec<SafeText> {
    let mut all = Vec::new();
    for piece in wrap(cell, width, width) {
        let mut line = String::new();
        let mut used = 0;
        for c in piece.as_str().chars() {
            let wide = columns(c.encode_utf8(&mut [0; 4]));
            if used + wide > width && !line.is_empty() {
                all.push(SafeText::composed(std::mem::take(&mut line)));
                used = 0;
            }
            line.push(c);
            used += wide;
        }
        all.push(SafeText::composed(line));
    }
    all
}
