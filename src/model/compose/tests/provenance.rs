//! Where every value of a project comes from, and by which way.

use super::*;

const BASE: &str = "\
x-log: &log {driver: local}
services:
  common:
    image: nginx:${TAG:-1}
    restart: always
  w:
    extends: common
    logging: *log
    environment: {A: $B, C: plain}
    ports: ['80:80']
include:
  - sub/c.yml
";
const OVER: &str = "services:\n  w:\n    restart: 'no'\n";
const SUB: &str = "services:\n  v:\n    image: redis\n    build: ./app\n";

fn project() -> Project {
    let files =
        [("compose.yml", BASE), ("over.yml", OVER), ("sub/c.yml", SUB), (".env", "B=from-env\n")];
    load_all(&files, &["compose.yml", "over.yml"])
}

/// The file, the text at the place, and the routes of a value.
fn origin(project: &Project, path: &[&str]) -> (String, String, Vec<Route>) {
    let found = project.provenance(path).unwrap();
    let file = project.files.iter().find(|f| f.id == found.span.file).unwrap();
    (file.path.as_str().to_owned(), file.text[found.span.range()].to_owned(), found.routes)
}

#[test]
fn a_value_knows_its_file_its_text_and_its_way() {
    let project = project();
    assert!(project.messages().is_empty(), "{:?}", project.messages());
    let of = |path: &[&str]| origin(&project, path);
    let written =
        |file: &str, text: &str, routes: Vec<Route>| (file.to_owned(), text.to_owned(), routes);
    let default = Route::Variable("TAG".into(), VarSource::Default);
    assert_eq!(
        of(&["services", "common", "image"]),
        written("compose.yml", "nginx:${TAG:-1}", vec![default.clone()])
    );
    assert_eq!(
        of(&["services", "w", "image"]),
        written("compose.yml", "nginx:${TAG:-1}", vec![default, Route::Extends])
    );
    assert_eq!(
        of(&["services", "w", "restart"]),
        written("over.yml", "'no'", vec![Route::Override])
    );
    assert_eq!(
        of(&["services", "w", "logging", "driver"]),
        written("compose.yml", "local", vec![Route::Anchor])
    );
    assert_eq!(
        of(&["services", "v", "image"]),
        written("sub/c.yml", "redis", vec![Route::Include])
    );
    assert_eq!(
        of(&["services", "w", "ports", "0", "published"]),
        written("compose.yml", "80", vec![])
    );
    assert_eq!(of(&["services", "w", "environment", "C"]), written("compose.yml", "plain", vec![]));
    let (file, text, routes) = of(&["services", "w", "environment", "A"]);
    assert_eq!((file.as_str(), text.as_str()), ("compose.yml", "$B"));
    let [Route::Variable(name, VarSource::EnvFile(place))] = routes.as_slice() else {
        panic!("{routes:?}")
    };
    assert_eq!((name.as_str(), &project.dotenv.files[0].text[place.range()]), ("B", "from-env"));
    assert_eq!(project.provenance(&["services", "nope"]), None);
}
