//! What people chose not to see.

/// How many findings people chose not to see. Rules that the command line does not ask for are not among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hidden {
    /// By a comment beside them.
    pub suppressed: usize,
    /// By a path in the configuration.
    pub ignored: usize,
    /// Because the baseline knows them.
    pub known: usize,
    /// By rules that the configuration does not show.
    pub off: usize,
    /// The name of the configuration that shows no rule at all.
    pub all_off: Option<&'static str>,
}
