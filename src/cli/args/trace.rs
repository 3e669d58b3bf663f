//! What can be written behind `trace`.

use clap::ValueEnum;
use std::path::PathBuf;

pub(super) const TRACE_STATUS: &str =
    "Exit status: 0 the answer is known, 1 it is not, 2 wrong call or internal error.";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TraceArgs {
    /// The address, as a person writes it into a browser
    #[arg(value_name = "URL", required_unless_present = "service", conflicts_with_all = ["service", "port", "path"])]
    pub(in crate::cli) url: Option<String>,
    /// The service that the request comes in at, instead of an address
    #[arg(long, value_name = "NAME", requires_all = ["port", "path"])]
    pub(in crate::cli) service: Option<String>,
    /// The port of its container
    #[arg(long, value_name = "N", requires = "service")]
    pub(in crate::cli) port: Option<u16>,
    /// The path and the query
    #[arg(long, value_name = "PATH", requires = "service")]
    pub(in crate::cli) path: Option<String>,
    /// The method
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    pub(in crate::cli) method: String,
    /// Bytes of the body
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) body_bytes: u64,
    /// A header to send (may be repeated)
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(in crate::cli) headers: Vec<(String, String)>,
    /// Compose files, each laid over those before it; otherwise the default file and its override
    #[arg(short, long = "file", value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// The folder of the project
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(in crate::cli) root: PathBuf,
    /// How to write the way
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TraceFormat::Text)]
    pub(in crate::cli) format: TraceFormat,
}

/// `Name: value`
fn header(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once(':').ok_or("expected `Name: value`")?;
    let name = name.trim();
    if name.is_empty() {
        return Err("the name is missing");
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TraceFormat {
    /// For people
    Text,
    /// One JSON document, for programs
    Json,
}
