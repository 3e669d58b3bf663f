//! Which names and values are secrets. Name and value decide together.

use crate::facts::{self, secret_name};

/// Whether a value only stands for a secret that is to be put in.
pub fn placeholder(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    facts::stands_in(&lower) && !lower.starts_with("django-insecure-")
        || lower.chars().all(|c| matches!(c, '*' | '-' | '_' | 'x' | '.'))
}

/// Whether a value is a key that `startproject` made: 50 random characters behind `django-insecure-`. What people write
/// behind it themselves has words.
pub fn is_generated_key(value: &str) -> bool {
    const RANDOM: usize = 50;
    value.strip_prefix("django-insecure-").is_some_and(|key| key.len() >= RANDOM)
}

/// Whether an assignment in an env file gives away a secret: by its name, or by a password inside a URL.
pub fn real(name: &str, value: &str) -> bool {
    let value = value.trim();
    if let Some((_, rest)) = value.split_once("://") {
        let login =
            rest.split(['/', '?', '#']).next().and_then(|authority| authority.rsplit_once('@'));
        let word = login.and_then(|(login, _)| login.split_once(':')).map(|(_, password)| password);
        return word.is_some_and(|w| {
            literal(w)
                && !speaks_of_itself(w)
                && !weak(w, &[login.and_then(|(l, _)| l.split(':').next()).unwrap_or("")])
        });
    }
    // A number is a time to live more often than a secret; a path or a list of words names where the secret is.
    let counts =
        value.chars().all(|c| c.is_ascii_digit()) && !name.to_ascii_uppercase().contains("PASS");
    let names_place = value.starts_with(['/', '.']) || value.contains(' ');
    secret_name(name) && literal(value) && !counts && !names_place && !speaks_of_itself(value)
}

/// Whether a setting or variable beside `SECRET_KEY` holds a secret as text: a password by its name, or a key or token whose
/// text is a long run of letters and digits. A dotted path or a URL behind such a name says where something is.
pub fn key(name: &str, value: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let password = ["password", "passwd", "_pass"].iter().any(|p| lower.ends_with(p));
    let path = value.contains('/') && !value.contains(['+', '=']) || value.split('.').count() > 2;
    let login = value.contains("://");
    !path && !login && real(name, value) && (password && !weak(value, &[]) || opaque(value))
}

/// Whether a value looks like a secret whatever its variable is called: a hash of a password, a private key, or a
/// long run of letters and digits that is no word, path, address or list.
pub fn opaque(value: &str) -> bool {
    const LONG: usize = 20;
    let value = value.trim();
    if value.contains("-----BEGIN") || facts::holds_hash(value) {
        return true;
    }
    let body = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(
                c,
                '_' | '-'
                    | '+'
                    | '/'
                    | '='
                    | '!'
                    | '@'
                    | '#'
                    | '%'
                    | '^'
                    | '&'
                    | '*'
                    | '('
                    | ')'
                    | '~'
            )
    };
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.chars().filter(char::is_ascii_alphabetic).count();
    // Paths, versions and dotted names have few digits, or points.
    value.len() >= LONG
        && value.chars().all(body)
        && !value.starts_with('/')
        && digits >= 3
        && letters >= 6
        && value.matches(['-', '/']).count() <= 4
}

/// Whether a value says that it is one: `django_user_password`, `notstrongsecret`, `access-key`. Nobody guards these.
fn speaks_of_itself(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    !lower.starts_with("django-insecure-") && facts::confesses(&lower)
}

/// Whether a text can be a secret by itself: long enough, no variable, no placeholder, no truth value.
fn literal(value: &str) -> bool {
    value.len() >= 6
        && !value.contains('$')
        && !placeholder(value)
        && !matches!(
            value.to_ascii_lowercase().as_str(),
            "disabled" | "enabled" | "optional" | "required"
        )
}

/// Whether a password is one that people take for a database on their own desk.
pub fn weak(value: &str, names: &[&str]) -> bool {
    let lower = value.to_ascii_lowercase();
    facts::is_weak(&lower) || names.iter().any(|n| n.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_value_decide() {
        for (name, value) in [
            ("EMAIL_HOST_PASSWORD", "qwzx-tyui-9p"),
            ("STRIPE_SECRET_KEY", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCY1234567890"),
            ("OPENAI_API_KEY", "sk-a8F3kd92LmQ0aZx7Yb3"),
        ] {
            assert!(key(name, value), "{name}");
        }
        for (name, value) in [
            ("EMAIL_HOST_PASSWORD", "your-password"),
            ("EMAIL_HOST_PASSWORD", ""),
            ("EMAIL_HOST_PASSWORD", "password"),
            ("STRIPE_SECRET_KEY", "sk_test_xxx"),
            ("AUTH_TOKEN_MODEL", "accounts.models.Token2"),
            ("TOKEN_URL", "https://login.site/oauth/token/12345"),
            ("CSRF_TOKEN_NAME", "csrftoken"),
            ("AWS_ACCESS_KEY_ID", "minio"),
            ("API_KEY", "changeme-1234567890123"),
        ] {
            assert!(!key(name, value), "{name}");
        }
        assert!(placeholder("<your key>"));
        assert!(placeholder("change-me"));
        assert!(!placeholder("django-insecure-change9"));
        assert!(!placeholder("pop_pw"));
        assert!(weak("hello", &["hello"]));
        assert!(!weak("pop_pw", &["pop_user"]));
    }
}
