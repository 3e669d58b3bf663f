//! What becomes of a request, step by step. Plain data; values are kept here as they are, and masked where they are shown.

use super::Prose;
use crate::source::{Span, Unknown};

/// The way of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// What the proxy does with it, or the service itself where no proxy is on the way.
    pub answer: Result<TraceAnswer, Unknown>,
    /// What a person gets in the end, as far as it is known.
    pub ending: Option<TraceEnding>,
    /// The way, in order.
    pub steps: Vec<TraceStep>,
}

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceStep {
    /// What happens.
    pub what: Prose,
    /// The line that makes it happen; `None` where no file says so.
    pub at: Option<Span>,
}

/// What a person gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceEnding {
    /// The status; `None` where the connection ends without one, or it is not known.
    pub status: Option<u16>,
    /// In words, as the end of "You get: …".
    pub words: Prose,
    /// Why it is not known.
    pub unknown: Option<Unknown>,
}

/// What a server does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceAnswer {
    /// It passes it on.
    Pass(TracePass),
    /// It opens a file of the container.
    File {
        /// Its path in the container.
        path: String,
        /// Whether it is there; `None` where that is not known.
        exists: Option<bool>,
    },
    /// A redirect.
    Return {
        status: u16,
        /// The `Location` header, as sent.
        location: String,
    },
    /// It answers by itself.
    Status {
        status: u16,
        /// Who did not answer, for a 502.
        upstream: Option<String>,
        /// The folder that was looked at, for a 403.
        looked_at: Option<String>,
    },
    /// The connection is closed without an answer (`return 444`).
    Closed,
    /// The TLS handshake is refused.
    TlsError,
    /// Nothing listens at the port.
    NoListener,
    /// The server does not start.
    Down,
}

/// A request that is passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracePass {
    /// The service and its port: `web:8000`; `unix:/path` for a socket.
    pub upstream: String,
    /// All servers of a group, each of which may be asked.
    pub any_of: Vec<String>,
    /// The path and the query, as sent; `None` where the protocol does not carry it.
    pub path: Option<String>,
    /// Headers, as sent.
    pub headers: Vec<(String, String)>,
    /// `http`, `https`, `uwsgi`, `fastcgi`, `scgi`, `grpc`
    pub protocol: &'static str,
}
