//! Facts of other people's software have a date and an official source, fit together, are asked for by code, and are
//! written down nowhere else.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

mod support;

#[path = "../build/facts.rs"]
mod build;

use compose_doctor::internals::facts::{
    self, FAMILIES, FOLDERS, GONE, IMAGES, LATEST, OPTIONS, PROGRAMS, RELEASES, Role, STANDS_ON,
};
use std::collections::BTreeSet;
use support::{files_below, home};

/// Sites that speak for the software they are about. On GitHub, the maker's own repository.
const OFFICIAL: &str = "
    airflow.apache.org caddyserver.com cairosvg.org curl.se dev.mysql.com dnf.readthedocs.io doc.courtbouillon.org docs.astral.sh
    docs.celeryq.dev docs.conda.io docs.confluent.io docs.djangoproject.com docs.docker.com docs.doppler.com
    docs.github.com docs.gunicorn.org docs.haproxy.org docs.linuxserver.io docs.npmjs.com docs.openssl.org
    docs.portainer.io docs.python.org eff-certbot.readthedocs.io flower.readthedocs.io gcc.gnu.org github.com
    hatch.pypa.io httpd.apache.org kafka.apache.org learn.microsoft.com lists.debian.org mamba.readthedocs.io
    man.openbsd.org manpages.debian.org mariadb.com nginx.org nmap.org nodejs.org packages.debian.org
    packages.ubuntu.com pdm-project.org pip.pypa.io postgis.net pycairo.readthedocs.io pymysql.readthedocs.io pipenv.pypa.io pkgs.alpinelinux.org pubs.opengroup.org
    pypi.org python-poetry.org redis.io rye.astral.sh skarnet.org uwsgi-docs.readthedocs.io
    wiki.alpinelinux.org wiki.ubuntu.com www.debian.org www.elastic.co www.gnu.org www.meilisearch.com
    www.pgadmin.org www.postgresql.org www.psycopg.org www.python-ldap.org www.rabbitmq.com www.sudo.ws www.uvicorn.org
";

/// An entry of a file of facts.
struct Entry {
    /// The file, the table, and what the entry is about.
    what: String,
    fields: toml::Table,
    /// The key of its date; `None` where it only names something.
    date: Option<&'static str>,
}

impl Entry {
    fn text(&self, key: &str) -> &str {
        self.fields.get(key).and_then(toml::Value::as_str).unwrap_or("")
    }
}

/// The entries of all files.
fn entries() -> Vec<Entry> {
    let mut all = Vec::new();
    for file in build::FILES {
        let text = std::fs::read_to_string(home().join(file.path)).expect("the file is there");
        let tables: toml::Table = toml::from_str(&text).expect("the build has read it");
        for table in file.tables {
            let listed = tables.get(table.name).and_then(toml::Value::as_array);
            for fields in listed.into_iter().flatten().filter_map(toml::Value::as_table) {
                // Its first texts say what it is about.
                let about = table.keys.iter().filter_map(|(key, _)| match fields.get(*key)? {
                    toml::Value::String(text) => Some(text.clone()),
                    toml::Value::Array(all) => Some(all.first()?.as_str()?.to_owned()),
                    _ => None,
                });
                let about: Vec<String> = about.take(3).collect();
                all.push(Entry {
                    what: format!("{}: {} {}", file.path, table.name, about.join(" ")),
                    fields: fields.clone(),
                    date: file.is_sourced(table).then_some(file.date),
                });
            }
        }
    }
    all
}

#[test]
fn every_entry_has_a_date_and_an_official_source_and_stands_once() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in entries() {
        let what = &entry.what;
        if !seen.insert(what.clone()) {
            wrong.push(format!("{what} stands twice"));
        }
        let Some(date) = entry.date.map(|key| entry.text(key)) else { continue };
        let source = entry.text("source");
        let site = source.strip_prefix("https://").and_then(|s| s.split('/').next());
        if !OFFICIAL.split_whitespace().any(|o| site == Some(o)) {
            wrong.push(format!("{what}: {source} is no official address; if it is one, add its site to tests/facts.rs"));
        }
        if date < "2019" {
            wrong.push(format!("{what}: {date} is before anything that is checked here"));
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn every_table_is_asked_for() {
    let read = |p: &std::path::PathBuf| std::fs::read_to_string(p).unwrap_or_default();
    let (own, others): (Vec<_>, Vec<_>) = files_below(&home().join("src"))
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .partition(|p| p.to_string_lossy().replace('\\', "/").contains("src/facts/"));
    let own: String = own.iter().map(read).collect();
    let others: String = others.iter().map(read).collect();
    for table in build::FILES.iter().flat_map(|f| f.tables) {
        // By its name, or by the question that src/facts answers from it.
        let question = match table.name {
            "latest" => "facts::latest(",
            "image" => "facts::image(",
            "family" => "Family::",
            "program" => "facts::program_is(",
            "management" => "facts::management(",
            "subcommand" => "facts::subcommand(",
            "tool" => "facts::tool(",
            "probe" => "facts::probe(",
            "variable" => "facts::variable_reader(",
            "surrounding" => "facts::surrounds(",
            "file" => "file_names(",
            "package" => "facts::package_of_module(",
            "brings_setuptools" => "facts::brings_setuptools(",
            "driver" => "facts::driver(",
            "library" => "facts::library(",
            "compiler" => "facts::brings_compiler(",
            "client" => "facts::brings_client(",
            "without_bash" => "facts::lacks_bash(",
            "closed" => "facts::brings_nothing(",
            "part" | "ending" => "secret_name(",
            "weak" => "facts::is_weak(",
            "common" => "common_words()",
            "own_server" => "facts::is_of_own_server(",
            "placeholder" => "facts::stands_in(",
            "confessing" => "facts::confesses(",
            "directive" => "redis_directives()",
            "crypt" => "crypt_names()",
            "hashed" => "holds_hash(",
            "hiding" | "inside" | "behind" | "last" | "whole" | "unlike" | "pair"
            | "login_user" | "open_key" | "variant" | "about" => "hidden_name(",
            "between" => "between)",
            "sentence" => "of_sentence(",
            "instruction" => "instruction(",
            "running" => "runs_with",
            "keyed" => "keyed(",
            "taking" => "takes_password(",
            "identified" => "identifies(",
            "hook" => "hooks()",
            "asking" => "asking(",
            "token" => "token_starts()",
            _ => table.list,
        };
        assert!(
            others.contains(question),
            "nothing asks for `{}`; remove it from its file or use {}",
            table.name,
            table.list
        );
        assert!(own.contains(&format!("pub struct {}", table.item)));
    }
}

#[test]
fn releases_and_images_fit_together() {
    let mut wrong = Vec::new();
    for stands in STANDS_ON {
        let until: Vec<_> = stands.until.iter().filter_map(|u| u.split_once(' ')).collect();
        if until.len() != stands.until.len()
            || until.windows(2).any(|w| facts::at_least(w[0].0, w[1].0))
        {
            wrong.push(format!(
                "stands_on {} {}: `until` holds `version release`, ascending",
                stands.image, stands.series
            ));
        }
        for name in until.iter().map(|u| u.1).chain([stands.now]) {
            if facts::release(name).is_none() {
                wrong.push(format!(
                    "stands_on {} {}: there is no release {name}",
                    stands.image, stands.series
                ));
            }
        }
    }
    for gone in GONE {
        if !RELEASES.iter().any(|r| r.distribution == gone.distribution && r.version == gone.since)
        {
            wrong.push(format!(
                "gone {}: {} has no release {}",
                gone.package, gone.distribution, gone.since
            ));
        }
    }
    let images = LATEST
        .iter()
        .map(|l| l.image)
        .chain(OPTIONS.iter().map(|o| o.image))
        .chain(FOLDERS.iter().map(|f| f.image))
        .chain(PROGRAMS.iter().map(|p| p.image))
        .chain(STANDS_ON.iter().map(|s| s.image));
    for image in images.filter(|i| facts::image(i).is_none()) {
        wrong.push(format!("{image} is no image of data/images.toml"));
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn images_say_what_their_role_needs() {
    let mut wrong = Vec::new();
    for image in IMAGES {
        let (name, family) = (image.names[0], image.family.facts());
        // Messages and labels name both, and rules ask for them of every database that Django knows.
        let sql = matches!(family.name, "postgres" | "mysql" | "mariadb");
        if sql && (image.port.is_none() || image.data.is_none() || image.probe.is_empty()) {
            wrong.push(format!("{name}: a database needs `port`, `data` and `probe`"));
        }
        if image.port.is_some() && !image.family.keeps_data() {
            wrong.push(format!("{name}: `port` is where clients of a server of data connect"));
        }
        if let Some(port) =
            image.port.filter(|p| !image.ports.is_empty() && !image.ports.contains(p))
        {
            wrong
                .push(format!("{name}: `ports` are all it listens on, and {port} is none of them"));
        }
        let needless = image.needs.iter().chain(image.trusts_when).chain(image.empty_when);
        for variable in needless.map(|v| v.split('=').next().unwrap_or(v)) {
            if !image.reads.is_empty() && !image.reads(variable) {
                wrong.push(format!("{name}: {variable} is not in `reads`"));
            }
        }
        for variable in image
            .user_variables
            .iter()
            .chain(image.database_variables)
            .copied()
            .chain(image.passwords())
        {
            if !image.reads.is_empty() && !image.reads(variable) {
                wrong.push(format!("{name}: {variable} is not in `reads`"));
            }
        }
    }
    for family in FAMILIES.iter().filter(|f| f.role == Role::Interface) {
        let known = IMAGES.iter().find(|i| i.family.facts().name == family.name);
        if known.is_some_and(|i| i.exposes.is_some() && i.login_variables.is_empty()) {
            wrong.push(format!("{}: `exposes` needs `login_variables`", family.name));
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

/// A Rust file without its tests and without comments.
fn code(path: &std::path::Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The texts of a file that stand in one list: with nothing but brackets, commas, bars and numbers between them.
fn lists(code: &str) -> Vec<Vec<&str>> {
    let mut lists: Vec<Vec<&str>> = Vec::new();
    let mut end = 0;
    for (start, text) in literals(code) {
        let between = &code[end..start - 1];
        let joined = between
            .chars()
            .all(|c| c.is_whitespace() || c.is_ascii_digit() || "\",|&[]()".contains(c));
        match lists.last_mut() {
            Some(list) if joined && end > 0 => list.push(text),
            _ => lists.push(vec![text]),
        }
        end = start + text.len() + 1;
    }
    lists
}

/// The texts in quotes of a file, with where they begin.
fn literals(code: &str) -> Vec<(usize, &str)> {
    let bytes = code.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\'' if bytes.get(at + 2) == Some(&b'\'') => at += 3,
            b'\'' if bytes.get(at + 1) == Some(&b'\\') => at += 4,
            b'"' => {
                let start = at + 1;
                at = start;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                all.push((start, &code[start..at.min(code.len())]));
                at += 1;
            }
            _ => at += 1,
        }
    }
    all
}

#[test]
fn no_source_file_holds_a_list_of_image_names() {
    let last = |name: &'static str| name.rsplit('/').next().unwrap_or(name);
    let mut names: BTreeSet<&str> = FAMILIES.iter().flat_map(|f| f.bare).copied().collect();
    names.extend(IMAGES.iter().flat_map(|i| i.names).flat_map(|n| [*n, last(n)]));
    let mut wrong = Vec::new();
    for path in files_below(&home().join("src")) {
        let shown = path.to_string_lossy().replace('\\', "/");
        if !shown.ends_with(".rs") || shown.contains("/tests") || shown.contains("src/facts/") {
            continue;
        }
        for list in lists(&code(&path)) {
            let found: BTreeSet<&str> = list.into_iter().filter(|t| names.contains(t)).collect();
            if found.len() > 2 {
                wrong.push(format!("{shown}: {found:?}: ask src/facts"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn lists_of_texts_are_found() {
    let code = r#"const A: [(&str, u16); 2] = [("a", 1), ("b", 2)]; match x { "c" | "d" => "e", _ => '"' } "f""#;
    assert_eq!(lists(code), [vec!["a", "b"], vec!["c", "d"], vec!["e"], vec!["f"]]);
}

#[test]
fn a_wrong_entry_stops_the_build_and_says_why() {
    let file = |path: &str| build::FILES.iter().find(|f| f.path == path).expect("a file of facts");
    let aging = file("data/facts.toml");
    let right = "[[latest]]\nimage = \"postgres\"\nversion = \"18\"\ndate = \"2025-09-25\"\nsource = \"https://example.org\"\n";
    let code = build::generate(aging, right).expect("the entry is right");
    assert!(
        code.contains(
            "pub static LATEST: &[Latest] = &[\n    Latest { image: \"postgres\", version: \"18\","
        ),
        "{code}"
    );
    for (from, to, want) in [
        ("date = \"2025-09-25\"\n", "", "entry 1 of `latest`: `date` is missing"),
        ("source = \"https://example.org\"\n", "", "`source` is missing"),
        ("2025-09-25", "last year", "the date `last year` must be year-month-day"),
        ("https://example.org", "a blog", "the source `a blog` must be an address"),
        ("version = \"18\"", "version = 18", "`version` must be a text"),
        ("version = \"18\"", "version = \"18\"\nnote = \"x\"", "unknown key `note`"),
        ("[[latest]]", "[[newest]]", "unknown table `newest`; teach it to build/tables.rs"),
        ("[[latest]]", "[[latest", "data/facts.toml: it is not TOML"),
    ] {
        refused(aging, right, from, to, want);
    }
    let images = file("data/images.toml");
    let right = "[[family]]\nname = \"redis\"\ntitle = \"Redis\"\nrole = \"cache\"\n\
         [[image]]\nnames = [\"redis\"]\nfamily = \"redis\"\nport = 6379\nchecked = \"2026-11-30\"\nsource = \"https://example.org\"\n\
         [[image]]\nnames = [\"acme/redis\"]\nfamily = \"redis\"\nlike = \"redis\"\nchecked = \"2026-11-30\"\nsource = \"https://example.org\"\n";
    let code = build::generate(images, right).expect("the entries are right");
    assert!(code.contains("pub enum Family {\n    /// Redis.\n    Redis,\n}"), "{code}");
    assert_eq!(
        code.matches("port: Some(6379)").count(),
        2,
        "what is like another takes over: {code}"
    );
    assert!(code.contains("    (\"acme/redis\", 1),\n    (\"redis\", 0),\n"), "{code}");
    for (from, to, want) in [
        (
            "role = \"cache\"",
            "role = \"cash\"",
            "`redis` of `family`: `role` is `cash`, which is none of: database,",
        ),
        (
            "family = \"redis\"\nport",
            "family = \"radish\"\nport",
            "`redis` of `image`: `family` is `radish`, which is none of: redis",
        ),
        ("6379", "0", "`port` must hold a port, 1 to 65535"),
        (
            "like = \"redis\"",
            "like = \"valkey\"",
            "`acme/redis` of `image`: no entry above it has `valkey` for its first name",
        ),
        (
            "\"acme/redis\"",
            "\"redis\"",
            "data/images.toml: `redis` and `redis` both have `redis` in `names`",
        ),
    ] {
        refused(images, right, from, to, want);
    }
}

fn refused(file: &build::DataFile, right: &str, from: &str, to: &str, want: &str) {
    assert!(right.contains(from), "the test replaces something");
    let said = build::generate(file, &right.replace(from, to)).expect_err("the entry is wrong");
    assert!(said.contains(want), "said: {said}\nwant: {want}");
}
