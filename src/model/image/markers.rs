//! Environment markers of requirements, as they come out in a Linux image (PEP 508, "Environment Markers").

use crate::facts::compare;
use std::cmp::Ordering;

/// Nesting that is read.
const MAX_DEPTH: usize = 32;

/// Whether a marker holds with a Python (`3.12`; `None` where it is not known). `None` where that cannot be told.
pub(super) fn holds(marker: &str, python: Option<&str>) -> Option<bool> {
    let tokens = tokens(marker)?;
    let mut reader = MarkerReader { tokens: &tokens, at: 0, python };
    let value = reader.either(0)?;
    if reader.at == tokens.len() { value } else { None }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

fn tokens(marker: &str) -> Option<Vec<Token>> {
    let mut all = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' | '\'' => {
                let end = rest[1..].find(first)?;
                all.push(Token::Text(rest[1..=end].to_owned()));
                end + 2
            }
            '(' | ')' => {
                all.push(Token::Sign(first.to_string()));
                1
            }
            c if c.is_ascii_alphabetic() => {
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.'))
                    .unwrap_or(rest.len());
                all.push(Token::Word(rest[..end].to_owned()));
                end
            }
            _ => {
                let end = rest
                    .find(|c: char| !matches!(c, '=' | '!' | '<' | '>' | '~'))
                    .unwrap_or(rest.len());
                if end == 0 {
                    return None;
                }
                all.push(Token::Sign(rest[..end].to_owned()));
                end
            }
        };
        rest = rest.get(taken..)?.trim_start();
    }
    Some(all)
}

struct MarkerReader<'t> {
    tokens: &'t [Token],
    at: usize,
    python: Option<&'t str>,
}

/// `None` outside: it is no marker. `None` inside: it cannot be told.
type Answer = Option<Option<bool>>;

impl MarkerReader<'_> {
    fn word(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Word(word.to_owned()));
        self.at += usize::from(found);
        found
    }

    fn either(&mut self, depth: usize) -> Answer {
        let mut value = self.both(depth)?;
        while self.word("or") {
            value = match (value, self.both(depth)?) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        Some(value)
    }

    fn both(&mut self, depth: usize) -> Answer {
        let mut value = self.one(depth)?;
        while self.word("and") {
            value = match (value, self.one(depth)?) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Some(value)
    }

    fn one(&mut self, depth: usize) -> Answer {
        if self.tokens.get(self.at) == Some(&Token::Sign("(".into())) {
            if depth >= MAX_DEPTH {
                return None;
            }
            self.at += 1;
            let value = self.either(depth + 1)?;
            let closed = self.tokens.get(self.at) == Some(&Token::Sign(")".into()));
            self.at += 1;
            return closed.then_some(value);
        }
        let left = self.tokens.get(self.at)?.clone();
        let mut operator = match self.tokens.get(self.at + 1)? {
            Token::Sign(sign) => sign.clone(),
            Token::Word(word) => word.clone(),
            Token::Text(_) => return None,
        };
        self.at += 2;
        if operator == "not" && self.word("in") {
            operator = "not in".into();
        }
        let right = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(match (left, right) {
            (Token::Word(name), Token::Text(text)) => self.compare(&name, &operator, &text),
            _ => None,
        })
    }

    fn compare(&self, name: &str, operator: &str, text: &str) -> Option<bool> {
        let value = match name {
            "sys_platform" | "sys.platform" => "linux",
            "platform_system" => "Linux",
            "os_name" | "os.name" => "posix",
            "platform_python_implementation" | "implementation_name" => {
                let value = if name == "implementation_name" { "cpython" } else { "CPython" };
                return equal(operator, value, text);
            }
            "python_version" => return version(operator, self.python?, text),
            _ => return None,
        };
        equal(operator, value, text)
    }
}

fn equal(operator: &str, value: &str, text: &str) -> Option<bool> {
    match operator {
        "==" => Some(value == text),
        "!=" => Some(value != text),
        "in" => Some(text.contains(value)),
        "not in" => Some(!text.contains(value)),
        _ => None,
    }
}

fn version(operator: &str, value: &str, text: &str) -> Option<bool> {
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let order = compare(value, text);
    match operator {
        "==" => Some(order == Ordering::Equal),
        "!=" => Some(order != Ordering::Equal),
        "<" => Some(order == Ordering::Less),
        "<=" => Some(order != Ordering::Greater),
        ">" => Some(order == Ordering::Greater),
        ">=" => Some(order != Ordering::Less),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn markers_come_out_as_in_a_linux_image() {
        for (marker, wanted) in [
            ("sys_platform == 'win32'", Some(false)),
            ("sys_platform != \"win32\"", Some(true)),
            ("platform_system == 'Windows' or os_name == 'posix'", Some(true)),
            ("python_version < '3.8'", Some(false)),
            ("python_version >= '3.9' and sys_platform == 'linux'", Some(true)),
            (
                "(python_version < '3') or (sys_platform == 'darwin' and python_version > '3')",
                Some(false),
            ),
            ("extra == 'x'", None),
            ("extra == 'x' and sys_platform == 'win32'", Some(false)),
            ("python_full_version < '3.9'", None),
            ("platform_machine not in 'arm64'", None),
            ("'linux' == sys_platform", None),
            ("sys_platform", None),
            ("sys_platform == 'win32", None),
            ("한글", None),
            ("", None),
        ] {
            assert_eq!(holds(marker, Some("3.12")), wanted, "{marker}");
        }
        assert_eq!(holds("python_version < '3.8'", None), None);
        assert_eq!(holds(&"(".repeat(10_000), None), None);
    }
}
