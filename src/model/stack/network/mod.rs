//! Who reaches whom by which name and port, which ports are published, and which hosts a service connects to.

mod addresses;
mod bind_address;
mod bind_scope;
mod inner_ports;
mod ipv6;
mod listening;
mod networks;
mod protocols;
mod published;
mod referenced_hosts;
mod server_binds;
#[cfg(test)]
mod tests;

pub use addresses::{NotFound, Resolved};
pub use bind_scope::BindScope;
pub use inner_ports::WrongPort;
pub use ipv6::WrongFamily;
pub use listening::{Listener, Listening};
pub use protocols::{Protocol, Spoken};
pub use published::{HostAddress, Published};
pub use referenced_hosts::{ReferenceKind, ReferencedHost};

use super::Stack;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// Who reaches whom by which name and port, which ports are published, and which hosts a service connects to.
#[derive(Clone, Copy)]
pub struct Network<'s> {
    stack: &'s Stack<'s>,
}

/// What the facet works out once.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// The services that answer to a name in lower case, in file order.
    called: OnceCell<HashMap<String, Vec<usize>>>,
    /// For the number of a service, the locations of nginx that pass requests on to it: the numbers of the nginx service,
    /// of the server and of the location.
    pub(super) passed: OnceCell<HashMap<usize, Vec<[usize; 3]>>>,
    /// Where each service listens: every location that passes requests on asks for it.
    listening: OnceCell<Vec<OnceCell<Listening>>>,
    /// What the services have as `network_mode`.
    modes: OnceCell<HashSet<String>>,
}

impl Stack<'_> {
    /// Who reaches whom by which name and port, which ports are published, and which hosts a service connects to.
    pub fn network(&self) -> Network<'_> {
        Network { stack: self }
    }
}
