//! Variables that `map`, `geo` and `split_clients` make of others (nginx docs, modules `map`, `geo`).

use super::level::Chain;
use super::pattern::compiled;
use super::state::{CLIENT, Context, State, is_foreign};
use crate::source::{Reason, Unknown};
use crate::syntax::nginx::Directive;

/// The value that a `map` gives a variable; `None` where no `map` gives it one.
pub(super) fn mapped<'w>(
    context: &Context<'w>,
    state: &State<'w>,
    chain: &Chain<'w>,
    name: &str,
    depth: usize,
) -> Option<Result<String, Unknown>> {
    for directive in context.http.directives {
        let gives =
            |at: usize| directive.arg(at).is_some_and(|a| a.strip_prefix('$') == Some(name));
        match directive.name.as_str() {
            "map" if gives(1) => return Some(map(context, state, chain, directive, depth)),
            "geo" if gives(0) || gives(1) => return Some(geo(directive)),
            "split_clients" if gives(1) => {
                return Some(Err(Unknown::at(Reason::Condition, directive.span)));
            }
            _ => {}
        }
    }
    None
}

fn map<'w>(
    context: &Context<'w>,
    state: &State<'w>,
    chain: &Chain<'w>,
    directive: &'w Directive,
    depth: usize,
) -> Result<String, Unknown> {
    let unknown = || Unknown::at(Reason::Condition, directive.span);
    let source = directive.arg(0).and_then(|a| a.resolved()).ok_or_else(unknown)?;
    let key = context.filled(state, chain, source, false, depth + 1)?;
    if key.contains(CLIENT) {
        return Err(unknown());
    }
    let entries: Vec<&Directive> = directive.block.iter().flatten().collect();
    let hostnames = entries.iter().any(|e| e.name.as_str() == "hostnames" && e.args.is_empty());
    let plain = |e: &&&Directive| {
        let name = e.name.trim_start_matches('\\');
        !e.name.starts_with('~') && name.eq_ignore_ascii_case(&key) && e.name.as_str() != "default"
    };
    let mut found = entries.iter().filter(|e| e.args.len() == 1).find(plain).copied();
    if found.is_none()
        && hostnames
        && entries.iter().any(|e| e.name.contains('*') || e.name.starts_with('.'))
    {
        return Err(unknown());
    }
    if found.is_none() {
        for entry in &entries {
            let Some(pattern) = entry.name.strip_prefix('~') else { continue };
            let (pattern, ignore) =
                pattern.strip_prefix('*').map_or((pattern, false), |rest| (rest, true));
            let regex = compiled(pattern, ignore).map_err(|why| why.or_at(entry.span))?;
            if regex.is_match(&key) {
                // Groups of the pattern may be used in the value.
                if entry.arg(0).is_some_and(|v| v.contains('$')) {
                    return Err(unknown());
                }
                found = Some(entry);
                break;
            }
        }
    }
    if entries.iter().any(|e| e.name.as_str() == "include") {
        return Err(unknown());
    }
    let found = found.or_else(|| entries.iter().find(|e| e.name.as_str() == "default").copied());
    let Some(value) = found.and_then(|e| e.arg(0)) else { return Ok(String::new()) };
    let text = value.resolved().ok_or_else(unknown)?;
    context.filled(state, chain, text, false, depth + 1)
}

/// The address of who asks is not known: only where all entries have the same value, that is it.
fn geo(directive: &Directive) -> Result<String, Unknown> {
    let entries = directive.block.iter().flatten();
    if entries.clone().any(|e| matches!(e.name.as_str(), "ranges" | "proxy" | "include")) {
        return Err(Unknown::at(Reason::Condition, directive.span));
    }
    let known = |e: &&Directive| {
        !matches!(e.name.as_str(), "proxy_recursive" | "delete") && !is_foreign(&e.name)
    };
    let entries: Vec<&Directive> = entries.filter(known).collect();
    let mut values: Vec<&str> =
        entries.iter().filter_map(|e| e.arg(0)).map(|a| a.as_str()).collect();
    if !entries.iter().any(|e| e.name.as_str() == "default") {
        values.push("");
    }
    values.sort_unstable();
    values.dedup();
    match values.as_slice() {
        [] => Ok(String::new()),
        [one] if !one.contains('$') => Ok((*one).to_owned()),
        _ => Err(Unknown::at(Reason::Condition, directive.span)),
    }
}
