//! Which services run Django, and with which settings.

use super::entry_files::{manage_py, script};
use super::named_modules::{MissingName, missing_names};
use super::python_modules::{Finder, Modules, celery_module, defines, python_path};
use super::settings_candidates::{candidates, is_beside_production, one_of_several};
use crate::model::container::Container;
use crate::model::django::entry::{self, Chosen};
use crate::model::django::urls::{StaticRoute, route_list, static_routes};
use crate::model::django::{Cause, EnvAnswer, EvaluateError, Failure, Settings, World};
use crate::model::exec_context::ExecContext;
use crate::model::process::{ServerKind, Step, StepKind};
use crate::source::{Known, Reason, RelPath, Sources, Span, Text, Unknown};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The name of a settings module and where it is written.
#[derive(Debug, Clone)]
pub struct ModuleName {
    /// `config.settings`
    pub name: Text,
    /// Why another may be meant: this is only the default of `manage.py` or `wsgi.py`, and an env file that is not in
    /// the checkout may name another.
    pub uncertain: Option<Unknown>,
}

/// What is known of a service's settings.
#[derive(Debug, Clone)]
pub enum SettingsState {
    /// Evaluated.
    Known(Rc<Settings>),
    /// The module is surely not there.
    Missing,
    /// Not known, and why.
    Unknown(Unknown),
}

/// What is known of a server's `module:attribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppModule {
    /// The module's file.
    Found(RelPath),
    /// Surely not there.
    Missing,
    /// The module is there, but has no such name.
    NoName(RelPath),
    /// Not known, and why.
    Unknown(Unknown),
}

/// A service that runs Django.
#[derive(Debug)]
pub struct DjangoService {
    /// The number of its container.
    pub container: usize,
    /// The settings module.
    pub module: Option<ModuleName>,
    /// The settings modules that may be meant where it is not known which.
    pub candidates: Vec<String>,
    pub settings: SettingsState,
    /// Folders of the container that Python imports from, first first.
    pub python_path: Vec<String>,
    /// The module its server is given.
    pub app: Option<AppModule>,
    /// Routes for static files in the URL configuration, with its file.
    pub routes: Vec<StaticRoute>,
    /// The list of routes in the module of `ROOT_URLCONF`; `None` where that module is not read, or the list holds what is
    /// not written out there.
    pub urls: Option<Span>,
    /// Modules that the settings name and that are not there.
    pub missing_names: Vec<MissingName>,
    /// `manage.py` of the project, where a step names it and it is there.
    pub manage_py: Option<RelPath>,
}

impl DjangoService {
    /// Its settings, where they are known.
    pub fn settings(&self) -> Option<&Settings> {
        match &self.settings {
            SettingsState::Known(settings) => Some(settings),
            _ => None,
        }
    }
}

/// What a container is as a Django service; `None` when it runs no Django.
pub(in crate::model) fn of_container(
    sources: &Sources<'_>,
    folder: &RelPath,
    modules: &Modules,
    index: usize,
    container: &Container<'_>,
) -> Option<DjangoService> {
    let fs = container.filesystem(sources, folder);
    let main = main_step(&container.process.steps)?;
    let mut python_path = python_path(container, main);
    let finder = Finder { fs: &fs, sources, path: &python_path, unknown: RefCell::default() };
    let mut app_file = None;
    let app = main.server().and_then(|s| s.app.as_ref()).map(|app| {
        if let Some(why) = app.why() {
            return AppModule::Unknown(why);
        }
        let module = app.split([':', '(']).next().unwrap_or("");
        match finder.find(module) {
            Some(found) => {
                app_file = Some((found.clone(), module.to_owned()));
                let name = app
                    .as_str()
                    .split_once(':')
                    .map_or("application", |(_, n)| n.split(['(', '.']).next().unwrap_or(n));
                match modules.get(sources, &found.path) {
                    Some(module)
                        if !module.body.is_empty()
                            && module.errors.is_empty()
                            && !defines(&module, name) =>
                    {
                        AppModule::NoName(found.path)
                    }
                    _ => AppModule::Found(found.path),
                }
            }
            None => finder.unknown.take().map_or(AppModule::Missing, AppModule::Unknown),
        }
    });
    let program = container.process.steps.iter().find_map(|s| manage_py(s, &fs));
    let manage_py = program.as_ref().map(|p| p.path.clone());
    let entry = match (app_file, main.server().map(|s| s.kind)) {
        (Some(entry), _) => Some(entry),
        (None, Some(kind)) if kind != ServerKind::Runserver => None,
        _ => match &main.kind {
            StepKind::Celery { app: Some(app), .. } => celery_module(app, &finder),
            // A script of the project may set up Django by itself.
            _ => script(main, &finder).or(program).map(|p| (p, "__main__".to_owned())),
        },
    };
    let services =
        Services { sources, container, modules, step: main, variables: RefCell::default() };
    let choose = |unset: bool| {
        let (file, name) = entry.as_ref()?;
        services.with_world(&finder, None, |world| {
            let env = |n: &str| match n {
                entry::VARIABLE if unset => EnvAnswer::Unset,
                _ => (world.env)(n),
            };
            entry::chosen(&World { env: &env, ..*world }, file, name)
        })
    };
    let Selection { mut module, usual, search } = services.selection(choose);
    for (folder, first) in search {
        if !python_path.contains(&folder) {
            python_path.insert(if first { 0 } else { python_path.len() }, folder);
        }
    }
    let finder = Finder { fs: &fs, sources, path: &python_path, unknown: RefCell::default() };
    let open = |module: &Result<ModuleName, Unknown>| match module {
        Err(why) => why.reason != Reason::NoSettingsModule,
        Ok(module) => module.uncertain.is_some() && one_of_several(&finder, module.name.as_str()),
    };
    let candidates = usual
        .filter(|_| open(&module))
        .map(|name| candidates(&finder, name.as_str()))
        .unwrap_or_default();
    if let Some(assumed) = container.environment.assumptions().settings.as_ref()
        && candidates.contains(assumed)
    {
        let name = Text::derived(assumed.as_str(), main.span);
        module = Ok(ModuleName { name, uncertain: None });
    }
    // A server of another framework has neither a settings module nor a manage.py.
    let runs_manage =
        container.process.steps.iter().any(|s| matches!(s.kind, StepKind::Manage { .. }))
            || main.server().is_some_and(|s| s.kind == ServerKind::Runserver);
    let missing_wsgi = app == Some(AppModule::Missing)
        && main
            .server()
            .and_then(|s| s.app.as_ref())
            .is_some_and(|a| a.contains("wsgi") || a.contains("asgi"));
    if module.is_err() && !runs_manage && !missing_wsgi {
        return None;
    }
    let settings = match &module {
        Ok(module) => match &module.uncertain {
            Some(why) if undecided(&finder, container, module) => {
                SettingsState::Unknown(why.clone())
            }
            _ => services.evaluate(&finder, module, None),
        },
        Err(why) => SettingsState::Unknown(why.clone()),
    };
    let missing_names = match &settings {
        SettingsState::Known(settings) => missing_names(&finder, sources, modules, settings),
        _ => Vec::new(),
    };
    let urls = match &settings {
        SettingsState::Known(settings) => settings
            .get("ROOT_URLCONF")
            .filter(|b| b.is_certain())
            .and_then(|b| b.value.as_str())
            .and_then(|m| finder.find(m))
            .and_then(|u| modules.get(sources, &u.path)),
        _ => None,
    };
    let routes = urls.as_ref().map(|m| static_routes(m)).unwrap_or_default();
    let urls = urls.and_then(|m| route_list(&m));
    let module = module.ok();
    Some(DjangoService {
        container: index,
        module,
        candidates,
        settings,
        python_path,
        app,
        routes,
        urls,
        missing_names,
        manage_py,
    })
}

/// Whether another module may be meant in the place of the one that is the default.
fn undecided(finder: &Finder<'_>, container: &Container<'_>, module: &ModuleName) -> bool {
    let name = module.name.as_str();
    one_of_several(finder, name)
        && (!container.environment.assumptions().defaults || is_beside_production(finder, name))
}

/// The step whose settings matter: the server, else a management command, else celery, else a script that sets up
/// Django.
fn main_step(steps: &[Step]) -> Option<&Step> {
    let server = steps
        .iter()
        .rfind(|s| s.server().is_some() && !s.conditional)
        .or_else(|| steps.iter().rfind(|s| s.server().is_some()));
    server
        .or_else(|| steps.iter().find(|s| matches!(s.kind, StepKind::Manage { .. })))
        .or_else(|| steps.iter().find(|s| matches!(s.kind, StepKind::Celery { .. })))
        .or_else(|| steps.iter().find(|s| s.django.is_some()))
}

/// Which settings a process loads.
struct Selection {
    /// The settings module.
    module: Result<ModuleName, Unknown>,
    /// The default of the file that chooses it.
    usual: Option<Text>,
    /// Folders that are added to `sys.path`, each with whether they come before the others.
    search: Vec<(String, bool)>,
}

/// What the settings of one process are evaluated with.
struct Services<'s> {
    sources: &'s Sources<'s>,
    container: &'s Container<'s>,
    modules: &'s Modules,
    step: &'s Step,
    /// Variables that the file sets which chooses the settings.
    variables: RefCell<BTreeMap<String, EnvAnswer>>,
}

impl Services<'_> {
    /// Which settings the process loads. `choose` evaluates the file that chooses them, with the variable as it is or
    /// unset.
    fn selection(&self, choose: impl Fn(bool) -> Option<Chosen>) -> Selection {
        let unnamed = || Unknown::at(Reason::NoSettingsModule, self.step.span);
        let named = |name: Text| match name.why() {
            None => Ok(ModuleName { name, uncertain: None }),
            Some(why) => Err(why),
        };
        let chosen = choose(false);
        let search = chosen.as_ref().map(|c| c.search.clone()).unwrap_or_default();
        if let Some(chosen) = &chosen {
            self.variables.replace(chosen.variables.clone());
        }
        let usual = choose(true).and_then(|c| c.module);
        let default = |uncertain: Option<Unknown>| match &usual {
            Some(Known::Known(name)) if !name.is_empty() => {
                Ok(ModuleName { name: name.clone(), uncertain })
            }
            Some(Known::Partly(_, why) | Known::Unknown(why)) => Err(why.clone()),
            _ => Err(uncertain.unwrap_or_else(unnamed)),
        };
        let module = if let Some(option) = self.step.option("--settings") {
            named(option)
        } else {
            let given = match self.step.vars.get(entry::VARIABLE) {
                Some(text) => EnvAnswer::of(text.clone()),
                None => self.container.environment.answer(entry::VARIABLE),
            };
            let module = chosen.and_then(|c| c.module);
            match (module, given) {
                (Some(Known::Known(name)), _) if !name.is_empty() => named(name),
                (_, EnvAnswer::Set(Known::Known(name))) if !name.is_empty() => named(name),
                (_, EnvAnswer::Set(Known::Partly(_, why) | Known::Unknown(why))) => Err(why),
                (_, EnvAnswer::Unknown(why)) => default(Some(why)),
                (Some(Known::Partly(_, why) | Known::Unknown(why)), _) => Err(why),
                _ => default(None),
            }
        };
        let usual = usual.and_then(|u| u.known().cloned()).filter(|n| !n.is_empty());
        Selection { module, usual, search }
    }

    /// Everything an evaluation may ask for, with one variable set to another text perhaps.
    fn with_world<T>(
        &self,
        finder: &Finder<'_>,
        over: Option<(&str, &Text)>,
        work: impl FnOnce(&World<'_>) -> T,
    ) -> T {
        let env = |name: &str| match self.step.vars.get(name) {
            _ if over.is_some_and(|(n, _)| n == name) => {
                over.map_or(EnvAnswer::Unset, |(_, text)| EnvAnswer::of(text.clone()))
            }
            Some(text) => EnvAnswer::of(text.clone()),
            None => self.left(name),
        };
        work(&World {
            sources: self.sources,
            find: &|name: &str| finder.find(name),
            file: &|at: &str| finder.fs.file(at),
            env: &env,
            module: &|path: &RelPath| self.modules.get(self.sources, path),
            installed: &|_: &str| None,
            folder: self.step.workdir.as_deref(),
        })
    }

    /// A variable as the file leaves it that chooses the settings.
    fn left(&self, name: &str) -> EnvAnswer {
        let set = self.variables.borrow().get(name).cloned();
        set.unwrap_or_else(|| self.container.environment.answer(name))
    }

    fn evaluate(
        &self,
        finder: &Finder<'_>,
        module: &ModuleName,
        over: Option<(&str, &Text)>,
    ) -> SettingsState {
        let name = module.name.as_str();
        let class =
            self.with_world(finder, over, |world| (world.env)("DJANGO_CONFIGURATION").text());
        let class = class.as_ref().map(Text::as_str).filter(|c| !c.is_empty());
        match self.with_world(finder, over, |world| Settings::evaluate_class(world, name, class)) {
            Ok(mut settings) => {
                // A module that may be where it cannot be seen may be there.
                if let Some(Failure { cause: Cause::Module(missing), .. }) = &settings.failure {
                    finder.find(missing);
                    if let Some(why) = finder.unknown.take() {
                        settings.failure = None;
                        settings.open.get_or_insert(why);
                    }
                }
                SettingsState::Known(Rc::new(settings))
            }
            Err(EvaluateError::NotFound) => {
                finder.find(name);
                let why = finder.unknown.take().or_else(|| module.uncertain.clone());
                why.map_or(SettingsState::Missing, SettingsState::Unknown)
            }
        }
    }
}

/// The settings of a service as they would be with one variable set to another text.
pub(in crate::model) fn settings_with(
    sources: &Sources<'_>,
    folder: &RelPath,
    container: &Container<'_>,
    service: &DjangoService,
    over: (&str, &Text),
) -> Option<Rc<Settings>> {
    let fs = container.filesystem(sources, folder);
    let step = main_step(&container.process.steps)?;
    let finder =
        Finder { fs: &fs, sources, path: &service.python_path, unknown: RefCell::default() };
    let modules = Modules::default();
    let services =
        Services { sources, container, modules: &modules, step, variables: RefCell::default() };
    match services.evaluate(&finder, service.module.as_ref()?, Some(over)) {
        SettingsState::Known(settings) => Some(settings),
        _ => None,
    }
}
