//! Who may ask: `internal`, `limit_except`, `allow`, `deny`, `auth_basic`, `auth_request`, and how large a body may be.

use super::level::{Chain, Kind, Level};
use super::servers::code;
use super::state::{Context, State, Stop, is_foreign};
use crate::finding::{TraceAnswer, prose};
use crate::source::{Reason, Text, Unknown};
use crate::syntax::nginx::Directive;

/// `client_max_body_size` where it is not written: one mebibyte.
const MAX_BODY: u64 = 1 << 20;

/// Bytes of `10m`, `8k`, `1g`, `512`; `None` where nginx refuses it.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (digits, factor) = match lower.strip_suffix(['k', 'm', 'g']) {
        Some(digits) if lower.ends_with('k') => (digits, 1 << 10),
        Some(digits) if lower.ends_with('m') => (digits, 1 << 20),
        Some(digits) => (digits, 1 << 30),
        None => (lower.as_str(), 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

impl<'w> Context<'w> {
    /// What a location refuses before anything else: what is for nginx alone, and a body that is too large.
    pub(super) fn entered(&self, state: &mut State<'w>, chain: &mut Chain<'w>) -> Result<(), Stop> {
        let level = chain.innermost();
        if let Some(internal) = chain.last("internal").filter(|_| !state.internal) {
            let own = level.is_some_and(|l| l.named("internal").next().is_some());
            if own {
                state.step(prose!("the location is internal"), Some(internal.span));
                return Err(Stop::Status(404));
            }
        }
        if let Some(except) = level.and_then(|l| l.named("limit_except").last()) {
            let allowed = |a: &Text| {
                a.eq_ignore_ascii_case(&state.method)
                    || a.eq_ignore_ascii_case("GET") && state.method == "HEAD"
            };
            if !except.args.iter().any(allowed) {
                *chain = chain.with(Level::of_block(Kind::LimitExcept, except));
            }
        }
        let limit = chain.value("client_max_body_size");
        let max = match limit {
            None => MAX_BODY,
            Some(text) => text
                .resolved()
                .and_then(bytes)
                .ok_or_else(|| text.why().unwrap_or(Reason::NotA("a size").into()))?,
        };
        if max > 0 && state.request.body > max {
            let what = match limit {
                Some(text) => {
                    prose!("the body is larger than client_max_body_size {}", code(text.as_str()))
                }
                None => prose!("the body is larger than nginx allows by default (1 MiB)"),
            };
            state.step(what, Some(limit.map_or(self.whole.image, Text::span)));
            return Err(Stop::Status(413));
        }
        Ok(())
    }

    /// What a location lets through.
    pub(super) fn access(&self, state: &mut State<'w>, chain: &Chain<'w>) -> Result<(), Stop> {
        let any = chain.value("satisfy").is_some_and(|v| v.as_str() == "any");
        let checks = [
            self.by_address(state, chain),
            self.by_password(state, chain),
            self.by_request(state, chain),
        ];
        let mut denied = None;
        let mut allowed = false;
        for check in checks {
            match check {
                Ok(true) => allowed = true,
                Ok(false) => {}
                Err(Stop::Unknown(why)) => return Err(Stop::Unknown(why)),
                Err(stop) => denied = denied.or(Some(stop)),
            }
        }
        match denied {
            Some(stop) if !(any && allowed) => Err(stop),
            _ => Ok(()),
        }
    }

    /// `allow` and `deny`; `true` where one of them lets it through.
    fn by_address(&self, state: &mut State<'w>, chain: &Chain<'w>) -> Result<bool, Stop> {
        let rules: Vec<&Directive> = chain
            .0
            .iter()
            .rev()
            .map(|level| {
                let own = level.directives.iter();
                own.filter(|d| matches!(d.name.as_str(), "allow" | "deny")).collect::<Vec<_>>()
            })
            .find(|all| !all.is_empty())
            .unwrap_or_default();
        let mut perhaps: Option<(&Directive, bool)> = None;
        for rule in rules {
            let allows = rule.name.as_str() == "allow";
            let Some(who) = rule.arg(0).and_then(|a| a.resolved()) else {
                return Err(Unknown::at(Reason::Condition, rule.span).into());
            };
            match who {
                "all" => {
                    if let Some((other, _)) = perhaps.filter(|(_, p)| *p != allows) {
                        return Err(Unknown::at(Reason::Condition, other.span).into());
                    }
                    if allows {
                        return Ok(true);
                    }
                    state.step(prose!("deny all"), Some(rule.span));
                    return Err(Stop::Status(403));
                }
                // Neither a request from outside nor one from another service comes from there.
                "unix:" => {}
                who if is_foreign(who) => {}
                _ if perhaps.is_some_and(|(_, p)| p != allows) => {
                    return Err(Unknown::at(Reason::Condition, rule.span).into());
                }
                _ => perhaps = Some((rule, allows)),
            }
        }
        match perhaps {
            Some((rule, false)) => Err(Unknown::at(Reason::Condition, rule.span).into()),
            _ => Ok(false),
        }
    }

    /// `auth_basic`.
    fn by_password(&self, state: &mut State<'w>, chain: &Chain<'w>) -> Result<bool, Stop> {
        let Some(realm) = chain.value("auth_basic").filter(|r| r.as_str() != "off") else {
            return Ok(false);
        };
        if state.request.header("authorization").is_some() {
            return Err(Unknown::at(Reason::NotEvaluated("a password"), realm.span()).into());
        }
        if realm.contains('$') {
            return Err(Unknown::at(Reason::NotEvaluated("a variable"), realm.span()).into());
        }
        state.step(prose!("a password is asked for"), Some(realm.span()));
        Err(Stop::Status(401))
    }

    /// `auth_request`: another location is asked first.
    fn by_request(&self, state: &mut State<'w>, chain: &Chain<'w>) -> Result<bool, Stop> {
        let Some(uri) = chain.value("auth_request").filter(|u| u.as_str() != "off") else {
            return Ok(false);
        };
        let path = self.expand(state, chain, uri)?;
        match self.subrequest(state, &path)? {
            TraceAnswer::Pass(pass) => {
                let what = prose!(
                    "{} is asked first; where it answers 2xx, the request goes on",
                    code(&pass.upstream)
                );
                state.step(what, Some(uri.span()));
                Ok(true)
            }
            TraceAnswer::Status { status, .. } if (200..300).contains(&status) => Ok(true),
            TraceAnswer::Status { status: refused @ (401 | 403), .. } => {
                state.step(prose!("auth_request refuses it"), Some(uri.span()));
                Err(Stop::Status(refused))
            }
            TraceAnswer::File { exists: None, .. } => {
                Err(Unknown::at(Reason::Condition, uri.span()).into())
            }
            TraceAnswer::File { exists: Some(true), .. } => Ok(true),
            _ => {
                state.step(prose!("auth_request finds no answer"), Some(uri.span()));
                Err(Stop::Status(500))
            }
        }
    }
}
