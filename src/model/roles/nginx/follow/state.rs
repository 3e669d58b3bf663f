//! A request on its way through nginx, and what is around it.

use super::level::Level;
use crate::finding::{Prose, TraceAnswer, TraceStep};
use crate::source::{Span, Unknown};
use std::collections::HashMap;

/// The most steps of one request; nginx itself stops at ten changes of the path.
pub(super) const MAX_STEPS: usize = 200;
/// How often the path may change before nginx answers 500 (`NGX_HTTP_MAX_URI_CHANGES`).
pub(super) const MAX_URI_CHANGES: usize = 10;
/// Stands for the address of who asks.
pub(super) const CLIENT: &str = "«client»";
/// Stands for the address of the container.
pub(super) const SELF: &str = "«self»";

/// Whether addresses that a rule names are none of those that a request from this machine or from another container
/// has: Docker's networks are private ones.
pub(super) fn is_foreign(range: &str) -> bool {
    use core::net::{Ipv4Addr, Ipv6Addr};
    let (address, bits) = match range.split_once('/') {
        Some((address, bits)) => (address, bits.parse::<u32>().ok()),
        None => (range, Some(u32::MAX)),
    };
    let Some(bits) = bits else { return false };
    if let Ok(address) = address.parse::<Ipv4Addr>() {
        let local = address.is_private() || address.is_link_local() || address.is_unspecified();
        // A shorter prefix may hold a private network.
        return bits >= 9 && !local || address.is_loopback();
    }
    // Docker's networks are of IPv4 unless a project asks for more.
    address.parse::<Ipv6Addr>().is_ok() && bits > 0
}

/// A request as it comes in at a port of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The port of the container.
    pub port: u16,
    pub method: String,
    /// The path and the query, as sent.
    pub target: String,
    /// The headers, names as sent; `Host` among them.
    pub headers: Vec<(String, String)>,
    /// Bytes of the body.
    pub body: u64,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }
}

/// What stands at a path of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Surely nothing.
    Missing,
    /// Not known, and why.
    Unknown(Unknown),
}

/// Who is meant by a host name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostMeaning {
    /// A service: its name.
    Service(String),
    /// The container itself.
    Itself,
    /// A host that Compose gives an address (`extra_hosts`).
    Listed,
    /// Surely nobody.
    Nothing,
    /// Not known: a name of the internet, or of another project.
    Unknown(Unknown),
}

/// What is around nginx: the files of its container and the names of its networks.
pub trait Surroundings {
    /// What stands at an absolute path of the container.
    fn file(&self, path: &str) -> FileState;
    /// Who is meant by a name or an address.
    fn host(&self, name: &str) -> HostMeaning;
}

/// How a phase ends, where it does not go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is not known.
    Unknown(Unknown),
    /// An answer.
    Answer(TraceAnswer),
    /// A status that nginx has a page for.
    Status(u16),
    /// The location is chosen again.
    Search,
    /// The request starts again with another path (`ngx_http_internal_redirect`).
    Redirect,
    /// It goes on in a location with a name.
    Named(String),
}

impl From<Unknown> for Stop {
    fn from(why: Unknown) -> Self {
        Self::Unknown(why)
    }
}

/// A request on its way.
pub(super) struct State<'w> {
    pub(super) request: &'w Request,
    pub(super) method: String,
    /// The path, decoded and normalised.
    pub(super) uri: String,
    pub(super) args: String,
    /// Whether it came encrypted.
    pub(super) tls: bool,
    /// The host of `Host`, in lower case and without a port.
    pub(super) host: String,
    /// `$server_name`
    pub(super) server_name: String,
    /// Whether it was sent on inside nginx.
    pub(super) internal: bool,
    /// Whether the path is still as it was sent (`valid_unparsed_uri`).
    pub(super) unparsed: bool,
    /// Whether the path still begins with the location's name (`valid_location`).
    pub(super) valid_location: bool,
    /// Whether a file of `try_files` goes behind the `alias` of a pattern.
    pub(super) add_uri_to_alias: bool,
    /// How often the path changed.
    pub(super) changes: usize,
    /// The name of the location, for `alias` and `proxy_pass`.
    pub(super) location: String,
    /// Groups of the last pattern that was tried.
    pub(super) captures: Vec<String>,
    /// Variables that were set, and groups with names.
    pub(super) variables: HashMap<String, String>,
    /// Whether an error page was chosen already.
    pub(super) error_page: bool,
    /// The status that an error page is sent with.
    pub(super) err_status: Option<u16>,
    /// The first file that was to be opened and is not there.
    pub(super) gone: Option<String>,
    /// The folder for which there is no index.
    pub(super) looked_at: Option<String>,
    /// What `$proxy_host` and `$proxy_port` are.
    pub(super) proxy: Option<(String, String)>,
    /// Why what was taken as missing, or as there, may be otherwise.
    pub(super) assumed: Option<Unknown>,
    /// A file that was taken as there: it stays there for the rest of the way.
    pub(super) taken: Option<String>,
    pub(super) steps: Vec<TraceStep>,
}

impl State<'_> {
    /// Notes a step.
    pub(super) fn step(&mut self, what: Prose, at: Option<Span>) {
        if self.steps.len() < MAX_STEPS {
            self.steps.push(TraceStep { what, at });
        }
    }
}

/// What all phases look at.
pub(super) struct Context<'w> {
    pub(super) whole: &'w super::Whole,
    pub(super) around: &'w dyn Surroundings,
    /// The directives of `http`.
    pub(super) http: Level<'w>,
}
