//! Which release of a package a version part of the requirements asks for (PEP 440, and Poetry's `^`).

use super::Package;

impl Package {
    /// Whether the newest release that is allowed is of this major version or a later one; `None` where a lock file
    /// that is not read here may hold it back, or where the version part cannot be read.
    pub fn newest_is_at_least(&self, major: u64) -> Option<bool> {
        let parts: Vec<&str> = self.version.split(',').map(str::trim).filter(|p| !p.is_empty() && *p != "*").collect();
        let mut open = true;
        for part in parts {
            let number = part.trim_start_matches(['=', '<', '>', '~', '^', '!', ' ', '(', 'v']);
            let operator = part[..part.len() - number.len()].trim_matches(['(', ' ']).trim_end_matches(['v', ' ']);
            let mut digits = number.trim_end_matches(')').split('.').map(str::trim);
            let first: u64 = digits.next()?.parse().ok()?;
            let rest_is_zero = digits.all(|d| d.trim_end_matches('*').chars().all(|c| c == '0'));
            match operator {
                "==" | "===" | "=" | "" | "~=" | "^" | "~" => return Some(first >= major),
                "<" if first < major || first == major && rest_is_zero => return Some(false),
                "<=" if first < major => return Some(false),
                "<" | "<=" => open = false,
                ">" | ">=" if first >= major => return Some(true),
                ">" | ">=" | "!=" => {}
                _ => return None,
            }
        }
        (!open || !self.locked).then_some(true)
    }
}
