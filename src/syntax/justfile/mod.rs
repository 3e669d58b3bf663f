//! Justfiles as variables and recipes (just manual, "Grammar"). Nothing is evaluated here.

#[cfg(test)]
mod tests;

use crate::source::Text;

/// A justfile.
#[derive(Debug, Clone, Default)]
pub struct Justfile {
    /// Assignments in order.
    pub variables: Vec<Assignment>,
    /// Recipes in order.
    pub recipes: Vec<Recipe>,
}

/// `name := expression`
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The variable.
    pub name: Text,
    /// Its value.
    pub value: Expr,
    /// Recipes get it in their environment.
    pub exported: bool,
}

/// An expression.
#[derive(Debug, Clone)]
pub enum Expr {
    /// A string.
    Literal(Text),
    /// A variable or parameter.
    Name(Text),
    /// Put together with `+`, or with `/`, which is in between as a literal.
    Joined(Vec<Self>),
    /// `env('NAME')`, with what is taken where it is not set.
    Env(Text, Option<Box<Self>>),
    /// Anything else.
    Unknown,
}

/// A recipe.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Its name.
    pub name: Text,
    /// Its parameters in order.
    pub parameters: Vec<Parameter>,
    /// Each command without `@` and `-` in front; a continued one is one command. The body of one that starts
    /// with `#!` is one text.
    pub lines: Vec<Text>,
}

/// A parameter of a recipe.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: Text,
    /// What it is where the caller gives nothing.
    pub default: Option<Expr>,
    /// `*name` takes any number of arguments, `+name` at least one.
    pub variadic: Option<Variadic>,
}

/// How many arguments a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variadic {
    /// `*`
    Any,
    /// `+`
    Some,
}

impl Parameter {
    /// Whether a caller may give nothing for it, which then is nothing.
    pub fn may_be_nothing(&self) -> bool {
        self.variadic == Some(Variadic::Any)
    }
}

impl Justfile {
    /// Reads an expression.
    pub fn expression(text: &Text) -> Expr {
        Cursor::new(text).whole()
    }

    /// Reads a justfile; what it does not know is passed over.
    pub fn read(text: &Text) -> Self {
        let mut out = Self::default();
        let mut at = 0;
        let mut lines = text.split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            text.slice(start..start + line.trim_end_matches(['\n', '\r']).len())
        });
        let mut line = lines.next();
        while let Some(head) = line.take() {
            if head.trim().is_empty() || head.starts_with(['#', ' ', '\t', '[']) {
                line = lines.next();
                continue;
            }
            if let Some(assignment) = assignment(&head) {
                out.variables.push(assignment);
            } else if let Some(mut recipe) = recipe(&head) {
                let mut body = Vec::new();
                for next in lines.by_ref() {
                    if !next.is_empty() && !next.starts_with([' ', '\t']) {
                        line = Some(next);
                        break;
                    }
                    body.push(next);
                }
                recipe.lines = commands(&body);
                out.recipes.push(recipe);
                if line.is_some() {
                    continue;
                }
            }
            line = lines.next();
        }
        out
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

fn assignment(line: &Text) -> Option<Assignment> {
    let at = line.find(":=")?;
    let mut name = line.slice(0..at).trim();
    let exported = name.starts_with("export ");
    if exported {
        name = name.slice("export ".len()..name.len()).trim();
    }
    // `set shell := […]` and `alias b := build` are no variables.
    is_name(&name).then(|| Assignment {
        name,
        value: Cursor::new(&line.slice(at + 2..line.len())).whole(),
        exported,
    })
}

fn recipe(line: &Text) -> Option<Recipe> {
    let mut cursor = Cursor::new(line);
    cursor.take('@');
    let name = cursor.name()?;
    let mut parameters = Vec::new();
    loop {
        cursor.blanks();
        if cursor.take(':') {
            return Some(Recipe { name, parameters, lines: Vec::new() });
        }
        cursor.take('$');
        let variadic = if cursor.take('*') {
            Some(Variadic::Any)
        } else if cursor.take('+') {
            Some(Variadic::Some)
        } else {
            None
        };
        cursor.take('$');
        let name = cursor.name()?;
        cursor.blanks();
        let default = cursor.take('=').then(|| cursor.value());
        parameters.push(Parameter { name, default, variadic });
    }
}

/// The commands of a recipe's body.
fn commands(body: &[Text]) -> Vec<Text> {
    let mut all: Vec<Text> = Vec::new();
    let script =
        body.iter().find(|l| !l.trim().is_empty()).is_some_and(|l| l.trim().starts_with("#!"));
    let mut open = false;
    for line in body {
        let line = line.trim();
        let shown =
            if open || script { 0 } else { line.len() - line.trim_start_matches(['@', '-']).len() };
        let line = line.slice(shown..line.len()).trim();
        let goes_on = line.ends_with('\\') || script;
        match all.last_mut().filter(|_| open) {
            Some(last) => {
                last.push_derived("\n", line.span());
                last.push_text(&line);
            }
            None if line.is_empty() => continue,
            None => all.push(line),
        }
        open = goes_on;
    }
    all
}

/// A place in an expression.
struct Cursor<'t> {
    text: &'t Text,
    at: usize,
}

/// How deep calls and parentheses are followed.
const MAX_DEPTH: usize = 16;

impl<'t> Cursor<'t> {
    fn new(text: &'t Text) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text.as_str()[self.at..]
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, c: char) -> bool {
        let there = self.rest().starts_with(c);
        self.at += if there { c.len_utf8() } else { 0 };
        there
    }

    fn name(&mut self) -> Option<Text> {
        let rest = self.rest();
        let len = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'))
            .unwrap_or(rest.len());
        if !is_name(&rest[..len]) {
            return None;
        }
        self.at += len;
        Some(self.text.slice(self.at - len..self.at))
    }

    /// The whole of the text as an expression.
    fn whole(mut self) -> Expr {
        let value = self.sum(0);
        self.blanks();
        if self.rest().is_empty() || self.rest().starts_with('#') { value } else { Expr::Unknown }
    }

    fn sum(&mut self, depth: usize) -> Expr {
        let mut parts = vec![self.single(depth)];
        loop {
            self.blanks();
            let start = self.at;
            if self.take('+') {
                parts.push(self.single(depth));
            } else if self.take('/') {
                parts.push(Expr::Literal(self.text.slice(start..self.at)));
                parts.push(self.single(depth));
            } else {
                break;
            }
        }
        if parts.len() == 1 { parts.remove(0) } else { Expr::Joined(parts) }
    }

    /// One value, as the default of a parameter is one.
    fn value(&mut self) -> Expr {
        self.single(0)
    }

    fn single(&mut self, depth: usize) -> Expr {
        self.blanks();
        if depth > MAX_DEPTH {
            return Expr::Unknown;
        }
        for quote in ["'''", "\"\"\"", "'", "\""] {
            if self.rest().starts_with(quote) {
                return self.string(quote);
            }
        }
        if self.take('(') {
            let inner = self.sum(depth + 1);
            self.blanks();
            return if self.take(')') { inner } else { Expr::Unknown };
        }
        let Some(name) = self.name() else { return Expr::Unknown };
        if !self.take('(') {
            return if name.as_str() == "if" { Expr::Unknown } else { Expr::Name(name) };
        }
        let mut arguments = Vec::new();
        loop {
            self.blanks();
            if self.take(')') {
                break;
            }
            arguments.push(self.sum(depth + 1));
            self.blanks();
            if !self.take(',') && !self.rest().starts_with(')') {
                return Expr::Unknown;
            }
        }
        let env = matches!(name.as_str(), "env" | "env_var" | "env_var_or_default");
        let mut arguments = arguments.into_iter();
        match (env, arguments.next(), arguments.next()) {
            (true, Some(Expr::Literal(name)), default) => Expr::Env(name, default.map(Box::new)),
            _ => Expr::Unknown,
        }
    }

    fn string(&mut self, quote: &str) -> Expr {
        let start = self.at + quote.len();
        let body = &self.text.as_str()[start..];
        let escapes = quote.starts_with('"');
        let mut skip = false;
        let end = body.char_indices().find(|(at, c)| {
            let ends = !skip && body[*at..].starts_with(quote);
            skip = escapes && !skip && *c == '\\';
            ends
        });
        let Some((end, _)) = end else {
            self.at = self.text.len();
            return Expr::Unknown;
        };
        self.at = start + end + quote.len();
        let text = self.text.slice(start..start + end);
        if escapes && text.contains('\\') { Expr::Unknown } else { Expr::Literal(text) }
    }
}
