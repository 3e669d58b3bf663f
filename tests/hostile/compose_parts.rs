//! Compose files that take in others without end, or from elsewhere.

use super::compose::{Told, WEB, all_well, folder, limit, lines, one, told, wrong};
use super::*;

/// H17: chains, circles and fans of `extends` and `include`.
#[test]
fn h17_extends_and_include_without_end() {
    let name = |i: usize| if i == 0 { "compose.yaml".to_owned() } else { format!("c{i}.yaml") };
    let chain = |text: &dyn Fn(usize) -> String| {
        let folder = folder([]);
        (0..=1_000).for_each(|i| folder.write(&name(i), text(i)));
        folder
    };
    let own = |folder: Folder, files: &[(&str, &str)]| {
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    };
    let s = |file: &str| {
        format!("services:\n  s:\n    image: x\n    extends: {{file: {file}, service: s}}\n")
    };
    let fan = folder([(
        "compose.yaml",
        format!("include: [{}]\n", lines(200, |i| format!("f{i}.yaml, "))),
    )]);
    for i in 0..200 {
        let others = lines(200, |j| if i == j { String::new() } else { format!("f{j}.yaml, ") });
        fan.write(
            &format!("f{i}.yaml"),
            format!("include: [{others}]\nservices:\n  s{i}: {{image: x}}\n"),
        );
    }
    let layers = folder([("compose.yaml", "include: [l0_0.yaml, l0_1.yaml]\n".into())]);
    for (l, k) in (0..30).flat_map(|l| [(l, 0), (l, 1)]) {
        let next = if l < 29 {
            format!("include: [l{0}_0.yaml, l{0}_1.yaml]\n", l + 1)
        } else {
            String::new()
        };
        layers.write(
            &format!("l{l}_{k}.yaml"),
            format!("{next}services:\n  s{l}_{k}: {{image: x}}\n"),
        );
    }
    let many = folder([(
        "compose.yaml",
        format!("include: [{}]\n", lines(300, |i| format!("f{i}.yaml, "))),
    )]);
    (0..300).for_each(|i| {
        many.write(&format!("f{i}.yaml"), format!("services:\n  s{i}: {{image: x}}\n"))
    });
    let around = "goes round in a circle";
    all_well([
        wrong(
            "extends, 1,000 files",
            &chain(&|i| s(&name(i + 1))),
            &limit("c31.yaml", 4, "`extends` is followed 32 services deep"),
        ),
        wrong(
            "extends, 1,000 services",
            &one(format!(
                "services:\n{}",
                lines(1_000, |i| format!("  s{i}:\n    image: x\n    extends: s{}\n", i + 1))
            )),
            &limit("compose.yaml", 97, "`extends` is followed 32 services deep"),
        ),
        wrong(
            "include, 1,000 files",
            &chain(&|i| format!("include: [{}]\nservices:\n  s{i}:\n    image: x\n", name(i + 1))),
            &limit("c32.yaml", 1, "`include` is followed 32 files deep"),
        ),
        wrong(
            "200 files that include each other",
            &fan,
            &told("extends-include-broken", "f1.yaml", 1, around),
        ),
        wrong(
            "200 files that include each other",
            &fan,
            &limit("f31.yaml", 1, "`include` is followed 32 files deep"),
        ),
        wrong(
            "200 files that include each other",
            &fan,
            &limit("f32.yaml", 1, "more than 1000 items of `include`"),
        ),
        wrong(
            "two ways at each of 30 steps",
            &layers,
            &limit("l28_0.yaml", 1, "more than 1000 items of `include`"),
        ),
        wrong("300 files", &many, &limit("f255.yaml", 1, "more than 256 files")),
        wrong(
            "circle of three",
            &own(one(s("b.yaml")), &[("b.yaml", &s("c.yaml")), ("c.yaml", &s("compose.yaml"))]),
            &told("extends-include-broken", "compose.yaml", 4, around),
        ),
        wrong(
            "a service and itself",
            &one(format!("{WEB}    extends: web\n")),
            &told("extends-include-broken", "compose.yaml", 4, around),
        ),
        wrong(
            "a file and itself",
            &one(format!("include: [compose.yaml]\n{WEB}")),
            &told("extends-include-broken", "compose.yaml", 1, around),
        ),
        wrong(
            "two files",
            &own(
                one(format!("include: [b.yaml]\n{WEB}")),
                &[("b.yaml", "include:\n  - compose.yaml\n")],
            ),
            &told("extends-include-broken", "b.yaml", 2, around),
        ),
    ]);
}

/// H18: what is remote is not fetched, in whatever way it is written.
#[test]
fn h18_remote_files() {
    let remotes = [
        "oci://docker.io/x/y:1",
        "https://github.com/x/y.git",
        "git@github.com:x/y.git",
        "github.com/x/y",
        "ssh://git@h/x.git",
        "http://h/c.yaml",
    ];
    let remote = |line| Told {
        status: (0, 1),
        rule: "remote-not-fetched",
        at: ("compose.yaml", line),
        message: "names a remote file, which is not fetched",
    };
    all_well(remotes.iter().flat_map(|r| {
        [
            wrong(r, &one(format!("include:\n  - {r}\n{WEB}")), &remote(2)),
            wrong(r, &one(format!("include:\n  - path: {r}\n{WEB}")), &remote(2)),
            wrong(
                r,
                &one(format!("{WEB}    extends:\n      file: {r}\n      service: s\n")),
                &remote(5),
            ),
        ]
    }));
}
