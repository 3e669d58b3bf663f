//! Templates of nginx that `envsubst` fills when a container starts (gettext manual, "envsubst Invocation").

use super::Proxy;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::{Limit, Span, Text};
use crate::syntax::nginx::{Config, Directive};

/// A template whose own variables are replaced by nothing.
#[derive(Debug)]
pub struct EmptiedTemplate {
    /// The command.
    pub command: Span,
    /// Its words.
    pub words: Vec<Text>,
    /// The first directive that loses a variable of nginx.
    pub directive: String,
    /// That variable, with `$`.
    pub variable: String,
    /// Where it is written.
    pub span: Span,
    /// Variables of the container that the template names.
    pub wanted: Vec<String>,
}

impl Proxy<'_> {
    /// The template that a service fills without naming the variables that are meant.
    pub fn emptied_template(&self, index: usize) -> Option<EmptiedTemplate> {
        let container = self.stack.container(index);
        for step in container.process.steps.iter().filter(|s| !s.conditional) {
            let program = step.words.first()?.rsplit('/').next().unwrap_or("");
            // An argument is the list of what is replaced.
            if program != "envsubst" || step.words.len() > 1 {
                continue;
            }
            let Some(input) = step.input.as_ref().and_then(Text::resolved) else { continue };
            let at = match (input.starts_with('/'), &step.workdir) {
                (true, _) => path::join("/", input),
                (false, Some(workdir)) => path::join(workdir, input),
                (false, None) => continue,
            };
            let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
            let PathLookup::Host(host) = fs.find(&at) else { continue };
            let Ok(file) = self.stack.sources.read(&host, Limit::Config) else { continue };
            let set = |name: &str| {
                container.environment.vars.contains_key(name) || step.vars.contains_key(name)
            };
            let config = Config::read(&file.body());
            let mut named = Vec::new();
            config.directives.iter().for_each(|d| variables(d, &mut named));
            let lost = named.iter().find(|(_, _, name, _)| is_nginx(name) && !set(name));
            let Some((directive, place, name, _)) = lost else { continue };
            let mut wanted: Vec<String> = Vec::new();
            for (_, _, name, _) in named.iter().filter(|(_, _, n, _)| set(n)) {
                if !wanted.contains(name) {
                    wanted.push(name.clone());
                }
            }
            return Some(EmptiedTemplate {
                command: step.span,
                words: step.words.clone(),
                directive: directive.clone(),
                variable: format!("${name}"),
                span: *place,
                wanted,
            });
        }
        None
    }
}

/// A variable of a directive: the directive's name, the argument's place, the variable, and whether it is in braces.
type Use = (String, Span, String, bool);

fn variables(directive: &Directive, all: &mut Vec<Use>) {
    for arg in &directive.args {
        let text = arg.as_str();
        for (at, _) in text.match_indices('$') {
            let rest = &text[at + 1..];
            let braces = rest.starts_with('{');
            let name: String = rest
                .trim_start_matches('{')
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            if !name.is_empty() {
                all.push((directive.name.as_str().to_owned(), arg.span(), name, braces));
            }
        }
    }
    directive.block.iter().flatten().for_each(|d| variables(d, all));
}

/// Whether a name is one of the variables that nginx itself sets (nginx docs, "Alphabetical index of variables").
fn is_nginx(name: &str) -> bool {
    const NAMES: [&str; 22] = [
        "host",
        "scheme",
        "remote_addr",
        "proxy_add_x_forwarded_for",
        "request_uri",
        "uri",
        "args",
        "is_args",
        "server_name",
        "server_port",
        "document_root",
        "fastcgi_script_name",
        "fastcgi_path_info",
        "proxy_host",
        "proxy_port",
        "request_method",
        "query_string",
        "content_type",
        "content_length",
        "request_filename",
        "remote_user",
        "hostname",
    ];
    NAMES.contains(&name) || name.starts_with("http_") || name.starts_with("upstream_")
}
