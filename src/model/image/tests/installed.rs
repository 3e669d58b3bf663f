//! Packages that an image installs.

use super::*;

const FILES: [(&str, &str); 8] = [
    ("requirements.txt", "-r requirements/base.txt\ngunicorn==21.2\n"),
    ("requirements/base.txt", "Django>=5\n-r more.txt\n"),
    ("requirements/more.txt", "psycopg[binary,pool]==3.1 ; python_version > '3'\n"),
    (
        "pyproject.toml",
        "[project]\nname = 'x'\ndependencies = ['Django>=5', 'uvicorn[standard]']\n",
    ),
    ("Pipfile", "[packages]\ndjango = '*'\ngunicorn = '==21'\n"),
    ("poetry/pyproject.toml", "[tool.poetry.dependencies]\npython = '^3.12'\ndjango = '^5'\n"),
    ("empty.txt", "\n"),
    ("manage.py", "x"),
];

/// Python packages in order, with extras and version; behind them `?` when there may be more.
fn python(lines: &str) -> Vec<String> {
    let (sources, image) =
        image(&format!("FROM python\nWORKDIR /app\nCOPY . .\n{lines}\n"), &FILES);
    let packages = Packages::of_image(sources, &image);
    let show = |p: &Package| {
        let extras =
            if p.extras.is_empty() { String::new() } else { format!("[{}]", p.extras.join(",")) };
        format!("{}{extras}{}", p.name, p.version)
    };
    packages.python.iter().map(show).chain(packages.incomplete.map(|_| "?".to_owned())).collect()
}

#[test]
fn packages_by_every_installer() {
    let requirements = &["gunicorn==21.2", "django>=5", "psycopg[binary,pool]==3.1"][..];
    let project = &["django>=5", "uvicorn[standard]"][..];
    let cases: [(&str, &[&str]); 20] = [
        ("RUN pip install -r requirements.txt", requirements),
        ("RUN pip install --no-cache-dir -U -r /app/requirements.txt", requirements),
        ("RUN pip3 install --requirement=requirements.txt", requirements),
        ("RUN python -m pip install -rrequirements.txt", requirements),
        ("RUN uv pip install --system -r requirements.txt", requirements),
        ("RUN uv pip sync requirements.txt", requirements),
        ("RUN apt-get update && pip install -r requirements.txt", requirements),
        (
            "RUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt",
            requirements,
        ),
        (
            "RUN pip install Django==5.0 'psycopg[binary]>=3,<4' \"gunicorn\"",
            &["django==5.0", "psycopg[binary]>=3,<4", "gunicorn"],
        ),
        (
            "RUN pip install -i https://x.org/simple --timeout 5 Some_Package.name",
            &["some-package-name"],
        ),
        ("RUN pip install .", project),
        ("RUN pip install -e .[dev]", project),
        ("RUN uv sync --frozen --no-dev", project),
        ("WORKDIR /app/poetry\nRUN poetry install --no-root", &["django^5"]),
        ("RUN pip install poetry && cd poetry && poetry install", &["poetry", "django^5"]),
        ("RUN pipenv install --system --deploy", &["django*", "gunicorn==21"]),
        ("RUN pip install $(cat x)", &["?"]),
        ("RUN pip install git+https://github.com/a/b", &["?"]),
        ("RUN pip install -r nope.txt", &["?"]),
        ("RUN conda install django", &["?"]),
    ];
    for (lines, wanted) in cases {
        let mut all = python(lines);
        let mut wanted: Vec<String> = wanted.iter().map(|w| (*w).to_owned()).collect();
        all.sort();
        wanted.sort();
        assert_eq!(all, wanted, "{lines}");
    }
}

#[test]
fn what_leaves_the_list_open() {
    for lines in [
        "RUN ./install.sh",
        "RUN make deps",
        "RUN pip install -r empty.txt",
        "RUN easy_install x",
        "RUN python setup.py install",
    ] {
        assert_eq!(python(lines), ["?"], "{lines}");
    }
    let (sources, other) = image("FROM me/base\nRUN pip install x\n", &[]);
    let packages = Packages::of_image(sources, &other);
    assert_eq!((packages.has("x"), packages.has("y")), (Some(true), None));
    let (sources, plain) = image("FROM python\nRUN pip install x\n", &[]);
    let packages = Packages::of_image(sources, &plain);
    assert_eq!((packages.has("x"), packages.has("y")), (Some(true), Some(false)));
    assert_eq!((packages.installs.len(), packages.get("x").unwrap().version.as_str()), (1, ""));
}

#[test]
fn wheels_of_a_builder_stage_count() {
    let text = "\
FROM python AS build
COPY . /src
WORKDIR /src
RUN pip wheel --wheel-dir /wheels -r requirements.txt
FROM python
COPY --from=build /wheels /wheels
RUN pip install --no-index /wheels/* && pip install /wheels/x.whl
";
    let (sources, image) = image(text, &FILES);
    let packages = Packages::of_image(sources, &image);
    assert_eq!(
        (packages.has("gunicorn"), packages.has("psycopg"), packages.has("nope")),
        (Some(true), Some(true), Some(false))
    );
    assert_eq!(packages.files.len(), 3);
    assert_eq!(packages.incomplete, None);
}

#[test]
fn packages_of_the_distribution() {
    let (sources, image) = image(
        "FROM debian\nRUN apt-get update && apt-get install -y --no-install-recommends python3-psycopg2 libpq-dev\nRUN apk add --no-cache py3-pip\nRUN apt-get -qq -y install gettext\n",
        &[],
    );
    let packages = Packages::of_image(sources, &image);
    assert_eq!(
        packages.system.iter().map(|s| s.as_str()).collect::<Vec<_>>(),
        ["python3-psycopg2", "libpq-dev", "py3-pip", "gettext"]
    );
}

#[test]
fn packages_know_their_places() {
    let (sources, image) = image(
        "FROM python\nCOPY . /app/\nRUN pip install -r /app/requirements.txt celery==5\n",
        &FILES,
    );
    let packages = Packages::of_image(sources, &image);
    let place = |name: &str| {
        let span = packages.get(name).unwrap().span;
        let file = sources.file(span.file);
        format!("{}: {}", file.path, &file.text[span.range()])
    };
    assert!(place("celery").starts_with("Dockerfile: celery==5"));
    assert!(place("django").starts_with("requirements/base.txt: Django"));
    assert!(place("psycopg").starts_with("requirements/more.txt: psycopg"));
}

#[test]
fn the_newest_release_that_a_version_part_allows() {
    let newest = |version: &str, locked| {
        let span = crate::source::Span::whole(crate::source::FileId(0));
        Package { version: version.into(), locked, ..Package::named("celery", span) }
            .newest_is_at_least(5)
    };
    for yes in ["", "*", ">=4.4", "==5.4.0", "~=5.2", "^5.0", ">=5,<6", ">4,<6", "!=5.0.1", "<=5.2"]
    {
        assert_eq!(newest(yes, false), Some(true), "{yes}");
    }
    for no in ["==4.4.7", "<5", "<5.0", ">=4.3,<5.0.0", "^4.4", "~=4.3", "<=4.4.7", "== 4.*"] {
        assert_eq!(newest(no, false), Some(false), "{no}");
    }
    assert_eq!(
        (newest("", true), newest(">=4", true), newest("==5.1", true), newest("@ git", false)),
        (None, None, Some(true), None)
    );
}

#[test]
fn the_newest_release_suits_the_python_of_the_image() {
    let newest = |python: &str, version: &str, release: &str| {
        let line = format!("FROM python:{python}\nRUN pip install 'django{version}'\n");
        let (sources, image) = image(&line, &[]);
        Packages::of_image(sources, &image).get("django").unwrap().newest_is_since(release)
    };
    for (python, last, next) in [
        ("2.7", "1.11", "2.0"),
        ("3.4-alpine", "2.0", "2.1"),
        ("3.5", "2.2", "3.0"),
        ("3.7-slim", "3.2", "4.0"),
        ("3.9", "4.2", "5.0"),
        ("3.11", "5.2", "6.0"),
    ] {
        for version in ["", ">=1.8"] {
            assert_eq!(newest(python, version, last), Some(true), "{python} {version}");
            assert_eq!(newest(python, version, next), Some(false), "{python} {version}");
        }
    }
    assert_eq!([newest("3.12", "", "6.0"), newest("3", ">=3", "5.1")], [Some(true); 2]);
    assert_eq!(newest("3.9", "==5.1", "5.1"), Some(false));
    assert_eq!(newest("rc", "", "6.0"), Some(true));
}

#[test]
fn a_group_of_dependencies_is_installed_by_its_name() {
    let project = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['django']\n[dependency-groups]\nprod = ['gunicorn==23']\ndev = ['ruff']\n";
    let (sources, image) = image(
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install --group prod\n",
        &[("pyproject.toml", project)],
    );
    let packages = Packages::of_image(sources, &image);
    let names: Vec<_> = packages.python.iter().map(|p| p.name.as_str()).collect();
    assert_eq!((names, packages.incomplete.is_some()), (vec!["gunicorn"], false));
}

#[test]
fn a_front_end_says_nothing_of_python() {
    let front = "FROM node:20 AS front\nRUN $(cat x) && npm ci\nFROM python\nWORKDIR /app\nCOPY --from=front /dist /static\nRUN pip install django\n";
    let (sources, image) = image(front, &[]);
    assert!(Packages::of_image(sources, &image).incomplete.is_none());
}

#[test]
fn a_list_is_closed_when_all_is_known_that_it_brings() {
    let closed = |line: &str, files: &[(&str, &str)]| {
        let files: Vec<(&str, &str)> = files.iter().copied().chain([("manage.py", "")]).collect();
        let (sources, image) =
            image(&format!("FROM python\nWORKDIR /app\nCOPY . .\nRUN {line}\n"), &files);
        Packages::of_image(sources, &image).is_closed()
    };
    assert!(closed("pip install django gunicorn psycopg[binary]", &[]));
    assert!(!closed("pip install django django-blog-zinnia", &[]));
    assert!(!closed("pip install django dj-rest-auth[with_social]", &[]));
    let frozen = "asgiref==3.8\nDjango==5.1\nsome-own-package==1\nsqlparse==0.5\n";
    assert!(closed("pip install -r requirements.txt", &[("requirements.txt", frozen)]));
    let written = "Django==5.1\nsome-own-package==1\n";
    assert!(!closed("pip install -r requirements.txt", &[("requirements.txt", written)]));
    let project = "[tool.poetry.dependencies]\ndjango = '^5'\nsome-own-package = '*'\n";
    let lock = "[[package]]\nname = 'django'\n[[package]]\nname = 'some-own-package'\n";
    assert!(!closed("poetry install", &[("pyproject.toml", project)]));
    assert!(closed("poetry install", &[("pyproject.toml", project), ("poetry.lock", lock)]));
}

#[test]
fn channels_brings_daphne_up_to_version_3() {
    let brings = |package: &str| {
        let (sources, image) = image(&format!("FROM python\nRUN pip install '{package}'\n"), &[]);
        Packages::of_image(sources, &image).bring("channels<4")
    };
    assert_eq!(
        ["channels", "channels==4.1.0", "channels>=4", "channels~=4.0", "channels>=2"].map(brings),
        [false; 5]
    );
    assert_eq!(
        ["channels==3.0.5", "channels<4", "channels~=3.0", "channels>=2,<4"].map(brings),
        [true; 4]
    );
}
