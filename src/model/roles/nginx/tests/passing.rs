//! What a request holds when nginx passes it on.

use super::*;

/// The header `name` as it is passed on for `/`, asked at `http://localhost:1337`; `(nothing)`, `?` when it is not known.
fn header(nginx: &Nginx, name: &str) -> String {
    let server = &nginx.servers[0];
    let request =
        ClientRequest { host: "localhost".into(), port: 1337, tls: server.listens[0].tls };
    match server.location("/").unwrap().pass.as_ref().unwrap().header_value(
        name,
        &request,
        server.names.first(),
        &server.listens[0],
    ) {
        HeaderValue::Nothing => "(nothing)".into(),
        HeaderValue::Text(text, _) => text,
        HeaderValue::Unknown => "?".into(),
    }
}

#[test]
fn headers_in_force() {
    let cases = [
        ("server { location / { proxy_pass http://web:8000; } }", "web:8000", "(nothing)"),
        ("server { location / { proxy_pass http://web:80/x; } }", "web", "(nothing)"),
        (
            "upstream app { server web:8000; } server { location / { proxy_pass http://app; } }",
            "app",
            "(nothing)",
        ),
        (
            "server { location / { proxy_pass http://web; proxy_set_header Host $host; } }",
            "localhost",
            "(nothing)",
        ),
        (
            "server { location / { proxy_pass http://web; proxy_set_header host ${http_host}; } }",
            "localhost:1337",
            "(nothing)",
        ),
        (
            "server { listen 8080; location / { proxy_pass http://web; proxy_set_header Host $host:$server_port; } }",
            "localhost:8080",
            "(nothing)",
        ),
        (
            "proxy_set_header X-Forwarded-Proto $scheme; server { location / { proxy_pass http://web; } }",
            "web",
            "http",
        ),
        (
            "server { listen 443 ssl; proxy_set_header X-Forwarded-Proto $scheme; location / { proxy_pass http://web; } }",
            "web",
            "https",
        ),
        (
            "server { proxy_set_header Host $host; location / { proxy_pass http://web; proxy_set_header X-Forwarded-Proto https; } }",
            "web",
            "https",
        ),
        (
            "server { location / { proxy_pass http://web; proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto; } }",
            "web",
            "?",
        ),
        (
            "server { location / { proxy_pass http://web; proxy_set_header X-Forwarded-Proto ''; } }",
            "web",
            "(nothing)",
        ),
        ("server { location / { proxy_pass http://$web; } }", "?", "(nothing)"),
        (
            "server { location / { include proxy_params; proxy_pass http://web; } }",
            "localhost:1337",
            "http",
        ),
        ("server { location / { include /etc/nginx/more/*; proxy_pass http://web; } }", "?", "?"),
        (
            "server { location / { include uwsgi_params; uwsgi_pass web:8000; } }",
            "localhost:1337",
            "(nothing)",
        ),
        (
            "server { location / { try_files $uri @app; } location @app { proxy_pass http://web; } }",
            "web",
            "(nothing)",
        ),
    ];
    for (text, host, proto) in cases {
        let nginx = conf(text);
        assert_eq!(
            (header(&nginx, "Host").as_str(), header(&nginx, "X-Forwarded-Proto").as_str()),
            (host, proto),
            "{text}"
        );
    }
}

#[test]
fn files_that_are_taken_in_count_where_they_stand() {
    let whole = "events {} http { client_max_body_size 9m; include conf.d/*.conf; }";
    let server = "server { include snippets/app; }";
    let part = "location / { proxy_pass http://web; include snippets/headers; }";
    let files =
        [("a", whole), ("b", server), ("c", part), ("d", "proxy_set_header Host $http_host;")];
    let volumes = "./a:/etc/nginx/nginx.conf','./b:/etc/nginx/conf.d/b.conf','./c:/etc/nginx/snippets/app','./d:/etc/nginx/snippets/headers";
    let nginx = nginx_of(
        &format!("image: nginx:1.27\nvolumes: ['{volumes}', './certs:/etc/nginx/certs']"),
        &files,
    )
    .unwrap();
    assert_eq!(header(&nginx, "Host"), "localhost:1337");
    assert_eq!(
        nginx.servers[0]
            .location("/a")
            .unwrap()
            .pass
            .as_ref()
            .unwrap()
            .body
            .as_ref()
            .unwrap()
            .as_str(),
        "9m"
    );
}

#[test]
fn a_file_that_takes_itself_in_ends() {
    let nginx = nginx_of(
        "image: nginx\nvolumes: ['./a:/etc/nginx/conf.d/a.conf']",
        &[("a", "server { include conf.d/*.conf; location / {} }")],
    )
    .unwrap();
    assert!(!nginx.servers.is_empty());
}
