//! Where in a file a value stands, and how that place is called.

use super::table::Shape;
use crate::finding::{Own, Prose, Quote, prose};

/// One step down from a mapping or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'t> {
    /// To what a known key holds.
    Key(&'t str),
    /// To what a name holds that the file gives.
    Name(&'t str),
    /// To an item of a list.
    Item,
}

/// A place: a chain of steps up to the file, so that going down allocates nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyPath<'p> {
    /// The place above, and the step from there.
    pub(super) above: Option<(&'p Self, Step<'p>)>,
    /// What may stand here.
    pub(super) shape: &'static Shape,
}

impl<'p> KeyPath<'p> {
    /// The file as a whole.
    pub(super) fn file(shape: &'static Shape) -> Self {
        Self { above: None, shape }
    }

    /// The place one step below.
    pub(super) fn child(&'p self, step: Step<'p>, shape: &'static Shape) -> Self {
        KeyPath { above: Some((self, step)), shape }
    }

    /// The steps down from the file.
    pub(super) fn steps(&self) -> Vec<Step<'p>> {
        let mut steps = Vec::new();
        let mut above = self.above;
        while let Some((place, step)) = above {
            steps.push(step);
            above = place.above;
        }
        steps.reverse();
        steps
    }

    /// How a mapping here is called: `a service`, `` `deploy.resources` ``, `` an entry of `ports` ``.
    pub(super) fn name(&self) -> Prose {
        let steps = self.steps();
        let inner = match steps.as_slice() {
            [] => return "the file".into(),
            [Step::Key(section), Step::Name(_)] => {
                let whole = Quote::name(*section);
                return one_of(section).map_or_else(|| entry_of(prose!("{}", whole)), Prose::from);
            }
            [Step::Key(_), Step::Name(_), inner @ ..] => inner,
            all => all,
        };
        let key = |step: &Step<'p>| matches!(step, Step::Key(_));
        let tail = inner.iter().rposition(|s| !key(s)).map_or(0, |at| at + 1);
        let (head, own) = inner.split_at(tail);
        let outer = head.iter().rposition(key).map_or(&[][..], |end| {
            let start = head[..end].iter().rposition(|s| !key(s)).map_or(0, |at| at + 1);
            &head[start..=end]
        });
        match (dotted(own), dotted(outer)) {
            (own, outer) if outer.is_empty() => prose!("`{}`", own),
            (own, outer) if own.is_empty() => entry_of(outer),
            (own, outer) => prose!("`{}` in {}", own, entry_of(outer)),
        }
    }

    /// How the value here is called: `` `image` ``, `` an entry of `ports` ``, `` the service `web` ``.
    pub(super) fn value_name(&self) -> Prose {
        let Some((above, step)) = self.above else { return "the file".into() };
        match (step, above.above) {
            (Step::Key(key), _) => prose!("`{}`", Quote::name(key)),
            (Step::Item, _) => self.name(),
            (Step::Name(name), Some((_, Step::Key(section)))) => {
                let kind = one_of(section)
                    .filter(|_| above.above.is_some_and(|(top, _)| top.above.is_none()));
                match kind.and_then(|k| k.split_once(' ')) {
                    Some((_, kind)) => prose!("the {} `{}`", Own(kind), Quote::name(name)),
                    None => prose!("`{}` of `{}`", Quote::name(name), Quote::name(section)),
                }
            }
            (Step::Name(name), _) => prose!("`{}`", Quote::name(name)),
        }
    }
}

fn dotted(steps: &[Step<'_>]) -> Prose {
    let keys = steps.iter().filter_map(|s| if let Step::Key(key) = s { Some(*key) } else { None });
    Prose::join(keys.map(Quote::name), ".")
}

fn entry_of(list: Prose) -> Prose {
    prose!("an entry of `{}`", list)
}

/// What a top-level section holds.
fn one_of(section: &str) -> Option<&'static str> {
    Some(match section {
        "services" => "a service",
        "networks" => "a network",
        "volumes" => "a volume",
        "secrets" => "a secret",
        "configs" => "a config",
        "models" => "a model",
        _ => return None,
    })
}
