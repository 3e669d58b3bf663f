//! `setup.cfg`: `[options] install_requires` and `[options.extras_require]` (setuptools
//! documentation, "Configuring setuptools using setup.cfg files").

use super::*;

/// Reads a `setup.cfg`.
pub(super) fn read(body: &Text, out: &mut Requirements) {
    let s = body.as_str();
    let mut section = "";
    let mut key = "";
    let mut start = 0;
    for raw in s.split_inclusive('\n') {
        let at = start;
        start += raw.len();
        let line = raw.trim_end();
        let inner = line.trim_start();
        if inner.is_empty() || inner.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - inner.len();
        if indent > 0 {
            value(body, at + indent..at + line.len(), section, key, out);
        } else if let Some(name) = inner.strip_prefix('[') {
            (section, key) = (name.split(']').next().unwrap_or_default().trim(), "");
        } else if let Some(sign) = inner.find(['=', ':']) {
            key = inner.get(..sign).unwrap_or_default().trim();
            value(body, at + sign + 1..at + line.len(), section, key, out);
        } else if wanted(section, "install_requires").is_some() {
            let message = "this line belongs to no option";
            out.error(
                SyntaxError::new(body.span_of(at..at + line.len()), message)
                    .help("indent it, or write `option = value`"),
            );
        }
    }
}

/// Whether an option lists packages, and for which extra.
fn wanted<'k>(section: &str, key: &'k str) -> Option<Option<&'k str>> {
    match (section, key) {
        ("options", "install_requires") => Some(None),
        ("options.extras_require", "") => None,
        ("options.extras_require", extra) => Some(Some(extra)),
        _ => None,
    }
}

/// A line of an option's value: requirements, `;` between them where they stand on one line.
fn value(
    body: &Text,
    range: std::ops::Range<usize>,
    section: &str,
    key: &str,
    out: &mut Requirements,
) {
    let Some(group) = wanted(section, key) else { return };
    let line = body.slice(range).trim();
    let line = line.slice(0..lines::comment(&line)).trim();
    if let Some(list) = line.strip_prefix("file:") {
        let mut at = "file:".len();
        for path in list.split(',') {
            match group {
                None => out.includes.push(line.slice(at..at + path.len()).trim()),
                Some(_) => out.incomplete = true,
            }
            at += path.len() + 1;
        }
    } else {
        // A `;` before a marker is told from one between requirements by what follows it.
        let mut from = 0;
        let cuts: Vec<usize> = line
            .match_indices(';')
            .map(|(i, _)| i)
            .filter(|i| !is_marker(line.get(i + 1..).unwrap_or_default()))
            .collect();
        for cut in cuts.into_iter().chain([line.len()]) {
            out.put_line(&line.slice(from..cut), group);
            from = cut + 1;
        }
    }
}

/// Whether a text starts with a marker variable of PEP 508.
fn is_marker(s: &str) -> bool {
    const VARIABLES: [&str; 12] = [
        "python_",
        "os_name",
        "sys_platform",
        "platform_",
        "implementation_",
        "extra",
        "(",
        "os.name",
        "sys.platform",
        "platform.",
        "'",
        "\"",
    ];
    VARIABLES.iter().any(|v| s.trim_start().starts_with(v))
}
