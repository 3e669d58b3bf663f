//! One file and its reader. What is asked of the tree is what `tests/spans.rs` asks: every place lies in the file and on
//! whole characters, and the text of a verbatim piece is the file's.

#[path = "../../tests/support/tokens.rs"]
mod tokens;

use crate::clock::timed;
use crate::{Worth, chosen, print_of};
use compose_doctor::internals::source::{
    Known, Limit, MemoryFiles, Reason, RelPath, SourceFile, Sources, Span,
};
use compose_doctor::internals::syntax::dockerfile::{self, Dockerfile, Kind};
use compose_doctor::internals::syntax::dotenv::EnvFile;
use compose_doctor::internals::syntax::ini::Ini;
use compose_doctor::internals::syntax::nginx::Config;
use compose_doctor::internals::syntax::python::Module;
use compose_doctor::internals::syntax::requirements::Requirements;
use compose_doctor::internals::syntax::shell::{self, Script};
use compose_doctor::internals::syntax::yaml::Yaml;
use tokens::{READERS, Seen};

/// The names of requirements files, each a format of its own; the first byte of an input says which, from `0` on.
pub const REQUIREMENTS: [&str; 4] = ["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg"];

/// A YAML file, and every text in it as a shell line.
pub fn yaml(data: &[u8]) -> Worth {
    read("compose.yaml", data, Limit::Config, &["yaml", "shell in yaml"], |f| {
        print_of(&Yaml::read(f))
    })
}

/// A Dockerfile, the shell lines in it, and its texts with variables put in.
pub fn dockerfile(data: &[u8]) -> Worth {
    read("Dockerfile", data, Limit::Code, &["dockerfile", "shell in dockerfile"], |file| {
        let read = Dockerfile::read(file);
        for instruction in &read.instructions {
            let Kind::Env(pairs) = &instruction.kind else { continue };
            for (text, escape) in pairs.iter().flat_map(|(_, text)| [(text, '\\'), (text, '`')]) {
                let expanded = dockerfile::expand(text, escape, &mut |name| {
                    name.starts_with(['A', 'P']).then(|| text.clone())
                });
                print_of(&expanded);
            }
        }
        print_of(&read)
    })
}

/// A shell script, and its words with variables put in.
pub fn shell(data: &[u8]) -> Worth {
    read("entrypoint.sh", data, Limit::Code, &["shell"], |file| {
        let script = Script::read(&file.body());
        for step in script.body.all_commands() {
            for word in &step.command.words {
                let lookup = |name: &str, _: Span| {
                    if name.starts_with(['A', 'P']) {
                        Known::Known(word.raw.clone())
                    } else {
                        Known::Unknown(Reason::NotSet(name.to_owned()).into())
                    }
                };
                print_of(&(shell::expand(word, &lookup), shell::fields(word, &lookup)));
            }
        }
        print_of(&script)
    })
}

/// A Python file.
pub fn python(data: &[u8]) -> Worth {
    read("settings.py", data, Limit::Code, &["python"], |f| print_of(&Module::read(f)))
}

/// An nginx configuration.
pub fn nginx(data: &[u8]) -> Worth {
    read("nginx.conf", data, Limit::Config, &["nginx"], |f| print_of(&Config::read(&f.body())))
}

/// An env file.
pub fn dotenv(data: &[u8]) -> Worth {
    read(".env", data, Limit::Code, &["dotenv"], |f| print_of(&EnvFile::read(&f.body())))
}

/// An INI file.
pub fn ini(data: &[u8]) -> Worth {
    read("uwsgi.ini", data, Limit::Config, &["ini"], |f| print_of(&Ini::read(&f.body(), '=')))
}

/// What a project needs, in the format that the first byte says.
pub fn requirements(data: &[u8]) -> Worth {
    let Some((kind, text)) = data.split_first() else { return Worth::Reject };
    let name = REQUIREMENTS[usize::from(kind.wrapping_sub(b'0')) % REQUIREMENTS.len()];
    read(name, text, Limit::Config, &["requirements"], |f| print_of(&Requirements::read(f)))
}

/// Reads a file, looks at every place of its tree, and now and then reads it again.
fn read(
    name: &str,
    data: &[u8],
    limit: Limit,
    readers: &[&str],
    print: fn(&SourceFile) -> u64,
) -> Worth {
    let mut memory = MemoryFiles::new();
    memory.add(name, data);
    let sources = Sources::new(&memory);
    let path = RelPath::new(name).expect("a name of ours");
    let Ok(file) = sources.read(&path, limit) else { return Worth::Reject };
    for (reader, walk) in READERS.iter().filter(|(r, _)| readers.contains(r)) {
        let wrong = timed(reader, || {
            let mut seen = Seen::new(&file);
            walk(&file, &mut seen);
            seen.wrong
        });
        assert!(wrong.is_none(), "{reader}: {}", wrong.unwrap_or_default());
    }
    if chosen(data, 4) {
        let (first, second) = timed(name, || (print(&file), print(&file)));
        assert_eq!(first, second, "{name} is not read the same each time");
    }
    Worth::Keep
}
