//! `alias` and its location do not end alike.

use crate::finding::Finding;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::NGINX_ALIAS_SLASH, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in stack.roles.nginx.iter().filter(|n| n.errors.is_empty() && n.misplaced.is_none()) {
        let server = stack.container(nginx.container).name();
        for location in nginx
            .servers
            .iter()
            .flat_map(|s| &s.locations)
            .filter(|r| !r.answers && matches!(r.modifier.as_str(), "" | "^~"))
        {
            let Some(alias) = location
                .alias
                .as_ref()
                .filter(|a| a.starts_with('/') && a.is_resolved() && !a.contains('$'))
            else {
                continue;
            };
            let path = location.path.as_str();
            let name = alias.rsplit('/').next().unwrap_or("");
            if path.len() > 1
                && path.ends_with('/')
                && !alias.ends_with('/')
                && !name.contains('.')
                && !location.rewritten
            {
                sink.report(
                    Finding::new(
                        &meta::NGINX_ALIAS_SLASH,
                        format!(
                            "{server} answers 404 below {path}: it puts `{alias}` before what follows, and open() \"{alias}admin.css\" failed (2: No such file or directory)"
                        ),
                    )
                    .label(alias.span(), "no slash at its end")
                    .label(location.path.span(), "the slash at the end of this is cut off with it")
                    .help(format!("end it with a slash:\n    alias {alias}/;")),
                );
            } else if !path.ends_with('/') && alias.ends_with('/') && alias.len() > 1 {
                let above = alias
                    .trim_end_matches('/')
                    .rsplit_once('/')
                    .map_or("/", |(above, _)| if above.is_empty() { "/" } else { above });
                sink.report(
                    Finding::new(
                        &meta::NGINX_ALIAS_SLASH,
                        format!("{server} gives files out of {above} to whoever asks for {path}../: they are not below {alias}"),
                    )
                    .label(location.path.span(), "no slash at its end, so that `..` may follow")
                    .label(alias.span(), "`..` behind this leads out of it")
                    .help(format!("end both with a slash:\n    location {path}/ {{\n        alias {alias};\n    }}")),
                );
            }
        }
    }
}
