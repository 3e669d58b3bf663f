//! Every place in every tree: what the readers claim, held against the file.
#![allow(unreachable_pub, reason = "part of a test")]

use compose_doctor::internals::source::{SourceFile, Span, Spanned, Text};
use compose_doctor::internals::syntax::dockerfile::{self, Dockerfile};
use compose_doctor::internals::syntax::python::{
    Expr, ExprKind, FPart, Makes, Module, Pattern, Stmt, StmtKind,
};
use compose_doctor::internals::syntax::shell::{self, List, Part, Script, Word};
use compose_doctor::internals::syntax::yaml::{NodeKind, Yaml};
use compose_doctor::internals::syntax::{SyntaxError, dotenv, ini, nginx, requirements};

/// A reader by name, and the walk over its tree.
pub type Reader = (&'static str, fn(&SourceFile, &mut Seen<'_>));

/// Every reader.
pub const READERS: &[Reader] = &[
    ("yaml", yaml),
    ("dockerfile", docker),
    ("shell", |f, seen| seen.script(&Script::read(&f.body()))),
    ("python", python),
    ("nginx", |f, seen| {
        let config = nginx::Config::read(&f.body());
        seen.errors(&config.errors);
        seen.directives(&config.directives);
    }),
    ("dotenv", env_file),
    ("requirements", packages),
    ("ini", |f, seen| {
        for separator in ['=', ':'] {
            for entry in ini::Ini::read(&f.body(), separator).entries {
                seen.text(&entry.key);
                seen.text(&entry.value);
            }
        }
    }),
    ("shell in yaml", |f, seen| {
        let yaml = Yaml::read(f);
        for id in yaml.ids() {
            if let NodeKind::Scalar(text, _) = &yaml.node(id).kind {
                seen.script(&Script::read(text));
            }
        }
    }),
    ("shell in dockerfile", |f, seen| {
        for instruction in Dockerfile::read(f).instructions {
            seen.commands(&instruction);
        }
    }),
];

/// What was looked at, and the first thing that was wrong.
pub struct Seen<'f> {
    file: &'f SourceFile,
    pub count: usize,
    pub wrong: Option<String>,
}

impl<'f> Seen<'f> {
    pub fn new(file: &'f SourceFile) -> Self {
        Self { file, count: 0, wrong: None }
    }

    fn holds(&mut self, fine: bool, why: impl FnOnce() -> String) {
        self.count += 1;
        if !fine && self.wrong.is_none() {
            self.wrong = Some(why());
        }
    }

    /// The text under a span; a place outside the file or inside a character is wrong.
    fn span(&mut self, span: Span) -> &'f str {
        let under = if span.file == self.file.id { self.file.text.get(span.range()) } else { None };
        self.holds(under.is_some(), || format!("{span:?} is no place in the file"));
        under.unwrap_or("")
    }

    /// The text under the span is the token itself.
    fn token(&mut self, token: &Spanned<String>) {
        let under = self.span(token.span);
        self.holds(dotted(under, &token.value), || format!("{token:?} stands over {under:?}"));
    }

    fn text(&mut self, text: &Text) {
        self.span(text.span());
        let mut at = 0;
        for piece in text.pieces() {
            let under = self.span(piece.src);
            let read = text.as_str().get(piece.at as usize..(piece.at + piece.len) as usize);
            self.holds(piece.at == at && read.is_some(), || {
                format!("a piece of {text:?} begins elsewhere")
            });
            self.holds(!piece.verbatim() || read == Some(under), || {
                format!("{read:?} of {text:?} stands over {under:?}")
            });
            at += piece.len;
        }
        self.holds(at as usize == text.as_str().len(), || {
            format!("the pieces of {text:?} do not make it up")
        });
        // A part of a text has its place as well.
        let middle = text.as_str().len() / 2;
        for range in [0..middle, middle..text.as_str().len()] {
            let part = text.slice(range);
            self.span(part.span());
        }
    }

    fn errors(&mut self, errors: &[SyntaxError]) {
        for error in errors {
            self.span(error.span);
            let message = &error.message;
            self.holds(!message.is_empty() && !message.unmasked().ends_with('.'), || {
                format!("{message:?}")
            });
        }
    }

    fn script(&mut self, script: &Script) {
        self.errors(&script.errors);
        script.shebang.iter().for_each(|t| self.text(t));
        script.windows_line_ends.iter().for_each(|s| {
            let under = self.span(*s);
            self.holds(under.starts_with('\r'), || format!("{under:?} is no carriage return"));
        });
        self.list(&script.body);
    }

    fn list(&mut self, list: &List) {
        for item in &list.items {
            self.span(item.span);
            self.redirects(&item.redirects);
            match &item.command {
                shell::Command::Simple(simple) => {
                    for (name, word) in &simple.assignments {
                        self.text(name);
                        self.word(word);
                    }
                    simple.words.iter().for_each(|w| self.word(w));
                    self.redirects(&simple.redirects);
                }
                shell::Command::Group(list) | shell::Command::Subshell(list) => self.list(list),
                shell::Command::If { arms, otherwise } => {
                    for (condition, body) in arms {
                        self.list(condition);
                        self.list(body);
                    }
                    otherwise.iter().for_each(|l| self.list(l));
                }
                shell::Command::While { condition, body, .. } => {
                    self.list(condition);
                    self.list(body);
                }
                shell::Command::For { name, words, body, .. } => {
                    self.text(name);
                    words.iter().flatten().for_each(|w| self.word(w));
                    self.list(body);
                }
                shell::Command::ForArithmetic { header, words, body } => {
                    self.text(header);
                    words.iter().for_each(|w| self.word(w));
                    self.list(body);
                }
                shell::Command::Case { word, arms } => {
                    self.word(word);
                    for arm in arms {
                        arm.patterns.iter().for_each(|w| self.word(w));
                        self.list(&arm.body);
                    }
                }
                shell::Command::Function { name, body } => {
                    self.text(name);
                    self.list(body);
                }
                shell::Command::Test(words) => words.iter().for_each(|w| self.word(w)),
                shell::Command::Arithmetic { text, words } => {
                    self.text(text);
                    words.iter().for_each(|w| self.word(w));
                }
                shell::Command::Opaque => {}
            }
        }
    }

    fn redirects(&mut self, redirects: &[shell::Redirect]) {
        for redirect in redirects {
            self.text(&redirect.operator);
            self.word(&redirect.target);
            redirect.body.iter().for_each(|t| self.text(t));
        }
    }

    fn word(&mut self, word: &Word) {
        self.text(&word.raw);
        for part in &word.parts {
            match part {
                Part::Literal { text, .. } => self.text(text),
                Part::Variable(variable) => {
                    self.span(variable.span);
                    variable.index.iter().for_each(|t| self.text(t));
                    variable.argument.iter().for_each(|w| self.word(w));
                }
                Part::Substitution { body, .. } | Part::Process(body) => self.list(body),
                Part::Arithmetic(text) => self.text(text),
                Part::Array(values) => values.iter().for_each(|w| self.word(w)),
                Part::Unknown => {}
            }
        }
    }

    fn directives(&mut self, directives: &[nginx::Directive]) {
        for directive in directives {
            self.span(directive.span);
            self.text(&directive.name);
            directive.args.iter().for_each(|t| self.text(t));
            directive.block.iter().for_each(|b| self.directives(b));
        }
    }

    fn commands(&mut self, instruction: &dockerfile::Instruction) {
        use dockerfile::Kind;
        match &instruction.kind {
            Kind::Run(c) | Kind::Cmd(c) | Kind::Entrypoint(c) | Kind::Healthcheck(Some(c)) => {
                match c {
                    dockerfile::Command::Shell(text) => self.script(&Script::read(text)),
                    dockerfile::Command::Exec(all) => {
                        all.iter().for_each(|t| self.script(&Script::read(t)))
                    }
                }
            }
            Kind::Onbuild(inner) => self.commands(inner),
            _ => {}
        }
        instruction.heredocs.iter().for_each(|h| self.script(&Script::read(&h.body)));
    }

    fn instruction(&mut self, instruction: &dockerfile::Instruction) {
        use dockerfile::Kind;
        let under = self.span(instruction.keyword.span);
        let keyword = &instruction.keyword.value;
        // A keyword may go on in the next line, behind a continuation and comments.
        let begins = under
            .chars()
            .zip(keyword.chars())
            .next()
            .is_some_and(|(a, b)| a.eq_ignore_ascii_case(&b));
        let split = under.contains('\n') && begins;
        self.holds(under.eq_ignore_ascii_case(keyword) || split, || {
            format!("{keyword} stands over {under:?}")
        });
        self.span(instruction.span);
        for flag in &instruction.flags {
            self.text(&flag.name);
            flag.value.iter().for_each(|t| self.text(t));
        }
        for heredoc in &instruction.heredocs {
            let under = self.span(heredoc.word);
            // BuildKit allows the number of a file descriptor before it.
            self.holds(
                under.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with("<<"),
                || format!("a here-document opens with {under:?}"),
            );
            self.text(&heredoc.body);
        }
        match &instruction.kind {
            Kind::From { image, alias } => {
                self.text(image);
                alias.iter().for_each(|t| self.text(t));
            }
            Kind::Run(c) | Kind::Cmd(c) | Kind::Entrypoint(c) | Kind::Healthcheck(Some(c)) => {
                match c {
                    dockerfile::Command::Shell(text) => self.text(text),
                    dockerfile::Command::Exec(all) => all.iter().for_each(|t| self.text(t)),
                }
            }
            Kind::Healthcheck(None) => {}
            Kind::Shell(all) | Kind::Volume(all) | Kind::Expose(all) => {
                all.iter().for_each(|t| self.text(t))
            }
            Kind::Copy { sources, dest } => sources.iter().chain([dest]).for_each(|t| self.text(t)),
            Kind::Env(pairs) | Kind::Label(pairs) => {
                pairs.iter().flat_map(|(k, v)| [k, v]).for_each(|t| self.text(t))
            }
            Kind::Arg(args) => args
                .iter()
                .flat_map(|(k, v)| std::iter::once(k).chain(v))
                .for_each(|t| self.text(t)),
            Kind::Workdir(text) | Kind::User(text) | Kind::Other(text) => self.text(text),
            Kind::Onbuild(inner) => self.instruction(inner),
        }
    }

    fn statements(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.span(stmt.span);
            match &stmt.kind {
                StmtKind::Assign(targets, value) => {
                    targets.iter().chain([value]).for_each(|e| self.expr(e))
                }
                StmtKind::AugAssign(target, _, value) => {
                    [target, value].into_iter().for_each(|e| self.expr(e))
                }
                StmtKind::If(arms, otherwise) => {
                    for (test, body) in arms {
                        self.expr(test);
                        self.statements(body);
                    }
                    self.statements(otherwise);
                }
                StmtKind::Try { body, handlers, otherwise, finally } => {
                    for handler in handlers {
                        handler.errors.iter().for_each(|e| self.expr(e));
                        handler.name.iter().for_each(|n| self.token(n));
                        self.statements(&handler.body);
                    }
                    [body, otherwise, finally].into_iter().for_each(|b| self.statements(b));
                }
                StmtKind::Import(names) | StmtKind::ImportFrom { names, .. } => {
                    for (name, alias) in names {
                        self.token(name);
                        alias.iter().for_each(|a| self.token(a));
                    }
                    if let StmtKind::ImportFrom { module, .. } = &stmt.kind {
                        let under = self.span(module.span);
                        self.holds(module.value.is_empty() || dotted(under, &module.value), || {
                            format!("{module:?} stands over {under:?}")
                        });
                    }
                }
                StmtKind::Function { name, params, decorators, body, .. } => {
                    self.token(name);
                    decorators.iter().for_each(|e| self.expr(e));
                    params.iter().filter_map(|(_, d)| d.as_ref()).for_each(|e| self.expr(e));
                    self.statements(body);
                }
                StmtKind::Class { name, bases, decorators, body } => {
                    self.token(name);
                    decorators.iter().chain(bases).for_each(|e| self.expr(e));
                    self.statements(body);
                }
                StmtKind::Annotated { target, annotation, value } => {
                    [target, annotation].into_iter().chain(value).for_each(|e| self.expr(e));
                }
                StmtKind::For { target, iterable, body, otherwise } => {
                    [target, iterable].into_iter().for_each(|e| self.expr(e));
                    [body, otherwise].into_iter().for_each(|b| self.statements(b));
                }
                StmtKind::While { test, body, otherwise } => {
                    self.expr(test);
                    [body, otherwise].into_iter().for_each(|b| self.statements(b));
                }
                StmtKind::Match(subject, cases) => {
                    self.expr(subject);
                    for case in cases {
                        self.pattern(&case.pattern);
                        case.guard.iter().for_each(|e| self.expr(e));
                        self.statements(&case.body);
                    }
                }
                StmtKind::With(items, body) => {
                    items
                        .iter()
                        .flat_map(|(e, t)| std::iter::once(e).chain(t))
                        .for_each(|e| self.expr(e));
                    self.statements(body);
                }
                StmtKind::Return(value) => value.iter().for_each(|e| self.expr(e)),
                StmtKind::Expr(value) => self.expr(value),
                StmtKind::Raise(error) => error.iter().for_each(|e| self.expr(e)),
                StmtKind::Assert(test, message) => {
                    [test].into_iter().chain(message).for_each(|e| self.expr(e));
                }
                StmtKind::Delete(targets) => targets.iter().for_each(|e| self.expr(e)),
                StmtKind::Global(_) | StmtKind::Break | StmtKind::Continue | StmtKind::Other => {}
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Value(value) => self.expr(value),
            Pattern::Capture(inner, name) => {
                inner.iter().for_each(|p| self.pattern(p));
                name.iter().for_each(|n| self.token(n));
            }
            Pattern::Or(all) => all.iter().for_each(|p| self.pattern(p)),
            Pattern::Other => {}
        }
    }

    fn fparts(&mut self, parts: &[FPart]) {
        for part in parts {
            match part {
                FPart::Literal(text) => self.text(text),
                FPart::Value { value, format, .. } => {
                    self.expr(value);
                    self.fparts(format);
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let under = self.span(expr.span);
        match &expr.kind {
            ExprKind::Name(name) => {
                self.holds(dotted(under, name), || format!("the name {name} stands over {under:?}"))
            }
            ExprKind::Attribute(value, attr) => {
                self.expr(value);
                self.token(attr);
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func);
                args.iter().for_each(|e| self.expr(e));
                for (name, value) in keywords {
                    name.iter().for_each(|n| self.token(n));
                    self.expr(value);
                }
            }
            ExprKind::Subscript(a, b) | ExprKind::Binary(a, _, b) => {
                [a, b].into_iter().for_each(|e| self.expr(e))
            }
            ExprKind::Str(text) => self.text(text),
            ExprKind::FString(parts) => self.fparts(parts),
            ExprKind::List(all)
            | ExprKind::Tuple(all)
            | ExprKind::Set(all)
            | ExprKind::BoolOp(_, all) => all.iter().for_each(|e| self.expr(e)),
            ExprKind::Dict(pairs) => {
                pairs.iter().flat_map(|(k, v)| k.iter().chain([v])).for_each(|e| self.expr(e))
            }
            ExprKind::Compare(left, rest) => {
                self.expr(left);
                rest.iter().for_each(|(_, e)| self.expr(e));
            }
            ExprKind::Not(e)
            | ExprKind::Negative(e)
            | ExprKind::Positive(e)
            | ExprKind::Starred(e) => self.expr(e),
            ExprKind::Lambda(lambda) => {
                lambda.params.iter().filter_map(|(_, d)| d.as_ref()).for_each(|e| self.expr(e));
                self.expr(&lambda.body);
            }
            ExprKind::IfExp(a, b, c) => [a, b, c].into_iter().for_each(|e| self.expr(e)),
            ExprKind::Comprehension { makes, element, clauses } => {
                if let Makes::Dict(key) = makes {
                    self.expr(key);
                }
                self.expr(element);
                for clause in clauses {
                    [&clause.target, &clause.iterable].into_iter().for_each(|e| self.expr(e));
                    clause.conditions.iter().for_each(|e| self.expr(e));
                }
            }
            ExprKind::Slice(value, bounds) => {
                self.expr(value);
                let ends = [&bounds.lower, &bounds.upper, &bounds.step];
                ends.into_iter().flatten().for_each(|e| self.expr(e));
            }
            ExprKind::Walrus(name, value) => {
                self.token(name);
                self.expr(value);
            }
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Other => {}
        }
    }
}

/// Whether a name is written so. Python allows blanks and continued lines around its points, `a . b`, and takes letters
/// beyond ASCII for those they are compatible with (PEP 3131, NFKC).
fn dotted(written: &str, name: &str) -> bool {
    written == name
        || !written.is_ascii() && !name.is_empty()
        || written.contains('.')
            && written.replace([' ', '\t', '\u{c}', '\\', '\r', '\n'], "") == name
}

fn yaml(file: &SourceFile, seen: &mut Seen<'_>) {
    let yaml = Yaml::read(file);
    seen.errors(&yaml.errors);
    yaml.unread.iter().for_each(|s| {
        seen.span(*s);
    });
    for id in yaml.ids() {
        let node = yaml.node(id);
        let under = seen.span(node.span);
        if let Some(anchor) = &node.anchor {
            let name = seen.span(anchor.span);
            seen.holds(name.ends_with(&anchor.value), || {
                format!("the anchor {anchor:?} stands over {name:?}")
            });
        }
        match &node.kind {
            NodeKind::Scalar(text, _) => seen.text(text),
            NodeKind::Alias(name, _) => seen.holds(under.strip_prefix('*') == Some(name), || {
                format!("*{name} stands over {under:?}")
            }),
            NodeKind::Mapping(_) | NodeKind::Sequence(_) => {}
        }
    }
}

fn docker(file: &SourceFile, seen: &mut Seen<'_>) {
    let dockerfile = Dockerfile::read(file);
    seen.errors(&dockerfile.errors);
    dockerfile.syntax.iter().for_each(|t| seen.text(t));
    dockerfile.empty_continuations.iter().for_each(|s| {
        seen.span(*s);
    });
    dockerfile.instructions.iter().for_each(|i| seen.instruction(i));
}

fn python(file: &SourceFile, seen: &mut Seen<'_>) {
    let module = Module::read(file);
    seen.errors(&module.errors);
    seen.statements(&module.body);
}

fn env_file(file: &SourceFile, seen: &mut Seen<'_>) {
    let read = dotenv::EnvFile::read(&file.body());
    seen.errors(&read.errors);
    for entry in &read.entries {
        seen.span(entry.span);
        seen.text(&entry.name);
        entry.value.iter().for_each(|t| seen.text(t));
    }
}

fn packages(file: &SourceFile, seen: &mut Seen<'_>) {
    let read = requirements::Requirements::read(file);
    seen.errors(&read.errors);
    read.includes.iter().for_each(|t| seen.text(t));
    for package in &read.packages {
        seen.span(package.span);
        seen.text(&package.written);
        let name = requirements::normalise(&package.written);
        seen.holds(name == package.name, || format!("{:?} is written {name:?}", package.name));
    }
}
