//! The services of a stack with what joins them, as plain data.

use super::Prose;
use crate::source::Span;

/// A stack as a graph.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackGraph {
    /// The services, in file order.
    pub services: Vec<GraphService>,
    /// Who connects to whom, and who waits for whom.
    pub edges: Vec<GraphEdge>,
    /// The named volumes that two or more services mount.
    pub volumes: Vec<GraphVolume>,
}

/// A service.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphService {
    /// Its name.
    pub name: String,
    /// Its entry in the Compose file.
    pub entry: Span,
    /// What it runs, or the image where that is not known.
    pub runs: Vec<Prose>,
    /// Whether that is all it runs. An image that is not built here counts as known by its name.
    pub is_known: bool,
    /// Whether it keeps data for others: a database, a cache, a broker.
    pub is_store: bool,
    /// The ports of the host, each with where it leads.
    pub published: Vec<Prose>,
    /// Its networks.
    pub networks: Vec<String>,
}

/// What joins two services.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphEdge {
    /// Index of the service that connects or waits.
    pub from: usize,
    /// Index of the other one.
    pub to: usize,
    /// How.
    pub kind: EdgeKind,
    /// The setting, directive or condition.
    pub label: Prose,
    /// Where it is written.
    pub at: Span,
}

/// How two services are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// One connects to the other.
    Connects,
    /// One is started after the other.
    Waits,
}

impl EdgeKind {
    /// The word for it in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connects => "connects",
            Self::Waits => "waits",
        }
    }
}

/// A named volume that services share.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphVolume {
    /// Its name.
    pub name: String,
    /// Indices of the services that mount it.
    pub services: Vec<usize>,
}
