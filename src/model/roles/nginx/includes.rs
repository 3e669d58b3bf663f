//! Which paths an `include` names (nginx docs, core module: `include`; glob(3)).

use crate::model::path;
use globset::GlobBuilder;

/// The folder that relative paths of a configuration start from, that of the main file and the prefix of most packages.
pub(super) const FOLDER: &str = "/etc/nginx";

/// The absolute form of a path in a configuration.
pub(super) fn absolute(written: &str) -> String {
    path::join(FOLDER, written)
}

/// Whether `include pattern` names the file at `at`. A wildcard fits no `/`, and no name that starts with a dot: nginx
/// calls glob(3) without `GLOB_PERIOD`.
pub(super) fn fits(pattern: &str, at: &str) -> bool {
    fits_below(FOLDER, pattern, at)
}

/// The same where relative paths start from another folder.
pub(super) fn fits_below(folder: &str, pattern: &str, at: &str) -> bool {
    let whole = path::join(folder, pattern);
    if !is_pattern(&whole) {
        return whole == at;
    }
    let hidden = |path: &str| path.split('/').filter(|part| part.starts_with('.')).count();
    hidden(&whole) == hidden(at)
        && GlobBuilder::new(&whole)
            .literal_separator(true)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(at))
}

/// Whether a path has wildcards.
pub(super) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

#[cfg(test)]
mod tests {
    use super::fits;

    /// As nginx 1.22 took them in.
    #[test]
    fn patterns_fit_as_for_nginx() {
        let conf = "/etc/nginx/conf.d/*.conf";
        for (pattern, at, wanted) in [
            (conf, "/etc/nginx/conf.d/a.conf", true),
            (conf, "/etc/nginx/conf.d/.a.conf", false),
            (conf, "/etc/nginx/conf.d/a.conf.bak", false),
            (conf, "/etc/nginx/conf.d/in/a.conf", false),
            (conf, "/etc/nginx/conf.d/Dockerfile", false),
            ("conf.d/*.conf", "/etc/nginx/conf.d/a.conf", true),
            ("sites-enabled/*", "/etc/nginx/sites-enabled/default", true),
            ("sites-enabled/*/*.conf", "/etc/nginx/sites-enabled/x/a.conf", true),
            ("snippets/a.conf", "/etc/nginx/snippets/a.conf", true),
            ("/srv/[ab].conf", "/srv/b.conf", true),
            ("/srv/?.conf", "/srv/ab.conf", false),
        ] {
            assert_eq!(fits(pattern, at), wanted, "{pattern} {at}");
        }
    }
}
