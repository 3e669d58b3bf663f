//! Makefiles as variables and recipes (GNU make manual, chapters 3 to 6). Nothing is expanded here.

#[cfg(test)]
mod tests;

use crate::source::Text;

/// A Makefile.
#[derive(Debug, Clone, Default)]
pub struct Makefile {
    /// Assignments in order, those of one target included.
    pub variables: Vec<Assignment>,
    /// The files that `include` names, each list as it is written.
    pub includes: Vec<Text>,
    /// Rules that have a recipe, in order.
    pub recipes: Vec<Recipe>,
}

/// `NAME := value`
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The variable.
    pub name: Text,
    /// Its value, not expanded; continued lines are joined by a blank.
    pub value: Text,
    /// What the operator does.
    pub kind: AssignmentKind,
    /// It may not be made: it is in a conditional, or holds for one target.
    pub conditional: bool,
    /// Recipes get it in their environment.
    pub exported: bool,
}

/// What an assignment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentKind {
    /// `=`, `:=`, `::=`, `define`
    Set,
    /// `?=`: only where nothing has set it.
    Default,
    /// `+=`
    Append,
    /// `!=`: the output of a command.
    Shell,
}

/// `targets: prerequisites` with the lines below it.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// What is before the colon.
    pub targets: Text,
    /// Each command without `@`, `-` and `+` in front; a continued one is one command.
    pub lines: Vec<Text>,
}

impl Makefile {
    /// Reads a Makefile; a line that is neither an assignment nor a rule is passed over.
    pub fn read(text: &Text) -> Self {
        Reader { text, out: Self::default(), depth: 0, recipe: None, define: None }.read()
    }
}

struct Reader<'t> {
    text: &'t Text,
    out: Makefile,
    /// Conditionals that are open.
    depth: usize,
    recipe: Option<Recipe>,
    define: Option<Assignment>,
}

impl Reader<'_> {
    fn read(mut self) -> Makefile {
        let lines = Lines { text: self.text, at: 0 };
        for line in lines {
            self.line(line);
        }
        self.close();
        self.out.variables.extend(self.define.take());
        self.out
    }

    fn close(&mut self) {
        self.out.recipes.extend(self.recipe.take().filter(|r| !r.lines.is_empty()));
    }

    fn line(&mut self, line: Text) {
        if let Some(open) = &mut self.define {
            if line.trim().as_str() == "endef" {
                self.out.variables.extend(self.define.take());
            } else {
                if !open.value.is_empty() {
                    open.value.push_derived("\n", line.span());
                }
                open.value.push_text(&line);
            }
            return;
        }
        if line.starts_with('\t')
            && let Some(recipe) = &mut self.recipe
        {
            recipe.lines.extend(command(&line));
            return;
        }
        let line = without_comment(&joined(&line));
        let word = line.trim().split([' ', '\t', '(']).next().unwrap_or_default().to_owned();
        match word.as_str() {
            // Conditionals may be in the middle of a recipe.
            "" | "else" => return,
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => return self.depth += 1,
            "endif" => return self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.close();
        if matches!(word.as_str(), "include" | "-include" | "sinclude") {
            let line = line.trim();
            return self.out.includes.push(line.slice(word.len()..line.len()).trim());
        }
        self.statement(&line.trim(), false, false);
    }

    /// An assignment or the head of a rule.
    fn statement(&mut self, line: &Text, exported: bool, of_target: bool) {
        let prefix = |word: &str| {
            line.strip_prefix(word)
                .filter(|rest| rest.starts_with([' ', '\t']))
                .map(|_| line.slice(word.len()..line.len()).trim())
        };
        for word in ["export", "override", "private"] {
            if let Some(rest) = prefix(word) {
                return self.statement(&rest, exported || word == "export", of_target);
            }
        }
        let conditional = self.depth > 0 || of_target;
        if let Some(rest) = prefix("define") {
            let name = rest.split(|c: char| c.is_whitespace() || c == '=').next().unwrap_or("");
            self.define = Some(Assignment {
                name: rest.slice(0..name.len()),
                value: Text::empty(rest.span()),
                kind: AssignmentKind::Set,
                conditional,
                exported,
            });
            return;
        }
        let Some((at, operator, kind)) = operator(line) else { return };
        let name = line.slice(0..at).trim();
        let rest = line.slice(at + operator.len()..line.len()).trim();
        if operator != ":" {
            if !name.is_empty() && !name.contains(char::is_whitespace) {
                self.out.variables.push(Assignment {
                    name,
                    value: rest,
                    kind,
                    conditional,
                    exported,
                });
            }
            return;
        }
        // `target: NAME = value`
        let assigns = operator_of_rest(&rest);
        if assigns {
            return self.statement(&rest, exported, true);
        }
        let mut recipe = Recipe { targets: name, lines: Vec::new() };
        if let Some(at) = rest.find(';') {
            recipe.lines.extend(command(&rest.slice(at + 1..rest.len())));
        }
        self.recipe = Some(recipe);
    }
}

/// The first operator of a line that is in no `$( )`: its place, its text, and what it does. `:` is that of a rule.
fn operator(line: &str) -> Option<(usize, &'static str, AssignmentKind)> {
    let mut depth = 0_usize;
    for (at, c) in line.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 {
            continue;
        }
        let rest = &line[at..];
        for (operator, kind) in [
            (":::=", AssignmentKind::Set),
            ("::=", AssignmentKind::Set),
            (":=", AssignmentKind::Set),
            ("?=", AssignmentKind::Default),
            ("+=", AssignmentKind::Append),
            ("!=", AssignmentKind::Shell),
            ("=", AssignmentKind::Set),
            (":", AssignmentKind::Set),
        ] {
            if rest.starts_with(operator) {
                return Some((at, operator, kind));
            }
        }
    }
    None
}

/// Whether what follows the colon of a rule is an assignment.
fn operator_of_rest(rest: &str) -> bool {
    operator(rest).is_some_and(|(at, operator, _)| {
        let name = rest[..at].trim();
        operator != ":" && !name.is_empty() && !name.contains(char::is_whitespace)
    })
}

/// Logical lines: one that ends in `\` goes on with the next.
struct Lines<'t> {
    text: &'t Text,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Text;

    fn next(&mut self) -> Option<Text> {
        let all = self.text.as_str();
        let start = self.at;
        if start >= all.len() {
            return None;
        }
        loop {
            let line = all[self.at..].split_inclusive('\n').next().unwrap_or("");
            self.at += line.len();
            let content = line.trim_end_matches(['\n', '\r']);
            let slashes = content.len() - content.trim_end_matches('\\').len();
            if slashes.is_multiple_of(2) || self.at >= all.len() {
                let cut = line.len() - content.len();
                return Some(self.text.slice(start..self.at - cut));
            }
        }
    }
}

/// A continued line as one.
fn joined(line: &Text) -> Text {
    if !line.contains('\n') {
        return line.clone();
    }
    let mut out = Text::empty(line.span());
    let mut at = 0;
    for part in line.split_inclusive('\n') {
        let content = part.trim_end_matches(['\n', '\r']).trim_end_matches('\\').trim_end();
        let lead = if at == 0 { 0 } else { content.len() - content.trim_start().len() };
        if at > 0 {
            out.push_derived(" ", line.span_of(at..at + lead.max(1)));
        }
        out.push_text(&line.slice(at + lead..at + content.len().max(lead)));
        at += part.len();
    }
    out
}

fn without_comment(line: &Text) -> Text {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if c == '#' && !escaped {
            return line.slice(0..at);
        }
        escaped = c == '\\' && !escaped;
    }
    line.clone()
}

/// A line of a recipe as the shell gets it; `None` for an empty one.
fn command(line: &Text) -> Option<Text> {
    let lead = line.len() - line.trim_start_matches(['\t', ' ', '@', '-', '+']).len();
    let command = line.slice(lead..line.len()).trim();
    (!command.is_empty()).then_some(command)
}
