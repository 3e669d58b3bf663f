//! Imports. Local modules are evaluated, everything else is known by name only.
//! Python reference, "The import system": a package's `__init__.py` runs before its modules.

use super::Value;
use super::evaluate::EvaluateError;
use super::evaluator::{Evaluator, Loaded, MAX_BYTES};
use super::frame::Frame;
use super::object::{Bound, Object};
use super::statements::Flow;
use crate::source::{Limit, Reason, Span, Spanned, Unknown};
use std::collections::HashMap;

/// Imports in imports.
const MAX_IMPORTS: usize = 32;

/// A name and what it is imported as.
type Names = [(Spanned<String>, Option<Spanned<String>>)];

/// What an import found.
enum Found {
    /// A local module, run or being run.
    Local(usize),
    /// Not in the project: an installed package or Python's own.
    Outside,
    /// It should be in the project and is not.
    Missing,
    /// It raises an error when it is loaded.
    Broken(Span),
}

impl Evaluator<'_> {
    /// Loads the settings module after its parent packages, whose own failures are passed over: what they
    /// import (a Celery application, mostly) is not the settings' business.
    pub(super) fn load_main(&mut self, module: &str) -> Result<usize, EvaluateError> {
        module.clone_into(&mut self.main_name);
        for (dot, _) in module.match_indices('.') {
            self.lenient += 1;
            let _ = self.load(&module[..dot]);
            self.lenient -= 1;
        }
        let found = self.load(module);
        found
            .and_then(|f| if let Found::Local(main) = f { Some(main) } else { None })
            .ok_or(EvaluateError::NotFound)
    }

    /// One module, its parents not included.
    fn load(&mut self, dotted: &str) -> Option<Found> {
        if let Some(known) = self.by_name.get(dotted) {
            return known.map(Found::Local);
        }
        let found = (self.world.find)(dotted)?;
        let file = self.world.sources.read(&found.path, Limit::Code).ok()?;
        let tree = (self.world.module)(&found.path)?;
        if self.import_depth >= MAX_IMPORTS || !self.work(1) {
            return None;
        }
        let module = self.modules.len();
        self.modules.push(Loaded {
            name: dotted.to_owned(),
            file: file.id,
            container: found.container,
            package: found.package,
            names: HashMap::new(),
        });
        self.by_name.insert(dotted.to_owned(), Some(module));
        self.files.push(file.id);
        let frame = Frame::new(module, None);
        let outer = std::mem::replace(&mut self.frame, frame);
        let (site, uncertain) = (self.call_site.take(), self.uncertain.clone());
        self.import_depth += 1;
        // A parent package may itself import the settings module.
        let lenient =
            if dotted == self.main_name { std::mem::take(&mut self.lenient) } else { self.lenient };
        // A module stays loaded, even if the branch that imports it is taken back.
        let journals = std::mem::take(&mut self.journals);
        let flow = self.deeper(|m| m.run_module(&tree.body));
        self.journals = journals;
        self.lenient = lenient;
        self.import_depth -= 1;
        (self.call_site, self.uncertain) = (site, uncertain);
        self.frame = outer;
        match flow {
            Some(Flow::Raise(span)) => Some(Found::Broken(span)),
            Some(_) => Some(Found::Local(module)),
            None => None,
        }
    }

    /// A module with its parents, as an import statement loads it.
    fn load_all(&mut self, dotted: &str) -> Found {
        if dotted.len() > MAX_BYTES / 64 {
            return Found::Outside;
        }
        let first = dotted.split('.').next().unwrap_or(dotted);
        let mut local = self.modules.iter().any(|m| {
            m.name == first || m.name.strip_prefix(first).is_some_and(|rest| rest.starts_with('.'))
        });
        for (dot, _) in dotted.match_indices('.') {
            match self.load(&dotted[..dot]) {
                Some(Found::Broken(span)) => return Found::Broken(span),
                Some(_) => local = true,
                None => {}
            }
        }
        match self.load(dotted) {
            Some(found) => found,
            // A folder without `__init__.py` is a package too, but has no file to show for it.
            None if local && !self.is_cut_short(dotted) => Found::Missing,
            None => Found::Outside,
        }
    }

    /// A module that exists but was not run: too deep, or not readable.
    fn is_cut_short(&self, dotted: &str) -> bool {
        (self.world.find)(dotted).is_some()
    }

    /// What a missing or broken import does to the statement.
    fn failed(&mut self, found: &Found, dotted: &str, span: Span) -> Flow {
        if let Found::Broken(at) = found {
            return Flow::Raise(*at);
        }
        if self.trying == 0
            && self.maybe == 0
            && self.lenient == 0
            && self.frame.locals.is_none()
            && self.error.is_none()
        {
            self.error = Some(EvaluateError::ImportNotFound(dotted.to_owned(), span));
        }
        Flow::Raise(span)
    }

    /// `import a.b as c, d.e`
    pub(super) fn import(&mut self, names: &Names, span: Span) -> Flow {
        for (name, alias) in names {
            let found = self.load_all(&name.value);
            if matches!(found, Found::Broken(_) | Found::Missing) {
                return self.failed(&found, &name.value, span);
            }
            self.uncertain = None;
            let first = name.value.split('.').next().unwrap_or_default().to_owned();
            // Without an alias the first part is bound.
            let (bound, dotted) = match alias {
                Some(alias) => (alias.value.clone(), name.value.clone()),
                None => (first.clone(), first),
            };
            let object = match (self.by_name.get(&dotted), found) {
                (Some(Some(module)), _) => Object::Module(*module),
                (_, Found::Local(_)) => Object::Outside(dotted.into()),
                _ => {
                    self.imported_outside = true;
                    Object::Outside(dotted.into())
                }
            };
            self.bind(&bound, object, alias.as_ref().unwrap_or(name).span);
        }
        Flow::Next
    }

    /// `from ..module import name as alias`
    pub(super) fn import_from(
        &mut self,
        level: u32,
        module: &Spanned<String>,
        names: &Names,
        span: Span,
    ) -> Flow {
        let Some(dotted) = self.absolute(level, &module.value) else { return Flow::Next };
        let found = self.load_all(&dotted);
        let local = match found {
            Found::Local(module) => Some(module),
            Found::Outside => None,
            // `from . import x` and `from folder import x` where the folder has no `__init__.py`.
            Found::Missing
                if names.iter().all(|(n, _)| {
                    n.value != "*" && (self.world.find)(&format!("{dotted}.{}", n.value)).is_some()
                }) =>
            {
                None
            }
            Found::Missing | Found::Broken(_) => return self.failed(&found, &dotted, span),
        };
        if matches!(found, Found::Outside) {
            self.imported_outside = true;
        }
        for (name, alias) in names {
            if name.value == "*" {
                self.import_star(local, &dotted, name.span);
                continue;
            }
            let path = format!("{dotted}.{}", name.value);
            let bound = local.and_then(|m| self.modules.get(m)?.names.get(&name.value).cloned());
            let (object, uncertain) = match bound {
                Some(bound) => (bound.object, bound.uncertain),
                None => match self.load(&path) {
                    Some(Found::Local(module)) => (Object::Module(module), None),
                    Some(Found::Broken(at)) => return Flow::Raise(at),
                    _ if local.is_some() => {
                        (Object::unknown(Reason::NotInModule(path), name.span), None)
                    }
                    _ => (Object::Outside(path.into()), None),
                },
            };
            self.uncertain = uncertain;
            let target = alias.as_ref().unwrap_or(name);
            self.bind(&target.value, object, target.span);
        }
        Flow::Next
    }

    /// Takes in every name without a leading underscore, or those that `__all__` lists.
    fn import_star(&mut self, local: Option<usize>, dotted: &str, span: Span) {
        let Some(module) = local.and_then(|m| self.modules.get(m)) else {
            self.open.get_or_insert(Unknown::at(Reason::Outside(dotted.to_owned()), span));
            return;
        };
        let listed: Option<Vec<String>> = module.names.get("__all__").and_then(|b| {
            let items = b.object.known()?.items()?;
            Some(items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect())
        });
        let taken: Vec<(String, Bound)> = module
            .names
            .iter()
            .filter(|(name, _)| {
                listed.as_ref().map_or(!name.starts_with('_'), |l| l.contains(name))
            })
            .map(|(name, bound)| (name.clone(), bound.clone()))
            .collect();
        // An empty module stands for one that is filled in elsewhere.
        if taken.is_empty() {
            self.open.get_or_insert(Unknown::at(Reason::FileEmpty(dotted.to_owned()), span));
        }
        self.work(taken.len());
        let scope = self.scope();
        for (name, bound) in taken {
            self.set(scope, &name, Some(bound));
        }
    }

    /// The dotted name an import means, seen from the module under way.
    fn absolute(&self, level: u32, name: &str) -> Option<String> {
        if level == 0 {
            return Some(name.to_owned());
        }
        let module = self.modules.get(self.frame.module)?;
        let mut parts: Vec<&str> = module.name.split('.').collect();
        // Dots beyond the top level are an error; a hostile number of them must not be counted out.
        for _ in 0..level - u32::from(module.package) {
            parts.pop()?;
        }
        parts.extend(name.split('.').filter(|p| !p.is_empty()));
        Some(parts.join("."))
    }

    /// `module.name` of a local module.
    pub(super) fn module_attribute(&mut self, module: usize, name: &str, span: Span) -> Object {
        let Some(loaded) = self.modules.get(module) else {
            return Object::unknown(Reason::NotAValue("a module"), span);
        };
        match name {
            "__file__" => return Value::text(loaded.container.clone(), span).into(),
            "__name__" => return Value::text(loaded.name.clone(), span).into(),
            _ => {}
        }
        if let Some(bound) = loaded.names.get(name) {
            let (object, uncertain) = (bound.object.clone(), bound.uncertain.clone());
            self.doubt(uncertain);
            return object;
        }
        let dotted = format!("{}.{name}", loaded.name);
        match self.by_name.get(&dotted) {
            Some(Some(module)) => Object::Module(*module),
            _ => Object::unknown(Reason::NotInModule(dotted), span),
        }
    }
}
