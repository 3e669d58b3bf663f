//! Answers from files: `index`, `autoindex`, and the file of a path (`ngx_http_index_module.c`,
//! `ngx_http_static_module.c`).

use super::level::Chain;
use super::locations::{Modifier, written};
use super::servers::{code, status};
use super::state::{Context, FileState, State, Stop};
use super::uri::escaped;
use crate::finding::{TraceAnswer, prose};
use crate::model::path;
use crate::source::{Reason, Text, Unknown};

/// `root` where it is not written, below the prefix.
const HTML: &str = "html";
/// The index that a folder surely has before others, where its files are not known.
const USUAL_INDEX: &str = "index.html";

impl<'w> Context<'w> {
    /// What `root` or `alias` says, and whether it is `alias`.
    pub(super) fn base(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
    ) -> Result<(String, bool), Unknown> {
        let absolute = |text: String| match text.starts_with('/') {
            true => text,
            false => format!("{}/{text}", self.whole.prefix),
        };
        let Some((word, directive)) = chain.root() else {
            return Ok((absolute(HTML.to_owned()), false));
        };
        let value = directive.arg(0).ok_or(Reason::NotEvaluated("a root"))?;
        let value = self.expand(state, chain, value)?;
        if word == "root" {
            let value = value.strip_suffix('/').map_or(value.clone(), str::to_owned);
            return Ok((if value.is_empty() { value } else { absolute(value) }, false));
        }
        Ok((absolute(value), true))
    }

    /// `$document_root`
    pub(super) fn document_root(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
    ) -> Result<String, Unknown> {
        Ok(self.base(state, chain)?.0)
    }

    /// The file of a path.
    pub(super) fn mapped_path(
        &self,
        state: &State<'w>,
        chain: &Chain<'w>,
        uri: &str,
    ) -> Result<String, Unknown> {
        let (base, alias) = self.base(state, chain)?;
        if !alias {
            return Ok(format!("{base}{uri}"));
        }
        let of_pattern = chain
            .location()
            .and_then(written)
            .is_some_and(|(modifier, _)| matches!(modifier, Modifier::Pattern { .. }));
        if of_pattern {
            let more = if state.add_uri_to_alias { uri } else { "" };
            return Ok(format!("{base}{more}"));
        }
        let Some(rest) = uri.strip_prefix(state.location.as_str()) else {
            return Err(Reason::NotEvaluated("an alias").into());
        };
        Ok(format!("{base}{rest}"))
    }

    /// What the files of a location answer.
    pub(super) fn files(&self, state: &mut State<'w>, chain: &Chain<'w>) -> Stop {
        match self.answer_of_files(state, chain) {
            Ok(answer) => Stop::Answer(answer),
            Err(stop) => stop,
        }
    }

    fn answer_of_files(
        &self,
        state: &mut State<'w>,
        chain: &Chain<'w>,
    ) -> Result<TraceAnswer, Stop> {
        for module in
            ["dav_methods", "random_index", "empty_gif", "perl", "js_content", "mp4", "flv"]
        {
            if let Some(other) =
                chain.last(module).filter(|d| d.arg(0).is_none_or(|a| a.as_str() != "off"))
            {
                return Err(Unknown::at(Reason::NotEvaluated("this directive"), other.span).into());
            }
        }
        if let Some(page) = chain.last("stub_status") {
            state.step(prose!("stub_status answers"), Some(page.span));
            return Ok(status(200));
        }
        let reads = matches!(state.method.as_str(), "GET" | "HEAD" | "POST");
        let by = chain.root().map(|(_, d)| d.span);
        if !reads {
            state.step(prose!("a file is not for {}", code(&state.method)), by);
            return Err(Stop::Status(405));
        }
        let path = self.mapped_path(state, chain, &state.uri)?;
        if state.uri.ends_with('/') {
            return self.folder(state, chain, &path);
        }
        match self.around.file(&path) {
            FileState::Folder => {
                let mut place = format!("{}/", escaped(&state.uri));
                if !state.args.is_empty() {
                    place.push('?');
                    place.push_str(&state.args);
                }
                state.step(prose!("{} is a folder", code(&path)), by);
                let location = self.absolute_place(state, chain, &place);
                Ok(TraceAnswer::Return { status: 301, location })
            }
            FileState::File if state.method == "POST" => {
                state.step(prose!("{} is a file, which takes no POST", code(&path)), by);
                Err(Stop::Status(405))
            }
            FileState::File => {
                state.step(prose!("nginx opens {}", code(&path)), by);
                Ok(TraceAnswer::File { path: path::join("/", &path), exists: Some(true) })
            }
            FileState::Missing => {
                state.step(prose!("nginx opens {}, which is not there", code(&path)), by);
                self.note_gone(state, chain, &path);
                Err(Stop::Status(404))
            }
            FileState::Unknown(why) => {
                state.step(prose!("nginx opens {} ({})", code(&path), why), by);
                // What an error page would do counts only where it is surely missing.
                Ok(TraceAnswer::File { path: path::join("/", &path), exists: None })
            }
        }
    }

    fn note_gone(&self, state: &mut State<'w>, chain: &Chain<'w>, path: &str) {
        if chain.is_on("log_not_found", true) {
            state.gone.get_or_insert_with(|| path::join("/", path));
        }
    }

    /// A path that ends with a slash: its index.
    fn folder(
        &self,
        state: &mut State<'w>,
        chain: &Chain<'w>,
        folder: &str,
    ) -> Result<TraceAnswer, Stop> {
        let by = chain.root().map(|(_, d)| d.span);
        let usual = Text::derived(USUAL_INDEX, self.whole.image);
        let indexes: Vec<&Text> = match chain.all("index").as_slice() {
            [] => vec![&usual],
            all => all.iter().flat_map(|d| &d.args).collect(),
        };
        let mut unknown: Option<(&Text, Unknown)> = None;
        let mut tested = false;
        for index in indexes {
            let name = self.expand(state, chain, index)?;
            if name.starts_with('/') {
                let args = state.args.clone();
                self.redirect(state, &name);
                state.args = args;
                return Err(Stop::Redirect);
            }
            let path = format!("{folder}{name}");
            match self.around.file(&path) {
                FileState::File | FileState::Folder => {
                    return Err(self.to_index(state, &path, &name, by));
                }
                FileState::Missing => {
                    let above = folder.trim_end_matches('/');
                    if !tested && self.around.file(above) == FileState::Missing {
                        state.step(prose!("there is no folder {}", code(folder)), by);
                        self.note_gone(state, chain, &path);
                        return Err(Stop::Status(404));
                    }
                    tested = true;
                }
                FileState::Unknown(why) => {
                    if unknown.is_none() || name == USUAL_INDEX {
                        unknown = Some((index, why));
                    }
                }
            }
        }
        if let Some((index, why)) = unknown {
            let name = self.expand(state, chain, index)?;
            let path = format!("{folder}{name}");
            state.step(prose!("taken as there: {} ({})", code(&path), why), by);
            state.assumed.get_or_insert(why);
            state.taken = Some(path.clone());
            return Err(self.to_index(state, &path, &name, by));
        }
        if chain.is_on("autoindex", false) {
            state.step(prose!("autoindex lists {}", code(folder)), by);
            return Ok(status(200));
        }
        state.step(prose!("{} has no index", code(folder)), by);
        state.looked_at.get_or_insert_with(|| folder.to_owned());
        Err(Stop::Status(403))
    }

    /// The request starts again at the index of a folder.
    fn to_index(
        &self,
        state: &mut State<'w>,
        path: &str,
        name: &str,
        by: Option<crate::source::Span>,
    ) -> Stop {
        state.step(prose!("its index is {}", code(path)), by);
        let args = state.args.clone();
        let to = format!("{}{name}", state.uri);
        self.redirect(state, &to);
        state.args = args;
        Stop::Redirect
    }
}
