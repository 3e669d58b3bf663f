//! Which files an image holds.

use super::*;

const FILES: [(&str, &str); 9] = [
    ("manage.py", "x"),
    ("requirements.txt", "x"),
    ("requirements-dev.txt", "x"),
    ("src/app.py", "x"),
    ("src/한글/파일.txt", "x"),
    ("docker/entrypoint.sh", "x"),
    ("docker/conf/x.conf", "x"),
    (".env", "x"),
    ("node_modules/y.js", "x"),
];

/// A Dockerfile, and what stands at which path in its image.
type Case<'c> = (&'c str, &'c [(&'c str, &'c str)]);

fn check(cases: &[Case<'_>], ignore: Option<&str>) {
    for (text, paths) in cases {
        let files: Vec<(&str, &str)> =
            FILES.iter().copied().chain(ignore.map(|i| (".dockerignore", i))).collect();
        let (sources, image) = image(&format!("FROM python\nWORKDIR /app\n{text}\n"), &files);
        for (path, wanted) in *paths {
            assert_eq!(kind_at(sources, &image, path), *wanted, "{path} in {text}");
        }
    }
}

#[test]
fn copies_from_the_context() {
    check(
        &[
            (
                "COPY . .",
                &[
                    ("/app/manage.py", "manage.py"),
                    ("/app/src/app.py", "src/app.py"),
                    ("/app/nope", "-"),
                    ("/manage.py", "-"),
                    ("/app/src", "src"),
                ],
            ),
            ("COPY . /app/", &[("/app/src/한글/파일.txt", "src/한글/파일.txt")]),
            (
                "COPY src /srv",
                &[("/srv/app.py", "src/app.py"), ("/srv/src/app.py", "-"), ("/app/app.py", "-")],
            ),
            ("COPY ./src/ ./code/", &[("/app/code/app.py", "src/app.py")]),
            ("COPY manage.py ./", &[("/app/manage.py", "manage.py")]),
            ("COPY manage.py .", &[("/app/manage.py", "manage.py")]),
            ("COPY manage.py /bin/m", &[("/bin/m", "manage.py"), ("/bin/manage.py", "-")]),
            (
                "COPY docker/entrypoint.sh /entrypoint.sh",
                &[("/entrypoint.sh", "docker/entrypoint.sh")],
            ),
            (
                "COPY manage.py requirements.txt /x/",
                &[("/x/manage.py", "manage.py"), ("/x/requirements.txt", "requirements.txt")],
            ),
            ("COPY [\"manage.py\", \"/x/\"]", &[("/x/manage.py", "manage.py")]),
            (
                "COPY --chown=a:b --chmod=755 docker/entrypoint.sh /e",
                &[("/e", "docker/entrypoint.sh")],
            ),
            ("ADD src /srv", &[("/srv/app.py", "src/app.py")]),
            ("COPY docker/*.sh /x/", &[("/x/entrypoint.sh", "docker/entrypoint.sh")]),
            ("COPY docker/con* /x/", &[("/x/x.conf", "docker/conf/x.conf")]),
            ("ENV D=/srv\nCOPY src $D", &[("/srv/app.py", "src/app.py")]),
            (
                "COPY src /a\nCOPY docker /a",
                &[("/a/app.py", "src/app.py"), ("/a/entrypoint.sh", "docker/entrypoint.sh")],
            ),
            ("COPY manage.py /a/x\nCOPY requirements.txt /a/x", &[("/a/x", "requirements.txt")]),
            ("ADD https://example.org/x /x", &[("/x", "?")]),
            ("COPY <<EOF /x\nhello\nEOF", &[("/x", "?"), ("/y", "-")]),
            ("COPY --from=ghcr.io/a/b /bin/x /bin/x", &[("/bin/x", "?"), ("/app", "-")]),
            ("ARG D\nCOPY src $D", &[("/anything", "?")]),
        ],
        None,
    );
}

#[test]
fn what_the_context_leaves_out() {
    check(
        &[(
            "COPY . .",
            &[
                ("/app/.env", "-"),
                ("/app/node_modules/y.js", "-"),
                ("/app/manage.py", "manage.py"),
                ("/app/src/app.py", "-"),
            ],
        )],
        Some("# not these\n.env\nnode_modules/\n**/*.py\n!manage.py\n"),
    );
    check(
        &[
            ("COPY . .", &[("/app/manage.py", "-"), ("/app/src/app.py", "src/app.py")]),
            ("COPY manage.py .", &[("/app/manage.py", "-")]),
        ],
        Some("*\r\n!src\r\n"),
    );
}

#[test]
fn the_ignore_file_beside_the_dockerfile_wins() {
    let files = [
        ("docker/D", "FROM python\nCOPY . /a\n"),
        ("docker/D.dockerignore", "x\n"),
        (".dockerignore", "y\n"),
        ("x", ""),
        ("y", ""),
    ];
    let (sources, image) = built("{context: ., dockerfile: docker/D}", &files);
    let image = image.unwrap();
    assert_eq!(
        (kind_at(sources, &image, "/a/x"), kind_at(sources, &image, "/a/y")),
        ("-".into(), "y".into())
    );
}

#[test]
fn a_context_below_the_root() {
    let (sources, image) = built(
        "src",
        &[("src/Dockerfile", "FROM python\nCOPY . /a\n"), ("src/app.py", ""), ("x", "")],
    );
    let image = image.unwrap();
    assert_eq!(
        (kind_at(sources, &image, "/a/app.py"), kind_at(sources, &image, "/a/x")),
        ("src/app.py".into(), "-".into())
    );
}

#[test]
fn copies_between_stages() {
    let text = "\
FROM python AS base
WORKDIR /app
COPY src src
FROM base AS build
COPY manage.py .
RUN make assets
FROM python
COPY --from=build /app /srv
COPY --from=0 /app/src/app.py /one.py
COPY --from=BUILD /app/manage.py /m/
";
    let (sources, image) = image(text, &FILES);
    let cases = [
        ("/srv/manage.py", "manage.py"),
        ("/srv/src/app.py", "src/app.py"),
        ("/srv/assets", "?"),
        ("/one.py", "src/app.py"),
        ("/m/manage.py", "manage.py"),
        ("/app/manage.py", "-"),
    ];
    for (path, wanted) in cases {
        assert_eq!(kind_at(sources, &image, path), wanted, "{path}");
    }
}

#[test]
fn lines_that_run() {
    check(
        &[
            (
                "RUN mkdir -p /app/static media",
                &[("/app/static", "made"), ("/app/media", "made"), ("/app/x", "-")],
            ),
            ("RUN touch /app/db.sqlite3", &[("/app/db.sqlite3", "made")]),
            (
                "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt",
                &[("/app/x", "-"), ("/srv", "-")],
            ),
            ("RUN pip install -r r.txt", &[("/app/manage.py", "-")]),
            (
                "RUN python manage.py collectstatic --noinput",
                &[("/app/static/x.css", "?"), ("/app/x.py", "-"), ("/srv/x.css", "-")],
            ),
            ("RUN npm run build", &[("/app/dist/x.js", "?"), ("/app/manage.py", "-")]),
            ("RUN git clone https://example.org/x .", &[("/app/manage.py", "?"), ("/srv/x", "-")]),
            ("RUN git clone https://example.org/x /srv/x", &[("/srv/x/manage.py", "?")]),
            ("RUN curl -o $X https://example.org", &[("/anywhere", "?")]),
            (
                "COPY manage.py .\nRUN ./build.sh",
                &[("/app/manage.py", "manage.py"), ("/app/y", "?")],
            ),
        ],
        None,
    );
    let (sources, bare) = image("FROM me/base\n", &[]);
    assert_eq!(kind_at(sources, &bare, "/app/x"), "?");
    let (sources, early) = image("FROM python\nRUN ./x\nCOPY manage.py /a/\n", &FILES);
    assert_eq!(
        (kind_at(sources, &early, "/a/manage.py"), kind_at(sources, &early, "/zzz")),
        ("manage.py".into(), "?".into())
    );
}

#[test]
fn run_lines_make_what_their_programs_write() {
    check(
        &[
            // Before the project is copied, a line makes no source of it.
            ("RUN ./tool\nCOPY . .", &[("/app/gone.py", "-"), ("/app/gone.css", "?")]),
            ("COPY . .\nRUN ./tool", &[("/app/gone.py", "?"), ("/srv/gone.py", "-")]),
            // What is copied by name is not blurred by a tool that ran beside it.
            ("COPY . .\nRUN ./tool", &[("/app/manage.py", "manage.py")]),
            ("COPY . .\nRUN find . -name '*.pyc' | xargs rm -f", &[("/app/gone.py", "-")]),
            ("COPY . .\nRUN find . | xargs -n 1 ./tool", &[("/app/gone.py", "?")]),
            (
                "COPY . .\nRUN flake8 . && chown -R app . && python -m compileall .",
                &[("/app/gone.py", "-")],
            ),
            (
                "COPY . .\nRUN python manage.py collectstatic --noinput",
                &[("/app/gone.py", "-"), ("/app/gone.css", "?")],
            ),
            // A program that is given its target writes there.
            (
                "COPY . .\nRUN curl -fsSL https://example.com/x -o /usr/bin/x",
                &[("/usr/bin/x", "?"), ("/app/gone.py", "-")],
            ),
            (
                "COPY . .\nRUN curl -sSL \"$(curl -s https://example.com | sed s/a/b/)\"",
                &[("/app/gone.py", "-")],
            ),
            ("COPY . .\nRUN curl -sSL https://example.com/install | sh", &[("/app/gone.py", "-")]),
            ("COPY . .\nRUN sh ./make.sh", &[("/app/gone.py", "?")]),
            ("COPY . .\nRUN cp -r src /srv", &[("/srv/x.py", "?"), ("/app/gone.py", "-")]),
            ("COPY . .\nRUN tar -xzf a.tgz -C /opt", &[("/opt/x.py", "?"), ("/app/gone.py", "-")]),
            (
                "COPY . .\nRUN git clone https://example.com/a/lib.git",
                &[("/app/lib/x.py", "?"), ("/app/gone.py", "-")],
            ),
        ],
        None,
    );
}
