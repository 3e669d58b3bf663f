//! One instruction: keyword, flags, arguments.

use super::json::{self, Json};
use super::lines::{Lines, Logical};
use super::pairs::{named, optional, unquoted};
use super::report::{Report, shown};
use super::words::{fields, is_blank};
use super::{Command, Instruction, Kind, flags, heredoc};
use crate::finding::{Own, Quote, prose};
use crate::source::{Spanned, Text};

/// Reads instructions of one file.
#[derive(Debug)]
pub(super) struct InstructionReader<'r, 'a> {
    escape: char,
    lines: &'r mut Lines<'a>,
    report: &'r mut Report,
    /// Whether the line before was no instruction either: then one error for all of them is enough.
    lost: bool,
}

impl<'r, 'a> InstructionReader<'r, 'a> {
    /// Reads on where `lines` stands.
    pub(super) fn new(escape: char, lines: &'r mut Lines<'a>, report: &'r mut Report) -> Self {
        Self { escape, lines, report, lost: false }
    }

    /// The next logical line.
    pub(super) fn logical(&mut self) -> Option<Logical> {
        self.lines.logical(self.escape)
    }

    /// Where errors go.
    pub(super) fn report(&mut self) -> &mut Report {
        self.report
    }

    /// The keyword at the start of a logical line, and whether there is such an instruction.
    pub(super) fn keyword(&self, line: &Text) -> (Spanned<String>, bool) {
        let word = line.slice(0..line.find(is_blank).unwrap_or(line.len()));
        let keyword = word.to_ascii_uppercase();
        let known = Kind::KEYWORDS.contains(&keyword.as_str());
        (Spanned::new(keyword, word.span()), known)
    }

    /// Reads a logical line and the here-documents that belong to it.
    pub(super) fn instruction(&mut self, line: &Text) -> Option<Instruction> {
        self.nested(line, false)
    }

    fn nested(&mut self, line: &Text, in_onbuild: bool) -> Option<Instruction> {
        let (keyword, known) = self.keyword(line);
        let rest = line.find(is_blank).map_or_else(
            || line.slice(line.len()..line.len()),
            |end| line.slice(end..line.len()).trim(),
        );
        let meant = if known { Some(keyword.value.as_str()) } else { self.unknown(&keyword) };
        self.lost = meant.is_none();
        let mut quiet = Report::default();
        let (flags, args) = flags::read(&rest, if known { self.report } else { &mut quiet });
        let json = json::read(&args);
        let openings = match (meant, &json) {
            (Some("RUN" | "COPY" | "ADD"), Json::No | Json::NotStrings) => heredoc::openings(&args),
            _ => Vec::new(),
        };
        let script = matches!(openings.as_slice(), [only] if only.word.len() == args.len());
        let heredocs = heredoc::bodies(openings, self.lines, self.report);
        let kind = if !known {
            Some(Kind::Other(args))
        } else if args.is_empty() {
            self.report.push(
                keyword.span,
                prose!("`{}` has no arguments", Quote::name(&keyword)),
                None,
            );
            None
        } else if matches!(json, Json::NotStrings) && takes_json(&keyword.value) {
            let help = prose!("put double quotes around every one, numbers as well");
            self.report.push(args.span(), "the JSON form takes strings only".into(), Some(help));
            None
        } else if keyword.value == "ONBUILD" {
            self.onbuild(&args, in_onbuild)
        } else if script && keyword.value == "RUN" {
            Some(Kind::Run(Command::Shell(Text::empty(args.span()))))
        } else {
            self.kind(&keyword, &args, json)
        };
        Some(Instruction { keyword, flags, heredocs, span: line.span(), kind: kind? })
    }

    /// Reports a keyword that is not known and gives the one that was probably meant.
    fn unknown(&mut self, keyword: &Spanned<String>) -> Option<&'static str> {
        let name = keyword.value.as_str();
        let meant = nearest(name);
        if meant.is_none() && self.lost {
            return None;
        }
        let help = if let Some(meant) = meant {
            prose!("did you mean `{}`?", Own(meant))
        } else if name.contains(|c: char| c.is_whitespace()) {
            prose!(
                "there is a blank behind the keyword that is no plain space (U+0020): write a plain one"
            )
        } else if name.starts_with("{{") || name.starts_with("{%") || name.starts_with("<%") {
            prose!("this looks like a template: build from what is made of it")
        } else {
            prose!(
                "a line begins with an instruction; if the line above goes on here, it needs `{}` at its end",
                self.escape
            )
        };
        self.report.push(keyword.span, prose!("unknown instruction `{}`", shown(name)), Some(help));
        meant
    }

    fn onbuild(&mut self, args: &Text, in_onbuild: bool) -> Option<Kind> {
        let (inner, _) = self.keyword(args);
        if in_onbuild || matches!(inner.value.as_str(), "ONBUILD" | "FROM" | "MAINTAINER") {
            self.report.push(
                inner.span,
                prose!("`{}` cannot stand behind ONBUILD", Quote::name(&inner)),
                None,
            );
            return None;
        }
        Some(Kind::Onbuild(Box::new(self.nested(args, true)?)))
    }

    fn kind(&mut self, keyword: &Spanned<String>, args: &Text, json: Json) -> Option<Kind> {
        let escape = self.escape;
        Some(match keyword.value.as_str() {
            "FROM" => self.read_from(keyword, args)?,
            "RUN" => Kind::Run(command(args, json)),
            "CMD" => Kind::Cmd(command(args, json)),
            "ENTRYPOINT" => Kind::Entrypoint(command(args, json)),
            "SHELL" => match json {
                Json::Strings(all) if !all.is_empty() => Kind::Shell(all),
                _ => {
                    let help = prose!("write it as `SHELL [\"/bin/bash\", \"-c\"]`");
                    self.report.push(
                        args.span(),
                        "`SHELL` takes the JSON form only".into(),
                        Some(help),
                    );
                    return None;
                }
            },
            "COPY" | "ADD" => self.copy(keyword, args, json)?,
            "ENV" => Kind::Env(some(named("ENV", args, escape, self.report))?),
            "LABEL" => Kind::Label(some(named("LABEL", args, escape, self.report))?),
            "ARG" => Kind::Arg(some(optional(args, escape, self.report))?),
            "WORKDIR" => Kind::Workdir(unquoted(args, escape, self.report)),
            "USER" => Kind::User(unquoted(args, escape, self.report)),
            "VOLUME" => Kind::Volume(self.list(args, json)),
            "EXPOSE" => Kind::Expose(self.list(args, Json::No)),
            "HEALTHCHECK" => self.healthcheck(args)?,
            _ => Kind::Other(args.clone()),
        })
    }

    /// `FROM image [AS name]`; a name must begin with a letter (Dockerfile reference: "FROM").
    fn read_from(&mut self, keyword: &Spanned<String>, args: &Text) -> Option<Kind> {
        let all = fields(args);
        let image = unquoted(all.first()?, self.escape, self.report);
        let named = all.get(1).is_some_and(|word| word.eq_ignore_ascii_case("as"));
        let alias = if named { all.get(2).cloned() } else { None };
        if !(all.len() == 1 || (all.len() == 3 && named)) {
            let comment = all.iter().skip(1).any(|word| word.starts_with('#'));
            let help = if comment {
                "a comment needs a line of its own"
            } else {
                "write `FROM image` or `FROM image AS name`"
            };
            self.report.push(
                keyword.span.cover(args.span()),
                "`FROM` takes an image, or an image, AS and a name".into(),
                Some(help.into()),
            );
        } else if let Some(alias) = &alias
            && !is_stage_name(alias)
        {
            let help = prose!("begin with a letter, go on with letters, digits, `-`, `_` and `.`");
            self.report.push(
                alias.span(),
                prose!("`{}` cannot be the name of a stage", shown(alias)),
                Some(help),
            );
        }
        Some(Kind::From { image, alias })
    }

    fn copy(&mut self, keyword: &Spanned<String>, args: &Text, json: Json) -> Option<Kind> {
        let name = Quote::name(keyword);
        let mut sources = self.list(args, json);
        let dest = sources.pop()?;
        if sources.is_empty() {
            let help = prose!("write `{} source destination`", name);
            self.report.push(
                keyword.span.cover(args.span()),
                prose!("`{}` needs a source and a destination", name),
                Some(help),
            );
            return None;
        }
        if heredoc::openings(&dest).iter().any(|open| open.word.len() == dest.len()) {
            let help = prose!("name the file to write behind it");
            self.report.push(
                dest.span(),
                "a here-document cannot be the destination".into(),
                Some(help),
            );
        }
        Some(Kind::Copy { sources, dest })
    }

    /// The JSON form, or words; words that open here-documents stay as they are.
    fn list(&mut self, args: &Text, json: Json) -> Vec<Text> {
        if let Json::Strings(all) = json {
            return all;
        }
        fields(args)
            .iter()
            .map(|word| {
                if word.contains("<<") {
                    word.clone()
                } else {
                    unquoted(word, self.escape, self.report)
                }
            })
            .collect()
    }

    /// `HEALTHCHECK [flags] CMD command` or `HEALTHCHECK NONE`
    fn healthcheck(&mut self, args: &Text) -> Option<Kind> {
        let end = args.find(char::is_whitespace).unwrap_or(args.len());
        let (word, rest) = (args.slice(0..end), args.slice(end..args.len()).trim());
        let problem = match word.to_ascii_uppercase().as_str() {
            "NONE" if rest.is_empty() => return Some(Kind::Healthcheck(None)),
            "NONE" => "`HEALTHCHECK NONE` takes no arguments",
            "CMD" if rest.is_empty() => "`HEALTHCHECK CMD` has no command",
            "CMD" => match json::read(&rest) {
                Json::NotStrings => "the JSON form takes strings only",
                json => return Some(Kind::Healthcheck(Some(command(&rest, json)))),
            },
            _ => "`HEALTHCHECK` takes CMD and a command, or NONE",
        };
        self.report.push(
            args.span(),
            problem.into(),
            Some("write `HEALTHCHECK [--interval=30s] CMD command`".into()),
        );
        None
    }
}

/// The exec form, or a line for the shell. What looks like JSON and is none is such a line too.
fn command(args: &Text, json: Json) -> Command {
    match json {
        Json::Strings(all) => Command::Exec(all),
        _ => Command::Shell(args.clone()),
    }
}

fn some<T>(all: Vec<T>) -> Option<Vec<T>> {
    (!all.is_empty()).then_some(all)
}

fn takes_json(keyword: &str) -> bool {
    matches!(keyword, "ADD" | "CMD" | "COPY" | "ENTRYPOINT" | "RUN" | "SHELL" | "VOLUME")
}

fn is_stage_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The keyword that is one slip of the hand away, two for the long ones.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    if !(3..=16).contains(&name.len()) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let near = Kind::KEYWORDS
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .min()?;
    let allowed = if name.len() < 5 { 1 } else { 2 };
    (near.0 <= allowed).then_some(near.1)
}
