//! Which location takes a path (`ngx_http_core_find_location`).

use super::level::{Chain, Kind, Level};
use super::pattern::{compiled, groups};
use super::servers::code;
use super::state::{Context, State, Stop};
use crate::finding::prose;
use crate::source::{Reason, Text, Unknown};
use crate::syntax::nginx::Directive;

/// Directives that pass a request on, and send a path without its slash on to the one with it.
pub(super) const PASSES: [&str; 6] =
    ["proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];

/// What a location is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    Exact,
    /// A prefix.
    Prefix,
    /// A prefix that keeps patterns from being tried.
    Only,
    Pattern {
        ignore_case: bool,
    },
    Named,
}

/// The modifier and the path or pattern of a location; `None` where nginx refuses it.
pub(super) fn written(directive: &Directive) -> Option<(Modifier, Text)> {
    match directive.args.as_slice() {
        [one] => {
            let text = one.as_str();
            let rest = |bytes: usize| one.slice(bytes..one.len());
            Some(if text.starts_with('=') {
                (Modifier::Exact, rest(1))
            } else if text.starts_with("^~") {
                (Modifier::Only, rest(2))
            } else if text.starts_with("~*") {
                (Modifier::Pattern { ignore_case: true }, rest(2))
            } else if text.starts_with('~') {
                (Modifier::Pattern { ignore_case: false }, rest(1))
            } else if text.starts_with('@') {
                (Modifier::Named, one.clone())
            } else {
                (Modifier::Prefix, one.clone())
            })
        }
        [modifier, path] => Some((
            match modifier.as_str() {
                "=" => Modifier::Exact,
                "^~" => Modifier::Only,
                "~" => Modifier::Pattern { ignore_case: false },
                "~*" => Modifier::Pattern { ignore_case: true },
                _ => return None,
            },
            path.clone(),
        )),
        _ => None,
    }
}

/// What a search found.
pub(super) enum Found<'w> {
    /// No location: the server itself answers.
    Nothing,
    /// The location.
    Location(Chain<'w>, String),
    /// The location whose path is this one with a slash behind it.
    Slash(Chain<'w>, String),
}

/// A location of one block.
struct Candidate<'w> {
    directive: &'w Directive,
    modifier: Modifier,
    path: String,
    text: Text,
}

impl<'w> Context<'w> {
    /// The location for the state's path, below the chain's innermost block.
    pub(super) fn find_location(
        &self,
        state: &mut State<'w>,
        outer: &Chain<'w>,
    ) -> Result<Found<'w>, Stop> {
        self.search(state, outer).map(|(found, _)| found)
    }

    /// The location, and whether the search ends with it.
    fn search(&self, state: &mut State<'w>, outer: &Chain<'w>) -> Result<(Found<'w>, bool), Stop> {
        let Some(level) = outer.innermost() else { return Ok((Found::Nothing, false)) };
        let mut all = Vec::new();
        for directive in level.named("location") {
            let Some((modifier, text)) = written(directive) else {
                return Err(Unknown::at(Reason::NotEvaluated("a location"), directive.span).into());
            };
            let Some(path) = text.resolved() else {
                return Err(text.why().unwrap_or(Reason::CommandOutput.into()).into());
            };
            let path = path.to_owned();
            all.push(Candidate { directive, modifier, path, text });
        }
        let enter = |c: &Candidate<'w>| outer.with(Level::of_block(Kind::Location, c.directive));
        let uri = state.uri.clone();
        if let Some(exact) = all.iter().find(|c| c.modifier == Modifier::Exact && c.path == uri) {
            return Ok((Found::Location(enter(exact), exact.path.clone()), true));
        }
        let is_prefix =
            |c: &&Candidate<'_>| matches!(c.modifier, Modifier::Prefix | Modifier::Only);
        let same = all.iter().filter(is_prefix).any(|c| c.path == uri);
        let slashed = |c: &&Candidate<'_>| {
            c.path.strip_suffix('/') == Some(uri.as_str())
                && (is_prefix(c) || c.modifier == Modifier::Exact)
        };
        let redirects =
            |c: &Candidate<'_>| PASSES.iter().any(|p| c.directive.children(p).next().is_some());
        if !same && let Some(with) = all.iter().filter(slashed).find(|c| redirects(c)) {
            // Both share one node; the exact one is taken.
            let exact = all.iter().find(|c| slashed(c) && c.modifier == Modifier::Exact);
            let chosen = exact.unwrap_or(with);
            return Ok((Found::Slash(enter(chosen), with.path.clone()), true));
        }
        let best = all
            .iter()
            .filter(is_prefix)
            .filter(|c| uri.starts_with(c.path.as_str()))
            .max_by_key(|c| c.path.len());
        let mut found = Found::Nothing;
        let mut only = false;
        if let Some(best) = best {
            let inside = enter(best);
            only = best.modifier == Modifier::Only;
            let (deeper, ends) = self.search(state, &inside)?;
            if ends {
                return Ok((deeper, true));
            }
            found = match deeper {
                Found::Nothing => Found::Location(inside, best.path.clone()),
                deeper => deeper,
            };
        }
        if !only {
            for candidate in &all {
                let Modifier::Pattern { ignore_case } = candidate.modifier else { continue };
                let regex = compiled(&candidate.path, ignore_case)
                    .map_err(|why| why.or_at(candidate.text.span()))?;
                let Some((captures, named)) = groups(&regex, &uri) else { continue };
                state.captures = captures;
                state.variables.extend(named);
                let inside = enter(candidate);
                let (deeper, _) = self.search(state, &inside)?;
                let found = match deeper {
                    Found::Nothing => Found::Location(inside, candidate.path.clone()),
                    deeper => deeper,
                };
                return Ok((found, true));
            }
        }
        Ok((found, false))
    }

    /// The location of a name (`@app`) of a server.
    pub(super) fn named_location(&self, server: &Chain<'w>, name: &str) -> Option<Chain<'w>> {
        let level = server.innermost()?;
        let mut all = level.named("location");
        let found = all.find(|d| d.arg(0).is_some_and(|a| a.as_str() == name))?;
        Some(server.with(Level::of_block(Kind::Location, found)))
    }

    /// Notes the location that is entered.
    pub(super) fn note_location(&self, state: &mut State<'w>, chain: &Chain<'w>) {
        if let Some(location) = chain.location() {
            let words: Vec<&str> = location.args.iter().map(|a| a.as_str()).collect();
            let what = prose!("location {} takes {}", code(&words.join(" ")), code(&state.uri));
            state.step(what, Some(location.span));
        }
    }
}
