//! `set`, `if`, `rewrite`, `return` and `break` of one block, in their order (`ngx_http_rewrite_module.c`).

use super::level::{Chain, Kind, Level};
use super::pattern::{compiled, groups};
use super::servers::{code, status};
use super::state::{CLIENT, Context, FileState, State, Stop};
use crate::finding::{TraceAnswer, prose};
use crate::source::{Reason, Text, Unknown};
use crate::syntax::nginx::Directive;

/// Statuses with which a `return` sends its text as a place.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

/// How a block's lines end.
enum Flow {
    /// They were all gone through.
    Done,
    /// Some line ended them.
    Break,
}

impl<'w> Context<'w> {
    /// Runs the lines of the innermost block; the chain then ends in the last `if` whose condition held.
    pub(super) fn rewrite(&self, state: &mut State<'w>, chain: &mut Chain<'w>) -> Result<(), Stop> {
        let outer = chain.clone();
        let Some(level) = outer.innermost() else { return Ok(()) };
        let mut changed = false;
        self.run(state, &outer, chain, level, &mut changed)?;
        if changed { Err(Stop::Search) } else { Ok(()) }
    }

    fn run(
        &self,
        state: &mut State<'w>,
        outer: &Chain<'w>,
        chain: &mut Chain<'w>,
        level: Level<'w>,
        changed: &mut bool,
    ) -> Result<Flow, Stop> {
        for directive in level.directives {
            match directive.name.as_str() {
                "set" => {
                    if let (Some(name), Some(value)) = (directive.arg(0), directive.arg(1)) {
                        let value = self.expand(state, chain, value)?;
                        let name = name.strip_prefix('$').unwrap_or(name).to_owned();
                        state.variables.insert(name, value);
                    }
                }
                "if" => {
                    if !self.holds(state, chain, directive)? {
                        continue;
                    }
                    let inner = Level::of_block(Kind::If, directive);
                    state.step(prose!("the condition of `if` holds"), Some(directive.span));
                    *chain = outer.with(inner);
                    if let Flow::Break = self.run(state, outer, chain, inner, changed)? {
                        return Ok(Flow::Break);
                    }
                }
                "rewrite" => {
                    if let Flow::Break = self.rewritten(state, chain, directive, changed)? {
                        return Ok(Flow::Break);
                    }
                }
                "return" => return Err(self.returned(state, chain, directive)),
                "break" => {
                    *changed = false;
                    return Ok(Flow::Break);
                }
                _ => {}
            }
        }
        Ok(Flow::Done)
    }

    /// A `rewrite`.
    fn rewritten(
        &self,
        state: &mut State<'w>,
        chain: &Chain<'w>,
        directive: &'w Directive,
        changed: &mut bool,
    ) -> Result<Flow, Stop> {
        let unknown =
            || Stop::Unknown(Unknown::at(Reason::NotEvaluated("a rewrite"), directive.span));
        let (Some(pattern), Some(to)) = (directive.arg(0), directive.arg(1)) else {
            return Err(unknown());
        };
        let Some(pattern) = pattern.resolved() else {
            return Err(pattern.why().map_or_else(unknown, Stop::Unknown));
        };
        let regex = compiled(pattern, false).map_err(|why| why.or_at(directive.span))?;
        let Some((captures, named)) = groups(&regex, &state.uri) else {
            state.captures.clear();
            return Ok(Flow::Done);
        };
        state.captures = captures;
        state.variables.extend(named);
        let flag = directive.arg(2).map_or("", |a| a.as_str());
        let plain = to.as_str();
        let place = ["http://", "https://", "$scheme"].iter().any(|s| plain.starts_with(s));
        let redirect = place || matches!(flag, "redirect" | "permanent");
        let keeps = !plain.ends_with('?');
        let to = if keeps { to.clone() } else { to.slice(0..to.len() - 1) };
        let text = if redirect {
            self.expand_quoted(state, chain, &to)?
        } else {
            self.expand(state, chain, &to)?
        };
        if redirect {
            let mut location = text;
            if keeps && !state.args.is_empty() {
                let between = if to.contains('?') { '&' } else { '?' };
                location.push(between);
                location.push_str(&state.args);
            }
            let status = if flag == "permanent" { 301 } else { 302 };
            state.step(prose!("rewrite redirects to {}", code(&location)), Some(directive.span));
            let location = self.absolute_place(state, chain, &location);
            return Err(Stop::Answer(TraceAnswer::Return { status, location }));
        }
        let (uri, args) = match (to.contains('?'), text.split_once('?')) {
            (true, Some((uri, args))) => (uri.to_owned(), Some(args.to_owned())),
            _ => (text, None),
        };
        state.args = match (args, keeps) {
            (Some(new), true) if !state.args.is_empty() => format!("{new}&{}", state.args),
            (Some(new), _) => new,
            (None, true) => state.args.clone(),
            (None, false) => String::new(),
        };
        if uri.is_empty() {
            return Err(Stop::Answer(status(500)));
        }
        state.step(prose!("rewrite makes it {}", code(&uri)), Some(directive.span));
        state.uri = uri;
        state.unparsed = false;
        state.internal = true;
        if flag == "break" {
            state.valid_location = false;
            *changed = false;
            return Ok(Flow::Break);
        }
        *changed = true;
        Ok(if flag == "last" { Flow::Break } else { Flow::Done })
    }

    /// A `return`.
    fn returned(&self, state: &mut State<'w>, chain: &Chain<'w>, directive: &'w Directive) -> Stop {
        let unknown = || Unknown::at(Reason::NotEvaluated("a return"), directive.span);
        let (code_word, text) = match directive.args.as_slice() {
            [one] => (one, None),
            [code, text] => (code, Some(text)),
            _ => return Stop::Unknown(unknown()),
        };
        let Some(word) = code_word.resolved() else {
            return Stop::Unknown(code_word.why().unwrap_or_else(unknown));
        };
        let (number, text): (u16, Option<&Text>) = match (word.parse(), text) {
            (Ok(number), text) => (number, text),
            // An address alone.
            (Err(_), None) => (302, Some(code_word)),
            (Err(_), Some(_)) => return Stop::Unknown(unknown()),
        };
        let Some(text) = text else {
            state.step(prose!("return {}", number), Some(directive.span));
            return if number == 444 {
                Stop::Answer(TraceAnswer::Closed)
            } else {
                Stop::Status(number)
            };
        };
        if number == 444 {
            state.step(prose!("return {}", number), Some(directive.span));
            return Stop::Answer(TraceAnswer::Closed);
        }
        if !REDIRECTS.contains(&number) {
            state.step(prose!("return {} with a text", number), Some(directive.span));
            return Stop::Answer(status(number));
        }
        match self.expand(state, chain, text) {
            Err(why) => Stop::Unknown(why),
            Ok(place) => {
                state.step(prose!("return {} {}", number, code(&place)), Some(directive.span));
                let location = self.absolute_place(state, chain, &place);
                Stop::Answer(TraceAnswer::Return { status: number, location })
            }
        }
    }

    /// Whether the condition of an `if` holds.
    fn holds(
        &self,
        state: &mut State<'w>,
        chain: &Chain<'w>,
        directive: &'w Directive,
    ) -> Result<bool, Stop> {
        let unknown = || Stop::Unknown(Unknown::at(Reason::Condition, directive.span));
        let mut words: Vec<Text> = directive.args.clone();
        if let Some(first) = words.first_mut() {
            *first = first
                .strip_prefix('(')
                .map_or_else(|| first.clone(), |_| first.slice(1..first.len()));
        }
        if let Some(last) = words.last_mut() {
            *last = last
                .strip_suffix(')')
                .map_or_else(|| last.clone(), |rest| last.slice(0..rest.len()));
        }
        if words.first().is_some_and(|w| w.is_empty()) {
            words.remove(0);
        }
        let known = |text: &Text| text.resolved().map(str::to_owned);
        let [first, rest @ ..] = words.as_slice() else { return Err(unknown()) };
        let first_word = known(first).ok_or_else(unknown)?;
        if let Some(name) = first_word.strip_prefix('$') {
            let value =
                self.variable(state, chain, name, 0).map_err(|w| w.or_at(directive.span))?;
            let [operator, operand @ ..] = rest else {
                if value.contains(CLIENT) {
                    return Ok(true);
                }
                return Ok(!value.is_empty() && value != "0");
            };
            if value.contains(CLIENT) {
                return Err(unknown());
            }
            let operand = operand.first();
            let operator = known(operator).ok_or_else(unknown)?;
            return match operator.as_str() {
                "=" | "!=" => {
                    let other = match operand {
                        Some(operand) => self.expand(state, chain, operand)?,
                        None => String::new(),
                    };
                    Ok((value == other) == (operator == "="))
                }
                "~" | "~*" | "!~" | "!~*" => {
                    let pattern = operand.and_then(known).ok_or_else(unknown)?;
                    let regex = compiled(&pattern, operator.ends_with('*'))
                        .map_err(|why| why.or_at(directive.span))?;
                    match groups(&regex, &value) {
                        Some((captures, named)) => {
                            state.captures = captures;
                            state.variables.extend(named);
                            Ok(!operator.starts_with('!'))
                        }
                        None => {
                            state.captures.clear();
                            Ok(operator.starts_with('!'))
                        }
                    }
                }
                _ => Err(unknown()),
            };
        }
        let path = rest.first().ok_or_else(unknown)?;
        let path = self.expand(state, chain, path)?;
        let negated = first_word.starts_with('!');
        let found = match (first_word.trim_start_matches('!'), self.around.file(&path)) {
            (_, FileState::Unknown(why)) => return Err(why.or_at(directive.span).into()),
            ("-f", found) => found == FileState::File,
            ("-d", found) => found == FileState::Folder,
            ("-e", found) => found != FileState::Missing,
            _ => return Err(unknown()),
        };
        Ok(found != negated)
    }

    /// A place as sent: with the scheme and host in front, where it is a path.
    pub(super) fn absolute_place(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        place: &str,
    ) -> String {
        if !place.starts_with('/') || !chain.is_on("absolute_redirect", true) {
            return place.to_owned();
        }
        let own_name = chain.is_on("server_name_in_redirect", false);
        let host = match (own_name, state.host.is_empty()) {
            (false, false) => state.host.clone(),
            (true, _) if !state.server_name.is_empty() => state.server_name.clone(),
            _ if !state.server_name.is_empty() => state.server_name.clone(),
            _ => super::state::SELF.to_owned(),
        };
        let usual = if state.tls { 443 } else { 80 };
        let port = state.request.port;
        let port = match chain.is_on("port_in_redirect", true) && port != usual {
            true => format!(":{port}"),
            false => String::new(),
        };
        format!("{}://{host}{port}{place}", state.scheme())
    }
}
