//! Extensions of PostgreSQL that a project creates, and that the server's image surely lacks (Django docs, "Database
//! migration operations" of `django.contrib.postgres`, "Installing PostGIS").

use super::Datastores;
use crate::facts::{self, EXTENSIONS, Extension};
use crate::model::compose::MountKind;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::image::LayerKind;
use crate::model::path;
use crate::model::roles::database::{Database, Engine};
use crate::model::roles::django::DjangoService;
use crate::source::{EntryKind, Limit, RelPath, Span, Text};
use crate::syntax::python::{Expr, ExprKind, Stmt, StmtKind};

/// The folder of scripts that the images run when they make a database.
const INIT: &str = "/docker-entrypoint-initdb.d";
/// The most apps that are looked at.
const MAX_APPS: usize = 500;
/// The most migrations of an app that are read.
const MAX_MIGRATIONS: usize = 200;

/// An extension that is created and not there.
#[derive(Debug)]
pub struct LackingExtension<'s> {
    pub extension: &'static Extension,
    /// What creates it.
    pub created: Span,
    /// The server.
    pub database: &'s Database,
    /// Where its image is named.
    pub image: Text,
    /// The first number of its version, where that is known.
    pub major: Option<String>,
}

impl<'s> Datastores<'s> {
    /// Extensions that a service's migrations and settings create in a database whose image surely lacks them.
    pub fn lacking_extensions(&self, service: &DjangoService) -> Vec<LackingExtension<'s>> {
        let mut all: Vec<LackingExtension<'s>> = Vec::new();
        for used in service.databases().iter().filter(|d| d.kind == Some(Engine::Postgres)) {
            let Some(database) = self.database_of(service, Some(used)) else { continue };
            let mut wanted = Vec::new();
            if let Some(engine) = used.engine.as_ref()
                && engine.as_str().is_some_and(|e| e.ends_with(".postgis"))
            {
                wanted.push(("postgis".to_owned(), engine.span));
            }
            // Which database a migration is for is not known where there are several.
            if service.databases().len() == 1 {
                wanted.extend(self.created_by_migrations(service));
            }
            all.extend(self.lacking(database, wanted));
        }
        all
    }

    /// Extensions that scripts at the first start of a database create and its image surely lacks.
    pub fn lacking_at_first_start(&self, database: &'s Database) -> Vec<LackingExtension<'s>> {
        self.lacking(database, self.created_by_scripts(database))
    }

    fn lacking(
        &self,
        database: &'s Database,
        wanted: Vec<(String, Span)>,
    ) -> Vec<LackingExtension<'s>> {
        let mut all: Vec<LackingExtension<'s>> = Vec::new();
        let container = self.stack.container(database.container);
        let Some(release) = database.release.as_ref().filter(|_| !container.presumed) else {
            return all;
        };
        // What a Dockerfile runs or copies may bring any extension.
        let changed = container.built().is_some_and(|image| {
            image.chain().iter().any(|s| {
                s.layers.iter().any(|l| match &l.kind {
                    LayerKind::Run(..) => true,
                    LayerKind::Copy { dest, .. } => {
                        !dest.as_ref().is_some_and(|d| d.starts_with(INIT))
                    }
                })
            })
        });
        let Some(known) = facts::image(&release.named).filter(|_| !changed) else { return all };
        for (name, created) in wanted {
            let lacks = |e: &&Extension| e.name == name && e.lacking.contains(&known.names[0]);
            let Some(extension) = EXTENSIONS.iter().find(lacks) else { continue };
            if all.iter().any(|l| std::ptr::eq(l.extension, extension)) {
                continue;
            }
            let major = release.image.least().and_then(|v| v.split('.').next()).map(str::to_owned);
            let image = release.named.clone();
            all.push(LackingExtension { extension, created, database, image, major });
        }
        all
    }

    /// What the migrations of the project's apps create, in order.
    fn created_by_migrations(&self, service: &DjangoService) -> Vec<(String, Span)> {
        let mut all = Vec::new();
        for folder in self.migration_folders(service) {
            let listed = self.stack.sources.listed(&folder);
            let files =
                listed.into_iter().filter(|(n, k)| *k == EntryKind::File && n.ends_with(".py"));
            for (name, _) in files.take(MAX_MIGRATIONS) {
                let file =
                    folder.join(&name).and_then(|p| self.stack.sources.read(&p, Limit::Code).ok());
                let Some(file) = file else { continue };
                let module = self.stack.repository().parsed(&file);
                for class in &module.body {
                    let StmtKind::Class { body, .. } = &class.kind else { continue };
                    body.iter().for_each(|s| operations(s, &mut all));
                }
            }
        }
        all
    }

    /// The folders of migrations of the project's apps, those of packages without `__init__.py` included.
    fn migration_folders(&self, service: &DjangoService) -> Vec<RelPath> {
        let apps = service.settings().and_then(|s| s.get("INSTALLED_APPS"));
        let Some(apps) = apps.filter(|b| b.is_certain()) else { return Vec::new() };
        let container = self.stack.container(service.container);
        let fs = container.filesystem(self.stack.sources, &self.stack.project.folder);
        let names = apps.value.items().unwrap_or_default().iter().filter_map(|i| i.as_str());
        let folder = |name: &str| {
            let package = name.split_once(".apps.").map_or(name, |(package, _)| package);
            let inside = format!("{}/migrations", package.replace('.', "/"));
            service.python_path.iter().find_map(|base| match fs.find(&path::join(base, &inside)) {
                PathLookup::Host(host) if self.stack.sources.kind(&host) == EntryKind::Folder => {
                    Some(host)
                }
                _ => None,
            })
        };
        names.filter(|n| !n.starts_with("django.")).take(MAX_APPS).filter_map(folder).collect()
    }

    /// What SQL files that are mounted for the first start create.
    fn created_by_scripts(&self, database: &Database) -> Vec<(String, Span)> {
        let container = self.stack.container(database.container);
        let mut files: Vec<RelPath> = Vec::new();
        for mount in container.service.mounts.iter().filter(|m| m.kind == MountKind::Bind) {
            let target = mount.target.trim_end_matches('/');
            let Some(host) = mount.host(&self.stack.project.folder) else { continue };
            match self.stack.sources.kind(&host) {
                EntryKind::File if target.starts_with(INIT) && target.ends_with(".sql") => {
                    files.push(host);
                }
                EntryKind::Folder if target == INIT => {
                    let inside = self.stack.sources.listed(&host).into_iter();
                    let sql = inside.filter(|(n, k)| *k == EntryKind::File && n.ends_with(".sql"));
                    files.extend(sql.filter_map(|(n, _)| host.join(&n)));
                }
                _ => {}
            }
        }
        let mut all = Vec::new();
        for path in files {
            let Ok(file) = self.stack.sources.read(&path, Limit::Code) else { continue };
            for (name, start, end) in in_sql(&file.text) {
                all.push((name, Span::new(file.id, start, end)));
            }
        }
        all
    }
}

/// The extensions that `operations = […]` of a migration create.
fn operations(stmt: &Stmt, all: &mut Vec<(String, Span)>) {
    let StmtKind::Assign(targets, value) = &stmt.kind else { return };
    if !targets.iter().any(|t| t.dotted().as_deref() == Some("operations")) {
        return;
    }
    let ExprKind::List(items) = &value.kind else { return };
    for item in items {
        let ExprKind::Call { func, args, keywords } = &item.kind else { continue };
        let Some(dotted) = func.dotted() else { continue };
        let class = dotted.rsplit('.').next().unwrap_or("");
        let first = args.first().or_else(|| {
            let named = |k: &&(Option<crate::source::Spanned<String>>, Expr)| {
                k.0.as_ref().is_some_and(|n| matches!(n.value.as_str(), "name" | "sql"))
            };
            keywords.iter().find(named).map(|(_, v)| v)
        });
        let text = first.and_then(|e| match &e.kind {
            ExprKind::Str(text) => text.resolved().map(str::to_owned),
            _ => None,
        });
        match (class, text) {
            ("CreateExtension", Some(name)) => all.push((name, item.span)),
            ("RunSQL", Some(sql)) => {
                all.extend(in_sql(&sql).into_iter().map(|(name, ..)| (name, item.span)));
            }
            _ => {
                let known = EXTENSIONS.iter().find(|e| e.operations.contains(&class));
                all.extend(known.map(|e| (e.name.to_owned(), item.span)));
            }
        }
    }
}

/// The names that statements `CREATE EXTENSION [IF NOT EXISTS] name` of a text have, with their places.
fn in_sql(sql: &str) -> Vec<(String, usize, usize)> {
    let mut all = Vec::new();
    let mut at = 0;
    let mut recent: Vec<String> = Vec::new();
    for line in sql.split_inclusive('\n') {
        let code = line.split("--").next().unwrap_or(line);
        let mut within = 0;
        for word in code.split_whitespace() {
            let from = code[within..].find(word).map_or(within, |i| within + i);
            within = from + word.len();
            let lower = word.to_ascii_lowercase();
            let before: Vec<&str> = recent.iter().map(String::as_str).collect();
            let named = before.ends_with(&["create", "extension"]) && lower != "if"
                || before.ends_with(&["create", "extension", "if", "not", "exists"]);
            if named {
                let name = lower.trim_matches([';', '"', '\'', ')']).to_owned();
                all.push((name, at + from, at + within));
            }
            recent.push(lower);
        }
        at += line.len();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::in_sql;

    #[test]
    fn extensions_are_read_from_sql() {
        let names = |sql: &str| in_sql(sql).into_iter().map(|(n, ..)| n).collect::<Vec<_>>();
        assert_eq!(names("CREATE EXTENSION vector;"), ["vector"]);
        assert_eq!(
            names("create extension if not exists \"uuid-ossp\";\nSELECT 1;"),
            ["uuid-ossp"]
        );
        assert_eq!(
            names("-- CREATE EXTENSION vector;\nCREATE\nEXTENSION IF NOT EXISTS postgis"),
            ["postgis"]
        );
        assert!(names("CREATE TABLE extension (id int)").is_empty());
    }
}
