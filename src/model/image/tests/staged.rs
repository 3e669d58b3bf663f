//! Stages, variables, working folders, what is run.

use super::*;
use crate::source::Reason;

#[test]
fn why_an_image_is_not_known() {
    let rel = |p: &str| RelPath::new(p).unwrap();
    let d = ("app/Dockerfile", "FROM python AS one\n");
    let unknown = |reason: Reason| ImageError::Unknown(reason.into());
    let cases = [
        ("./nope", ImageError::NoContext(rel("nope"))),
        ("{context: app, dockerfile: D}", ImageError::Missing(rel("app/D"))),
        ("{context: app, target: two}", ImageError::NoTarget(rel("app/Dockerfile"), Vec::new())),
        ("{context: app, dockerfile: ../../D}", unknown(Reason::FileElsewhere("../../D".into()))),
        ("{context: app, dockerfile_inline: FROM x}", unknown(Reason::InlineDockerfile)),
        ("../x", unknown(Reason::FileElsewhere("../x".into()))),
        (
            "https://github.com/a/b.git",
            unknown(Reason::FileElsewhere("https://github.com/a/b.git".into())),
        ),
        // Compose puts in nothing, but the person who runs it may have it set.
        ("{context: app, dockerfile: '${FILE}'}", unknown(Reason::NotSet("FILE".into()))),
        ("'${CONTEXT}'", unknown(Reason::NotSet("CONTEXT".into()))),
    ];
    for (build, wanted) in cases {
        let mut found = built(build, &[d]).1.unwrap_err();
        if let ImageError::NoTarget(_, stages) = &mut found {
            assert_eq!(
                stages.drain(..).map(|s| s.as_str().to_owned()).collect::<Vec<_>>(),
                ["one"]
            );
        }
        // Every reason stands somewhere.
        if let ImageError::Unknown(why) = &mut found {
            assert!(why.place.take().is_some(), "{build}");
        }
        assert_eq!(found, wanted, "{build}");
    }
    assert_eq!(
        built("app", &[("app/Dockerfile", "# nothing\n")]).1.unwrap_err(),
        ImageError::NoStage(Vec::new())
    );
}

#[test]
fn which_dockerfile_is_read() {
    let files = [("app/dockerfile", "FROM a\n"), ("docker/D", "FROM b\n"), ("app/D", "FROM c\n")];
    for (build, wanted) in [
        ("app", "a"),
        ("{context: app, dockerfile: Dockerfile}", "a"),
        ("{context: ., dockerfile: docker/D}", "b"),
        ("{context: app, dockerfile: ../docker/D}", "b"),
        ("{context: app, dockerfile: D}", "c"),
    ] {
        assert_eq!(
            built(build, &files).1.unwrap().external_base().unwrap().as_str(),
            wanted,
            "{build}"
        );
    }
    let both = [("dockerfile", "FROM a\n"), ("Dockerfile", "FROM b\n")];
    assert_eq!(built(".", &both).1.unwrap().external_base().unwrap().as_str(), "b");
}

#[test]
fn stages_and_their_bases() {
    let text = "ARG V=3.12\nFROM python:${V}-slim AS Base\nFROM base AS dev\nFROM alpine AS tools\nFROM base AS prod\nCOPY --from=tools /x /x\nFROM $NOPE AS last\n";
    let stage = |target: &str| {
        let build = format!("{{context: ., target: {target}}}");
        let (_, image) = built(&build, &[("Dockerfile", text)]);
        let image = image.unwrap();
        let chain: Vec<usize> = image.chain().iter().map(|s| s.index).collect();
        let mut all: Vec<usize> = image.contributing().iter().map(|s| s.index).collect();
        all.sort_unstable();
        (chain, all, image.external_base().map_or("-", |b| b.as_str()).to_owned())
    };
    assert_eq!(stage("dev"), (vec![1, 0], vec![0, 1], "python:3.12-slim".into()));
    assert_eq!(stage("PROD"), (vec![3, 0], vec![0, 2, 3], "python:3.12-slim".into()));
    assert_eq!(stage("last"), (vec![4], vec![4], "-".into()));
    let (_, image) = built("{context: ., target: base, args: {V: '3.9'}}", &[("Dockerfile", text)]);
    assert_eq!(image.unwrap().external_base().unwrap().as_str(), "python:3.9-slim");
    let (_, image) = built(".", &[("Dockerfile", "FROM a\nFROM b\n")]);
    assert_eq!(image.unwrap().external_base().unwrap().as_str(), "b");
}

#[test]
fn working_folders_and_variables() {
    let workdir = |text: &str| image(text, &[]).1.workdir().map(str::to_owned);
    let cases = [
        ("FROM python\n", Some("/")),
        ("FROM python\nWORKDIR /a\nWORKDIR b\nWORKDIR ../c\n", Some("/a/c")),
        ("FROM python\nWORKDIR app\n", Some("/app")),
        ("FROM python\nENV HOME=/srv\nWORKDIR $HOME/app\n", Some("/srv/app")),
        ("FROM python\nARG D=/x\nWORKDIR ${D}\n", Some("/x")),
        ("ARG D=/x\nFROM python\nARG D\nWORKDIR ${D}\n", Some("/x")),
        ("FROM python\nARG D\nWORKDIR ${D}\n", None),
        ("FROM python AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n", Some("/a/b")),
        ("FROM mycompany/base\n", None),
        ("FROM mycompany/base\nWORKDIR /a\n", Some("/a")),
        ("FROM mycompany/base\nWORKDIR a\n", None),
    ];
    for (text, wanted) in cases {
        assert_eq!(workdir(text).as_deref(), wanted, "{text}");
    }
    // A variable that the same ENV sets has its earlier value there.
    let text = "FROM python AS a\nARG X=1\nENV A=a B=${X} C=$A-$NOPE\nFROM a\nENV A=b D=$A\nARG E=arg\nENV E=env\nENV F=$E\n";
    let (_, image) = image(text, &[]);
    let env: Vec<String> =
        image.env().iter().map(|(n, v)| format!("{n}={}", v.resolved().unwrap_or("?"))).collect();
    assert_eq!(env, ["A=b", "B=1", "C=-", "D=a", "E=env", "F=env"]);
}

#[test]
fn the_build_arguments_of_compose_win() {
    let text = "FROM python\nARG A=1\nARG B\nARG C=3\nENV A=$A B=$B C=$C\n";
    let (_, image) = built("{context: ., args: {A: '9', B: '8', C: }}", &[("Dockerfile", text)]);
    let image = image.unwrap();
    let env: Vec<String> =
        image.env().iter().map(|(n, v)| format!("{n}={}", v.resolved().unwrap_or("?"))).collect();
    assert_eq!(env, ["A=9", "B=8", "C=?"]);
}

#[test]
fn what_an_image_runs() {
    let cases = [
        ("FROM python\nCMD [\"a\"]\nCMD b c\n", "-", "sh: b c"),
        ("FROM python AS a\nENTRYPOINT [\"e\"]\nCMD [\"c\"]\nFROM a\n", "e", "c"),
        ("FROM python AS a\nCMD [\"c\"]\nFROM a\nENTRYPOINT [\"e\"]\n", "e", "-"),
        ("FROM python AS a\nENTRYPOINT [\"e\"]\nFROM a\nCMD [\"c\"]\n", "e", "c"),
        (
            "FROM python AS a\nENTRYPOINT [\"e\"]\nCMD [\"c\"]\nFROM a\nENTRYPOINT [\"f\"]\nCMD [\"d\"]\n",
            "f",
            "d",
        ),
        ("FROM python AS a\nCMD [\"c\"]\nFROM python\nCOPY --from=a /x /x\n", "-", "-"),
    ];
    for (text, entrypoint, cmd) in cases {
        let (_, image) = image(text, &[]);
        assert_eq!(
            (command(image.entrypoint()), command(image.cmd())),
            (entrypoint.into(), cmd.into()),
            "{text}"
        );
    }
    assert!(image("FROM docker.io/library/python:3.12@sha256:0\n", &[]).1.starts_bare());
    assert!(!image("FROM me/base\n", &[]).1.starts_bare());
}

#[test]
fn management_commands_of_a_build() {
    let text = "FROM python AS b\nWORKDIR /app\nRUN python manage.py compilemessages\nFROM b\nRUN pip install x && python manage.py collectstatic --noinput\nRUN [\"python\", \"manage.py\", \"check\"]\nRUN <<EOF\npython manage.py migrate\nEOF\nRUN ./build.sh\n";
    let (_, image) = image(text, &[]);
    for name in ["compilemessages", "collectstatic", "check", "migrate"] {
        assert_eq!(image.builds(name).count(), 1, "{name}");
    }
    assert_eq!(image.builds("collectstatic").next().unwrap().workdir.as_deref(), Some("/app"));
    let unused =
        self::image("FROM python AS a\nRUN python manage.py migrate\nFROM python\n", &[]).1;
    assert_eq!(unused.builds("migrate").count(), 0);
}
