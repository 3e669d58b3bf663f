//! What a location does with requests, and from which file it answers (nginx docs, core module: `location`, `root`,
//! `alias`, `try_files`).

use super::includes::absolute;
use super::proxy_pass::ProxyPass;
use crate::model::path;
use crate::source::{Span, Text};
use crate::syntax::nginx::Directive;

/// A `location`, or a server taken as `location /`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// `=`, `~`, `~*`, `^~` or nothing.
    pub modifier: String,
    /// The path or pattern.
    pub path: Text,
    /// `root`, inherited ones included.
    pub root: Option<Text>,
    /// `alias` of its own.
    pub alias: Option<Text>,
    /// What passes requests on.
    pub pass: Option<ProxyPass>,
    /// Whether `try_files` looks for files under other names than the request's, so that no single folder answers.
    pub tries_other_names: bool,
    /// Whether it looks for files, or makes the address another one, by a pattern (`try_files`, `rewrite`).
    pub rewritten: bool,
    /// Whether it answers by itself, before anything is passed on (`return`).
    pub answers: bool,
    /// The location with a name (`@app`) that takes what `try_files` does not find.
    pub falls_to: Option<Text>,
    /// Whether it is not written: the server itself answers what no location takes.
    pub implied: bool,
    /// The directive; that of the server where it is implied.
    pub span: Span,
}

impl Location {
    /// A location as it is written; `None` for one without a path. What holds inside is for the caller to add.
    pub(super) fn written(directive: &Directive, inside: &[Directive]) -> Option<Self> {
        let (modifier, path) = match directive.args.as_slice() {
            // `~\.php$`, written together
            [path] => {
                let plain = path.trim_start_matches(['=', '~', '^', '*']).len();
                let at = path.len() - plain;
                (path.as_str()[..at].to_owned(), path.slice(at..path.len()))
            }
            [modifier, path, ..] => (modifier.as_str().to_owned(), path.clone()),
            [] => return None,
        };
        let named = |name: &'static str| inside.iter().filter(move |d| d.name.as_str() == name);
        let last = named("try_files").next_back().and_then(|d| d.args.last().cloned());
        Some(Self {
            modifier,
            path,
            root: None,
            alias: named("alias").next_back().and_then(|d| d.arg(0).cloned()),
            pass: None,
            tries_other_names: named("try_files").flat_map(|d| &d.args).any(|a| {
                a.contains("$uri")
                    && !matches!(a.trim_end_matches('/'), "$uri")
                    && !a.starts_with("$uri")
            }),
            rewritten: named("try_files")
                .chain(named("rewrite"))
                .chain(named("if"))
                .next()
                .is_some(),
            answers: named("return").next().is_some(),
            falls_to: last.filter(|a| a.starts_with('@')),
            implied: false,
            span: directive.span,
        })
    }

    /// What a server does with requests that no location takes.
    pub(super) fn of_server(server: Span, root: Option<Text>) -> Self {
        Self {
            modifier: String::new(),
            path: Text::derived("/", server),
            root,
            alias: None,
            pass: None,
            tries_other_names: false,
            rewritten: false,
            answers: false,
            falls_to: None,
            implied: true,
            span: server,
        }
    }

    /// The path in the container that a request for `url` is answered from, and the directive that says
    /// so; `None` when it is passed on or nothing is said.
    pub fn file(&self, url: &str) -> Option<(String, &Text)> {
        // `proxy_pass` answers before the files of `alias` or `root` are looked for (seen with nginx 1.22).
        if self.pass.is_some() {
            return None;
        }
        if let Some(alias) = &self.alias {
            let rest = url.strip_prefix(self.path.as_str()).unwrap_or("");
            // alias + rest, put together as text: a slash that is missing is missing.
            return Some((absolute(&format!("{alias}{rest}")), alias));
        }
        let root = self.root.as_ref()?;
        Some((path::join(&absolute(root), url.trim_start_matches('/')), root))
    }

    /// The directive that says from which folder it answers: `alias` counts before `root`.
    pub fn directive(&self) -> Option<&Text> {
        self.alias.as_ref().or(self.root.as_ref())
    }

    /// Whether it takes requests by the beginning of their path, and `url` begins so.
    pub(super) fn is_prefix_of(&self, url: &str) -> bool {
        matches!(self.modifier.as_str(), "" | "^~") && url.starts_with(self.path.as_str())
    }
}
