//! Which Python an image runs, as far as the name of its base tells.

use super::Image;
use crate::facts::{self, Family, Reference};
use crate::source::Text;

#[derive(Debug, Clone)]
pub struct PythonVersion {
    /// `3.12`
    pub version: String,
    /// Whether it is that version or a later one: the tag names none.
    pub at_least: bool,
    /// The image that brings it.
    pub base: Text,
}

impl Image {
    /// The Python of a stage; `None` where the name of the base does not tell.
    pub fn python(&self, stage: usize) -> Option<PythonVersion> {
        let base = self.outer_base(stage)?;
        let (version, at_least) = python_of(base)?;
        Some(PythonVersion { version, at_least, base: base.clone() })
    }

    /// The first release of a package that wants a later Python than a stage has; `None` also where that is not known.
    pub(super) fn first_unsuited(&self, stage: usize, package: &str) -> Option<&'static str> {
        let mut needs = facts::NEEDS_PYTHON.iter().filter(|n| n.package == package).peekable();
        needs.peek()?;
        let python = self.python(stage).filter(|p| !p.at_least)?;
        needs.find(|n| !facts::at_least(&python.version, n.python)).map(|n| n.since)
    }
}

fn python_of(image: &str) -> Option<(String, bool)> {
    let reference = Reference::of_image(image);
    let tag = reference.tag.unwrap_or("latest");
    let mut words = tag.split('-');
    let known = facts::image(image)?;
    let named = match known.family {
        Family::Python | Family::Uv => words.find_map(|w| w.strip_prefix(known.version_word?))?,
        _ => return None,
    };
    let mut numbers = named.split('.');
    let major = numbers.next().unwrap_or("");
    let minor: String =
        numbers.next().unwrap_or("").chars().take_while(char::is_ascii_digit).collect();
    if !minor.is_empty() && major.parse::<u32>().is_ok() {
        return Some((format!("{major}.{minor}"), false));
    }
    let newest = facts::latest("python").filter(|_| !reference.pinned)?;
    let floating =
        matches!(named, "3" | "latest" | "slim" | "alpine") || facts::release(named).is_some();
    (known.family == Family::Python && floating).then(|| (newest.version.to_owned(), true))
}

#[cfg(test)]
mod tests {
    use super::python_of;

    #[test]
    fn a_tag_tells_the_python() {
        for (image, wanted) in [
            ("python:3.12-slim", Some(("3.12", false))),
            ("python:3.12.1@sha256:00", Some(("3.12", false))),
            ("docker.io/library/python:2.7", Some(("2.7", false))),
            ("python", Some(("3.14", true))),
            ("python:3-slim", Some(("3.14", true))),
            ("python:slim-bookworm", Some(("3.14", true))),
            ("python:3@sha256:00", None),
            ("python:rc", None),
            ("ghcr.io/astral-sh/uv:python3.13-bookworm-slim", Some(("3.13", false))),
            ("ghcr.io/astral-sh/uv:latest", None),
            ("acme/python:3.8", None),
            ("python:3.한글", None),
        ] {
            let found = python_of(image);
            assert_eq!(found.as_ref().map(|(v, a)| (v.as_str(), *a)), wanted, "{image}");
        }
    }
}
