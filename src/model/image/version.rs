//! Which release of a package a version part of the requirements asks for (PEP 440, and Poetry's `^`).

use super::Package;

/// More than any release has.
const ANY: u64 = u64::MAX;

impl Package {
    /// Whether the newest release that is allowed is of this major version or a later one; `None` where a lock file
    /// that is not read here may hold it back, or where the version part cannot be read.
    pub fn newest_is_at_least(&self, major: u64) -> Option<bool> {
        Some(self.newest(major, 0)?.0 >= major)
    }

    /// The same for a release with its minor version: `5.1`.
    pub fn newest_is_since(&self, release: &str) -> Option<bool> {
        let wanted = self::release(release)?;
        Some(self.newest(wanted.0, wanted.1)? >= wanted)
    }

    /// The newest release that is allowed and suits the image's Python, as far as it can be told from one that is asked
    /// about.
    fn newest(&self, major: u64, minor: u64) -> Option<(u64, u64)> {
        let newest = self.newest_allowed(major, minor)?;
        let unsuited = self.unsuited.and_then(release);
        Some(match unsuited {
            Some((major, 0)) => newest.min((major.checked_sub(1)?, ANY)),
            Some((major, minor)) => newest.min((major, minor - 1)),
            None => newest,
        })
    }

    /// The newest release that the version part allows.
    fn newest_allowed(&self, major: u64, minor: u64) -> Option<(u64, u64)> {
        let parts: Vec<&str> =
            self.version.split(',').map(str::trim).filter(|p| !p.is_empty() && *p != "*").collect();
        let mut below: Option<(u64, u64)> = None;
        for part in parts {
            let number = part.trim_start_matches(['=', '<', '>', '~', '^', '!', ' ', '(', 'v']);
            let operator = part[..part.len() - number.len()]
                .trim_matches(['(', ' '])
                .trim_end_matches(['v', ' ']);
            let mut digits = number.trim_end_matches(')').split('.').map(str::trim);
            let first: u64 = digits.next()?.parse().ok()?;
            let second = digits.next();
            let deep = digits.next().is_some();
            let exact = match second {
                None => 0,
                Some(text) if text.starts_with('*') => ANY,
                Some(text) => text
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect::<String>()
                    .parse()
                    .ok()?,
            };
            let end = match operator {
                "==" | "===" | "=" | "" => return Some((first, exact)),
                "^" if first > 0 => return Some((first, ANY)),
                "~=" | "~" if deep || operator == "~" && second.is_some() => {
                    return Some((first, exact));
                }
                "~=" | "~" | "^" => return Some((first, ANY)),
                // The release below: `<5.1` is 5.0, `<5` some 4.
                "<" if exact == 0 => Some((first.checked_sub(1)?, ANY)),
                "<" => Some((first, if deep { exact } else { exact - 1 })),
                "<=" => Some((first, exact)),
                ">" | ">=" if (first, exact) >= (major, minor) => return Some((first, ANY)),
                ">" | ">=" | "!=" => None,
                _ => return None,
            };
            below = match (below, end) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        match below {
            // What is held back below what is asked about is told, whatever a lock file says.
            Some(newest) if newest < (major, minor) => Some(newest),
            Some(newest) => (!self.locked).then_some(newest),
            None => (!self.locked).then_some((ANY, ANY)),
        }
    }
}

/// `5.1` as numbers.
fn release(text: &str) -> Option<(u64, u64)> {
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}
