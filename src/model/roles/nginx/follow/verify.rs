//! What `nginx -t` refuses, as far as that follows from the configuration alone: directives that it does not know, that
//! do not belong where they stand, or that take other arguments (`ngx_conf_file.c`; the table of all directives).
//!
//! nginx stops at the first fault. Where a name may come from a module that is loaded, nothing is said of it.

use super::Fault;
use super::assemble::Whole;
use super::locations::{Modifier, written};
use super::servers::code;
use crate::facts::{ArgumentKind, nginx_directive_names, nginx_directives};
use crate::finding::{Prose, prose};
use crate::source::Text;
use crate::syntax::nginx::Directive;
use std::collections::HashSet;

/// Blocks whose lines are no directives.
const FREE: [&str; 8] =
    ["map", "geo", "types", "split_clients", "charset_map", "match", "geoip2", "js_set"];

/// A walk through the configuration.
struct Walk {
    /// Whether a module is loaded, whose directives are not known.
    loads: bool,
}

/// The first fault of a configuration, in the order nginx reads it.
pub(super) fn fault(whole: &Whole) -> Option<Fault> {
    let loads = whole.directives.iter().any(|d| d.name.as_str() == "load_module");
    let walk = Walk { loads };
    let found = walk.block(&whole.directives, "main", None);
    if found.is_some() {
        return found;
    }
    let events = whole.directives.iter().any(|d| d.name.as_str() == "events");
    if !events {
        let at = whole.directives.first().map_or(whole.image, |d| d.span);
        return Some(Fault::new(prose!("no \"events\" section in configuration"), at));
    }
    whole.directives.iter().filter(|d| d.name.as_str() == "http").find_map(groups)
}

/// Groups of servers that are empty, or called alike.
fn groups(http: &Directive) -> Option<Fault> {
    let mut seen = HashSet::new();
    for group in http.children("upstream") {
        let name = group.arg(0)?.resolved()?;
        if !seen.insert(name.to_ascii_lowercase()) {
            let message = prose!("duplicate upstream \"{}\"", code(name));
            return Some(Fault::new(message, group.span));
        }
        if group.children("server").next().is_none() {
            let message = prose!("no servers are inside upstream");
            return Some(Fault::new(message, group.span));
        }
    }
    None
}

/// The context of the lines of a block; `None` for lines that are no directives, or are not known.
fn inside(name: &str, context: &str) -> Option<&'static str> {
    Some(match (name, context) {
        ("events", _) => "events",
        ("http", _) => "http",
        ("stream", _) => "stream",
        ("mail", _) => "mail",
        ("server", "http") => "server",
        ("server", "stream") => "stream-server",
        ("server", "mail") => "mail-server",
        ("upstream", "stream") => "stream-upstream",
        ("upstream", _) => "upstream",
        ("location", _) => "location",
        ("if", "server") => "server-if",
        ("if", _) => "location-if",
        ("limit_except", _) => "limit_except",
        _ => return None,
    })
}

impl Walk {
    fn block(
        &self,
        lines: &[Directive],
        context: &str,
        outer: Option<&Directive>,
    ) -> Option<Fault> {
        let mut once: HashSet<&str> = HashSet::new();
        let mut places: HashSet<String> = HashSet::new();
        for directive in lines {
            let name = directive.name.resolved()?;
            let fail = |message: Prose| Some(Fault::new(message, directive.name.span()));
            let known = nginx_directives(name);
            if known.is_empty() {
                // A text of a template, or a directive of a module.
                if self.loads || name.contains(['$', '{', '<', '%']) || name.ends_with("_block") {
                    continue;
                }
                let meant = similar(name, context);
                let message = prose!("unknown directive \"{}\"", code(name));
                return Some(Fault { meant, ..Fault::new(message, directive.name.span()) });
            }
            let Some(here) = known.iter().find(|d| d.stands_in(context)) else {
                return fail(prose!("\"{}\" directive is not allowed here", code(name)));
            };
            if here.block != directive.block.is_some() && !name.ends_with("_by_lua_block") {
                return fail(match here.block {
                    true => prose!("directive \"{}\" has no opening \"{{\"", code(name)),
                    false => prose!("directive \"{}\" is not terminated by \";\"", code(name)),
                });
            }
            if directive.args.iter().any(|a| !a.is_resolved()) {
                continue;
            }
            if !here.takes(directive.args.len()) {
                return fail(prose!("invalid number of arguments in \"{}\" directive", code(name)));
            }
            if here.kind != ArgumentKind::Other || matches!(name, "root" | "alias" | "proxy_pass") {
                let slot = if name == "alias" { "root" } else { name };
                if !once.insert(slot) {
                    return fail(prose!("\"{}\" directive is duplicate", code(name)));
                }
            }
            if let Some(message) = directive.arg(0).and_then(|a| wrong_value(here.kind, name, a)) {
                return fail(message);
            }
            match name {
                "location" => {
                    if let Some(message) = place(directive, outer, &mut places) {
                        return fail(message);
                    }
                }
                "proxy_pass" => {
                    if let Some(message) = address(directive, context, outer) {
                        return fail(message);
                    }
                }
                _ => {}
            }
            if let Some(lines) = directive.block.as_deref().filter(|_| !FREE.contains(&name))
                && let Some(inner) = inside(name, context)
                && let Some(found) = self.block(lines, inner, Some(directive))
            {
                return Some(found);
            }
        }
        None
    }
}

/// The directive of a context that is spelled almost like a name.
fn similar(name: &str, context: &str) -> Option<&'static str> {
    const MAX_EDITS: usize = 2;
    let here = |n: &str| nginx_directives(n).iter().any(|d| d.stands_in(context));
    nginx_directive_names()
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .filter(|(edits, known)| *edits <= MAX_EDITS && known.len() > MAX_EDITS * 2 && here(known))
        .min()
        .map(|(_, known)| known)
}

/// What is wrong with the one value of a directive.
fn wrong_value(kind: ArgumentKind, name: &str, value: &Text) -> Option<Prose> {
    let text = value.as_str();
    if text.contains('$') {
        return None;
    }
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    match kind {
        ArgumentKind::Flag => {
            let fine = text.eq_ignore_ascii_case("on") || text.eq_ignore_ascii_case("off");
            (!fine).then(|| {
                prose!(
                    "invalid value \"{}\" in \"{}\" directive, it must be \"on\" or \"off\"",
                    code(text),
                    code(name)
                )
            })
        }
        ArgumentKind::Number => {
            (!digits(text)).then(|| prose!("\"{}\" directive invalid number", code(name)))
        }
        ArgumentKind::Size => {
            let plain = text.strip_suffix(['k', 'K', 'm', 'M', 'g', 'G']).unwrap_or(text);
            (!digits(plain)).then(|| prose!("\"{}\" directive invalid value", code(name)))
        }
        ArgumentKind::Time => {
            (!is_time(text)).then(|| prose!("\"{}\" directive invalid value", code(name)))
        }
        ArgumentKind::Once | ArgumentKind::Other => None,
    }
}

/// `60`, `60s`, `1h30m`, `500ms`
fn is_time(text: &str) -> bool {
    let mut rest = text;
    let mut any = false;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 {
            return false;
        }
        any = true;
        rest = &rest[end..];
        let unit = ["ms", "y", "M", "w", "d", "h", "m", "s"];
        match unit.iter().find(|u| rest.starts_with(**u)) {
            Some(unit) => rest = rest[unit.len()..].trim_start(),
            None if rest.is_empty() => {}
            None => return false,
        }
    }
    any
}

/// A location that is there already, or that does not belong into the one around it.
fn place(
    directive: &Directive,
    outer: Option<&Directive>,
    places: &mut HashSet<String>,
) -> Option<Prose> {
    let Some((modifier, path)) = written(directive) else {
        let modifier = directive.arg(0).map_or("", |a| a.as_str());
        return Some(prose!("invalid location modifier \"{}\"", code(modifier)));
    };
    let key = match modifier {
        Modifier::Exact => format!("= {path}"),
        Modifier::Prefix | Modifier::Only => format!("/ {path}"),
        Modifier::Named => format!("@ {path}"),
        Modifier::Pattern { .. } => return None,
    };
    if !places.insert(key) {
        return Some(prose!("duplicate location \"{}\"", code(path.as_str())));
    }
    let around = outer.filter(|o| o.name.as_str() == "location").and_then(written)?;
    match around {
        (Modifier::Exact, outer) => Some(prose!(
            "location \"{}\" cannot be inside the exact location \"{}\"",
            code(path.as_str()),
            code(outer.as_str())
        )),
        (Modifier::Prefix | Modifier::Only, outer) if !path.starts_with(outer.as_str()) => {
            Some(prose!(
                "location \"{}\" is outside location \"{}\"",
                code(path.as_str()),
                code(outer.as_str())
            ))
        }
        _ => None,
    }
}

/// An address without its scheme, or with a path where none may be.
fn address(directive: &Directive, context: &str, outer: Option<&Directive>) -> Option<Prose> {
    let text = directive.arg(0)?.as_str();
    if text.contains('$') || context.starts_with("stream") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://"))
    else {
        return Some(prose!("invalid URL prefix"));
    };
    let uri = match rest.strip_prefix("unix:") {
        Some(socket) => socket.contains(':'),
        None => rest.contains('/'),
    };
    let pattern = outer.and_then(written).is_some_and(|(modifier, _)| {
        matches!(modifier, Modifier::Pattern { .. } | Modifier::Named)
    });
    let refuses = match context {
        "location" => pattern,
        "location-if" | "limit_except" => true,
        _ => false,
    };
    (uri && refuses).then(|| {
        prose!(
            "\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, or inside \"if\" statement, or inside \"limit_except\" block"
        )
    })
}
