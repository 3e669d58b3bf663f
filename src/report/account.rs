//! The account of a stack for people: for each service what was worked out, and what is not known and why.

use super::RenderOptions;
use super::account_value::{quoted, value};
use super::guard::Guard;
use super::ledger::{Show, pieces};
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::columns;
use crate::finding::{
    DjangoAccount, Fact, PlainValue, Prose, Report, ServiceAccount, SettingsAccount, StackInfo,
    StepAccount, prose,
};
use crate::source::{Known, Sources, Span, Unknown};

/// Columns that a section's rows are set in by.
const INDENT: usize = 4;
/// The widest column of subjects; a longer one has a line of its own.
const MAX_SUBJECT: usize = 26;
/// The fewest columns for values.
const MIN_VALUE: usize = 24;
/// Columns between two cells.
const GAP: usize = 2;

/// The account of the services that are shown. `shown` says of each whether it is.
pub fn account(
    report: &Report,
    shown: &dyn Fn(&ServiceAccount) -> bool,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    let show = Show { guard: Guard::new(report, sources), sources };
    let paint = Paint(options.color);
    let mut page = Page { show: &show, paint, width: options.width, out: SafeText::new() };
    for stack in &report.stacks {
        let services: Vec<&ServiceAccount> =
            stack.account.iter().flat_map(|a| &a.services).filter(|s| shown(s)).collect();
        if services.is_empty() {
            continue;
        }
        if report.stacks.len() > 1 {
            page.stack(stack);
        }
        for service in services {
            page.service(service);
        }
    }
    page.out
}

/// A settings module.
pub fn settings_text(
    account: &SettingsAccount,
    report: &Report,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    let show = Show { guard: Guard::new(report, sources), sources };
    let paint = Paint(options.color);
    let mut page = Page { show: &show, paint, width: options.width, out: SafeText::new() };
    paint.put(&mut page.out, Style::Bold, &show.guard.value(&account.module));
    page.out.push_own("\n");
    let rows = page.settings(account);
    page.rows("settings", rows);
    let reads = account.reads.iter().map(|read| {
        let mut text = SafeText::own(if read.required { "required" } else { "read" });
        if let Some(default) = &read.default {
            text.push_own(", default ").push(&value(&show, default, true));
        }
        let cell = Cell { text, style: None, place: Some(page.place(read.at)) };
        let set = read.set_at.map(|at| Cell {
            text: SafeText::own("set"),
            style: Some(Style::Dim),
            place: Some(page.place(at)),
        });
        Row {
            subject: show.guard.name_at(&read.name, read.at),
            cells: std::iter::once(cell).chain(set).collect(),
        }
    });
    let reads = reads.collect();
    page.rows("variables", reads);
    page.out
}

/// One row: what it is about, the value in lines of its own colours, and where it is written.
struct Row {
    subject: SafeText,
    cells: Vec<Cell>,
}

/// A piece of a row: text, its style, and a place.
struct Cell {
    text: SafeText,
    style: Option<Style>,
    place: Option<SafeText>,
}

struct Page<'p> {
    show: &'p Show<'p>,
    paint: Paint,
    width: usize,
    out: SafeText,
}

impl Page<'_> {
    fn stack(&mut self, stack: &StackInfo) {
        self.blank_line();
        let mut title = SafeText::own("stack ");
        for (number, file) in stack.files.iter().take(stack.own).enumerate() {
            title.push_own(if number > 0 { " + " } else { "" }).push(&self.show.guard.path(file));
        }
        for line in pieces(&title, self.width) {
            self.paint.put(&mut self.out, Style::Bold, &line);
            self.out.push_own("\n");
        }
    }

    fn blank_line(&mut self) {
        if !self.out.is_empty() {
            self.out.push_own("\n");
        }
    }

    fn service(&mut self, service: &ServiceAccount) {
        self.blank_line();
        self.paint.put(&mut self.out, Style::Bold, &self.show.guard.name(&service.name));
        self.out.push_own("  ");
        let place = self.place(service.at);
        self.paint.put(&mut self.out, Style::Dim, &place);
        self.out.push_own("\n");
        self.facts("image", &service.image);
        self.facts("files", &service.files);
        if let Some(why) = &service.more_variables {
            self.rows(
                "variables",
                vec![self.row("more may be set".into(), vec![self.unknown(why)])],
            );
        }
        self.process(service);
        self.facts("listens", &service.listens);
        self.facts("reached by", &service.reached_by);
        if let Some(django) = &service.django {
            self.django(django);
        }
    }

    fn process(&mut self, service: &ServiceAccount) {
        let process = &service.process;
        let steps = process.steps.iter().enumerate();
        let mut rows = Vec::new();
        for (n, step) in steps {
            rows.push(self.step(n + 1, step));
            rows.extend(step.starts.iter().map(|inner| Row {
                subject: SafeText::own("  starts"),
                ..self.step(n + 1, inner)
            }));
        }
        rows.extend(
            process.unknown.iter().map(|why| self.row("then".into(), vec![self.unknown(why)])),
        );
        self.rows("runs", rows);
    }

    fn step(&self, number: usize, step: &StepAccount) -> Row {
        let mut line = SafeText::new();
        let words: Vec<String> = step.argv.iter().map(|word| quoted(self.show, word)).collect();
        for (index, word) in self.show.guard.words(&words).iter().enumerate() {
            line.push_own(if index > 0 { " " } else { "" }).push(&self.show.guard.value(word));
        }
        let mut notes = SafeText::own("in ");
        match &step.cwd {
            Some(folder) => notes.push(&self.show.guard.value(folder)),
            None => notes.push_own("a directory that is not known"),
        };
        for (holds, note) in [
            (step.exec, "in place of its caller"),
            (step.background, "in the background"),
            (step.conditional, "under a condition that is not known"),
        ] {
            if holds {
                notes.push_own(", ").push_own(note);
            }
        }
        let command = Cell { text: line, style: None, place: Some(self.place(step.at)) };
        let notes = Cell { text: notes, style: Some(Style::Dim), place: None };
        let mut subject = SafeText::new();
        subject.push_number(number);
        Row { subject, cells: vec![command, notes] }
    }

    fn django(&mut self, django: &DjangoAccount) {
        let mut rows = vec![self.fact(&django.module)];
        match &django.settings {
            Known::Known(settings) | Known::Partly(settings, _) => {
                rows.extend(self.settings(settings));
            }
            Known::Unknown(why) => {
                rows.push(self.row("settings".into(), vec![self.unknown(why)]));
            }
        }
        self.rows("settings", rows);
        self.facts("databases", &django.databases);
        self.facts("brokers", &django.brokers);
        self.facts("static files", &django.static_files);
        self.facts("uploads", &django.media);
    }

    fn settings(&self, settings: &SettingsAccount) -> Vec<Row> {
        let mut rows: Vec<Row> = settings.values.iter().map(|f| self.fact(f)).collect();
        if let Some(why) = &settings.open {
            rows.push(self.row("other names".into(), vec![self.unknown(why)]));
        }
        if let Some(failure) = &settings.fails {
            let mut text = self.show.guard.value(&failure.kind);
            text.push_own(": ").push(&self.show.guard.line(&failure.message));
            let place = failure.at.map(|at| self.place(at));
            let cell = Cell { text, style: Some(Style::Red), place };
            rows.push(self.row("loading fails".into(), vec![cell]));
        }
        rows
    }

    fn facts(&mut self, title: &'static str, facts: &[Fact]) {
        self.rows(title, facts.iter().map(|f| self.fact(f)).collect());
    }

    fn row(&self, subject: Prose, cells: Vec<Cell>) -> Row {
        Row { subject: self.show.guard.line(&subject), cells }
    }

    fn fact(&self, fact: &Fact) -> Row {
        let place = fact.at.map(|at| self.place(at));
        let shown = |known: &PlainValue| Cell {
            text: value(self.show, known, true),
            style: None,
            place: place.clone(),
        };
        let mut cells = match fact.known() {
            Known::Known(value) => vec![shown(value)],
            Known::Partly(value, why) => vec![shown(value), self.unknown(&why)],
            Known::Unknown(why) => {
                let mut text = SafeText::own("perhaps ");
                text.push(&value(self.show, &fact.value, true));
                let perhaps = Cell { text, style: Some(Style::Dim), place };
                let possible = fact.value.why().is_none() && fact.uncertain.is_some();
                std::iter::once(self.unknown(&why)).chain(possible.then_some(perhaps)).collect()
            }
        };
        cells.extend(fact.route.iter().map(|step| Cell {
            text: self.show.guard.line(&step.by),
            style: Some(Style::Dim),
            place: Some(self.place(step.at)),
        }));
        self.row(fact.subject.clone(), cells)
    }

    fn unknown(&self, why: &Unknown) -> Cell {
        Cell {
            text: self.show.guard.line(&prose!("not known: {}", why)),
            style: Some(Style::Yellow),
            place: why.place.map(|at| self.place(at)),
        }
    }

    fn place(&self, span: Span) -> SafeText {
        self.show.place(span, false)
    }

    fn rows(&mut self, title: &'static str, rows: Vec<Row>) {
        if rows.is_empty() {
            return;
        }
        self.out.push_spaces(2);
        self.paint.own(&mut self.out, Style::Cyan, title);
        self.out.push_own("\n");
        let wide = |row: &Row| Some(columns(row.subject.as_str())).filter(|w| *w <= MAX_SUBJECT);
        let most = self.width.saturating_sub(INDENT + GAP + MIN_VALUE);
        let subject = rows.iter().filter_map(wide).max().unwrap_or(0).min(most);
        for row in &rows {
            self.print(row, subject);
        }
    }

    fn print(&mut self, row: &Row, subject: usize) {
        let wide = columns(row.subject.as_str());
        self.out.push_spaces(INDENT).push(&row.subject);
        let longest = row.cells.iter().map(Cell::longest_word).max().unwrap_or(0);
        let mut start = INDENT + subject + GAP;
        // A word that does not fit beside the subject may fit below it.
        if longest > self.width.saturating_sub(start) {
            start = INDENT + GAP;
        }
        if INDENT + wide + GAP > start {
            self.out.push_own("\n").push_spaces(start);
        } else {
            self.out.push_spaces(start - INDENT - wide);
        }
        let room = self.width.saturating_sub(start).max(MIN_VALUE);
        for (number, cell) in row.cells.iter().enumerate() {
            if number > 0 {
                self.out.push_spaces(start);
            }
            self.cell(cell, start, room);
        }
    }

    /// The text in lines of at most `room` columns, the place behind it where there is room.
    fn cell(&mut self, cell: &Cell, start: usize, room: usize) {
        let lines = pieces(&cell.text, room);
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                self.out.push_own("\n").push_spaces(start);
            }
            match cell.style {
                Some(style) => self.paint.put(&mut self.out, style, line),
                None => {
                    self.out.push(line);
                }
            }
        }
        if let Some(place) = &cell.place {
            let used = lines.last().map_or(0, |l| columns(l.as_str()));
            if used + GAP + columns(place.as_str()) <= room {
                self.out.push_spaces(GAP);
                self.paint.put(&mut self.out, Style::Dim, place);
            } else {
                for line in pieces(place, room) {
                    self.out.push_own("\n").push_spaces(start);
                    self.paint.put(&mut self.out, Style::Dim, &line);
                }
            }
        }
        self.out.push_own("\n");
    }
}

impl Cell {
    /// The columns of its longest word, that of its place included.
    fn longest_word(&self) -> usize {
        let words = self.text.as_str().split(' ').chain(self.place.iter().map(SafeText::as_str));
        words.map(columns).max().unwrap_or(0)
    }
}
