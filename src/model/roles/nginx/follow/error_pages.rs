//! `error_page` (`ngx_http_special_response.c`).

use super::level::Chain;
use super::servers::code;
use super::state::{Context, State, Stop};
use crate::finding::{TraceAnswer, prose};
use crate::source::{Reason, Text, Unknown};

/// Statuses that say where to go instead.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

impl<'w> Context<'w> {
    /// What a status becomes: the answer, or a new start at the page there is for it.
    pub(super) fn special(&self, state: &mut State<'w>, chain: &Chain<'w>, number: u16) -> Stop {
        state.err_status = Some(number);
        let pages = chain.all("error_page");
        if state.error_page || pages.is_empty() || state.changes > super::state::MAX_URI_CHANGES {
            return Stop::Answer(self.ended(state, number));
        }
        if !chain.is_on("recursive_error_pages", false) {
            state.error_page = true;
        }
        for page in pages {
            let [codes @ .., to] = page.args.as_slice() else { continue };
            let (overwrite, codes): (Option<&Text>, &[Text]) = match codes.split_last() {
                Some((last, rest)) if last.starts_with('=') => (Some(last), rest),
                _ => (None, codes),
            };
            if !codes.iter().any(|c| c.parse() == Ok(number)) {
                continue;
            }
            let status = match overwrite.map(|o| o.trim_start_matches('=')) {
                None => Some(number),
                // The status of whatever answers there.
                Some("") => None,
                Some(other) => other.parse().ok(),
            };
            state.err_status = status;
            let to = match self.expand(state, chain, to) {
                Ok(to) => to,
                Err(why) => return Stop::Unknown(why),
            };
            state.step(prose!("error_page {} goes on at {}", number, code(&to)), Some(page.span));
            if to.starts_with('@') {
                return Stop::Named(to);
            }
            if to.starts_with('/') {
                if state.method != "HEAD" {
                    "GET".clone_into(&mut state.method);
                }
                self.redirect(state, &to);
                return Stop::Redirect;
            }
            let sent = status.filter(|s| overwrite.is_some() && REDIRECTS.contains(s));
            return Stop::Answer(TraceAnswer::Return { status: sent.unwrap_or(302), location: to });
        }
        Stop::Answer(self.ended(state, number))
    }

    /// The answer where nginx writes its own page.
    fn ended(&self, state: &State<'_>, number: u16) -> TraceAnswer {
        match (number, &state.gone) {
            (404, Some(path)) => TraceAnswer::File { path: path.clone(), exists: Some(false) },
            _ => TraceAnswer::Status {
                status: number,
                upstream: None,
                looked_at: state.looked_at.clone().filter(|_| number == 403),
            },
        }
    }

    /// What a file at an error page answers with, seen from outside.
    pub(super) fn with_error_status(&self, state: &State<'_>, answer: TraceAnswer) -> TraceAnswer {
        match (state.err_status, answer) {
            (Some(200) | None, answer) => answer,
            (Some(number), TraceAnswer::File { exists: Some(true) | None, .. }) => {
                self.ended(state, number)
            }
            (Some(number), TraceAnswer::Status { status: 200, .. }) => self.ended(state, number),
            (_, answer) => answer,
        }
    }

    /// nginx gives up: a path that changes without end.
    pub(super) fn endless() -> Unknown {
        Reason::NothingEnds.into()
    }
}
