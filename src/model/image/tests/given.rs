//! What a build is given: its context, mounts, archives, arguments, and the libraries of its base.

use super::*;

/// Each source with what is known of it: `+` there, `-` missing, `!` left out, `?` not known.
fn sources_of(dockerfile: &str, files: &[(&str, &str)]) -> String {
    let (sources, image) = image(dockerfile, files);
    let show = |s: &ContextSource| {
        let state = match s.state {
            InContext::There => "+",
            InContext::Missing(_) => "-",
            InContext::Ignored(..) => "!",
            InContext::Unknown => "?",
        };
        format!("{state}{}", s.text)
    };
    image.context_sources(sources).map(|s| show(&s)).collect::<Vec<_>>().join(" ")
}

#[test]
fn sources_are_counted_from_the_context() {
    let files = [
        ("a.txt", ""),
        ("docker/x.sh", ""),
        ("docs/a.md", ""),
        ("docs/keep.md", ""),
        ("logs/a.log", ""),
        (".dockerignore", "docs\n!docs/keep.md\nlogs\n*.txt\n!a.txt\nb.txt\n"),
        ("b.txt", ""),
    ];
    for (lines, wanted) in [
        ("COPY a.txt b.txt c.txt /x/", "+a.txt !b.txt -c.txt"),
        ("COPY . /x", "+."),
        ("COPY /a.txt ../a.txt ./docker/ /x/", "+/a.txt +../a.txt +./docker/"),
        ("COPY docs logs /x/", "+docs !logs"),
        ("COPY docker/y.sh nope/y.sh /x/", "-docker/y.sh -nope/y.sh"),
        ("ARG X\nCOPY *.nope x?.txt $X /x/", "?*.nope ?x?.txt ?$X"),
        ("COPY --from=alpine /etc/x /x", ""),
        ("ADD https://example.org/x /x", ""),
        ("COPY <<EOF /x\nhello\nEOF", ""),
        (
            "RUN --mount=type=bind,source=c.txt,target=/c --mount=type=bind,target=/d --mount=type=cache,target=/e true",
            "-c.txt +",
        ),
        ("COPY --parents c.txt /x/", "-c.txt"),
    ] {
        assert_eq!(
            sources_of(
                &format!("FROM python AS unused\nCOPY nope /\nFROM python\n{lines}\n"),
                &files
            ),
            wanted,
            "{lines}"
        );
    }
}

#[test]
fn mounts_archives_and_other_contexts() {
    let files = [("r/prod.txt", "Django==5.1\n"), ("a.tar.gz", ""), ("a.txt", "")];
    let (sources, mounted) = image(
        "FROM python\nWORKDIR /app\nRUN --mount=type=bind,source=r/prod.txt,target=req.txt pip install -r req.txt\n",
        &files,
    );
    let packages = Packages::of_image(sources, &mounted);
    assert_eq!((packages.has("django"), packages.has("x")), (Some(true), Some(false)));
    let (sources, added) = image("FROM python\nADD a.tar.gz /srv/\nCOPY a.tar.gz /opt/\n", &files);
    let found = ["/srv/x", "/srv/a.tar.gz", "/opt/a.tar.gz", "/opt/x", "/etc/x"]
        .map(|p| kind_at(sources, &added, p));
    assert_eq!(found, ["?", "?", "a.tar.gz", "-", "-"]);
    let text = "FROM base AS one\nCOPY a.txt /a\nFROM python\nCOPY --from=one /a /b\nCOPY --from=other /a /c\n";
    let build = "{context: ., additional_contexts: {one: ./x, Base: 'docker-image://python'}}";
    let (sources, image) = built(build, &[("Dockerfile", text), ("a.txt", "")]);
    let image = image.unwrap();
    assert_eq!((kind_at(sources, &image, "/b"), image.contributing().len()), ("?".into(), 1));
    assert!(matches!(image.stages[0].base, Base::Unknown(_)));
    let (sources, uv) =
        self::image("FROM python\nCOPY --from=ghcr.io/astral-sh/uv /uv /uvx /bin/\n", &[]);
    assert_eq!(
        (kind_at(sources, &uv, "/bin/uv"), kind_at(sources, &uv, "/bin/curl")),
        ("?".into(), "-".into())
    );
}

#[test]
fn a_line_sees_arguments_and_earlier_variables() {
    use crate::model::django::EnvAnswer;
    use crate::model::exec_context::ExecContext;
    use crate::source::Known;
    let (sources, image) = image("FROM python\nARG A=1\nARG B\nENV C=3\nRUN x\nENV D=4\n", &[]);
    let place = StageContext { sources, image: &image, stage: 0, layers: 0 };
    let env = |name: &str| match place.env(name) {
        EnvAnswer::Set(Known::Known(text)) => text.as_str().to_owned(),
        EnvAnswer::Unset => "-".into(),
        _ => "?".into(),
    };
    assert_eq!(["A", "B", "C", "D"].map(env), ["1", "?", "3", "-"]);
    let after = StageContext::finished(sources, &image);
    assert!(matches!((after.env("A"), after.env("D")), (EnvAnswer::Unset, EnvAnswer::Set(_))));
}

#[test]
fn arguments_and_what_becomes_of_them() {
    let text = "ARG V=3\nARG OUT=x\nFROM python:$V AS base\nARG IN\nRUN echo $IN $LOST $OUT ${OK:-1} '$NO' && W=1 && echo $W\nFROM base\nENV E=$IN X=$PATHS\n";
    let (_, image) = image(text, &[]);
    let uses = |name: &str| match image.argument(name) {
        ArgumentUse::Declared => "declared".to_owned(),
        ArgumentUse::Lacking(_) => "lacking".into(),
        ArgumentUse::Unnamed(near) => near.unwrap_or_else(|| "-".into()),
    };
    for (name, wanted) in [
        ("V", "declared"),
        ("IN", "declared"),
        ("OUT", "declared"),
        ("LOST", "lacking"),
        ("PATHS", "lacking"),
        ("OK", "-"),
        ("NO", "-"),
        ("W", "-"),
        ("http_proxy", "declared"),
        ("BUILDKIT_INLINE_CACHE", "declared"),
        ("한글", "-"),
    ] {
        assert_eq!(uses(name), wanted, "{name}");
    }
    assert_eq!(
        image.outer_arguments().iter().map(|a| a.declared.as_str()).collect::<Vec<_>>(),
        ["OUT"]
    );
}

#[test]
fn libraries_of_drivers() {
    let faults = |text: &str, requirements: &str| {
        let (sources, image) = image(text, &[("r.txt", requirements)]);
        let packages = Packages::of_image(sources, &image);
        let all = image.library_faults(sources, &packages);
        all.iter().map(|f| format!("{:?} {}", f.kind, f.name)).collect::<Vec<_>>().join(", ")
    };
    const PIP: &str = "COPY r.txt .\nRUN pip install -r r.txt\n";
    for (before, requirements, wanted) in [
        ("FROM python:3.12-slim\n", "psycopg2==2.9.9", "Build psycopg2"),
        ("FROM python:3.12-alpine\n", "mysqlclient", "Build mysqlclient"),
        ("FROM python:3.12\n", "psycopg2\nmysqlclient", ""),
        (
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y libpq-dev\n",
            "psycopg2",
            "Build psycopg2",
        ),
        (
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y libpq-dev gcc\n",
            "psycopg2",
            "",
        ),
        ("FROM python:3.12-slim\nARG MORE\nRUN apt-get install -y $MORE\n", "psycopg2", ""),
        ("FROM python:3.12-slim\nRUN ./prepare.sh\n", "psycopg2", ""),
        (
            "FROM python:3.12-alpine\nRUN apk add --virtual .deps gcc musl-dev postgresql-dev\n",
            "psycopg2",
            "",
        ),
        ("FROM me/python:slim\n", "psycopg2", ""),
        ("FROM python:3.13-slim\n", "psycopg2-binary==2.9.9", "Build psycopg2-binary"),
        ("FROM python:3.13-slim\n", "psycopg2-binary==2.9.10", ""),
        ("FROM python:3.12-slim\n", "psycopg2-binary==2.9.9", ""),
        ("FROM python:3.13-slim\n", "psycopg2-binary>=2.9", ""),
        ("FROM python:3.12-slim\n", "psycopg>=3", "Run psycopg"),
        ("FROM python:3.12-slim\n", "psycopg[c]>=3", "Build psycopg"),
        ("FROM python:3.12-slim\n", "psycopg>=3\npsycopg-binary>=3", ""),
        ("FROM python:3.12-slim\nRUN apt-get install -y postgresql-client\n", "psycopg", ""),
        ("FROM python:3.12-slim\n", "psycopg2 ; sys_platform == 'win32'", ""),
    ] {
        assert_eq!(
            faults(&format!("{before}{PIP}"), requirements),
            wanted,
            "{before} {requirements}"
        );
    }
    let staged = |last: &str| {
        format!(
            "FROM python:3.12 AS b\n{PIP}FROM python:3.12-slim\n{last}COPY --from=b /usr/local /usr/local\n"
        )
    };
    assert_eq!(faults(&staged(""), "psycopg2"), "Run psycopg2");
    assert_eq!(faults(&staged("RUN apt-get install -y libpq5\n"), "psycopg2"), "");
}
