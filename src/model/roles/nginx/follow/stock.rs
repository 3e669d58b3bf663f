//! The files that the official image brings (docker-nginx; the package of nginx.org), as far as they decide anything.

use crate::source::{Span, Text};
use crate::syntax::nginx::{Config, Directive};

/// `/etc/nginx/nginx.conf`
const MAIN: &str = "events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    log_format main '$remote_addr';
    include /etc/nginx/conf.d/*.conf;
}";
/// `/etc/nginx/conf.d/default.conf`; the image without root listens on 8080.
const DEFAULT: [&str; 2] = [
    "server { listen 80; server_name localhost; location / { root /usr/share/nginx/html; index index.html index.htm; } \
     error_page 500 502 503 504 /50x.html; location = /50x.html { root /usr/share/nginx/html; } }",
    "server { listen 8080; server_name localhost; location / { root /usr/share/nginx/html; index index.html index.htm; } \
     error_page 500 502 503 504 /50x.html; location = /50x.html { root /usr/share/nginx/html; } }",
];
/// `/etc/nginx/mime.types`
const TYPES: &str = "types { text/html html; }";
/// What `uwsgi_params`, `fastcgi_params` and `scgi_params` set, each by the word of its protocol.
const PARAMS: [(&str, &str); 8] = [
    ("QUERY_STRING", "$query_string"),
    ("REQUEST_METHOD", "$request_method"),
    ("CONTENT_TYPE", "$content_type"),
    ("REQUEST_URI", "$request_uri"),
    ("DOCUMENT_URI", "$document_uri"),
    ("DOCUMENT_ROOT", "$document_root"),
    ("SERVER_PROTOCOL", "$server_protocol"),
    ("REMOTE_ADDR", "$remote_addr"),
];
/// Files of the image's web folder.
const PAGES: [&str; 2] = ["/usr/share/nginx/html/index.html", "/usr/share/nginx/html/50x.html"];

/// What the image has at a path below `/etc/nginx`. `at` is where the project names the image.
pub(super) fn config(path: &str, at: Span, unprivileged: bool) -> Option<Vec<Directive>> {
    let params = |word: &str| {
        let lines = PARAMS.iter().map(|(name, value)| format!("{word} {name} {value};"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let text = match path {
        "/etc/nginx/nginx.conf" => MAIN.to_owned(),
        "/etc/nginx/conf.d/default.conf" => DEFAULT[usize::from(unprivileged)].to_owned(),
        "/etc/nginx/mime.types" => TYPES.to_owned(),
        "/etc/nginx/uwsgi_params" => params("uwsgi_param"),
        "/etc/nginx/fastcgi_params" => params("fastcgi_param"),
        "/etc/nginx/scgi_params" => params("scgi_param"),
        _ => return None,
    };
    Some(Config::read(&Text::derived(text, at)).directives)
}

/// Whether the image has a file at a path outside of `/etc/nginx`.
pub fn has_file(path: &str) -> bool {
    PAGES.contains(&path)
}

/// Whether the image has a folder at a path.
pub fn has_folder(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    PAGES.iter().any(|page| page.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
        || matches!(
            path,
            "/var/log/nginx"
                | "/var/cache/nginx"
                | "/etc/nginx/conf.d"
                | "/tmp"
                | "/srv"
                | "/mnt"
                | "/opt"
                | "/home"
                | "/root"
                | "/run"
                | "/dev"
        )
        || "/var/log/nginx".strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
}
