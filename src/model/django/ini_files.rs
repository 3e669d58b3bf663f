//! `configparser`: INI files that settings read.

use super::evaluator::Evaluator;
use super::functions::empty_dict;
use super::object::{Args, IniFile, Object};
use super::value::Form;
use super::{Value, ValueKind, operators};
use crate::source::{Reason, Span, Text, Unknown};
use std::cell::RefCell;
use std::rc::Rc;

impl Evaluator<'_> {
    /// `config.method(…)` of a `ConfigParser`.
    pub(super) fn ini_method(
        &mut self,
        file: &Rc<RefCell<IniFile>>,
        name: &str,
        args: &Args,
    ) -> Object {
        let span = args.span;
        match name {
            "read" | "read_file" | "readfp" | "read_string" => {
                self.read_ini(file, name, args);
                Object::plain(ValueKind::None, span)
            }
            "sections" => {
                let ini = file.borrow();
                let names = ini.sections.iter().map(|(n, _)| n).filter(|n| *n != "DEFAULT");
                let items = names.map(|n| Value::text(n.clone(), span)).collect();
                Value::list(Form::List, items, ini.open.clone(), span).into()
            }
            "has_section" | "has_option" => {
                let ini = file.borrow();
                let section = args.positional.first().and_then(Object::as_str);
                let (Some(section), None) = (section, &ini.open) else {
                    return Object::unknown(args.why(), span);
                };
                let found = ini.sections.iter().find(|(n, _)| n == section);
                let has = match args.positional.get(1).map(Object::as_str) {
                    None => found.is_some(),
                    Some(Some(option)) => option_of(&ini, section, option).is_some(),
                    Some(None) => return Object::unknown(args.why(), span),
                };
                Object::plain(ValueKind::Bool(has), span)
            }
            "get" | "getint" | "getboolean" | "getfloat" => {
                let (Some(section), Some(option)) = (
                    args.get(0, "section").and_then(Object::as_str).map(str::to_owned),
                    args.get(1, "option").and_then(Object::as_str).map(str::to_owned),
                ) else {
                    return Object::unknown(args.why(), span);
                };
                let value = self.ini_option(file, &section, &option, args.named("fallback"), span);
                match name {
                    "getint" => self.builtin("int", &Args::of_positional(vec![value], span)),
                    "getfloat" => self.builtin("float", &Args::of_positional(vec![value], span)),
                    "getboolean" => match value.as_str().map(str::to_lowercase).as_deref() {
                        Some("1" | "yes" | "true" | "on") => {
                            Object::plain(ValueKind::Bool(true), span)
                        }
                        Some("0" | "no" | "false" | "off") => {
                            Object::plain(ValueKind::Bool(false), span)
                        }
                        Some(_) => {
                            let why = self.failed("ValueError", "Not a boolean", span);
                            Object::unknown(why, span)
                        }
                        None => value,
                    },
                    _ => value,
                }
            }
            _ => Object::unknown(Reason::Call(name.to_owned()), span),
        }
    }

    fn ini_option(
        &mut self,
        file: &Rc<RefCell<IniFile>>,
        section: &str,
        option: &str,
        fallback: Option<&Object>,
        span: Span,
    ) -> Object {
        let ini = file.borrow();
        if let Some(value) = option_of(&ini, section, option) {
            if ini.interpolates && value.as_str().is_none_or(|t| t.contains('%')) {
                let why = Unknown::at(Reason::NotEvaluated("`%` in a configuration file"), span);
                return Object::unknown(why, span);
            }
            return value.into();
        }
        if let Some(why) = &ini.open {
            return Object::unknown(why.clone(), span);
        }
        if let Some(fallback) = fallback {
            return fallback.clone();
        }
        let known = ini.sections.iter().any(|(n, _)| n == section);
        drop(ini);
        let why = if known {
            let words = format!("No option '{option}' in section: '{section}'");
            self.failed("NoOptionError", words, span)
        } else {
            self.failed("NoSectionError", format!("No section: '{section}'"), span)
        };
        Object::unknown(why, span)
    }

    /// `config[section]`
    pub(super) fn ini_section(
        &mut self,
        file: &Rc<RefCell<IniFile>>,
        index: &Object,
        span: Span,
    ) -> Object {
        let ini = file.borrow();
        let Some(name) = index.as_str() else { return Object::unknown(index.why(span), span) };
        let found = ini.sections.iter().find(|(n, _)| n == name);
        let Some((_, options)) = found else {
            if let Some(why) = &ini.open {
                return Object::unknown(why.clone(), span);
            }
            let words = format!("'{name}'");
            drop(ini);
            let why = self.failed("KeyError", words, span);
            return Object::unknown(why, span);
        };
        let mut dict = Value { form: Form::Section, ..empty_dict(span) };
        let defaults = ini.sections.iter().find(|(n, _)| n == "DEFAULT").map(|(_, o)| o);
        for (key, value) in defaults.into_iter().flatten().chain(options) {
            let blurred = ini.interpolates && value.as_str().is_none_or(|t| t.contains('%'));
            let value = if blurred {
                Value::unknown(Reason::NotEvaluated("`%` in a configuration file"), span)
            } else {
                value.clone()
            };
            operators::set_entry(&mut dict, &Value::text(key.clone(), span), value);
        }
        dict.into()
    }

    fn read_ini(&mut self, file: &Rc<RefCell<IniFile>>, name: &str, args: &Args) {
        let span = args.span;
        let Some(given) = args.positional.first().cloned() else { return };
        let mut texts: Vec<Result<Text, Unknown>> = Vec::new();
        match (&given, name) {
            (Object::File(open), _) => texts.push(open.text.clone()),
            (Object::Value(value), "read_string") => match &value.kind {
                ValueKind::Str(text) => texts.push(Ok(text.clone())),
                _ => texts.push(Err(operators::why_value(value))),
            },
            (Object::Value(value), _) => {
                let single = std::slice::from_ref(&**value);
                for path in value.items().unwrap_or(single) {
                    match path.as_str() {
                        Some(path) => match self.text_at(path, span) {
                            Ok(Some(text)) => texts.push(Ok(text)),
                            // A file that is not there is passed over.
                            Ok(None) => {}
                            Err(why) => texts.push(Err(why)),
                        },
                        None => texts.push(Err(operators::why_value(path))),
                    }
                }
            }
            (other, _) => texts.push(Err(other.why(span))),
        }
        let mut ini = file.borrow_mut();
        for text in texts {
            match text {
                Ok(text) => parse_ini(&text, &mut ini, span),
                Err(why) => {
                    ini.open.get_or_insert(why);
                }
            }
        }
    }
}

fn option_of(ini: &IniFile, section: &str, option: &str) -> Option<Value> {
    let option = option.to_lowercase();
    let (_, options) = ini.sections.iter().find(|(n, _)| n == section)?;
    let defaults = ini.sections.iter().find(|(n, _)| n == "DEFAULT").map(|(_, o)| o.as_slice());
    let all = options.iter().rev().chain(defaults.unwrap_or_default().iter().rev());
    all.into_iter().find(|(k, _)| *k == option).map(|(_, v)| v.clone())
}

fn parse_ini(text: &Text, ini: &mut IniFile, span: Span) {
    let mut at = 0;
    let mut section: Option<usize> = None;
    for line in text.as_str().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            let found = ini.sections.iter().position(|(n, _)| n == name);
            section = Some(found.unwrap_or_else(|| {
                ini.sections.push((name.to_owned(), Vec::new()));
                ini.sections.len() - 1
            }));
            continue;
        }
        let Some((_, options)) = section.and_then(|at| ini.sections.get_mut(at)) else {
            ini.open.get_or_insert(Unknown::at(Reason::NotA("a configuration file"), span));
            return;
        };
        // A value that goes on in the next line.
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = options.last_mut() {
                *value = Value::unknown(Reason::NotEvaluated("a value of several lines"), span);
            }
            continue;
        }
        let Some(split) = line.find(['=', ':']) else {
            ini.open.get_or_insert(Unknown::at(Reason::NotA("a configuration file"), span));
            return;
        };
        let key = line[..split].trim().to_lowercase();
        let value = text.slice(start + split + 1..at).trim();
        options.push((key, Value::new(ValueKind::Str(value), span)));
    }
}
