//! Which names and values are secrets. Name and value decide together.

/// Whether a variable of this name holds a secret.
pub fn secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    // The path of a file with the secret is none.
    if upper.ends_with("_FILE")
        || upper.ends_with("_PATH")
        || upper.ends_with("_HASHERS")
        || upper.ends_with("_VALIDATORS")
    {
        return false;
    }
    [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "PRIVATE_KEY",
        "API_KEY",
        "APIKEY",
        "ACCESS_KEY",
        "FERNET",
        "CREDENTIAL",
        "_PASS",
        "_PWD",
        "ENCRYPTION_KEY",
        "SIGNING_KEY",
    ]
    .iter()
    .any(|part| upper.contains(part))
        || matches!(upper.as_str(), "PASS" | "PWD" | "KEY")
}

/// Whether a value only stands for a secret that is to be put in.
pub fn placeholder(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let words = [
        "change",
        "replace",
        "your",
        "example",
        "placeholder",
        "insert",
        "todo",
        "fixme",
        "dummy",
        "xxx",
        "<",
        "{{",
        "...",
        "not-set",
        "notset",
        "unset",
        "build",
        "fake",
        "redacted",
        "put-",
        "fill",
    ];
    words.iter().any(|w| lower.contains(w)) && !lower.starts_with("django-insecure-")
        || lower.chars().all(|c| matches!(c, '*' | '-' | '_' | 'x' | '.'))
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

/// Whether a value looks like a secret whatever its variable is called: a hash of a password, a private key, or a
/// long run of letters and digits that is no word, path, address or list.
pub fn opaque(value: &str) -> bool {
    const LONG: usize = 20;
    let value = value.trim();
    if value.contains("-----BEGIN")
        || ["$2a$", "$2b$", "$2y$", "$apr1$", "$1$", "$5$", "$6$", "$argon2", "{SHA}", "pbkdf2_"]
            .iter()
            .any(|h| value.contains(h))
    {
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
    !lower.starts_with("django-insecure-")
        && ["password", "passwd", "secret", "access-key", "api-key", "token"]
            .iter()
            .any(|w| lower.contains(w))
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
    const WEAK: [&str; 26] = [
        "postgres",
        "postgresql",
        "password",
        "pass",
        "passwd",
        "secret",
        "admin",
        "root",
        "dev",
        "development",
        "test",
        "testing",
        "django",
        "db",
        "app",
        "user",
        "mysql",
        "debug",
        "local",
        "1234",
        "12345",
        "123456",
        "docker",
        "guest",
        "toor",
        "mypassword",
    ];
    let lower = value.to_ascii_lowercase();
    WEAK.contains(&lower.as_str()) || names.iter().any(|n| n.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_value_decide() {
        assert!(secret_name("POSTGRES_PASSWORD"));
        assert!(!secret_name("POSTGRES_PASSWORD_FILE"));
        assert!(!secret_name("DB_NAME"));
        assert!(placeholder("<your key>"));
        assert!(placeholder("change-me"));
        assert!(!placeholder("django-insecure-change9"));
        assert!(!placeholder("pop_pw"));
        assert!(weak("hello", &["hello"]));
        assert!(!weak("pop_pw", &["pop_user"]));
    }
}
