//! How each kind of text is read.

mod justfile;
mod makefile;
mod manual;
mod strings;
mod workflow;

use super::shell::Shell;
use super::texts::Kind;
use super::{Form, Invocation};
use crate::source::{RelPath, SourceFile};

/// Words without which a text runs nothing that is asked for.
const WORDS: [&str; 6] = ["compose", "docker", "podman", "manage", "django-admin", ".env"];

/// What a text has people or machines run, in order.
pub(super) fn read(file: &SourceFile, kind: Kind) -> Vec<Invocation> {
    let lower = || file.text.to_ascii_lowercase();
    if !WORDS.iter().any(|w| file.text.contains(w)) && !lower().contains("compose") {
        return Vec::new();
    }
    let home = file.path.parent();
    match kind {
        Kind::Makefile => makefile::read(file, home),
        Kind::Justfile => justfile::read(file, home),
        Kind::Manual(markup) => manual::read(file, home, markup),
        Kind::Script => script(file, home),
        Kind::Workflow => workflow::read(file, home),
        Kind::Python => strings::of_python(file, home),
        Kind::Package => strings::of_package(file, home),
        Kind::ComposeFile => manual::comments(file, home),
    }
}

fn script(file: &SourceFile, home: RelPath) -> Vec<Invocation> {
    let mut shell = Shell::new(home, Form::Written);
    shell.run_script(&file.body());
    shell.out
}
