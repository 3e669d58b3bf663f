//! Directives and variables of nginx: `data/nginx-directives.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The table, as it is written.
const TABLE: &str = include_str!("../../data/nginx-directives.txt");

/// What the one argument of a directive must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// `on` or `off`.
    Flag,
    /// Digits.
    Number,
    /// Digits and a unit of bytes.
    Size,
    /// Digits and units of time.
    Time,
    /// Any text.
    Once,
    /// What the directive looks at itself; it may stand several times.
    Other,
}

/// A directive of nginx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NginxDirective {
    /// The fewest and the most arguments; no most where there may be any number.
    pub arguments: (usize, Option<usize>),
    /// Whether a block follows.
    pub block: bool,
    pub kind: ArgumentKind,
    /// Where it may stand: `http,server`.
    contexts: &'static str,
}

impl NginxDirective {
    /// Whether it may stand in a context: `main`, `http`, `server-if` and so on.
    pub fn stands_in(&self, context: &str) -> bool {
        self.contexts.split(',').any(|c| c == context || c == "any")
    }

    /// Whether it takes a number of arguments.
    pub fn takes(&self, count: usize) -> bool {
        count >= self.arguments.0 && self.arguments.1.is_none_or(|most| count <= most)
    }
}

/// The directives of each name, and the variables.
struct Table {
    directives: HashMap<&'static str, Vec<NginxDirective>>,
    variables: HashMap<&'static str, ()>,
    /// Beginnings of names of variables.
    beginnings: Vec<&'static str>,
}

fn table() -> &'static Table {
    static READ: OnceLock<Table> = OnceLock::new();
    READ.get_or_init(|| {
        let mut table =
            Table { directives: HashMap::new(), variables: HashMap::new(), beginnings: Vec::new() };
        for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
            if let Some(name) = line.strip_prefix('$') {
                match name.strip_suffix('*') {
                    Some(start) => table.beginnings.push(start),
                    None => drop(table.variables.insert(name, ())),
                }
                continue;
            }
            let mut words = line.split(' ');
            if let (Some(name), Some(arguments), Some(kind), Some(contexts)) =
                (words.next(), words.next(), words.next(), words.next())
            {
                let entry = directive(arguments, kind, contexts);
                table.directives.entry(name).or_default().push(entry);
            }
        }
        table
    })
}

fn directive(arguments: &str, kind: &str, contexts: &'static str) -> NginxDirective {
    let (arguments, block) =
        arguments.strip_suffix("{}").map_or((arguments, false), |rest| (rest, true));
    let number = |text: &str| text.parse().unwrap_or(0);
    let arguments = match (arguments.strip_suffix('+'), arguments.split_once('-')) {
        (Some(least), _) => (number(least), None),
        (None, Some((least, most))) => (number(least), Some(number(most))),
        (None, None) => (number(arguments), Some(number(arguments))),
    };
    let kind = match kind {
        "flag" => ArgumentKind::Flag,
        "number" => ArgumentKind::Number,
        "size" => ArgumentKind::Size,
        "time" => ArgumentKind::Time,
        "once" => ArgumentKind::Once,
        _ => ArgumentKind::Other,
    };
    NginxDirective { arguments, block, kind, contexts }
}

/// The directives of nginx that have a name: one for each family of contexts.
pub fn nginx_directives(name: &str) -> &'static [NginxDirective] {
    table().directives.get(name).map_or(&[], Vec::as_slice)
}

/// The names of all directives.
pub fn nginx_directive_names() -> impl Iterator<Item = &'static str> {
    table().directives.keys().copied()
}

/// Whether nginx itself sets a variable.
pub fn is_nginx_variable(name: &str) -> bool {
    table().variables.contains_key(name) || table().beginnings.iter().any(|b| name.starts_with(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_where_directives_stand() {
        let one = |name: &str, context: &str| {
            nginx_directives(name).iter().find(|d| d.stands_in(context)).copied()
        };
        assert!(one("alias", "location").is_some_and(|d| d.takes(1) && !d.takes(2)));
        assert_eq!(one("alias", "server"), None);
        assert!(one("location", "location").is_some_and(|d| d.block && d.takes(2)));
        assert!(one("include", "upstream").is_some());
        assert!(one("gzip", "location-if").is_some_and(|d| d.kind == ArgumentKind::Flag));
        assert!(nginx_directives("proxy_pas").is_empty());
        assert!(is_nginx_variable("host") && is_nginx_variable("http_x_any"));
        assert!(!is_nginx_variable("hostt"));
    }
}
