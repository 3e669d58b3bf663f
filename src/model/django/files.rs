//! Files that settings open.

use super::evaluate::FileAnswer;
use super::evaluator::Evaluator;
use super::failure::Cause;
use super::object::{Args, Object, OpenFile};
use super::value::Form;
use super::{Value, ValueKind};
use crate::source::{Reason, Span, Unknown};
use std::rc::Rc;

impl Evaluator<'_> {
    /// `open(path, mode)`
    pub(super) fn open_file(&mut self, args: &Args) -> Object {
        let span = args.span;
        let mode = args.get(1, "mode").map(|m| m.as_str().map(str::to_owned));
        let reads = match &mode {
            None => true,
            Some(Some(mode)) => !mode.contains(['w', 'a', 'x', '+']),
            Some(None) => false,
        };
        let path = args.get(0, "file").and_then(Object::as_str).map(str::to_owned);
        let Some(path) = path else {
            let file = args.get(0, "file").cloned();
            if let Some(Object::Value(value)) = &file
                && matches!(value.kind, ValueKind::None)
            {
                let words = "expected str, bytes or os.PathLike object, not NoneType";
                let why = self.failed("TypeError", words, span);
                return Object::unknown(why, span);
            }
            self.may_raise.get_or_insert_with(|| args.why().or_at(span));
            return Object::File(Rc::new(OpenFile { text: Err(args.why()) }));
        };
        if !reads {
            self.written(&path, span);
            if self.pending.is_some() {
                return Object::unknown(Unknown::at(Reason::FileMissing(path), span), span);
            }
            let why = Unknown::at(Reason::NotEvaluated("a file that is written"), span);
            return Object::File(Rc::new(OpenFile { text: Err(why) }));
        }
        match self.text_at(&path, span) {
            Ok(Some(text)) => Object::File(Rc::new(OpenFile { text: Ok(text) })),
            Ok(None) => {
                let words = format!("[Errno 2] No such file or directory: '{path}'");
                self.fail("FileNotFoundError", words, Cause::File(path.clone()), span);
                Object::unknown(Unknown::at(Reason::FileMissing(path), span), span)
            }
            Err(why) => {
                self.may_raise.get_or_insert_with(|| why.clone());
                Object::File(Rc::new(OpenFile { text: Err(why) }))
            }
        }
    }

    /// `os.mkdir(path)`, `os.makedirs(path, exist_ok=…)`
    pub(super) fn make_folder(
        &mut self,
        parents: bool,
        path: Option<&Object>,
        args: &Args,
    ) -> Object {
        let exists = match args.get(2, "exist_ok") {
            Some(flag) if parents => flag.known().and_then(super::operators::truth),
            _ => Some(false),
        };
        let none = Object::plain(ValueKind::None, args.span);
        self.folder_made(Some(parents), exists, path.unwrap_or(&none), args.span)
    }

    /// A folder is made, with those above it where `parents` holds; one that is there is an error unless `exists`
    /// holds.
    pub(super) fn folder_made(
        &mut self,
        parents: Option<bool>,
        exists: Option<bool>,
        path: &Object,
        span: Span,
    ) -> Object {
        let none = Object::plain(ValueKind::None, span);
        let Some(path) = path.as_str().and_then(|p| self.absolute_path(p)) else {
            self.made.push(String::new());
            return none;
        };
        let known = |m: &Self, path: &str| (!m.is_made(path)).then(|| (m.world.file)(path));
        let there = matches!(known(self, &path), Some(FileAnswer::Found(_)));
        let above = super::paths::parent(&path).to_owned();
        if there && exists == Some(false) {
            let words = format!("[Errno 17] File exists: '{path}'");
            self.fail("FileExistsError", words, Cause::Value, span);
            return none;
        }
        if parents == Some(false) && known(self, &above) == Some(FileAnswer::Missing) {
            let words = format!("[Errno 2] No such file or directory: '{path}'");
            self.fail("FileNotFoundError", words, Cause::File(path.clone()), span);
            return none;
        }
        self.made.push(path);
        none
    }

    /// A file is written: what it holds is not known from then on. In a folder that is not there that is an error.
    pub(super) fn written(&mut self, path: &str, span: Span) {
        let Some(path) = self.absolute_path(path) else {
            self.made.push(String::new());
            return;
        };
        let folder = super::paths::parent(&path).to_owned();
        let made = self.is_made(&folder);
        if !made && (self.world.file)(&folder) == FileAnswer::Missing && self.maybe == 0 {
            let words = format!("[Errno 2] No such file or directory: '{path}'");
            self.fail("FileNotFoundError", words, Cause::File(path.clone()), span);
        }
        self.made.push(path);
    }

    /// Whether the settings themselves may have made a file or folder.
    pub(super) fn is_made(&self, path: &str) -> bool {
        self.made.iter().any(|made| {
            made.is_empty()
                || made == path
                || made.strip_prefix(path).is_some_and(|r| r.starts_with('/'))
        })
    }

    /// `file.read()` and the like.
    pub(super) fn file_method(&mut self, file: &Rc<OpenFile>, name: &str, args: &Args) -> Object {
        let span = args.span;
        let text = match &file.text {
            Ok(text) => text,
            Err(why) => return Object::unknown(why.clone(), span),
        };
        match name {
            "read" if args.positional.is_empty() => {
                Value::new(ValueKind::Str(text.clone()), span).into()
            }
            "readlines" => {
                let lines = super::data_files::lines(text, span);
                let list = Value::list(Form::List, lines, None, span);
                self.sane(list).into()
            }
            "readline" => {
                let first = super::data_files::lines(text, span).into_iter().next();
                first.unwrap_or_else(|| Value::text("", span)).into()
            }
            "close" => Object::plain(ValueKind::None, span),
            "__enter__" => Object::File(file.clone()),
            _ => self.unknown_call(name, args),
        }
    }
}
