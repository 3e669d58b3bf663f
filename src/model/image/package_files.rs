//! The files that an installer of Python packages is given: requirements files and project files, and those they take in.

use super::selection::Selection;
use super::{Package, Packages, StageContext, markers};
use crate::finding::prose;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::search_limit::SearchLimit;
use crate::source::{Limit, Reason, RelPath, Sources, Span, Unknown};
use crate::syntax::requirements::{Requirement, Requirements, locked_names};

/// How many files `-r` is followed through.
const MAX_FILES: usize = 64;

/// Which packages of a file are taken.
#[derive(Clone, Copy)]
struct Filter<'f> {
    take: &'f Selection,
    /// The Python that installs them, where it is known.
    python: Option<&'f str>,
}

impl Packages {
    /// The packages a file of the stage names, and the files it takes in.
    pub(super) fn file(
        &mut self,
        at: &str,
        named: Span,
        place: &StageContext<'_>,
        sources: &Sources<'_>,
        take: &Selection,
    ) {
        let host = match place.find(at) {
            PathLookup::Host(host) => host,
            // `--mount=type=bind` brings files of the context in without a COPY.
            _ => match place
                .image
                .context
                .join(at.rsplit('/').next().unwrap_or(""))
                .filter(|p| sources.kind(p) == crate::source::EntryKind::File)
            {
                Some(host) => host,
                None => {
                    let reason = Reason::FileElsewhere(at.to_owned());
                    return self.unsure(Unknown::at(reason, named));
                }
            },
        };
        let python = place.image.python(place.stage).filter(|p| !p.at_least).map(|p| p.version);
        self.host_file(&host, named, sources, &Filter { take, python: python.as_deref() });
    }

    fn host_file(
        &mut self,
        host: &RelPath,
        named: Span,
        sources: &Sources<'_>,
        filter: &Filter<'_>,
    ) {
        let Ok(file) = sources.read(host, Limit::Config) else {
            let reason = Reason::FileUnreadable(host.as_str().to_owned());
            return self.unsure(Unknown::at(reason, named));
        };
        if self.files.iter().any(|(f, _)| *f == file.id) {
            return;
        }
        if self.files.len() >= MAX_FILES {
            SearchLimit::note(
                named,
                prose!(
                    "more than {} files of requirements are named; the rest is not read",
                    MAX_FILES
                ),
            );
            return self.unsure(Unknown::at(Reason::TooManyFiles("files of requirements"), named));
        }
        self.files.push((file.id, named));
        // An empty requirements file tells nothing: it may be made by another tool.
        if file.text.trim().is_empty() {
            let reason = Reason::FileEmpty(host.as_str().to_owned());
            self.unsure(Unknown::at(reason, Span::whole(file.id)));
        }
        let locks: &[&str] = match host.file_name() {
            "Pipfile" => &["Pipfile.lock"],
            "pyproject.toml" => &["poetry.lock", "uv.lock", "pdm.lock"],
            _ => &[],
        };
        let lock = locks.iter().find_map(|l| {
            let lock = host.parent().join(l)?;
            (sources.kind(&lock) == crate::source::EntryKind::File).then_some(lock)
        });
        let locked = lock.is_some();
        let names = lock.and_then(|l| locked_names(&*sources.read(&l, Limit::Config).ok()?));
        match names {
            Some(names) => self.locked.extend(names),
            None => self.unlocked = true,
        }
        let requirements = Requirements::read(&file);
        if requirements.incomplete || !requirements.errors.is_empty() {
            let reason = Reason::FilePartlyRead(host.as_str().to_owned());
            self.unsure(Unknown::at(reason, Span::whole(file.id)));
        }
        let wanted = |r: &Requirement| {
            filter.take.takes(r.group.as_deref())
                && markers::holds(&r.marker, filter.python) != Some(false)
        };
        self.python.extend(requirements.packages.into_iter().filter(wanted).map(|r| Package {
            name: r.name,
            extras: r.extras,
            version: r.version,
            locked,
            layer: None,
            unsuited: None,
            span: r.span,
        }));
        for include in requirements.includes {
            match host.parent().join(include.as_str()) {
                Some(path) => self.host_file(&path, include.span(), sources, filter),
                None => {
                    let reason = Reason::FileElsewhere(include.as_str().to_owned());
                    self.unsure(Unknown::at(reason, include.span()));
                }
            }
        }
    }
}
