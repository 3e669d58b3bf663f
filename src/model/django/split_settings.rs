//! django-split-settings: `include("base.py", optional("local.py"))` runs files as a part of the module.
//! Source: django-split-settings 1.3, `split_settings/tools.py`.

use super::evaluate::FileAnswer;
use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::{Args, Object};
use super::statements::Flow;
use super::value::Form;
use super::{ValueKind, paths};
use crate::source::{Limit, Reason, RelPath, Span, Unknown};

/// Files that a pattern may mean.
const MAX_FILES: usize = 100;

impl Evaluator<'_> {
    /// `include(…)`
    pub(super) fn include(&mut self, args: &Args) -> Object {
        let span = args.span;
        let none = Object::plain(ValueKind::None, span);
        let module = self.modules.get(self.frame.module).map(|m| m.container.clone());
        let Some(own) = self.included.last().cloned().or(module) else { return none };
        if let Some(why) = &args.open {
            self.may_bind(why.clone());
            return none;
        }
        for given in args.positional.clone() {
            let Some(pattern) = given.as_str() else {
                self.may_bind(given.why(span));
                continue;
            };
            let path = paths::join(paths::parent(&own), pattern);
            match self.included(&path) {
                Ok(files) if files.is_empty() => {
                    let optional = given.known().is_some_and(|v| v.form == Form::Optional);
                    if !optional && !self.absent {
                        let words = format!("No such file: {pattern}");
                        self.fail("OSError", words, Cause::File(path.clone()), span);
                        return none;
                    }
                }
                Ok(files) => {
                    for (container, host) in files.into_iter().filter(|(c, _)| *c != own) {
                        if let Flow::Raise(failure) = self.run_file(&container, &host, span) {
                            self.pending.get_or_insert(failure);
                            return none;
                        }
                    }
                }
                Err(why) => self.may_bind(why.or_at(span)),
            }
        }
        none
    }

    /// The files that a path or pattern means, in order.
    fn included(&mut self, path: &str) -> Result<Vec<(String, RelPath)>, Unknown> {
        if !path.contains(['*', '?', '[']) {
            return match (self.world.file)(path) {
                FileAnswer::Found(host) => Ok(vec![(path.to_owned(), host)]),
                FileAnswer::Missing => Ok(Vec::new()),
                FileAnswer::Untracked => {
                    self.absent = true;
                    Ok(Vec::new())
                }
                FileAnswer::Unknown(why) => Err(why),
            };
        }
        let (folder, pattern) = (paths::parent(path), paths::name(path));
        if folder.contains(['*', '?', '[']) {
            return Err(Reason::NotEvaluated("a pattern of folders").into());
        }
        let host = match (self.world.file)(folder) {
            FileAnswer::Found(host) => host,
            FileAnswer::Missing => return Ok(Vec::new()),
            FileAnswer::Untracked => return Err(Reason::FileMissing(folder.to_owned()).into()),
            FileAnswer::Unknown(why) => return Err(why),
        };
        let glob = globset::Glob::new(pattern)
            .map_err(|_| Unknown::from(Reason::NotEvaluated("this pattern")))?
            .compile_matcher();
        let mut names: Vec<String> = self
            .world
            .sources
            .list(&host)
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| {
                glob.is_match(name) && (!name.starts_with('.') || pattern.starts_with('.'))
            })
            .take(MAX_FILES)
            .collect();
        names.sort();
        let files = names.into_iter().filter_map(|name| {
            let container = paths::join(folder, &name);
            match (self.world.file)(&container) {
                FileAnswer::Found(host) => Some((container, host)),
                _ => None,
            }
        });
        Ok(files.collect())
    }

    /// Runs a file with the names of the module under way.
    fn run_file(&mut self, container: &str, host: &RelPath, span: Span) -> Flow {
        let Ok(file) = self.world.sources.read(host, Limit::Code) else {
            self.may_bind(Unknown::at(Reason::FileUnreadable(host.as_str().to_owned()), span));
            return Flow::Next;
        };
        let Some(tree) = (self.world.module)(host) else { return Flow::Next };
        if self.import_depth >= super::imports::MAX_IMPORTS || !self.work(1) {
            return Flow::Stop;
        }
        if !self.files.contains(&file.id) {
            self.files.push(file.id);
        }
        self.import_depth += 1;
        self.included.push(container.to_owned());
        let site = self.call_site.take();
        let locals = self.frame.locals.take();
        let flow = self.deeper(|m| m.run(&tree.body)).unwrap_or(Flow::Stop);
        self.frame.locals = locals;
        self.call_site = site;
        self.included.pop();
        self.import_depth -= 1;
        flow
    }
}
