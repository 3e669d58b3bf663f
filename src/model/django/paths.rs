//! Paths in the container: `pathlib`, `os.path` and django-environ's `Path`.
//!
//! All are POSIX paths, worked out as text. Absolute ones are normalised (`a/../b` is `b`), which
//! is the same file as long as `a` is no link.

use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::{Value, ValueKind};
use crate::source::{Reason, Span, Unknown};

/// `base` joined with `path`: an absolute path replaces what stands before it.
pub(super) fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') { normal(path) } else { normal(&format!("{base}/{path}")) }
}

/// Without `.`, doubled slashes and, where the path is absolute, `..`.
pub(super) fn normal(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if absolute => {
                parts.pop();
            }
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// The folder of a path, as `pathlib` sees it.
pub(super) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Evaluator<'_> {
    /// `os.path.name(…)`
    pub(super) fn os_path(&mut self, name: &str, args: &Args) -> Object {
        let span = args.span;
        let reads = args.reads();
        let text = |text: String| Object::from(Value::text(text, span).with_reads(&reads));
        let unknown = |why: Unknown| Object::from(Value::unknown(why, span).with_reads(&reads));
        let Some(first) = args.positional.first().and_then(Object::as_str) else {
            return unknown(args.why());
        };
        match name {
            "abspath" | "realpath" | "normpath" if first.starts_with('/') => text(normal(first)),
            "normpath" => text(normal(first)),
            "abspath" | "realpath" => unknown(Reason::WorkingFolder.into()),
            "dirname" => text(first.rsplit_once('/').map_or(String::new(), |(folder, _)| {
                if folder.is_empty() { "/".into() } else { folder.into() }
            })),
            "basename" => text(self::name(first).to_owned()),
            "isabs" => Object::plain(ValueKind::Bool(first.starts_with('/')), span),
            "join" => self.os_join(args),
            "exists" | "isfile" | "isdir" | "lexists" => self.exists(first, span, &reads),
            "expanduser" | "expandvars" if !first.contains(['~', '$']) => text(first.to_owned()),
            _ => unknown(Reason::Call(format!("os.path.{name}")).into()),
        }
    }

    /// `os.path.join`; a slash at the end stays, since settings like `MEDIA_ROOT` show it.
    fn os_join(&self, args: &Args) -> Object {
        let span = args.span;
        let parts: Option<Vec<&str>> = args.positional.iter().map(Object::as_str).collect();
        let Some(parts) = parts.filter(|_| args.open.is_none()) else {
            return Value::unknown(args.why(), span).with_reads(&args.reads()).into();
        };
        let mut path = String::new();
        for part in &parts {
            if part.starts_with('/') || path.is_empty() {
                path = (*part).to_owned();
            } else {
                path = format!("{}/{part}", path.trim_end_matches('/'));
            }
        }
        let slash = path.len() > 1 && path.ends_with('/');
        let mut path = if path.starts_with('/') {
            normal(&path)
        } else {
            path.trim_end_matches('/').to_owned()
        };
        if slash {
            path.push('/');
        }
        Value::text(path, span).with_reads(&args.reads()).into()
    }

    /// Whether a file is there: surely, when it is among the files we see; otherwise a volume may hold it.
    pub(super) fn exists(&self, path: &str, span: Span, reads: &[super::EnvRead]) -> Object {
        let value = match (self.world.file)(path) {
            Some(_) => Value::new(ValueKind::Bool(true), span),
            None => Value::unknown(Reason::FileExists(path.to_owned()), span),
        };
        value.with_reads(reads).into()
    }

    /// `Path(…)` of pathlib or django-environ.
    pub(super) fn path(&self, args: &Args) -> Object {
        let parts: Option<Vec<&str>> = args.positional.iter().map(Object::as_str).collect();
        let value = match parts.filter(|parts| args.open.is_none() && !parts.is_empty()) {
            Some(parts) => Value::new(
                ValueKind::Path(parts.iter().fold(String::new(), |path, part| joined(&path, part))),
                args.span,
            ),
            None => Value::unknown(args.why(), args.span),
        };
        value.with_reads(&args.reads()).into()
    }

    /// An attribute of a path.
    pub(super) fn path_attribute(
        &self,
        path: &str,
        name: &str,
        value: &Value,
        span: Span,
    ) -> Option<Object> {
        let text = |text: &str| Object::from(Value::text(text, span).with_reads(&value.reads));
        Some(match name {
            "parent" => Value::new(ValueKind::Path(parent(path).to_owned()), span)
                .with_reads(&value.reads)
                .into(),
            "parents" => Object::Parents(path.into()),
            "name" => text(self::name(path)),
            "stem" => {
                text(self::name(path).rsplit_once('.').map_or(self::name(path), |(stem, _)| stem))
            }
            "suffix" => {
                text(self::name(path).rfind('.').map_or("", |dot| &self::name(path)[dot..]))
            }
            "root" => text(path),
            _ => return None,
        })
    }

    /// A method of a path.
    pub(super) fn path_method(
        &mut self,
        path: &str,
        name: &str,
        value: &Value,
        args: &Args,
    ) -> Object {
        let span = args.span;
        let reads: Vec<_> = value.reads.iter().cloned().chain(args.reads()).collect();
        match name {
            "resolve" | "absolute" if path.starts_with('/') => {
                Value::new(ValueKind::Path(normal(path)), span).with_reads(&reads).into()
            }
            "resolve" | "absolute" => {
                Value::unknown(Reason::WorkingFolder, span).with_reads(&reads).into()
            }
            // `path` and calling it are django-environ's.
            "joinpath" | "path" | "__call__" | "file" => {
                let parts: Option<Vec<&str>> = args.positional.iter().map(Object::as_str).collect();
                let Some(parts) = parts else {
                    return Value::unknown(args.why(), span).with_reads(&reads).into();
                };
                let joined = parts.iter().fold(path.to_owned(), |path, part| joined(&path, part));
                Value::new(ValueKind::Path(joined), span).with_reads(&reads).into()
            }
            "as_posix" | "__str__" => Value::text(path, span).with_reads(&reads).into(),
            "with_name" => match args.positional.first().and_then(Object::as_str) {
                Some(name) => Value::new(ValueKind::Path(join(parent(path), name)), span)
                    .with_reads(&reads)
                    .into(),
                None => Value::unknown(args.why(), span).with_reads(&reads).into(),
            },
            "exists" | "is_file" | "is_dir" => self.exists(path, span, &reads),
            "expanduser" if !path.starts_with('~') => value.clone().into(),
            _ => {
                Value::unknown(Reason::Call(format!("Path.{name}")), span).with_reads(&reads).into()
            }
        }
    }
}

fn joined(path: &str, part: &str) -> String {
    if path.is_empty() { normal(part) } else { join(path, part) }
}
