//! Files that are there to be copied and filled in, by their names.

/// Words by which a name says that the file is there to be copied.
pub(super) const SAMPLE: [&str; 13] = [
    "example", "examples", "sample", "samples", "template", "tmpl", "tpl", "dist", "default",
    "defaults", "skel", "skeleton", "demo",
];

/// The words of a file name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let words = name.split(['.', '-', '_']).filter(|w| !w.is_empty()).map(str::to_ascii_lowercase);
    words.map(|w| if w == "dotenv" { "env".to_owned() } else { w }).collect()
}

/// Whether a file's name says that it is there to be copied.
pub(super) fn is_sample(name: &str) -> bool {
    // `.env.defaults` is one to copy, `defaults.env` one to use.
    words(name)
        .iter()
        .enumerate()
        .any(|(i, w)| SAMPLE.contains(&w.as_str()) && (i > 0 || !w.starts_with("default")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_say_so_in_their_names() {
        for name in [".env.example", "example.env", "env_template", ".env.dev-sample", "env.dist"] {
            assert!(is_sample(name), "{name}");
        }
        for name in [".env", "defaults.env", "production.env"] {
            assert!(!is_sample(name), "{name}");
        }
        assert_eq!(words(".env.prod-sample"), ["env", "prod", "sample"]);
    }
}
