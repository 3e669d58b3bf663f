//! Keys that are misspelt, or that belong to another place.

use super::*;

#[test]
fn a_near_key_is_meant() {
    for (wrong, meant) in [
        ("enviroment: {}", "environment"),
        ("dependsOn: []", "depends_on"),
        ("container-name: ab", "container_name"),
        ("port: []", "ports"),
        ("PORTS: []", "ports"),
        ("imgae: x", "image"),
        ("restrat: always", "restart"),
        ("pull_polcy: always", "pull_policy"),
        ("volumnes: []", "volumes"),
        ("name: a", "container_name"),
        ("env: {}", "environment"),
    ] {
        let key = wrong.split(':').next().unwrap();
        one(
            wrong,
            &format!(
                "{key} | `{key}` is no key of a service that Compose knows | did you mean `{meant}`?"
            ),
        );
    }
    // What stands there already is not meant, and a short name is near to too much.
    one("image: x\nimag: y", "imag | `imag` is no key of a service that Compose knows | -");
    one("pre_start: []", "pre_start | `pre_start` is no key of a service that Compose knows | -");
    one("bar: 1", "bar | `bar` is no key of a service that Compose knows | -");
    one(
        "foobar_foobar: 1",
        "foobar_foobar | `foobar_foobar` is no key of a service that Compose knows | -",
    );
    let top = said("serivces: {}\nversion: '3'");
    assert_eq!(
        top,
        ["serivces | `serivces` is no top-level key that Compose knows | did you mean `services`?"]
    );
}

#[test]
fn a_key_of_another_place_is_sent_there() {
    one(
        "deploy:\n  ports: []",
        "ports | `ports` is no key of `deploy` that Compose knows | `ports` is a key of a service; move it there",
    );
    one(
        "build: {environment: {}}",
        "environment | `environment` is no key of `build` that Compose knows | `environment` is a key of a service; move it there",
    );
    one(
        "dockerfile: a",
        "dockerfile | `dockerfile` is no key of a service that Compose knows | `dockerfile` is a key of `build`; move it there",
    );
    one(
        "replicas: 2",
        "replicas | `replicas` is no key of a service that Compose knows | `replicas` is a key of `deploy`; move it there",
    );
    one(
        "published: 2",
        "published | `published` is no key of a service that Compose knows | `published` is a key of an entry of `ports`; move it there",
    );
    one(
        "reservations: {}",
        "reservations | `reservations` is no key of a service that Compose knows | Compose knows `reservations` as a key of `deploy.resources`",
    );
    one("version: '3'", "version | `version` is no key of a service that Compose knows | -");
    for (text, expected) in [
        (
            "services:\n  w: {image: x, services: {}}",
            "services | `services` is no key of a service that Compose knows | `services` is a top-level key; move it to the left",
        ),
        (
            "image: x",
            "image | `image` is no top-level key that Compose knows | `image` is a key of a service; move it below the service's name in `services`",
        ),
        (
            "web:\n  image: x",
            "web | `web` is a service, but the file has no `services:` above it: Compose V2 does not read the notation of version 1 | put `services:` at the top, and indent what follows:\n    services:\n      web:",
        ),
        (
            "limits: 1",
            "limits | `limits` is no top-level key that Compose knows | Compose knows `limits` as a key of `deploy.resources`",
        ),
        (
            "services:\n  w: {image: x}\n  volumes:\n    data:",
            "data | `data` is no key of a service that Compose knows | below `services`, `volumes` is taken for a service; move it to the left to make it the top-level key",
        ),
        (
            "services:\n  w: {image: x}\n  networks:\n",
            "networks | the service `networks` is empty, but Compose wants a mapping | below `services`, `networks` is taken for a service; move it to the left to make it the top-level key",
        ),
    ] {
        assert_eq!(said(text), [expected], "{text}");
    }
}

#[test]
fn a_wrong_key_is_named_inside_its_long_form() {
    one(
        "ports:\n  - target: 80\n    publish: 80",
        "publish | `publish` is no key of an entry of `ports` that Compose knows | did you mean `published`?",
    );
    one(
        "ports:\n  - 8000: 8000",
        "8000 | `8000` is no key of an entry of `ports` that Compose knows | for the short form write one text: no space after the colon",
    );
    one(
        "volumes:\n  - ./a: /b",
        "./a | `./a` is no key of an entry of `volumes` that Compose knows | for the short form write one text: no space after the colon",
    );
    one(
        "volumes:\n  - {typ: bind, source: a}",
        "typ | `typ` is no key of an entry of `volumes` that Compose knows | did you mean `type`?",
    );
    one(
        "volumes: [{type: bind, bind: {propagation: a, foo: b}}]",
        "foo | `foo` is no key of `bind` in an entry of `volumes` that Compose knows | -",
    );
    one(
        "depends_on: {db: {conditions: service_started}}",
        "conditions | `conditions` is no key of an entry of `depends_on` that Compose knows | did you mean `condition`?",
    );
    let text =
        "volumes: {v: {drivr: a}}\nnetworks: {n: {ipam: {config: [{sub-net: a}]}}}\nservices: {}";
    assert_eq!(
        said(text),
        [
            "drivr | `drivr` is no key of a volume that Compose knows | did you mean `driver`?",
            "sub-net | `sub-net` is no key of an entry of `ipam.config` that Compose knows | did you mean `subnet`?",
        ]
    );
}

#[test]
fn names_are_held_to_their_letters() {
    assert_eq!(
        said("services: {'my svc': {image: x}}"),
        [
            "'my svc' | `my svc` is no name that Compose takes in `services` | use only letters, digits, `.`, `_` and `-`"
        ]
    );
    one(
        "labels: {'': a}",
        "'' | `` is no name that Compose takes in `labels` | write a name of one line that is not empty",
    );
    assert_eq!(service("depends_on: {한: {condition: service_started}}").len(), 1);
}
