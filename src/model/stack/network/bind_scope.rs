//! Who can connect to an address that a server binds.

/// Who can connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindScope {
    /// Other containers and the host as well.
    Everyone,
    /// The container itself only.
    Loopback,
    /// It depends on something that is not known.
    Unknown,
}
