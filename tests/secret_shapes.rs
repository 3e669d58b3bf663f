//! Ways in which people write secrets, right or wrong: none of them may be printed when its line is drawn, when the
//! rules find what is wrong with it, or in any other output.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

#[path = "support/drawn.rs"]
mod drawn;
mod support;

use drawn::{Dice, Folder};
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

const SHAPES: &str = include_str!("secret_shapes/shapes.txt");

/// The shapes with where they stand.
fn shapes(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let blocks = text.split("\n--- ").skip(1);
    blocks.filter_map(|block| block.trim_end().split_once('\n')).collect()
}

/// Lines with spaces before each.
fn indented(text: &str) -> String {
    format!("      {text}\n")
}

/// A project with the text at its place.
fn write(folder: &Folder, place: &str, text: &str) {
    let compose = |environment: &str, service: &str, top: &str| {
        format!(
            "services:\n  web:\n    build: .\n    ports: [\"8000:8000\"]\n    environment:\n      {environment}\n  db:\n    image: postgres:16\n  redis:\n    image: redis:7\n{service}\n{top}\n"
        )
    };
    let mut compose_text = compose("A: 1", "", "");
    let mut settings = "import os\nROOT_URLCONF = 'shop.urls'\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'app', 'HOST': 'db'}}\n".to_owned();
    let mut dockerfile =
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
            .to_owned();
    let mut entrypoint = "#!/bin/sh\nset -e\n".to_owned();
    match place {
        "map" => compose_text = compose(&format!("A: 1\n{}", indented(text)), "", ""),
        "list" => compose_text = compose(&format!("- A=1\n{}", indented(text)), "", ""),
        "service" => compose_text = compose("A: 1", text, ""),
        "compose" => compose_text = compose("A: 1", "", text),
        "dotenv" => folder.write(".env", &format!("A=1\n{text}\nB=2\n")),
        "dockerfile" => dockerfile += &format!("{text}\n"),
        "shell" => entrypoint += &format!("{text}\n"),
        "settings" => settings += &format!("{text}\n"),
        "nginx" => folder.write(
            "nginx.conf",
            &format!("server {{\n  listen 80;\n  location / {{\n{text}\n  }}\n}}\n"),
        ),
        "makefile" => folder.write("Makefile", &format!("{text}\n")),
        "readme" => folder.write("README.md", &format!("# Shop\n\n{text}\n")),
        "sql" => folder.write("init.sql", &format!("{text}\n")),
        "json" => folder.write("config.json", &format!("{text}\n")),
        "ini" => folder.write("app.conf", &format!("{text}\n")),
        "toml" => folder.write("app.toml", &format!("{text}\n")),
        "log" => {}
        other => panic!("{other}"),
    }
    dockerfile += "ENTRYPOINT [\"/app/entrypoint.sh\"]\nCMD [\"python\", \"manage.py\", \"runserver\", \"0.0.0.0:8000\"]\n";
    entrypoint += "exec \"$@\"\n";
    folder.write("compose.yaml", &compose_text);
    folder.write("Dockerfile", &dockerfile);
    folder.write("entrypoint.sh", &entrypoint);
    folder.write("shop/settings.py", &settings);
    folder.write("shop/__init__.py", "");
    folder.write("requirements.txt", "Django\ngunicorn\n");
    folder.write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    );
}

/// The lines that give away a secret of the shape.
fn leaks(number: usize, place: &str, shape: &str) -> Vec<String> {
    let mut dice = Dice(0x5eed_2000 + number as u64);
    let mut planted = Vec::new();
    let mut text = String::new();
    for (index, part) in shape.split("{}").enumerate() {
        if index > 0 {
            planted.push(dice.letters());
            text += &planted[index - 1];
        }
        text += part;
    }
    let folder = Folder::new(&format!("shape-{number}"));
    write(&folder, place, &text);
    let mut outputs = drawn::drawn(&folder.path());
    outputs.extend(drawn::accounts(&folder.path()));
    let log = if place == "log" { format!("{text}\n") } else { format!("web-1  | {text}\n") };
    outputs.extend(drawn::diagnosed(&folder.path(), &log));
    let mut leaks = Vec::new();
    for (what, output) in &outputs {
        let shown = |l: &&str| planted.iter().any(|p| l.contains(p.as_str()));
        if let Some(line) = output.lines().find(shown) {
            leaks.push(format!("{number} {place} in {what}: {}", line.trim()));
        }
    }
    leaks
}

#[test]
fn no_shape_of_a_secret_is_printed() {
    let shapes = shapes(SHAPES);
    let all: Vec<Vec<String>> = (0..shapes.len())
        .into_par_iter()
        .map(|number| leaks(number, shapes[number].0, shapes[number].1))
        .collect();
    let printed: Vec<&Vec<String>> = all.iter().filter(|l| !l.is_empty()).collect();
    let shown = |l: &&Vec<String>| l.join("\n   ");
    assert!(
        printed.is_empty(),
        "{} of {} shapes are printed\n{}",
        printed.len(),
        shapes.len(),
        printed.iter().map(shown).collect::<Vec<_>>().join("\n")
    );
}
