//! Where in a file a place is, said without line numbers and without values: `services.web.environment.DEBUG`,
//! `RUN`, `DATABASES`, `server.location.proxy_pass`. What is said stays the same when lines move, when entries change
//! their order, and when a list is written in another way.

use super::comments::Language;
use super::dockerfile::{Dockerfile, Kind};
use super::dotenv::EnvFile;
use super::nginx::{Config, Directive};
use super::python::{Expr, ExprKind, Module, Stmt, StmtKind};
use super::yaml::{NodeId, NodeKind, Yaml};
use crate::source::SourceFile;

/// A file that routes are asked for, read once.
pub struct Routes<'f> {
    file: &'f SourceFile,
    tree: Tree,
}

enum Tree {
    Yaml(Yaml),
    Dockerfile(Dockerfile),
    Env(EnvFile),
    Nginx(Config),
    Python(Module),
    Lines,
}

impl<'f> Routes<'f> {
    /// Reads a file.
    pub fn of_file(file: &'f SourceFile, language: Language) -> Self {
        let tree = match language {
            Language::Yaml => Tree::Yaml(Yaml::read(file)),
            Language::Dockerfile => Tree::Dockerfile(Dockerfile::read(file)),
            Language::Env => Tree::Env(EnvFile::read(&file.body())),
            Language::Nginx => Tree::Nginx(Config::read(&file.body())),
            Language::Python => Tree::Python(Module::read(file)),
            Language::Shell | Language::Lines => Tree::Lines,
        };
        Self { file, tree }
    }

    /// The way to the byte at `offset`; empty where there is none.
    pub fn route_to(&self, offset: u32) -> String {
        match &self.tree {
            Tree::Yaml(tree) => yaml(tree, offset),
            Tree::Dockerfile(tree) => dockerfile(tree, offset),
            Tree::Env(tree) => tree
                .entries
                .iter()
                .find(|e| e.span.start <= offset && offset <= e.span.end)
                .map_or_else(String::new, |e| e.name.as_str().to_owned()),
            Tree::Nginx(tree) => nginx(&tree.directives, offset),
            Tree::Python(module) => python(module, offset),
            Tree::Lines => first_word(self.file, offset),
        }
    }
}

/// The keys on the way down. An item of a list that reads `NAME=value` counts as the entry `NAME`, because that is
/// another way to write one; of other items only that they are items is said.
fn yaml(tree: &Yaml, offset: u32) -> String {
    let mut route: Vec<String> = Vec::new();
    let holds = |id: NodeId| tree.node(id).span.start <= offset && offset <= tree.node(id).span.end;
    let mut node = std::iter::once(tree.root)
        .chain(tree.later.iter().copied())
        .flatten()
        .find(|id| holds(*id));
    while let Some(id) = node {
        node = match &tree.node(id).kind {
            NodeKind::Mapping(pairs) => {
                // Entries stand in file order.
                let after = pairs.partition_point(|(key, _)| tree.node(*key).span.start <= offset);
                let Some((key, value)) = after.checked_sub(1).and_then(|i| pairs.get(i)) else {
                    break;
                };
                if let Some((name, _)) = tree.scalar(*key) {
                    route.push(name.as_str().to_owned());
                }
                Some(*value).filter(|v| holds(*v) && !holds(*key))
            }
            NodeKind::Sequence(items) => {
                let after = items.partition_point(|item| tree.node(*item).span.start <= offset);
                let Some(item) = after.checked_sub(1).and_then(|i| items.get(i)) else { break };
                let text = tree.scalar(*item).map(|(text, _)| text.as_str());
                route.push(text.and_then(assigned).unwrap_or("[]").to_owned());
                Some(*item).filter(|i| holds(*i))
            }
            _ => None,
        };
    }
    route.join(".")
}

/// The name in `NAME=value`.
fn assigned(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('=')?;
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        .then_some(name)
}

/// The stage where it has a name, the instruction, and the variable where it sets one.
fn dockerfile(tree: &Dockerfile, offset: u32) -> String {
    let mut stage = String::new();
    for instruction in &tree.instructions {
        if let Kind::From { alias, .. } = &instruction.kind {
            stage = alias.as_ref().map_or_else(String::new, |a| a.as_str().to_owned());
        }
        if instruction.span.start <= offset && offset <= instruction.span.end {
            let near = |names: &mut dyn Iterator<Item = &crate::source::Text>| {
                names
                    .filter(|n| n.span().start <= offset)
                    .last()
                    .map_or_else(String::new, |n| format!(".{}", n.as_str()))
            };
            let name = match &instruction.kind {
                Kind::Env(pairs) | Kind::Label(pairs) => {
                    near(&mut pairs.iter().map(|(name, _)| name))
                }
                Kind::Arg(pairs) => near(&mut pairs.iter().map(|(name, _)| name)),
                _ => String::new(),
            };
            return format!("{stage}.{}{name}", instruction.keyword.value.to_ascii_uppercase());
        }
    }
    String::new()
}

fn nginx(directives: &[Directive], offset: u32) -> String {
    let mut route: Vec<&str> = Vec::new();
    let mut level = directives;
    loop {
        let after = level.partition_point(|d| d.span.start <= offset);
        let Some(directive) = after.checked_sub(1).and_then(|i| level.get(i)) else { break };
        route.push(directive.name.as_str());
        match &directive.block {
            Some(block) if offset > directive.span.end => level = block,
            _ => break,
        }
    }
    route.join(".")
}

/// The name that the innermost statement assigns, defines or calls.
fn python(module: &Module, offset: u32) -> String {
    let mut name = String::new();
    let mut level: &[Stmt] = &module.body;
    loop {
        let after = level.partition_point(|s| s.span.start <= offset);
        let Some(statement) = after.checked_sub(1).and_then(|i| level.get(i)) else { return name };
        if let Some(inner) = python_name(statement) {
            name = inner;
        }
        let bodies = python_bodies(statement);
        let holds =
            |body: &&[Stmt]| body.iter().any(|s| s.span.start <= offset && offset <= s.span.end);
        match bodies.into_iter().find(holds) {
            Some(body) => level = body,
            None => return name,
        }
    }
}

fn python_name(statement: &Stmt) -> Option<String> {
    match &statement.kind {
        StmtKind::Assign(targets, _) => targets.first()?.dotted(),
        StmtKind::AugAssign(target, ..) | StmtKind::Annotated { target, .. } => target.dotted(),
        StmtKind::Function { name, .. } | StmtKind::Class { name, .. } => Some(name.value.clone()),
        StmtKind::ImportFrom { module, .. } => Some(module.value.clone()),
        StmtKind::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) => func.dotted(),
        _ => None,
    }
}

fn python_bodies(statement: &Stmt) -> Vec<&[Stmt]> {
    match &statement.kind {
        StmtKind::Function { body, .. } | StmtKind::Class { body, .. } => vec![body],
        kind => kind.blocks(),
    }
}

/// The most characters of a word by which a line is recognised again.
const MAX_WORD_CHARS: usize = 60;

/// The first word of the line: a command, the name of a package or of a key.
fn first_word(file: &SourceFile, offset: u32) -> String {
    let line = file
        .line(file.position(offset).line)
        .and_then(|range| file.text.get(range))
        .unwrap_or_default();
    line.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'))
        .take(MAX_WORD_CHARS)
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    /// The way to the first place of `needle`.
    fn way(language: Language, text: &str, needle: &str) -> String {
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let file = sources.add("file", text);
        let at = u32::try_from(text.find(needle).unwrap()).unwrap();
        Routes::of_file(&file, language).route_to(at)
    }

    #[test]
    fn ways_stay_the_same_when_a_file_is_written_in_another_way() {
        let block = "x: 1\nservices:\n  web:\n    environment:\n      A: 1\n      DEBUG: 'True'\n    ports:\n      - 80:80\n";
        let list = "services:\n\n  web: {ports: [\"80:80\"], environment: [\"DEBUG=True\", A=1]}\n";
        for text in [block, list] {
            assert_eq!(
                way(Language::Yaml, text, "True"),
                "services.web.environment.DEBUG",
                "{text}"
            );
            assert_eq!(way(Language::Yaml, text, "80:80"), "services.web.ports.[]", "{text}");
        }
        assert_eq!(way(Language::Yaml, block, "environment"), "services.web.environment");
        assert_eq!(way(Language::Yaml, block, "web"), "services.web");
    }

    #[test]
    fn ways_in_other_files() {
        let docker = "FROM a AS build\nENV X=1 Y=2\nFROM b\nRUN c \\\n  d\n";
        assert_eq!(way(Language::Dockerfile, docker, "Y=2"), "build.ENV.Y");
        assert_eq!(way(Language::Dockerfile, docker, "  d"), ".RUN");
        let nginx = "events {}\nserver {\n  listen 80;\n  location / { proxy_pass http://a; }\n}\n";
        assert_eq!(way(Language::Nginx, nginx, "http"), "server.location.proxy_pass");
        let python = "import os\nif a:\n    DATABASES = {'default': 1}\nX = 2\nos.environ.setdefault('Y', '3')\n";
        assert_eq!(way(Language::Python, python, "default'"), "DATABASES");
        assert_eq!(way(Language::Python, python, "2"), "X");
        assert_eq!(way(Language::Python, python, "'3'"), "os.environ.setdefault");
        assert_eq!(way(Language::Env, "A=1\nSECRET_KEY=abc\n", "abc"), "SECRET_KEY");
        assert_eq!(way(Language::Shell, "set -e\nexec gunicorn x\n", "gunicorn"), "exec");
    }
}
