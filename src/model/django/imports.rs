//! Imports. Local modules are evaluated, everything else is known by name only.
//! Python reference, "The import system": a package's `__init__.py` runs before its modules.

use super::evaluate::{EvaluateError, FileAnswer, ModuleFile};
use super::evaluator::{Evaluator, Loaded, MAX_BYTES};
use super::failure::{Cause, Failure};
use super::frame::Frame;
use super::object::Object;
use super::packages::defines_models;
use super::statements::Flow;
use super::stdlib;
use crate::source::{EntryKind, Limit, Reason, Span, Spanned, Unknown};
use std::collections::HashMap;
use std::rc::Rc;

/// Imports in imports.
pub(super) const MAX_IMPORTS: usize = 32;

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
    Broken(Rc<Failure>),
}

impl Evaluator<'_> {
    /// Loads the settings module after its parent packages, as an import does.
    pub(super) fn load_main(&mut self, module: &str) -> Result<usize, EvaluateError> {
        module.clone_into(&mut self.main_name);
        for (dot, _) in module.match_indices('.') {
            if let Some(Found::Broken(failure)) = self.load(&module[..dot]) {
                self.record(&failure);
            }
        }
        let found = self.load(module);
        found
            .and_then(|f| if let Found::Local(main) = f { Some(main) } else { None })
            .ok_or(EvaluateError::NotFound)
    }

    /// Runs a file as a module of any name: `__main__` for a program.
    pub(super) fn run_as(&mut self, file: &ModuleFile, name: &str) -> Option<()> {
        let source = self.world.sources.read(&file.path, Limit::Code).ok()?;
        let tree = (self.world.module)(&file.path)?;
        self.modules.push(Loaded {
            name: name.to_owned(),
            file: source.id,
            container: file.container.clone(),
            package: file.package,
            names: HashMap::new(),
        });
        self.by_name.insert(name.to_owned(), Some(0));
        self.files.push(source.id);
        // What a program imports of the project may raise what it likes.
        self.lenient += 1;
        let _ = self.deeper(|m| m.run(&tree.body));
        Some(())
    }

    /// One module, its parents not included.
    fn load(&mut self, dotted: &str) -> Option<Found> {
        if let Some(known) = self.by_name.get(dotted) {
            return known.map(Found::Local);
        }
        let found = self.find_module(dotted)?;
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
        let pending = self.pending.take();
        if let (Some(error), true) = (tree.errors.first(), self.is_certain()) {
            self.fail("SyntaxError", "invalid syntax", Cause::Syntax, error.span);
            self.goes_on();
        }
        let outer_depth = std::mem::take(&mut self.call_depth);
        let handling = std::mem::take(&mut self.may_leave);
        let flow = self.deeper(|m| m.run(&tree.body));
        self.call_depth = outer_depth;
        self.pending = pending;
        self.may_leave = handling;
        self.journals = journals;
        self.lenient = lenient;
        self.import_depth -= 1;
        (self.call_site, self.uncertain) = (site, uncertain);
        self.frame = outer;
        match flow {
            Some(Flow::Raise(failure)) => {
                // A module that fails is not kept.
                self.by_name.remove(dotted);
                Some(Found::Broken(failure))
            }
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
                Some(Found::Broken(failure)) => return Found::Broken(failure),
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
        self.find_module(dotted).is_some()
    }

    /// A module as Python's path finds it, with what was added to the path.
    fn find_module(&self, dotted: &str) -> Option<ModuleFile> {
        let added = |before: bool| {
            let folders = self.search.iter().rev().filter(move |(_, first)| *first == before);
            folders.flat_map(|(folder, _)| {
                let stem = format!("{folder}/{}", dotted.replace('.', "/"));
                [(format!("{stem}/__init__.py"), true), (format!("{stem}.py"), false)]
            })
        };
        let find = |(container, package): (String, bool)| match (self.world.file)(&container) {
            FileAnswer::Found(path) if self.world.sources.kind(&path) == EntryKind::File => {
                Some(ModuleFile { path, container, package })
            }
            _ => None,
        };
        let first = added(true).find_map(find);
        first.or_else(|| (self.world.find)(dotted)).or_else(|| added(false).find_map(find))
    }

    /// Whether a module can be imported, where that is known.
    pub(super) fn can_import(&self, dotted: &str) -> Option<bool> {
        if self.find_module(dotted).is_some() {
            return Some(true);
        }
        let first = dotted.split('.').next().unwrap_or(dotted);
        if stdlib::is_standard(first) || first == "django" {
            return Some(true);
        }
        if self.find_module(first).is_some() {
            return Some(false);
        }
        (self.world.installed)(first)
    }

    /// Imports the settings module where nothing did so far; whether that raised no error.
    pub(super) fn load_own_settings(&mut self) -> bool {
        let main = self.main_name.clone();
        if self.by_name.contains_key(&main) {
            return true;
        }
        match self.load_all(&main) {
            Found::Broken(failure) => {
                self.pending.get_or_insert(failure);
                false
            }
            Found::Local(_) | Found::Outside | Found::Missing => true,
        }
    }

    /// `importlib.import_module(name)`
    pub(super) fn import_by_name(&mut self, dotted: &str, span: Span) -> Object {
        match self.load_all(dotted) {
            Found::Local(module) => Object::Module(module),
            Found::Outside => {
                self.imported_outside |= self.can_import(dotted) != Some(true);
                Object::Outside(dotted.into())
            }
            found => {
                self.missing(&found, dotted, span);
                Object::unknown(Unknown::at(Reason::Raises, span), span)
            }
        }
    }

    /// A missing or broken import raises an error.
    fn missing(&mut self, found: &Found, dotted: &str, span: Span) {
        if let Found::Broken(failure) = found {
            self.pending.get_or_insert_with(|| failure.clone());
            return;
        }
        let words = format!("No module named '{dotted}'");
        self.fail("ModuleNotFoundError", words, Cause::Module(dotted.to_owned()), span);
    }

    /// `import a.b as c, d.e`
    pub(super) fn import(&mut self, names: &Names, span: Span) -> Flow {
        for (name, alias) in names {
            let found = self.load_all(&name.value);
            if matches!(found, Found::Broken(_) | Found::Missing) {
                self.missing(&found, &name.value, span);
                return Flow::Next;
            }
            if matches!(found, Found::Outside) && defines_models(&name.value) {
                self.too_early(span);
                return Flow::Next;
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
                    self.imported_outside |= self.can_import(&name.value) != Some(true);
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
        let Some(dotted) = self.absolute(level, &module.value) else {
            let words = "attempted relative import beyond top-level package";
            self.fail("ImportError", words, Cause::Value, span);
            return Flow::Next;
        };
        let found = self.load_all(&dotted);
        let local = match found {
            Found::Local(module) => Some(module),
            Found::Outside => None,
            // `from . import x` and `from folder import x` where the folder has no `__init__.py`.
            Found::Missing
                if names.iter().all(|(n, _)| {
                    n.value != "*" && self.find_module(&format!("{dotted}.{}", n.value)).is_some()
                }) =>
            {
                None
            }
            Found::Missing | Found::Broken(_) => {
                self.missing(&found, &dotted, span);
                return Flow::Next;
            }
        };
        if matches!(found, Found::Outside) && self.can_import(&dotted) != Some(true) {
            // A module of settings that is looked for in a `try` is one of the project's, kept out of git.
            let first = dotted.split('.').next().unwrap_or(&dotted);
            let known = crate::facts::package_of_module(first).is_some();
            let star = names.iter().any(|(n, _)| n.value == "*");
            if star && self.trying > 0 && !known && (self.world.installed)(first) != Some(true) {
                self.missing(&Found::Missing, &dotted, span);
                return Flow::Next;
            }
            self.imported_outside = true;
        }
        let of_models = |(name, _): &(Spanned<String>, _)| {
            defines_models(&dotted) || defines_models(&format!("{dotted}.{}", name.value))
        };
        if local.is_none() && names.iter().any(of_models) {
            self.too_early(span);
            return Flow::Next;
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
                    Some(found @ (Found::Broken(_) | Found::Missing)) => {
                        self.missing(&found, &path, span);
                        return Flow::Next;
                    }
                    _ if local.is_some() => {
                        self.not_in_module(local, &name.value, &dotted, span);
                        (Object::unknown(Reason::NotInModule(path), name.span), None)
                    }
                    _ => (self.outside_name(&path, name.span), None),
                },
            };
            self.uncertain = uncertain;
            let target = alias.as_ref().unwrap_or(name);
            self.bind(&target.value, object, target.span);
        }
        Flow::Next
    }

    /// `from package import name`: what an attribute of the package would be.
    fn outside_name(&mut self, path: &str, span: Span) -> Object {
        match path.rsplit_once('.') {
            Some((module, name)) => self.attribute(&Object::Outside(module.into()), name, span),
            None => Object::Outside(path.into()),
        }
    }

    /// A name that a module lacks: an error, unless the module is under way or may bind more.
    fn not_in_module(&mut self, local: Option<usize>, name: &str, dotted: &str, span: Span) {
        let Some(module) = local.and_then(|m| self.modules.get(m)) else { return };
        let dynamic = module.names.contains_key("__getattr__");
        let folder = self.find_folder(module.container.clone(), name);
        if self.open.is_some() || dynamic || folder || name.starts_with("__") {
            return;
        }
        let words = format!("cannot import name '{name}' from '{dotted}'");
        self.fail("ImportError", words, Cause::Name(name.to_owned()), span);
    }

    /// Whether a package has a folder of this name, which is a package as well.
    fn find_folder(&self, container: String, name: &str) -> bool {
        let path = super::paths::join(super::paths::parent(&container), name);
        !matches!((self.world.file)(&path), FileAnswer::Missing)
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
        // A module outside of every package has nothing beside it.
        if parts.is_empty() {
            return None;
        }
        parts.extend(name.split('.').filter(|p| !p.is_empty()));
        Some(parts.join("."))
    }
}
