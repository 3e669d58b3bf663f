//! READMEs and manuals: what they show as code, and their sentences. Markdown (CommonMark, "Fenced code blocks",
//! "Indented code blocks", "Code spans"), reStructuredText ("Literal Blocks", the directives `code` and
//! `code-block`, "Inline literals") and AsciiDoc ("Listing blocks").

mod inline;
mod prompt;
#[cfg(test)]
mod tests;

use crate::source::Text;
use prompt::commands;

/// What a manual is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Markdown, and text without any markup.
    Markdown,
    /// reStructuredText
    Rst,
    /// AsciiDoc
    AsciiDoc,
}

/// A part of a manual.
#[derive(Debug, Clone)]
pub struct Fragment {
    /// Its text; of a block the commands, without what is printed between them.
    pub text: Text,
    /// What it is.
    pub kind: FragmentKind,
}

/// What a part of a manual is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FragmentKind {
    /// A block of shell commands, or one of which it is not known what it is.
    Block,
    /// Code in the middle of a sentence.
    Inline,
    /// A line of text.
    Sentence,
}

/// Words by which a block says that it holds shell commands.
const SHELLS: [&str; 15] = [
    "",
    "sh",
    "bash",
    "zsh",
    "fish",
    "shell",
    "console",
    "shell-session",
    "sh-session",
    "shellsession",
    "terminal",
    "text",
    "txt",
    "powershell",
    "cmd",
];

/// Takes a manual apart. Blocks of another language are left out.
pub fn fragments(text: &Text, markup: Markup) -> Vec<Fragment> {
    let mut reader = Reader { markup, out: Vec::new(), block: None, blank: true, announced: None };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        reader.line(text.slice(at..at + content.len()));
        at += line.len();
    }
    reader.close();
    reader.out
}

/// What ends a block.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// A line of so many of these, or more.
    Fence(char, usize),
    /// A line that is indented less.
    Indent(usize),
}

struct Block {
    end: End,
    lines: Vec<Text>,
    /// Whether it may hold shell commands.
    shell: bool,
}

struct Reader {
    markup: Markup,
    out: Vec<Fragment>,
    block: Option<Block>,
    /// The line before is blank.
    blank: bool,
    /// A literal block comes next: how far what announces it is indented, and whether it holds shell commands.
    announced: Option<(usize, bool)>,
}

impl Reader {
    fn close(&mut self) {
        let Some(block) = self.block.take().filter(|b| b.shell) else { return };
        if let Some(text) = commands(&block.lines) {
            self.out.push(Fragment { text, kind: FragmentKind::Block });
        }
    }

    fn line(&mut self, line: Text) {
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(block) = &mut self.block {
            let ends = match block.end {
                End::Fence(mark, count) => is_fence(&content, mark) >= count,
                End::Indent(least) => !content.is_empty() && indent < least,
            };
            if !ends {
                return block.lines.push(line);
            }
            let fenced = matches!(block.end, End::Fence(..));
            self.close();
            if fenced {
                return self.blank = true;
            }
        }
        if content.is_empty() {
            return self.blank = true;
        }
        let blank = std::mem::replace(&mut self.blank, false);
        let announced = self.announced.take();
        if let Some((mark, count, info)) = self.fence(&content) {
            let shell = self.is_shell(&info);
            self.block = Some(Block { end: End::Fence(mark, count), lines: Vec::new(), shell });
            return;
        }
        if self.markup == Markup::Rst {
            // Options of a directive come before its block.
            if announced.is_some() && !blank && content.starts_with(':') {
                return self.announced = announced;
            }
            if let Some((above, shell)) = announced
                && indent > above
            {
                self.block = Some(Block { end: End::Indent(above + 1), lines: vec![line], shell });
                return;
            }
            if let Some(directive) = content.strip_prefix(".. ") {
                let (name, argument) = directive.split_once("::").unwrap_or_default();
                if matches!(
                    name,
                    "code" | "code-block" | "sourcecode" | "prompt" | "parsed-literal"
                ) {
                    let language = argument.split_whitespace().next().unwrap_or("");
                    self.announced = Some((indent, SHELLS.contains(&language)));
                    return;
                }
            } else if content.ends_with("::") {
                self.announced = Some((indent, true));
            }
        } else if indent >= 4 && blank && !content.contains('`') && !starts_list(&content) {
            self.block = Some(Block { end: End::Indent(4), lines: vec![line], shell: true });
            return;
        }
        inline::parts(&line, self.markup, &mut self.out);
    }

    /// A line that opens a block: its mark, how many of it, and what follows.
    fn fence(&self, content: &Text) -> Option<(char, usize, String)> {
        let marks: &[char] = match self.markup {
            Markup::Markdown => &['`', '~'],
            Markup::AsciiDoc => &['-', '.', '`'],
            Markup::Rst => &[],
        };
        let least = if self.markup == Markup::AsciiDoc { 4 } else { 3 };
        // In Markdown a list item may start with a block.
        let item = content.trim_start_matches(['-', '*', '+', '>', ' ']);
        let shown = if self.markup == Markup::Markdown { item } else { content.as_str() };
        marks.iter().find_map(|mark| {
            let count = shown.chars().take_while(|c| c == mark).count();
            let least = if *mark == '`' { 3 } else { least };
            let info = shown[count.min(shown.len())..].trim();
            (count >= least && !info.contains('`')).then(|| (*mark, count, info.to_owned()))
        })
    }

    fn is_shell(&self, info: &str) -> bool {
        let language =
            info.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find(|w| !w.is_empty());
        SHELLS.contains(&language.unwrap_or("").to_ascii_lowercase().as_str())
    }
}

/// How many marks a closing fence has; 0 where the line is none.
fn is_fence(content: &str, mark: char) -> usize {
    let shown = content.trim_start_matches(['>', ' ']);
    if shown.chars().all(|c| c == mark) { shown.chars().count() } else { 0 }
}

/// Whether a line is an item of a list: what is indented there is text.
fn starts_list(content: &str) -> bool {
    let number = content.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ "].iter().any(|m| content.starts_with(m))
        || number.len() < content.len() && [". ", ") "].iter().any(|m| number.starts_with(m))
}
