//! `FROM` lines whose image has no name, or none that can be pulled, once the arguments of the build are put in.

use super::instructions::{Vars, argument};
use super::{Base, Image};
use crate::source::{Reason, Text};
use crate::syntax::dockerfile::{Kind, expand};

/// Arguments that BuildKit sets for `FROM` lines itself (Dockerfile reference: "Automatic platform ARGs").
const PLATFORM_PREFIXES: [&str; 2] = ["TARGET", "BUILD"];

/// A `FROM` line that stops the build.
#[derive(Debug, Clone)]
pub struct InvalidBase {
    /// The image as written.
    pub text: Text,
    /// The argument that has no value, and where its `ARG` is, where it has one before the first `FROM`.
    pub argument: (String, Option<Text>),
    pub fault: BaseFault,
}

/// What is left of its name.
#[derive(Debug, Clone)]
pub enum BaseFault {
    /// Nothing.
    Blank,
    /// What is no name of an image: the text that is left.
    Malformed(String),
}

impl Image {
    /// The `FROM` lines that stop the build because an argument has no value.
    pub fn invalid_bases(&self) -> &[InvalidBase] {
        &self.invalid_bases
    }
}

/// Finds them. `given` are the arguments of the build.
pub(super) fn invalid_bases(image: &Image, given: &Vars) -> Vec<InvalidBase> {
    let built: Vec<usize> = image.contributing().iter().map(|s| s.index).collect();
    let mut global = Vars::new();
    let mut declared: Vec<Text> = Vec::new();
    let mut stage = 0usize;
    let mut all = Vec::new();
    for instruction in &image.tree.instructions {
        match &instruction.kind {
            Kind::Arg(list) if stage == 0 => {
                for (name, default) in list {
                    let value = argument(name, default.as_ref(), given, &global);
                    declared.push(name.clone());
                    global.insert(name.as_str().to_owned(), value);
                }
            }
            Kind::From { image: text, .. } => {
                let is_built = built.contains(&stage);
                stage += 1;
                if matches!(image.stages.get(stage - 1).map(|s| &s.base), Some(Base::Unknown(_))) {
                    all.extend(
                        invalid_base(text, image.tree.escape, &global, &declared)
                            .filter(|b| is_built || matches!(b.fault, BaseFault::Blank)),
                    );
                }
            }
            _ => {}
        }
    }
    all
}

fn invalid_base(
    text: &Text,
    escape: char,
    global: &Vars,
    declared: &[Text],
) -> Option<InvalidBase> {
    let mut is_unknown = false;
    let expanded = expand(text, escape, &mut |name| match global.get(name) {
        Some(value) => match value.why().map(|why| why.reason) {
            None => Some(value.clone()),
            // Its own `ARG` has no default and nothing passes it.
            Some(Reason::BuildArgument(unset)) if unset == name => None,
            Some(_) => {
                is_unknown = true;
                None
            }
        },
        None => {
            is_unknown |= PLATFORM_PREFIXES.iter().any(|p| name.starts_with(p));
            None
        }
    });
    if is_unknown || expanded.unknown {
        return None;
    }
    let (name, _) = expanded.unset.into_iter().next()?;
    let left = expanded.text.as_str();
    let fault = match left {
        "" => BaseFault::Blank,
        _ if is_malformed(left) => BaseFault::Malformed(left.to_owned()),
        _ => return None,
    };
    let argument = declared.iter().find(|d| d.as_str() == name).cloned();
    Some(InvalidBase { text: text.clone(), argument: (name, argument), fault })
}

/// Whether a part of a reference is missing that its separators announce
/// (<https://pkg.go.dev/github.com/distribution/reference>).
fn is_malformed(image: &str) -> bool {
    let (path, tag) = match image.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (image, None),
    };
    path.is_empty()
        || path.starts_with('/')
        || path.ends_with(['/', '-', '.', '_'])
        || path.contains("//")
        || image.ends_with('@')
        || tag.is_some_and(|t| t.is_empty() || t.starts_with(['-', '.']))
}
