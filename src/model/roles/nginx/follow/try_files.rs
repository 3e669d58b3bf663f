//! `try_files` (`ngx_http_try_files_module.c`).

use super::level::{Chain, Level};
use super::locations::{Modifier, written};
use super::servers::code;
use super::state::{Context, FileState, State, Stop};
use crate::finding::prose;
use crate::source::{Reason, Unknown};

impl<'w> Context<'w> {
    /// Looks for the files of `try_files`; goes on with the one that is there.
    pub(super) fn try_files(&self, state: &mut State<'w>, chain: &Chain<'w>) -> Result<(), Stop> {
        let Some(tries) = chain.innermost().and_then(|l: Level<'w>| l.named("try_files").last())
        else {
            return Ok(());
        };
        let [names @ .., last] = tries.args.as_slice() else {
            return Err(Unknown::at(Reason::NotEvaluated("try_files"), tries.span).into());
        };
        let (base, alias) = self.base(state, chain)?;
        let of_pattern = alias
            && chain
                .location()
                .and_then(written)
                .is_some_and(|(modifier, _)| matches!(modifier, Modifier::Pattern { .. }));
        for name in names {
            let (name, folder) = match name.strip_suffix('/') {
                Some(short) => (name.slice(0..short.len()), true),
                None => (name.clone(), false),
            };
            let mut wanted = self.expand(state, chain, &name)?;
            if alias
                && !of_pattern
                && name.contains('$')
                && let Some(rest) = wanted.strip_prefix(state.location.as_str())
            {
                wanted = rest.to_owned();
            }
            let path = format!("{base}{wanted}");
            match self.around.file(&path) {
                FileState::File if folder || path.ends_with('/') => {}
                FileState::Folder if !folder => {}
                FileState::File | FileState::Folder => {
                    state.step(prose!("try_files finds {}", code(&path)), Some(tries.span));
                    if of_pattern {
                        if !folder {
                            state.uri = wanted;
                            state.add_uri_to_alias = true;
                        }
                    } else if alias {
                        let location = state.location.clone();
                        state.uri = format!("{location}{wanted}");
                    } else {
                        state.uri = wanted;
                    }
                    return Ok(());
                }
                FileState::Missing => {
                    state.step(prose!("{} is not there", code(&path)), Some(tries.span));
                }
                FileState::Unknown(_) if !folder && state.taken.as_ref() == Some(&path) => {
                    return Ok(());
                }
                FileState::Unknown(why) => {
                    let what = prose!("taken as not there: {} ({})", code(&path), why);
                    state.step(what, Some(tries.span));
                    state.assumed.get_or_insert(why);
                }
            }
        }
        if let Some(number) = last.strip_prefix('=') {
            let number = number
                .parse()
                .map_err(|_| Unknown::at(Reason::NotEvaluated("try_files"), tries.span))?;
            state.step(prose!("try_files ends with {}", number), Some(last.span()));
            return Err(Stop::Status(number));
        }
        let mut to = self.expand(state, chain, last)?;
        if to.starts_with('@') {
            state.step(prose!("try_files goes on at {}", code(&to)), Some(last.span()));
            return Err(Stop::Named(to));
        }
        if alias
            && !of_pattern
            && last.contains('$')
            && let Some(rest) = to.strip_prefix(state.location.as_str())
        {
            to = rest.to_owned();
        }
        state.step(prose!("try_files goes on at {}", code(&to)), Some(last.span()));
        self.redirect(state, &to);
        Err(Stop::Redirect)
    }

    /// Sets the path of a request that starts again inside nginx.
    pub(super) fn redirect(&self, state: &mut State<'w>, to: &str) {
        let (uri, args) = to.split_once('?').unwrap_or((to, ""));
        uri.clone_into(&mut state.uri);
        args.clone_into(&mut state.args);
        state.internal = true;
        state.unparsed = false;
        state.add_uri_to_alias = false;
    }
}
