//! The phases of a request, in nginx's order (`ngx_http_core_module.c`).

use super::level::{Chain, Kind, Level};
use super::locations::{Found, PASSES};
use super::servers::code;
use super::state::{Context, MAX_URI_CHANGES, Request, State, Stop, Surroundings};
use super::uri::{escaped, normalised};
use super::{Followed, Whole};
use crate::finding::{TraceAnswer, prose};
use crate::source::{Reason, Unknown};
use std::collections::HashMap;

/// How deep requests ask others first (`auth_request`).
const MAX_SUBREQUESTS: usize = 3;
/// How often a request may start again.
const MAX_ROUNDS: usize = 40;

/// Follows a request through a configuration.
pub fn follow(whole: &Whole, around: &dyn Surroundings, request: &Request) -> Followed {
    let mut state = State::new(request);
    if let Some(fault) = &whole.fault {
        state.step(prose!("nginx does not start: {}", fault.message), Some(fault.at));
        return Followed { answer: Ok(TraceAnswer::Down), assumed: None, steps: state.steps };
    }
    if let Some(why) = &whole.unknown {
        return Followed { answer: Err(why.clone()), assumed: None, steps: state.steps };
    }
    let Some(http) = whole.directives.iter().find(|d| d.name.as_str() == "http") else {
        let why = Unknown::at(Reason::NoServer, whole.image);
        return Followed { answer: Err(why), assumed: None, steps: state.steps };
    };
    let context = Context { whole, around, http: Level::of_block(Kind::Http, http) };
    match context.unknown_host() {
        Ok(None) => {}
        Ok(Some(address)) => {
            let what =
                prose!("nginx does not start: host not found in upstream {}", code(&address));
            state.step(what, Some(address.span()));
            return Followed { answer: Ok(TraceAnswer::Down), assumed: None, steps: state.steps };
        }
        Err(why) => return Followed { answer: Err(why), assumed: None, steps: state.steps },
    }
    let answer = context.answer(&mut state, 0);
    Followed { answer, assumed: state.assumed, steps: state.steps }
}

impl<'w> State<'w> {
    fn new(request: &'w Request) -> Self {
        let target = request.target.split('#').next().unwrap_or_default();
        let (_, args) = target.split_once('?').unwrap_or((target, ""));
        Self {
            request,
            method: request.method.clone(),
            uri: String::new(),
            args: args.to_owned(),
            tls: false,
            host: String::new(),
            server_name: String::new(),
            internal: false,
            unparsed: true,
            valid_location: true,
            add_uri_to_alias: false,
            changes: 0,
            location: String::new(),
            captures: Vec::new(),
            variables: HashMap::new(),
            error_page: false,
            err_status: None,
            gone: None,
            looked_at: None,
            proxy: None,
            assumed: None,
            taken: None,
            steps: Vec::new(),
        }
    }
}

/// Where a round starts.
enum Entry<'w> {
    /// With the server's own lines.
    Server,
    /// With the choice of a location.
    Search,
    /// In a location with a name.
    Named(Chain<'w>),
}

impl<'w> Context<'w> {
    /// The answer to a request.
    fn answer(&self, state: &mut State<'w>, depth: usize) -> Result<TraceAnswer, Unknown> {
        let server = match self.choose_server(state) {
            Ok(server) => server,
            Err(Stop::Answer(answer)) => return Ok(answer),
            Err(Stop::Unknown(why)) => return Err(why),
            Err(_) => return Err(Self::endless()),
        };
        let target = state.request.target.split(['?', '#']).next().unwrap_or_default();
        let merge = server.is_on("merge_slashes", true);
        match normalised(target, merge) {
            Some(uri) => state.uri = uri,
            None => {
                state.step(prose!("nginx refuses the path"), None);
                return Ok(super::servers::status(400));
            }
        }
        self.rounds(state, &server, depth)
    }

    /// Goes through the phases until there is an answer.
    fn rounds(
        &self,
        state: &mut State<'w>,
        server: &Chain<'w>,
        depth: usize,
    ) -> Result<TraceAnswer, Unknown> {
        let mut entry = Entry::Server;
        for _ in 0..MAX_ROUNDS {
            let mut chain = server.clone();
            let mut stop = match self.round(state, server, &mut chain, entry, depth) {
                Ok(()) => return Err(Self::endless()),
                Err(stop) => stop,
            };
            while let Stop::Status(number) = stop {
                stop = self.special(state, &chain, number);
            }
            entry = match stop {
                Stop::Unknown(why) => return Err(why),
                Stop::Answer(answer) => return Ok(self.with_error_status(state, answer)),
                Stop::Status(_) => return Err(Self::endless()),
                Stop::Search | Stop::Redirect => {
                    state.changes += 1;
                    if state.changes > MAX_URI_CHANGES {
                        state.step(prose!("the path changes more than ten times"), None);
                        return Ok(super::servers::status(500));
                    }
                    if matches!(stop, Stop::Redirect) { Entry::Server } else { Entry::Search }
                }
                Stop::Named(name) => match self.named_location(server, &name) {
                    Some(named) => {
                        state.changes += 1;
                        if state.changes > MAX_URI_CHANGES {
                            return Ok(super::servers::status(500));
                        }
                        Entry::Named(named)
                    }
                    None => {
                        state.step(prose!("there is no location {}", code(&name)), None);
                        return Ok(super::servers::status(500));
                    }
                },
            };
        }
        Err(Self::endless())
    }

    /// One way through the phases. The chain is what held last.
    fn round(
        &self,
        state: &mut State<'w>,
        server: &Chain<'w>,
        chain: &mut Chain<'w>,
        entry: Entry<'w>,
        depth: usize,
    ) -> Result<(), Stop> {
        match entry {
            Entry::Named(named) => {
                *chain = named;
                state.internal = true;
                self.note_location(state, chain);
            }
            entry => {
                if matches!(entry, Entry::Server) {
                    let mut own = server.clone();
                    match self.rewrite(state, &mut own) {
                        Ok(()) | Err(Stop::Search) => {}
                        Err(stop) => return Err(stop),
                    }
                }
                state.valid_location = true;
                match self.find_location(state, server)? {
                    Found::Nothing => {
                        state.location.clear();
                        self.entered(state, chain)?;
                    }
                    Found::Location(inner, name) => {
                        *chain = inner;
                        state.location = name;
                        self.note_location(state, chain);
                        self.entered(state, chain)?;
                    }
                    Found::Slash(inner, name) => {
                        *chain = inner;
                        self.note_location(state, chain);
                        self.entered(state, chain)?;
                        let mut place = escaped(&name);
                        if !state.args.is_empty() {
                            place.push('?');
                            place.push_str(&state.args);
                        }
                        state.step(prose!("nginx adds the slash"), None);
                        let location = self.absolute_place(state, chain, &place);
                        return Err(Stop::Answer(TraceAnswer::Return { status: 301, location }));
                    }
                }
            }
        }
        // Without a location the server's lines are those that ran already.
        if chain.location().is_some() {
            self.rewrite(state, chain)?;
        }
        if depth == 0 {
            self.access(state, chain)?;
        }
        self.try_files(state, chain)?;
        Err(match chain.handler(&PASSES) {
            Some((word, directive)) => self.pass(state, chain, word, directive),
            None => self.files(state, chain),
        })
    }

    /// What another location of the server answers, for `auth_request`.
    pub(super) fn subrequest(
        &self,
        state: &mut State<'w>,
        path: &str,
    ) -> Result<TraceAnswer, Unknown> {
        let mut inner = State::new(state.request);
        inner.captures.clear();
        let server = match self.choose_server(&mut inner) {
            Ok(server) => server,
            Err(_) => return Err(Self::endless()),
        };
        inner.steps.clear();
        "GET".clone_into(&mut inner.method);
        self.redirect(&mut inner, path);
        self.rounds(&mut inner, &server, MAX_SUBREQUESTS)
    }
}
