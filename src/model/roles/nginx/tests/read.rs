//! Which files nginx reads.

use super::*;

/// Like `nginx_of`, with the files by their names, and `?` where more may be set.
fn reads(body: &str, files: &[(&str, &str)]) -> String {
    let nginx = nginx_of(body, files).unwrap();
    let names = nginx.files.iter().map(|f| f.as_str().to_owned());
    let open = nginx.unknown.as_ref().or(nginx.more_listens.as_ref()).map(|_| "?".to_owned());
    names.chain(open).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_folder_of_parts_holds_other_files_as_well() {
    let files = [
        ("n/site.conf", "server { listen 80; }"),
        ("n/Dockerfile", "FROM nginx\nCOPY site.conf /etc/nginx/conf.d/\n"),
        ("n/run.sh", "exec nginx"),
        ("n/site.conf.template", "server { listen ${PORT}; }"),
        ("n/site.conf.bak", "server {"),
        ("n/README", "this is no configuration"),
    ];
    assert_eq!(reads("image: nginx\nvolumes: ['./n:/etc/nginx/conf.d']", &files), "n/site.conf");
    // Debian's package takes in whatever is enabled.
    let debian = [
        (
            "Dockerfile",
            "FROM debian:12\nRUN apt-get install -y nginx\nCOPY site /etc/nginx/sites-enabled/site\nCOPY off /etc/nginx/sites-available/off\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        ),
        ("site", "server { listen 81; }"),
        ("off", "server { listen 82; }"),
    ];
    assert_eq!(reads("build: .", &debian), "site ?");
}

#[test]
fn only_what_the_main_file_includes_is_read() {
    let main = "events { }\nhttp { include sites/*.conf; server { include snippets/a; } }";
    let files = [
        ("n/nginx.conf", main),
        ("n/sites/one.conf", "server { listen 81; }"),
        ("n/conf.d/default.conf", "server { listen 82; }"),
        ("n/snippets/a", "location /a { root /srv; }"),
        ("n/snippets/b", "location /b { root /srv; }"),
    ];
    let body = "image: nginx\nvolumes: ['./n:/etc/nginx']";
    assert_eq!(reads(body, &files), "n/nginx.conf n/sites/one.conf n/snippets/a");
    let nginx = nginx_of(body, &files).unwrap();
    // What a server includes is known when it is read.
    assert_eq!(nginx.unknown, None);
    assert_eq!(nginx.listens.iter().map(|l| l.port).collect::<Vec<_>>(), [Some(80), Some(81)]);
    let elsewhere = "image: nginx\ncommand: nginx -c /srv/n/nginx.conf -g 'daemon off;'\nvolumes: ['./n:/srv/n', './n/conf.d:/etc/nginx/conf.d']";
    // Relative paths start from the folder of the main file.
    assert_eq!(reads(elsewhere, &files), "n/nginx.conf n/sites/one.conf n/snippets/a ?");
}

#[test]
fn templates_are_filled_by_the_entrypoint_of_the_image_alone() {
    let files = [
        ("t/default.conf.template", "server { listen ${PORT}; }"),
        ("run.sh", "#!/bin/sh\nexec nginx -g 'daemon off;'\n"),
    ];
    let with = |more: &str| {
        format!(
            "image: nginx\nenvironment: {{PORT: 8080}}\nvolumes: ['./t:/etc/nginx/templates', './run.sh:/run.sh']\n{more}"
        )
    };
    let template = "t/default.conf.template";
    assert_eq!(reads(&with(""), &files), template);
    assert_eq!(reads(&with("command: [nginx, -g, 'daemon off;']"), &files), template);
    assert_eq!(reads(&with("command: sh -c \"nginx -g 'daemon off;'\""), &files), "");
    assert_eq!(reads(&with("entrypoint: ['sh', '/run.sh']"), &files), "");
    let handed_on = with("entrypoint: [/docker-entrypoint.sh]\ncommand: [nginx]");
    assert!(reads(&handed_on, &files).starts_with(template));
}

#[test]
fn a_start_script_fills_a_template_in() {
    let nginx = |script: &str| {
        let files = [
            (
                "Dockerfile",
                "FROM nginx:alpine\nCOPY default.conf.tpl /etc/nginx/\nCOPY run.sh /run.sh\nENV APP=web\nCMD [\"sh\", \"/run.sh\"]\n",
            ),
            (
                "default.conf.tpl",
                "server { listen 80; location / { proxy_pass http://${APP}:9000; } location /x { proxy_pass http://${B}; } }",
            ),
            ("run.sh", script),
        ];
        nginx_of("build: .\nenvironment: {B: b}", &files).unwrap()
    };
    let run = |envsubst: &str| nginx(&format!("set -e\n{envsubst}\nnginx -g 'daemon off;'\n"));
    let filled = run("envsubst < /etc/nginx/default.conf.tpl > /etc/nginx/conf.d/default.conf");
    assert_eq!(answers(&filled, "/"), ["> http://web:9000"]);
    assert_eq!(answers(&filled, "/x"), ["> http://b"]);
    assert!(filled.unknown.is_none() && filled.more_listens.is_none());
    let some =
        run("envsubst '${APP}' < /etc/nginx/default.conf.tpl > /etc/nginx/conf.d/default.conf");
    assert_eq!(answers(&some, "/x"), ["> http://${B}"]);
    let edited = run("sed s/a/b/ /etc/nginx/default.conf.tpl > /etc/nginx/conf.d/default.conf");
    assert!(edited.files.is_empty() && edited.unknown.is_some());
    let other = run("python3 make.py");
    assert!(other.more_listens.is_some());
}

#[test]
fn a_start_script_replaces_the_main_file() {
    let files = [
        ("n/nginx.conf", "server { listen 81; }"),
        ("n/whole.conf", "events { }\nhttp { server { listen 82; } }"),
        ("n/Dockerfile", "FROM nginx\n"),
    ];
    let body = |line: &str| {
        format!(
            "image: nginx\nvolumes: ['./n:/etc/nginx/conf.d']\ncommand: sh -c \"{line} && nginx -g 'daemon off;'\""
        )
    };
    let copied = body("cp /etc/nginx/conf.d/whole.conf /etc/nginx/nginx.conf");
    assert!(reads(&copied, &files).starts_with("n/whole.conf"));
    // Which of several is taken depends on what is not known.
    let perhaps =
        body("if [ -f /x ]; then cp /etc/nginx/conf.d/whole.conf /etc/nginx/nginx.conf; fi");
    assert_eq!(reads(&perhaps, &files), "?");
    let removed = body("rm /etc/nginx/conf.d/whole.conf");
    assert_eq!(reads(&removed, &files), "n/nginx.conf");
}

#[test]
fn an_image_is_laid_out_by_links_and_stages() {
    let files = [
        (
            "Dockerfile",
            "FROM alpine AS conf\nCOPY site.conf /out/site.conf\nFROM debian:12\nRUN apt-get install -y nginx && rm -f /etc/nginx/sites-enabled/default\nCOPY --from=conf /out/site.conf /etc/nginx/sites-available/\nRUN ln -s /etc/nginx/sites-available/site.conf /etc/nginx/sites-enabled/\nCMD [\"nginx\"]\n",
        ),
        ("site.conf", "server { listen 81; }"),
    ];
    assert_eq!(reads("build: .", &files), "site.conf ?");
    let edited = "FROM nginx\nCOPY site.conf /etc/nginx/conf.d/default.conf\nRUN sed -i s/81/82/ /etc/nginx/conf.d/default.conf\n";
    let nginx = nginx_of("build: .", &[("Dockerfile", edited), files[1]]).unwrap();
    assert!(nginx.files.is_empty() && nginx.unknown.is_some());
}
