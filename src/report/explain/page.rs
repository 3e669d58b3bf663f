//! Markdown for a terminal: headings stand out, paragraphs and lists are wrapped, code is indented and never wrapped,
//! because it is there to be copied. Inline code keeps its back ticks, so that it can be told from prose without colour.

use super::super::RenderOptions;
use super::super::paint::{Paint, Style};
use super::super::safe::SafeText;
use super::super::wrap::wrap;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Columns before code.
const CODE_INDENT: usize = 4;
/// A paragraph deep in lists still has this many columns.
const MIN_COLUMNS: usize = 20;

/// A list that is open.
struct List {
    /// The number of the next item; none for a list without numbers.
    next: Option<u64>,
    /// Columns of the marker of the item that is open.
    indent: usize,
}

/// Writes Markdown as text with a width.
pub(super) struct PageWriter {
    out: SafeText,
    paint: Paint,
    /// Columns of a line.
    width: usize,
    /// The lists that are open, the outermost first.
    lists: Vec<List>,
    /// The marker of an item that has no text yet.
    marker: Option<String>,
    /// The paragraph, heading or code that is open.
    text: String,
    /// Whether the next block follows without a blank line.
    joined: bool,
}

impl PageWriter {
    pub(super) fn new(options: RenderOptions) -> Self {
        Self {
            out: SafeText::new(),
            paint: Paint(options.color),
            width: options.width,
            lists: Vec::new(),
            marker: None,
            text: String::new(),
            joined: true,
        }
    }

    /// The text that was written.
    pub(super) fn finish(self) -> SafeText {
        self.out
    }

    /// Writes a page of Markdown (CommonMark with tables left as they are).
    pub(super) fn markdown(&mut self, page: &str) {
        let mut is_diff = false;
        let mut link = None;
        for event in Parser::new_ext(page, Options::empty()) {
            match event {
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    self.text += &text
                }
                Event::Code(code) => {
                    let mark = if code.contains('`') { "``" } else { "`" };
                    self.text += &format!("{mark}{code}{mark}");
                }
                Event::SoftBreak => self.text.push(' '),
                Event::HardBreak => self.end_paragraph(),
                Event::Start(Tag::List(first)) => {
                    self.end_paragraph();
                    if self.lists.is_empty() {
                        self.start_block();
                    }
                    self.lists.push(List { next: first, indent: 0 });
                }
                Event::End(TagEnd::List(_)) => {
                    self.lists.pop();
                    self.joined = !self.lists.is_empty();
                }
                Event::Start(Tag::Item) => self.start_item(),
                Event::End(TagEnd::Item) => {
                    self.end_paragraph();
                    self.joined = true;
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    self.end_paragraph();
                    is_diff = matches!(kind, CodeBlockKind::Fenced(name) if &*name == "diff");
                }
                Event::End(TagEnd::CodeBlock) => {
                    let code = std::mem::take(&mut self.text);
                    self.code(&code, is_diff);
                }
                Event::End(TagEnd::Heading(_)) => {
                    let title = std::mem::take(&mut self.text);
                    self.heading(&title);
                }
                Event::End(TagEnd::Paragraph) => self.end_paragraph(),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    link = Some((self.text.len(), dest_url))
                }
                Event::End(TagEnd::Link) => {
                    if let Some((start, url)) = link.take()
                        && url.contains("://")
                        && self.text.get(start..) != Some(&*url)
                    {
                        self.text += &format!(" ({url})");
                    }
                }
                _ => {}
            }
        }
        self.end_paragraph();
    }

    /// Writes a heading; what follows it is not set apart from it.
    pub(super) fn heading(&mut self, title: &str) {
        self.start_block();
        self.paint.put(&mut self.out, Style::Bold, &SafeText::outside(title));
        self.out.push_own("\n");
        self.joined = true;
    }

    /// Writes a paragraph.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.text += text;
        self.end_paragraph();
    }

    /// Writes code; in a diff the lines that are removed and added get their colours.
    pub(super) fn code(&mut self, code: &str, is_diff: bool) {
        self.start_block();
        let indent = self.indent() + CODE_INDENT;
        for line in code.trim_end_matches('\n').split('\n') {
            let shown = SafeText::outside(&line.replace('\t', "    "));
            if !line.is_empty() {
                self.out.push_spaces(indent);
            }
            match line.as_bytes().first() {
                Some(b'-') if is_diff => self.paint.put(&mut self.out, Style::Red, &shown),
                Some(b'+') if is_diff => self.paint.put(&mut self.out, Style::Green, &shown),
                _ => {
                    self.out.push(&shown);
                }
            }
            self.out.push_own("\n");
        }
    }

    fn start_item(&mut self) {
        self.end_paragraph();
        let Some(list) = self.lists.last_mut() else { return };
        let marker = match &mut list.next {
            None => "- ".to_owned(),
            Some(number) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
        };
        list.indent = marker.len();
        self.marker = Some(marker);
        self.joined = true;
    }

    /// A blank line, where the block does not follow a heading or the item before it.
    fn start_block(&mut self) {
        if !std::mem::take(&mut self.joined) {
            self.out.push_own("\n");
        }
    }

    /// Columns before the text of the items that are open.
    fn indent(&self) -> usize {
        self.lists.iter().map(|l| l.indent).sum()
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        self.start_block();
        let indent = self.indent();
        let room = self.width.saturating_sub(indent).max(MIN_COLUMNS);
        let marker = self.marker.take();
        for (index, line) in wrap(&SafeText::outside(text.trim()), room, room).iter().enumerate() {
            match &marker {
                Some(marker) if index == 0 => {
                    self.out.push_spaces(indent.saturating_sub(marker.len()));
                    self.out.push(&SafeText::outside(marker));
                }
                _ => {
                    self.out.push_spaces(indent);
                }
            }
            self.out.push(line).push_own("\n");
        }
    }
}
