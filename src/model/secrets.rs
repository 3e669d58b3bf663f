//! Which names and values are secrets. Name and value decide together.

/// Whether a variable of this name holds a secret.
pub fn secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    // The path of a file with the secret is none.
    if upper.ends_with("_FILE") || upper.ends_with("_PATH") || upper.ends_with("_HASHERS") || upper.ends_with("_VALIDATORS") {
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
