//! Texts with variables (nginx docs, "Alphabetical index of variables").

use super::level::Chain;
use super::maps;
use super::state::{CLIENT, Context, SELF, State};
use super::uri::escaped_args;
use crate::source::{Reason, Text, Unknown};

/// How deep variables are made of others.
const MAX_DEPTH: usize = 8;

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    Plain(&'t str),
    Variable(&'t str),
    /// A group of the last pattern.
    Group(usize),
}

/// A text taken apart at its variables; `None` where a `${` is not closed or a `$` names nothing.
pub(super) fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        if !before.is_empty() {
            all.push(Part::Plain(before));
        }
        let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if let Some(digit) = after.chars().next().and_then(|c| c.to_digit(10)) {
            all.push(Part::Group(usize::try_from(digit).ok()?));
            rest = after.get(1..)?;
            continue;
        }
        let (name, more) = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}')?,
            None => after.split_at(after.find(|c| !word(c)).unwrap_or(after.len())),
        };
        if name.is_empty() || !name.chars().all(word) {
            return None;
        }
        all.push(Part::Variable(name));
        rest = more;
    }
    if !rest.is_empty() {
        all.push(Part::Plain(rest));
    }
    Some(all)
}

/// Whether there is a variable in a text.
pub(super) fn has_variables(text: &str) -> bool {
    text.contains('$')
}

impl<'w> Context<'w> {
    /// A text with its variables put in.
    pub(super) fn expand(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        text: &Text,
    ) -> Result<String, Unknown> {
        self.expanded(state, chain, text, false)
    }

    /// The same, with the groups of patterns encoded as in a redirect.
    pub(super) fn expand_quoted(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        text: &Text,
    ) -> Result<String, Unknown> {
        self.expanded(state, chain, text, true)
    }

    fn expanded(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        text: &Text,
        quote: bool,
    ) -> Result<String, Unknown> {
        let Some(plain) = text.resolved() else {
            return Err(text.why().unwrap_or(Reason::CommandOutput.into()));
        };
        self.filled(state, chain, plain, quote, 0).map_err(|why| why.or_at(text.span()))
    }

    pub(super) fn filled(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        text: &str,
        quote: bool,
        depth: usize,
    ) -> Result<String, Unknown> {
        if !has_variables(text) {
            return Ok(text.to_owned());
        }
        let Some(parts) = parts(text) else {
            return Err(Reason::NotEvaluated("a variable").into());
        };
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Plain(plain) => out.push_str(plain),
                Part::Group(number) => {
                    let group = state.captures.get(number).map_or("", String::as_str);
                    let quoted = quote && state.request.target.contains(['%', '+']);
                    out.push_str(&if quoted { escaped_args(group) } else { group.to_owned() });
                }
                Part::Variable(name) => {
                    out.push_str(&self.variable(state, chain, name, depth)?);
                }
            }
        }
        Ok(out)
    }

    /// The value of a variable.
    pub(super) fn variable(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        name: &str,
        depth: usize,
    ) -> Result<String, Unknown> {
        if depth > MAX_DEPTH {
            return Err(Reason::Limit("variables made of others").into());
        }
        if let Some(value) = state.variables.get(name) {
            return Ok(value.clone());
        }
        if let Some(value) = maps::mapped(self, state, chain, name, depth) {
            return value;
        }
        let header = |name: &str| state.request.header(name).unwrap_or("").to_owned();
        let dashed = |rest: &str| rest.replace('_', "-");
        let listed = |name: &str| {
            let mut all = state.request.headers.iter();
            let found = all.by_ref().filter(|(n, _)| n.eq_ignore_ascii_case(name));
            found.map(|(_, v)| v.as_str()).collect::<Vec<_>>().join(", ")
        };
        Ok(match name {
            "host" => {
                if state.host.is_empty() {
                    state.server_name.clone()
                } else {
                    state.host.clone()
                }
            }
            "server_name" => state.server_name.clone(),
            "server_port" => state.request.port.to_string(),
            "scheme" => state.scheme().to_owned(),
            "https" => if state.tls { "on" } else { "" }.to_owned(),
            "request_uri" => state.request.target.clone(),
            "uri" | "document_uri" => state.uri.clone(),
            "args" | "query_string" => state.args.clone(),
            "is_args" => if state.args.is_empty() { "" } else { "?" }.to_owned(),
            "request_method" => state.method.clone(),
            "server_protocol" => "HTTP/1.1".to_owned(),
            "request" => format!("{} {} HTTP/1.1", state.request.method, state.request.target),
            "remote_addr" | "realip_remote_addr" => self.client(state, chain)?,
            "server_addr" => SELF.to_owned(),
            "remote_user" | "http2" | "http3" | "limit_rate" => String::new(),
            "content_type" => header("content-type"),
            "content_length" if state.request.body > 0 => state.request.body.to_string(),
            "content_length" => header("content-length"),
            "document_root" | "realpath_root" => self.document_root(state, chain)?,
            "request_filename" => self.mapped_path(state, chain, &state.uri)?,
            "proxy_host" | "proxy_port" => {
                let (host, port) = state.proxy.clone().ok_or(Reason::NotEvaluated("a variable"))?;
                if name == "proxy_host" { host } else { port }
            }
            "proxy_add_x_forwarded_for" => {
                let client = self.client(state, chain)?;
                match listed("x-forwarded-for") {
                    before if before.is_empty() => client,
                    before => format!("{before}, {client}"),
                }
            }
            _ => {
                if let Some(rest) = name.strip_prefix("http_") {
                    listed(&dashed(rest))
                } else if let Some(rest) = name.strip_prefix("arg_") {
                    let found = state.args.split('&').find_map(|pair| {
                        let (key, value) = pair.split_once('=')?;
                        key.eq_ignore_ascii_case(rest).then(|| value.to_owned())
                    });
                    found.unwrap_or_default()
                } else if let Some(rest) = name.strip_prefix("cookie_") {
                    let cookies = listed("cookie");
                    let found = cookies.split(';').find_map(|pair| {
                        let (key, value) = pair.trim().split_once('=')?;
                        (key == rest).then(|| value.to_owned())
                    });
                    found.unwrap_or_default()
                } else if self.is_set_somewhere(name) {
                    // nginx warns and takes it as empty.
                    String::new()
                } else {
                    return Err(Reason::NotEvaluated("a variable").into());
                }
            }
        })
    }

    /// The address of who asks: that of a header, where the address in front is trusted.
    fn client(&self, state: &State<'w>, chain: &Chain<'w>) -> Result<String, Unknown> {
        let trusted = chain.all("set_real_ip_from");
        let Some(first) = trusted.first() else { return Ok(CLIENT.to_owned()) };
        let header = chain.value("real_ip_header").map_or("X-Real-IP", |h| h.as_str());
        if state.request.header(header).is_none() && !header.eq_ignore_ascii_case("proxy_protocol")
        {
            return Ok(CLIENT.to_owned());
        }
        Err(Unknown::at(Reason::NotEvaluated("`set_real_ip_from`"), first.span))
    }

    /// Whether a `set` or a pattern anywhere gives a variable of that name.
    fn is_set_somewhere(&self, name: &str) -> bool {
        let mut open: Vec<_> = self.whole.directives.iter().collect();
        let group = format!("<{name}>");
        while let Some(directive) = open.pop() {
            let word = directive.name.as_str();
            let set = matches!(word, "set" | "auth_request_set")
                && directive.arg(0).is_some_and(|a| a.strip_prefix('$') == Some(name));
            let named = matches!(word, "location" | "server_name" | "if" | "rewrite")
                && directive.args.iter().any(|a| a.contains(&group));
            if set || named {
                return true;
            }
            open.extend(directive.block.iter().flatten());
        }
        false
    }
}

impl State<'_> {
    /// `https`, `http`
    pub(super) fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};

    #[test]
    fn texts_are_taken_apart_at_variables() {
        let all = parts("http://$host:${server_port}/$1x$uri");
        let wanted = vec![
            Part::Plain("http://"),
            Part::Variable("host"),
            Part::Plain(":"),
            Part::Variable("server_port"),
            Part::Plain("/"),
            Part::Group(1),
            Part::Plain("x"),
            Part::Variable("uri"),
        ];
        assert_eq!(all, Some(wanted));
        assert_eq!(parts("a${b"), None);
    }
}
