//! Files that are there to be copied and filled in, by their names.

/// Words by which a name says that the file is there to be copied.
pub(in crate::model) const SAMPLE: [&str; 16] = [
    "example", "examples", "exemple", "exemplo", "ejemplo", "sample", "samples", "template",
    "tmpl", "tpl", "dist", "default", "defaults", "skel", "skeleton", "demo",
];

/// What an env file or a stack is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Purpose {
    Development,
    Production,
}

impl Purpose {
    fn of_word(word: &str) -> Option<Self> {
        match word {
            "production" | "prod" | "prd" | "live" | "staging" | "stage" => Some(Self::Production),
            "development" | "develop" | "dev" | "local" => Some(Self::Development),
            _ => None,
        }
    }

    /// By the value of a variable that chooses settings: `config.settings.dev`, `production`.
    pub(in crate::model) fn of_value(value: &str) -> Option<Self> {
        let mut words = value.split(['.', '-', '_', ' ']).map(str::to_ascii_lowercase);
        words.find_map(|word| Self::of_word(&word))
    }
}

/// What a file is for by its name, or by that of its folder: `.env.prod`, `.envs/.local`.
pub(in crate::model) fn purpose(name: &str) -> Option<Purpose> {
    words(name).iter().find_map(|word| Purpose::of_word(word))
}

/// Whether a variable chooses settings: `DJANGO_SETTINGS_MODULE`, `APP_ENV`, `DEBUG`.
pub(in crate::model) fn chooses(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase();
    let last = name.rsplit('_').next().unwrap_or(&name);
    name.contains("SETTINGS")
        || name.contains("DEBUG")
        || matches!(last, "ENV" | "ENVIRONMENT" | "STAGE" | "MODE" | "CONFIGURATION")
}

/// The words of a file name, in lower case.
pub(in crate::model) fn words(name: &str) -> Vec<String> {
    let words = name.split(['.', '-', '_']).filter(|w| !w.is_empty()).map(str::to_ascii_lowercase);
    words.map(|w| if w == "dotenv" { "env".to_owned() } else { w }).collect()
}

/// Whether a file's name says that it is there to be copied.
pub(crate) fn is_sample(name: &str) -> bool {
    // `.env.defaults` is one to copy, `defaults.env` one to use.
    let words = name.split(['.', '-', '_']).filter(|w| !w.is_empty()).enumerate();
    let mut samples = words.filter(|(_, w)| SAMPLE.iter().any(|s| s.eq_ignore_ascii_case(w)));
    samples.any(|(i, w)| i > 0 || !w.to_ascii_lowercase().starts_with("default"))
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
