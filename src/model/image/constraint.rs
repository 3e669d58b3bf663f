//! What a version part surely allows and rules out (PEP 440, and Poetry's `^` and `~`).

use super::Package;
use crate::facts::{at_least, compare};
use std::cmp::Ordering;

impl Package {
    /// Whether every release that is allowed is `release` or a later one.
    pub fn surely_since(&self, release: &str) -> bool {
        self.clauses().any(|(operator, number, _)| {
            !matches!(operator, "<" | "<=" | "!=") && at_least(&number, release)
        })
    }

    /// Whether every release that is allowed is older than `release`.
    pub fn surely_before(&self, release: &str) -> bool {
        self.clauses().any(|(operator, number, parts)| {
            let older = compare(&number, release) == Ordering::Less;
            match operator {
                "==" | "<=" if parts == 0 => older,
                "<" => at_least(release, &number),
                "==" | "~" | "~=" | "^" if parts > 0 => at_least(release, &upper(&number, parts)),
                _ => false,
            }
        })
    }

    /// The release that is asked for, where it is exactly one.
    pub fn exact(&self) -> Option<String> {
        self.clauses()
            .find(|(operator, _, parts)| *operator == "==" && *parts == 0)
            .map(|(_, number, _)| number)
    }

    /// Each clause: its operator, its number, and of how many of its parts the last may grow (0 for none).
    fn clauses(&self) -> impl Iterator<Item = (&'static str, String, usize)> {
        self.version.split(',').filter_map(|clause| {
            let clause = clause.trim().trim_matches(['(', ')']).trim();
            let at = clause.find(|c: char| c.is_ascii_digit())?;
            let operator = match clause.get(..at)?.trim_end_matches('v').trim() {
                "" | "=" | "==" | "===" => "==",
                "~=" => "~=",
                "~" => "~",
                "^" => "^",
                "<" => "<",
                "<=" => "<=",
                ">" | ">=" => ">=",
                "!=" => "!=",
                _ => return None,
            };
            let whole = clause.get(at..)?;
            let numbers: Vec<&str> = whole
                .split('.')
                .take_while(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
                .collect();
            let wild = whole.contains('*');
            let parts = match operator {
                "==" if wild => numbers.len(),
                "~=" => numbers.len().saturating_sub(1),
                "~" => numbers.len().min(2),
                "^" => 1,
                _ => 0,
            };
            // `4.0rc1` and the like.
            (!numbers.is_empty()).then(|| (operator, numbers.join("."), parts))
        })
    }
}

/// The first release beyond those that share the first `parts` numbers.
fn upper(number: &str, parts: usize) -> String {
    let mut numbers: Vec<u32> =
        number.split('.').take(parts).map(|n| n.parse().unwrap_or(0)).collect();
    if let Some(last) = numbers.last_mut() {
        *last = last.saturating_add(1);
    }
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_version_part_allows() {
        let package = |version: &str| Package {
            version: version.into(),
            ..Package::named("x", crate::source::Span::nowhere())
        };
        for (version, since, before) in [
            ("", false, false),
            ("*", false, false),
            ("==5.0.1", true, false),
            (">=5.1,<5.3", true, false),
            ("~=5.0", true, false),
            ("^5.0", true, false),
            ("== 3.2.25", false, true),
            ("<4.0", false, true),
            ("<5", false, true),
            ("<5.1", false, false),
            ("~=3.2.0", false, true),
            ("~=4.2", false, true),
            ("^4", false, true),
            ("~4.2", false, true),
            ("==4.*", false, true),
            (">=3.2", false, false),
            ("!=5.0", false, false),
            ("(>=5.0)", true, false),
            ("==한글", false, false),
        ] {
            let p = package(version);
            assert_eq!(
                (p.surely_since("5.0"), p.surely_before("5.0")),
                (since, before),
                "{version}"
            );
        }
        assert_eq!(package("==2.9.9").exact().as_deref(), Some("2.9.9"));
        assert_eq!(package("==2.9.*").exact(), None);
    }
}
