//! How much of a project is read, so that no checkout can use up the memory or the time of the machine. Each
//! limit is far above what people write, and told where it is met. The page of `limit-reached` lists them all.

/// The most values of a project, those that `extends` and `include` take in counted each time.
pub(crate) const MAX_VALUES: usize = 120_000;
/// The most services of a project: rules look at pairs of them.
pub(crate) const MAX_SERVICES: usize = 1_000;
/// The most files and documents that are laid one over the other.
pub(crate) const MAX_LAYERS: usize = 100;
/// The most items of `include` that are followed, the same file counted each time.
pub(crate) const MAX_INCLUDES: usize = 1_000;
/// The most text of all Compose files of a project, in bytes.
pub(crate) const MAX_TEXT: usize = 8 * 1024 * 1024;
/// The most ports that the short notations of `ports` stand for.
pub(crate) const MAX_PORTS: usize = 20_000;
/// The most lines of the env and label files that services get, a file counted for each service.
pub(crate) const MAX_ENV_LINES: usize = 100_000;
/// The most bytes of these files.
pub(crate) const MAX_ENV_BYTES: usize = 8 * 1024 * 1024;
/// The most faults that are noted.
pub(crate) const MAX_FAULTS: usize = 5_000;
/// How often variables are put into the texts of a project and its env files.
pub(crate) const MAX_PUT_IN: usize = 100_000;
/// The most bytes that they put in.
pub(crate) const MAX_PUT_IN_BYTES: usize = 4 * 1024 * 1024;
