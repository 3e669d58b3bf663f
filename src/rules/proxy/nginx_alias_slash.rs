//! `alias` and its location do not end alike.

use crate::finding::{Change, Cure, Finding, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::NGINX_ALIAS_SLASH, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in stack.roles.nginx.iter().filter(|n| n.errors.is_empty() && n.misplaced.is_none()) {
        let server = stack.container(nginx.container);
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
            let path = &location.path;
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
                        prose!("{} answers 404 below {}: it puts `{}` before what follows, and open() \"{}admin.css\" failed (2: No such file or directory)", server, path, alias, alias),
                    )
                    .label(alias.span(), "no slash at its end")
                    .label(location.path.span(), "the slash at the end of this is cut off with it")
                    .cure(Cure::new("end the alias with a slash").change(Change::Replace {
                        at: alias.span(),
                        with: prose!("{}/", alias),
                    }))
                    .help(prose!("end it with a slash:\n    alias {}/;", alias)),
                );
            } else if !path.ends_with('/') && alias.ends_with('/') && alias.len() > 1 {
                let above = alias
                    .trim_end_matches('/')
                    .rsplit_once('/')
                    .map_or("/", |(above, _)| if above.is_empty() { "/" } else { above });
                sink.report(
                    Finding::new(
                        &meta::NGINX_ALIAS_SLASH,
                        prose!("{} gives files out of {} to whoever asks for {}../: they are not below {}", server, Quote::path(above).or_at(alias.span()), path, alias),
                    )
                    .label(location.path.span(), "no slash at its end, so that `..` may follow")
                    .label(alias.span(), "`..` behind this leads out of it")
                    .cure(Cure::new("end both with a slash").change(Change::Replace {
                        at: path.span(),
                        with: prose!("{}/", path),
                    }))
                    .help(prose!("end both with a slash:\n    location {}/ {\n        alias {};\n    }", path, alias)),
                );
            }
        }
    }
}
