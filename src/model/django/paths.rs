//! Paths in the container: `pathlib`, `os.path` and django-environ's `Path`.
//!
//! All are POSIX paths, worked out as text. `..` stays where Python leaves it; where Python resolves it, `a/../b` is
//! `b`, which is the same file as long as `a` is no link.

use super::evaluate::FileAnswer;
use super::evaluator::Evaluator;
use super::object::{Args, Object};
use super::value::Form;
use super::{Value, ValueKind};
use crate::source::{EntryKind, Reason, Span, Unknown};
use std::rc::Rc;

/// `base` joined with `path`: an absolute path replaces what stands before it.
pub(super) fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') { normal(path) } else { normal(&format!("{base}/{path}")) }
}

/// Two parts joined as `pathlib` does: `..` stays.
pub(super) fn joined(base: &str, part: &str) -> String {
    if part.starts_with('/') || base.is_empty() {
        lexical(part)
    } else {
        lexical(&format!("{base}/{part}"))
    }
}

/// Without `.` and doubled slashes.
fn lexical(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|p| !matches!(*p, "" | ".")).collect();
    match (path.starts_with('/'), parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
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
        let object = args.positional.first();
        let Some(first) = object.and_then(Object::as_str) else {
            if let Some(Object::Value(value)) = object
                && matches!(value.kind, ValueKind::None | ValueKind::Int(_) | ValueKind::Bool(_))
            {
                let kind = super::operators::type_name(value);
                let words = format!("expected str, bytes or os.PathLike object, not {kind}");
                return unknown(self.failed("TypeError", words, span));
            }
            return unknown(args.why());
        };
        match name {
            "abspath" | "realpath" => match self.absolute_path(first) {
                Some(path) => text(path),
                None => unknown(Reason::WorkingFolder.into()),
            },
            "normpath" => text(normal(first)),
            "dirname" => text(first.rsplit_once('/').map_or(String::new(), |(folder, _)| {
                let bare = folder.trim_end_matches('/');
                if bare.is_empty() { "/".into() } else { bare.into() }
            })),
            "basename" => text(self::name(first).to_owned()),
            "isabs" => Object::plain(ValueKind::Bool(first.starts_with('/')), span),
            "join" => self.os_join(args),
            "exists" | "isfile" | "isdir" | "lexists" => self.exists(name, first, span, &reads),
            "expanduser" | "expandvars" if !first.contains(['~', '$']) => text(first.to_owned()),
            "split" | "splitext" => {
                let at = match name {
                    "split" => first.rfind('/').map(|at| (at, at + 1)),
                    _ => first
                        .rfind('.')
                        .filter(|at| *at > first.rfind('/').map_or(0, |s| s + 1))
                        .map(|at| (at, at)),
                };
                let (head, tail) = match at {
                    Some((0, tail)) if name == "split" => ("/", &first[tail..]),
                    Some((head, tail)) => (&first[..head], &first[tail..]),
                    None if name == "split" => ("", first),
                    None => (first, ""),
                };
                let parts = [head, tail].map(|t| Value::text(t, span));
                let tuple = Value::list(Form::Tuple, parts.into(), None, span).with_reads(&reads);
                self.sane(tuple).into()
            }
            _ => unknown(Reason::Call(format!("os.path.{name}")).into()),
        }
    }

    /// `os.path.join`: nothing is put in order.
    fn os_join(&mut self, args: &Args) -> Object {
        let span = args.span;
        for object in &args.positional {
            if let Object::Value(value) = object
                && !matches!(value.kind, ValueKind::Str(_) | ValueKind::Path(_))
                && value.is_known()
            {
                let kind = super::operators::type_name(value);
                let words = format!(
                    "join() argument must be str, bytes, or os.PathLike object, not '{kind}'"
                );
                let why = self.failed("TypeError", words, span);
                return Object::unknown(why, span);
            }
        }
        let parts: Option<Vec<&str>> = args.positional.iter().map(Object::as_str).collect();
        let Some(parts) = parts.filter(|_| args.open.is_none()) else {
            return Value::unknown(args.why(), span).with_reads(&args.reads()).into();
        };
        let mut path = String::new();
        for (index, part) in parts.iter().enumerate() {
            if part.starts_with('/') || index == 0 {
                path = (*part).to_owned();
            } else if path.is_empty() || path.ends_with('/') {
                path.push_str(part);
            } else {
                path = format!("{path}/{part}");
            }
        }
        Value::text(path, span).with_reads(&args.reads()).into()
    }

    /// Whether a file is there, where that is known: a volume or whoever runs the stack may bring one.
    pub(super) fn exists(
        &self,
        kind: &str,
        path: &str,
        span: Span,
        reads: &[super::EnvRead],
    ) -> Object {
        let unknown = || Value::unknown(Reason::FileExists(path.to_owned()), span);
        let known = |b| Value::new(ValueKind::Bool(b), span);
        let absolute = self.absolute_path(path);
        let made = absolute.as_ref().is_some_and(|path| self.is_made(path));
        let value = match absolute.filter(|_| !made).map(|path| (self.world.file)(&path)) {
            Some(FileAnswer::Found(host)) => match (kind, self.world.sources.kind(&host)) {
                ("isfile" | "is_file", EntryKind::Folder)
                | ("isdir" | "is_dir", EntryKind::File) => known(false),
                (_, EntryKind::File | EntryKind::Folder) => known(true),
                _ => unknown(),
            },
            Some(FileAnswer::Missing) => known(false),
            Some(FileAnswer::Untracked) => unknown(),
            Some(FileAnswer::Unknown(why)) => Value::unknown(why, span),
            None => unknown(),
        };
        value.with_reads(reads).into()
    }

    /// `Path(…)` of pathlib, django-environ or unipath.
    pub(super) fn path(&mut self, args: &Args, form: Form) -> Object {
        let span = args.span;
        if let Some(Object::Value(value)) = args.positional.first()
            && matches!(value.kind, ValueKind::None | ValueKind::Int(_) | ValueKind::Bool(_))
        {
            let kind = super::operators::type_name(value);
            let words = format!("expected str, bytes or os.PathLike object, not {kind}");
            let why = self.failed("TypeError", words, span);
            return Object::unknown(why, span);
        }
        let parts: Option<Vec<&str>> = args.positional.iter().map(Object::as_str).collect();
        let value = match parts.filter(|_| args.open.is_none()) {
            Some(parts) => {
                let path = parts.iter().fold(String::new(), |path, part| joined(&path, part));
                let path = if path.is_empty() { ".".to_owned() } else { path };
                let path = match form {
                    Form::EnvironPath => self.absolute_path(&path).unwrap_or(path),
                    _ => path,
                };
                Value { form, ..Value::new(ValueKind::Path(path), span) }
            }
            None => Value::unknown(args.why(), span),
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
        let value_reads = value.reads.clone();
        let same = |path: String| {
            let value = Value { form: value.form, ..Value::new(ValueKind::Path(path), span) };
            Object::from(value.with_reads(&value_reads))
        };
        Some(match name {
            "parent" => same(parent(path).to_owned()),
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
        let same = |path: String| {
            let made = Value { form: value.form, ..Value::new(ValueKind::Path(path), span) };
            Object::from(made.with_reads(&reads))
        };
        match name {
            "resolve" => match self.absolute_path(path) {
                Some(path) => same(path),
                None => Value::unknown(Reason::WorkingFolder, span).with_reads(&reads).into(),
            },
            "absolute" => match self.world.folder {
                _ if path.starts_with('/') => same(path.to_owned()),
                Some(folder) => same(joined(folder, path)),
                None => Value::unknown(Reason::WorkingFolder, span).with_reads(&reads).into(),
            },
            // `ancestor` and `child` are unipath's.
            "ancestor" => match args.positional.first().and_then(Object::known).map(|v| &v.kind) {
                Some(ValueKind::Int(up)) => same(
                    (0..(*up).clamp(0, 64)).fold(path.to_owned(), |p, _| parent(&p).to_owned()),
                ),
                _ => Value::unknown(args.why(), span).with_reads(&reads).into(),
            },
            "__call__" if value.form == Form::List => {
                let why = self.failed("TypeError", "'PosixPath' object is not callable", span);
                Object::unknown(why, span)
            }
            // `path` is django-environ's; a call of one is a string.
            "joinpath" | "path" | "__call__" | "child" => {
                let parts: Option<Vec<&str>> = args.positional.iter().map(Object::as_str).collect();
                let Some(parts) = parts else {
                    return Value::unknown(args.why(), span).with_reads(&reads).into();
                };
                let whole = parts.iter().fold(path.to_owned(), |path, part| joined(&path, part));
                if value.form == Form::EnvironPath {
                    let whole = normal(&whole);
                    if name == "__call__" {
                        return Value::text(whole, span).with_reads(&reads).into();
                    }
                    return same(whole);
                }
                same(whole)
            }
            "read_text" | "open" => {
                let given = Object::Value(Rc::new(value.clone()));
                let mut all = vec![given];
                if name == "open" {
                    all.extend(args.positional.iter().cloned());
                }
                let file = self.open_file(&Args::of_positional(all, span));
                match (&file, name) {
                    (Object::File(file), "read_text") => {
                        self.file_method(file, "read", &Args::of_positional(Vec::new(), span))
                    }
                    _ => file,
                }
            }
            "mkdir" => {
                let flag = |name: &str| {
                    let given = args.named(name)?.known()?;
                    super::operators::truth(given)
                };
                let made = Object::Value(Rc::new(value.clone()));
                let parents =
                    if args.named("parents").is_some() { flag("parents") } else { Some(false) };
                let exists =
                    if args.named("exist_ok").is_some() { flag("exist_ok") } else { Some(false) };
                self.folder_made(parents, exists, &made, span)
            }
            "touch" | "write_text" | "write_bytes" => {
                self.made.push(self.absolute_path(path).unwrap_or_default());
                Object::plain(ValueKind::None, span)
            }
            "is_absolute" => Object::plain(ValueKind::Bool(path.starts_with('/')), span),
            "with_suffix" => match args.positional.first().and_then(Object::as_str) {
                Some(suffix) => {
                    let own = self::name(path);
                    let stem = own.rfind('.').filter(|at| *at > 0).map_or(own, |at| &own[..at]);
                    same(joined(parent(path), &format!("{stem}{suffix}")))
                }
                None => Value::unknown(args.why(), span).with_reads(&reads).into(),
            },
            "as_posix" | "__str__" => Value::text(path, span).with_reads(&reads).into(),
            "with_name" => match args.positional.first().and_then(Object::as_str) {
                Some(name) => same(joined(parent(path), name)),
                None => Value::unknown(args.why(), span).with_reads(&reads).into(),
            },
            "exists" | "is_file" | "is_dir" => self.exists(name, path, span, &reads),
            "expanduser" if !path.starts_with('~') => value.clone().into(),
            _ => {
                Value::unknown(Reason::Call(format!("Path.{name}")), span).with_reads(&reads).into()
            }
        }
    }
}
