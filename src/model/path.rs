//! Paths inside a container: absolute, with `/`, normalised.

/// `path` as seen from `base`, without `.`, `..` and doubled slashes. `..` at the root stays there.
pub fn join(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { base };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The rest of `path` below `folder`: empty when equal, `None` when it lies elsewhere.
pub fn relative_to<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let folder = folder.trim_end_matches('/');
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// The folder that holds `path`; `/` for itself.
pub fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((folder, _)) => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join_as_in_a_container() {
        assert_eq!(join("/app", "x/../y//z"), "/app/y/z");
        assert_eq!(join("/app", "/srv/"), "/srv");
        assert_eq!(join("/", "../.."), "/");
        assert_eq!(relative_to("/app/static", "/app"), Some("static"));
        assert_eq!(relative_to("/application", "/app"), None);
        assert_eq!(relative_to("/x", "/"), Some("x"));
        assert_eq!(parent("/app/x"), "/app");
        assert_eq!(parent("/app"), "/");
    }
}
