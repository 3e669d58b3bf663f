//! What can be written behind `graph`.

use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct GraphArgs {
    /// The folder of the project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) root: PathBuf,
    /// Compose files, each laid over those before it; otherwise found as `check` finds them
    #[arg(short, long = "file", value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// How to write the graph
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = GraphFormat::Mermaid)]
    pub(in crate::cli) format: GraphFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum GraphFormat {
    /// A flowchart that GitHub, GitLab and mermaid.live draw
    Mermaid,
    /// For Graphviz: `compose-doctor graph --format dot | dot -Tsvg`
    Dot,
    /// One JSON document, for programs
    Json,
}
