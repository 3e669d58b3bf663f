//! What nginx services serve, from which configuration files.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod passing;
mod read;

use super::*;
use crate::model::compose::{Project, load};
use crate::model::image::Image;
use crate::source::MemoryFiles;
use std::rc::Rc;

/// The nginx of the service `w`, whose keys are `body`.
fn nginx_of(body: &str, files: &[(&str, &str)]) -> Option<Nginx> {
    let compose = format!("services:\n  w:\n    {}\n", body.trim_end().replace('\n', "\n    "));
    let mut memory = MemoryFiles::new();
    memory.add("compose.yml", compose.as_str());
    for (path, text) in files {
        memory.add(path, *text);
    }
    let memory: &'static MemoryFiles = Box::leak(Box::new(memory));
    let sources: &'static Sources<'static> = Box::leak(Box::new(Sources::new(memory)));
    let project: &'static Project = Box::leak(Box::new(load(
        sources,
        &RelPath::root(),
        &[RelPath::new("compose.yml").unwrap()],
    )));
    let service = &project.services[0];
    let image = service.build.as_ref().map(|b| Image::of_build(sources, b).map(Rc::new));
    let container = Container::new(sources, project, service, image, None);
    Nginx::of_container(&mut Readings::default(), sources, &project.folder, 0, &container)
}

/// Mounts `conf` as the default server.
fn conf(conf: &str) -> Nginx {
    nginx_of(
        "image: nginx:1.27\nvolumes: ['./n.conf:/etc/nginx/conf.d/default.conf:ro']",
        &[("n.conf", conf)],
    )
    .unwrap()
}

/// What each server answers a request with: a file, `> address` when passed on, `-` for nothing, `?` when a pattern may take it.
fn answers(nginx: &Nginx, url: &str) -> Vec<String> {
    let show = |location: Option<&Location>| match location {
        None => "?".to_owned(),
        Some(l) => match (l.file(url), &l.pass) {
            (Some((file, _)), _) => file,
            (None, Some(pass)) => format!("> {}", pass.address),
            (None, None) => "-".into(),
        },
    };
    nginx.serving(url).into_iter().map(show).collect()
}

#[test]
fn locations_answer_requests() {
    let text = "\
server {
    listen 80;
    root /srv/www;
    location / { proxy_pass http://web:8000; }
    location /static/ { alias /app/static/; }
    location /static/admin/ { root /srv/admin; }
    location /media/ { alias /app/media; }
    location /files/ { }
    location /wsgi { include uwsgi_params; uwsgi_pass web:8001; }
}
";
    let nginx = conf(text);
    let cases = [
        ("/", "> http://web:8000"),
        ("/api/x", "> http://web:8000"),
        ("/static/a.css", "/app/static/a.css"),
        ("/static/admin/b.css", "/srv/admin/static/admin/b.css"),
        // An alias without its slash loses the one of the request.
        ("/media/c.png", "/app/mediac.png"),
        ("/files/d", "/srv/www/files/d"),
        ("/wsgi/x", "> web:8001"),
    ];
    for (url, wanted) in cases {
        assert_eq!(answers(&nginx, url), [wanted], "{url}");
    }
    assert_eq!(nginx.unknown, None);
    assert!(nginx.errors.is_empty());
}

#[test]
fn a_server_without_location_answers_from_its_root() {
    assert_eq!(answers(&conf("server { root /srv; }"), "/x"), ["/srv/x"]);
    assert_eq!(answers(&conf("server { location /a { root /b; } }"), "/x"), ["-"]);
}

#[test]
fn patterns_may_take_a_request() {
    let with = |more: &str| {
        conf(&format!(
            "server {{ location /static/ {{ alias /s/; }} location ~* ^/static/.*\\.js$ {{ root /j; }} {more} }}"
        ))
    };
    assert_eq!(answers(&with(""), "/static/x"), ["?"]);
    assert_eq!(
        answers(&with("location ^~ /static/css/ { alias /c/; }"), "/static/css/x"),
        ["/c/x"]
    );
}

#[test]
fn try_files_elsewhere_leaves_it_open() {
    assert_eq!(
        answers(&conf("server { root /srv; location / { try_files $uri $uri/ =404; } }"), "/x"),
        ["/srv/x"]
    );
    assert_eq!(
        answers(&conf("server { root /srv; location / { try_files /cache$uri =404; } }"), "/x"),
        ["?"]
    );
}

#[test]
fn every_server_answers_for_itself_and_inherits_from_http() {
    let text = "http { root /all; server { location / { } } server { root /own; location / { } } }";
    let files = [("nginx.conf", text)];
    let nginx =
        nginx_of("image: nginx\nvolumes: ['./nginx.conf:/etc/nginx/nginx.conf']", &files).unwrap();
    assert_eq!(answers(&nginx, "/x"), ["/all/x", "/own/x"]);
}

#[test]
fn templates_take_the_variables_of_the_container() {
    let text = "server { location / { proxy_pass http://${UPSTREAM}:$PORT; proxy_set_header Host $host; } location /static/ { alias ${NOPE}/; } }";
    let nginx = nginx_of(
        "image: nginx\nenvironment: {UPSTREAM: web, PORT: 8000}\nvolumes: ['./t:/etc/nginx/templates']",
        &[("t/default.conf.template", text)],
    )
    .unwrap();
    assert_eq!(answers(&nginx, "/x"), ["> http://web:8000"]);
    assert_eq!(nginx.locations().find_map(|l| l.alias.as_ref()).unwrap().as_str(), "${NOPE}/");
}

#[test]
fn where_the_configuration_comes_from() {
    let server = |root: &str| format!("server {{ root {root}; }}");
    let (a, b) = (server("/a"), server("/b"));
    let files = [
        ("conf/a.conf", a.as_str()),
        ("conf/README.md", "server { root /no; }"),
        ("b.conf", b.as_str()),
    ];
    let names = |n: &Nginx| n.files.iter().map(|f| f.as_str().to_owned()).collect::<Vec<_>>();
    let folder = nginx_of("image: nginx\nvolumes: ['./conf:/etc/nginx/conf.d']", &files).unwrap();
    assert_eq!(names(&folder), ["conf/a.conf"]);
    let dockerfile = |text: &str, body: &str| {
        let files: Vec<(&str, &str)> =
            files.iter().copied().chain([("Dockerfile", text)]).collect();
        nginx_of(&format!("build: .\n{body}"), &files).unwrap()
    };
    for copy in [
        "COPY b.conf /etc/nginx/conf.d/default.conf",
        "COPY b.conf /etc/nginx/conf.d/",
        "COPY b.conf /etc/nginx/conf.d",
        "WORKDIR /etc/nginx\nCOPY b.conf conf.d/x.conf",
    ] {
        let nginx = dockerfile(&format!("FROM nginx:alpine\n{copy}\n"), "");
        assert_eq!(
            (names(&nginx), answers(&nginx, "/x")),
            (vec!["b.conf".to_owned()], vec!["/b/x".to_owned()]),
            "{copy}"
        );
    }
    // A mount hides what the image has there.
    let hidden = dockerfile(
        "FROM nginx\nCOPY b.conf /etc/nginx/conf.d/default.conf\n",
        "volumes: ['./conf:/etc/nginx/conf.d']",
    );
    assert_eq!(names(&hidden), ["conf/a.conf"]);
    let from_stage =
        dockerfile("FROM alpine AS x\nFROM nginx\nCOPY --from=x /c /etc/nginx/conf.d/\n", "");
    assert!(from_stage.unknown.is_some() && from_stage.files.is_empty());
}

#[test]
fn what_is_not_in_the_project_is_not_known() {
    let unknown = |body: &str| nginx_of(body, &[]).unwrap().unknown.is_some();
    assert!(unknown("image: nginx\nvolumes: ['./nope.conf:/etc/nginx/conf.d/default.conf']"));
    assert!(unknown("image: nginx\nvolumes: ['/srv/c:/etc/nginx/conf.d']"));
    assert!(unknown("image: me/my-nginx"));
    assert!(conf("server { include /etc/nginx/more/*.conf; }").unknown.is_some());
    assert!(
        conf("server { include mime.types; location / { include uwsgi_params; } }")
            .unknown
            .is_none()
    );
}

#[test]
fn only_nginx_is_nginx() {
    assert!(nginx_of("image: postgres", &[]).is_none());
    assert!(nginx_of("image: nginxproxy/acme-companion", &[]).is_none());
    assert!(
        nginx_of(
            "build: .",
            &[("Dockerfile", "FROM python\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n")]
        )
        .is_some()
    );
    assert!(nginx_of("image: openresty/openresty", &[]).is_some());
}

#[test]
fn a_pattern_takes_no_hidden_files() {
    let files = [
        ("conf/a.conf", "server { listen 81; }"),
        ("conf/.b.conf", "server { listen 82; }"),
        ("conf/c.conf.bak", "x"),
    ];
    let nginx = nginx_of("image: nginx\nvolumes: ['./conf:/etc/nginx/conf.d']", &files).unwrap();
    assert_eq!(nginx.files.iter().map(|f| f.as_str()).collect::<Vec<_>>(), ["conf/a.conf"]);
    assert_eq!(nginx.listens.iter().map(|l| l.port).collect::<Vec<_>>(), [Some(81)]);
}

#[test]
fn servers_listen() {
    let listens = |text: &str| {
        let nginx = conf(text);
        let ports = nginx
            .listens
            .iter()
            .map(|l| format!("{:?}{}", l.port, if l.loopback { "!" } else { "" }))
            .collect::<Vec<_>>();
        (ports.join(" "), nginx.more_listens.is_some())
    };
    assert_eq!(listens("server { }"), ("Some(80)".into(), false));
    assert_eq!(
        listens("server { listen [::]:443 ssl; listen 127.0.0.1:8080; }"),
        ("Some(443) Some(8080)!".into(), false)
    );
    assert_eq!(listens("server { listen ${PORT}; }"), (String::new(), true));
    assert_eq!(listens("server { listen 81; include /srv/more.conf; }"), ("Some(81)".into(), true));
}

#[test]
fn requests_are_passed_on_to_hosts_and_ports() {
    let text = "upstream app { server web:8000; server web2; server late:1 resolve; }\nserver { location / { proxy_pass http://app; } location /a { uwsgi_pass b:3031; } location /c { proxy_pass https://d/x; } location /e { proxy_pass $f; } location /g { proxy_pass http://unix:/h; } }";
    let shown: Vec<String> = conf(text)
        .upstreams
        .iter()
        .map(|u| format!("{} {}:{}", u.by, u.host, u.port.unwrap_or(0)))
        .collect();
    assert_eq!(
        shown,
        ["proxy_pass web:8000", "proxy_pass web2:80", "proxy_pass d:443", "uwsgi_pass b:3031"]
    );
}

#[test]
fn directives_have_their_level() {
    let wrong = |target: &str, text: &str| {
        let nginx = nginx_of(
            &format!("image: nginx:1.27\nvolumes: ['./n.conf:{target}']"),
            &[("n.conf", text)],
        )
        .unwrap();
        nginx.misplaced.map(|m| m.name)
    };
    let (whole, part) = ("events { }\nhttp { server { } }", "server { }");
    assert_eq!(wrong("/etc/nginx/nginx.conf", part).as_deref(), Some("server"));
    assert_eq!(wrong("/etc/nginx/conf.d/default.conf", whole).as_deref(), Some("events"));
    assert_eq!(wrong("/etc/nginx/nginx.conf", whole), None);
    assert_eq!(wrong("/etc/nginx/conf.d/default.conf", part), None);
    assert_eq!(wrong("/etc/nginx/snippets/a.conf", whole), None);
}

#[test]
fn an_outer_mount_lies_below_an_inner_one() {
    let files = [("conf/a.conf", "server { listen 81; }"), ("n.conf", "server { listen 82; }")];
    let nginx = nginx_of("image: nginx\nvolumes: ['./n.conf:/etc/nginx/conf.d/default.conf', './conf:/etc/nginx/conf.d']", &files).unwrap();
    assert_eq!(
        nginx.files.iter().map(|f| f.as_str()).collect::<Vec<_>>(),
        ["conf/a.conf", "n.conf"]
    );
}
