//! The way of a request for people.

use super::RenderOptions;
use super::guard::Guard;
use super::ledger::Show;
use super::paint::{Paint, Style};
use super::safe::SafeText;
use super::wrap::{columns, wrap};
use crate::finding::{Report, Trace, prose};
use crate::source::Sources;

/// Columns before the text of a step.
const INDENT: usize = 4;

/// The way of a request, a step on each line, with its place behind it or below.
pub fn trace_text(
    trace: &Trace,
    report: &Report,
    sources: &Sources<'_>,
    options: RenderOptions,
) -> SafeText {
    let show = Show { guard: Guard::new(report, sources), sources };
    let paint = Paint(options.color);
    let mut out = SafeText::new();
    let room = options.width.saturating_sub(INDENT).max(INDENT);
    for (number, step) in trace.steps.iter().enumerate() {
        let digits = (number + 1).to_string().len();
        out.push_spaces(INDENT.saturating_sub(digits + 2)).push_number(number + 1).push_own("  ");
        let lines = wrap(&show.guard.line(&step.what), room, room);
        let last = lines.last().map_or(0, |l| columns(l.as_str()));
        for (row, line) in lines.iter().enumerate() {
            if row > 0 {
                out.push_own("\n").push_spaces(INDENT);
            }
            out.push(line);
        }
        if let Some(at) = step.at {
            let place = show.place(at, false);
            if last + 2 + columns(place.as_str()) <= room {
                out.push_own("  ");
            } else {
                out.push_own("\n").push_spaces(INDENT);
            }
            paint.put(&mut out, Style::Dim, &place);
        }
        out.push_own("\n");
    }
    if let Some(ending) = &trace.ending {
        out.push_own("\n");
        let mut words = SafeText::own("You get: ");
        words.push(&show.guard.line(&ending.words));
        if let Some(why) = &ending.unknown
            && trace.answer.is_ok()
        {
            words.push_own(" (not known here: ").push(&show.guard.line(&prose!("{}", why)));
            words.push_own(")");
        }
        for line in wrap(&words, options.width, options.width) {
            paint.put(&mut out, Style::Bold, &line);
            out.push_own("\n");
        }
    }
    out
}
