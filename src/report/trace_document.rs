//! What `compose-doctor trace` writes for programs: the types that its JSON schema is made from.

use serde::Serialize;
use std::collections::BTreeMap;

/// What `trace --format json` writes. While `schema_version` is 1, keys are added, never taken away or given another
/// meaning. Places are `path:line`, relative to the folder that is named.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct TraceDocument {
    /// 1
    pub(super) schema_version: u32,
    /// What the server that the request comes in at does with it.
    pub(super) answer: AnswerDocument,
    /// What a person gets in the end.
    pub(super) ending: Option<EndingDocument>,
    /// The way, in order.
    pub(super) steps: Vec<StepDocument>,
}

/// What a server does with a request.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(super) enum AnswerDocument {
    /// It is known.
    Known(KnownDocument),
    /// It is not.
    Unknown(UnknownDocument),
}

/// Why it is not known.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct UnknownDocument {
    /// `false`
    pub(super) known: bool,
    /// Why.
    pub(super) reason: String,
    /// The line that is to blame, where there is one.
    pub(super) at: Option<String>,
}

/// What is known.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum KnownDocument {
    /// It passes it on.
    Pass {
        /// The service and its port.
        upstream: String,
        /// All servers of a group, each of which may be asked.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        any_of: Vec<String>,
        /// The path and the query, as sent.
        path: Option<String>,
        /// Headers, as sent. What is a secret is not shown.
        headers: BTreeMap<String, String>,
        /// `http`, `https`, `uwsgi`, `fastcgi`, `scgi`
        protocol: &'static str,
    },
    /// It opens a file.
    File {
        /// Its path in the container.
        path: String,
        /// Whether it is there; `null` where that is not known.
        exists: Option<bool>,
    },
    /// A redirect.
    Return {
        /// The status.
        status: u16,
        /// The `Location` header.
        location: String,
    },
    /// It answers by itself.
    Status {
        /// The status.
        status: u16,
        /// Who did not answer, for a 502.
        #[serde(skip_serializing_if = "Option::is_none")]
        upstream: Option<String>,
        /// The folder that has no index, for a 403.
        #[serde(skip_serializing_if = "Option::is_none")]
        looked_at: Option<String>,
    },
    /// The connection is closed without an answer.
    Closed,
    /// The TLS handshake is refused.
    TlsError,
    /// Nothing listens at the port.
    NoListener,
    /// The server does not start.
    Down,
}

/// One step.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StepDocument {
    /// What happens.
    pub(super) what: String,
    /// The line that makes it happen, where there is one.
    pub(super) at: Option<String>,
}

/// What a person gets in the end.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EndingDocument {
    /// Whether it is known.
    pub(super) known: bool,
    /// The status; `null` where the connection ends without one, or it is not known.
    pub(super) status: Option<u16>,
    /// In words.
    pub(super) words: String,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// The line that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<String>,
}
