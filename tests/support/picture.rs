//! A picture of what a terminal shows: text with the colours of the program, as SVG.

use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// Pixels of a column and of a line, and around the text.
const COLUMN: f64 = 8.0;
const LINE: usize = 19;
const MARGIN: usize = 16;

/// The class of the text after an escape sequence of `report::paint`.
fn class(code: &str) -> &'static str {
    match code {
        "1" => "bold",
        "2" => "dim",
        "31" => "red",
        "32" => "green",
        "33" => "yellow",
        "36" => "cyan",
        _ => "",
    }
}

/// The picture of `text`, `columns` wide. Each piece of one colour is as wide as its columns, whatever font is there.
pub(crate) fn svg(text: &str, columns: usize, title: &str) -> String {
    let width = 2 * MARGIN + (columns as f64 * COLUMN) as usize;
    let height = 2 * MARGIN + text.lines().count() * LINE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>{title}</title>\n\
         <style>\n\
         rect {{ fill: #1b1f27 }}\n\
         text {{ font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d7dae0; white-space: pre }}\n\
         .bold {{ font-weight: bold; fill: #ffffff }}\n\
         .dim {{ fill: #9aa2af }}\n\
         .red {{ fill: #ff7b72 }}\n\
         .green {{ fill: #7ee787 }}\n\
         .yellow {{ fill: #e3b341 }}\n\
         .cyan {{ fill: #76d9e6 }}\n\
         </style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\"/>\n"
    );
    for (index, line) in text.lines().enumerate() {
        let y = MARGIN + index * LINE + LINE - 5;
        let mut column = 0;
        let mut style = "";
        for piece in line.split('\u{1b}') {
            let piece = match piece.strip_prefix('[').and_then(|p| p.split_once('m')) {
                Some((code, rest)) => {
                    style = class(code);
                    rest
                }
                None => piece,
            };
            let wide = piece.width();
            if !piece.trim().is_empty() {
                let lead = piece.len() - piece.trim_start().len();
                let shown = piece.trim();
                let x = MARGIN as f64 + (column + lead) as f64 * COLUMN;
                let length = shown.width() as f64 * COLUMN;
                let class =
                    if style.is_empty() { String::new() } else { format!(" class=\"{style}\"") };
                let shown = shown.replace('&', "&amp;").replace('<', "&lt;");
                writeln!(
                    out,
                    "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"{class}>{shown}</text>"
                )
                .unwrap();
            }
            column += wide;
        }
    }
    out + "</svg>\n"
}
