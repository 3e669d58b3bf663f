"""nginx in front: names, paths, bodies, headers, and what Django makes of them."""

from proving import answers, free_port, program, proof


@proof("nginx-upstream-unknown-host", "network-isolation-unreachable", needs=["nginx"])
def upstream_not_resolved(w):
    done = w.nginx("listen 127.0.0.1:PORT; location / { proxy_pass http://no-such-web:8000; }", start=False)
    w.hold(done.status == 1, "nginx ends with 1")
    w.saw(r'\[emerg\] .*host not found in upstream "no-such-web"', done.text)


@proof("nginx-upstream-unknown-host", needs=["nginx"])
def upstream_block_not_resolved(w):
    done = w.nginx(
        "listen 127.0.0.1:PORT; location / { proxy_pass http://app; }",
        more_http="upstream app { server no-such-web:8000; }",
        start=False,
    )
    w.saw(r'\[emerg\] .*host not found in upstream "no-such-web:8000"', done.text)
    # A variable puts the look-up off until a request comes; then a resolver is needed.
    web = w.nginx("listen 127.0.0.1:PORT; set $to http://no-such-web:8000; location / { proxy_pass $to; }")
    w.hold(w.get(web.port).status == 502, "with a variable in proxy_pass nginx starts and answers 502")
    w.saw(r"no resolver defined to resolve no-such-web", web.wait_for("no resolver"), symptom=False)


@proof("nginx-conf-wrong-level", needs=["nginx"])
def directive_at_the_wrong_level(w):
    # A whole nginx.conf mounted into conf.d, and a lone server block mounted as nginx.conf.
    whole = w.nginx("listen 127.0.0.1:PORT;", more_http="user nobody; events {}", start=False)
    w.hold(whole.status == 1, "nginx ends with 1")
    w.saw(r'\[emerg\] .*"user" directive is not allowed here in \S+:\d+', whole.text)
    alone = w.nginx("listen 127.0.0.1:PORT;", top="server { listen 80; }", start=False)
    w.saw(r'\[emerg\] .*"server" directive is not allowed here in \S+:\d+', alone.text)


@proof("nginx-upstream-localhost", "bind-127-in-container", "proxy-or-published-port-mismatch", needs=["nginx"])
def nobody_at_the_upstream(w):
    port = free_port()
    web = w.nginx(f"listen 127.0.0.1:PORT; location / {{ proxy_pass http://127.0.0.1:{port}; }}")
    answer = w.get(web.port)
    w.saw(r"^502 Bad Gateway$", answer.line, symptom=False)
    # The page of bind-127-in-container lists what the server says of itself, which `servers` proves.
    w.saw(
        rf'connect\(\) failed \(111: Connection refused\) while connecting to upstream, .*upstream: "http://127\.0\.0\.1:{port}/"',
        web.wait_for("111: Connection refused"),
        rules=["nginx-upstream-localhost", "proxy-or-published-port-mismatch"],
    )


@proof("nginx-alias-slash", needs=["nginx"])
def alias_and_slashes(w):
    w.write({"srv/static/a.css": "a", "srv/secret": "secret"})
    top = w.at / "srv"
    for location, alias, wanted, words in (
        ("/static/", f"{top}/static/", 200, "location and alias with a slash"),
        ("/static/", f"{top}/static", 404, "location with, alias without a slash"),
        ("/static", f"{top}/static", 200, "location and alias without a slash"),
        ("/static", f"{top}/static/", 200, "location without, alias with a slash"),
    ):
        web = w.nginx(f"listen 127.0.0.1:PORT; location {location} {{ alias {alias}; }}")
        w.hold(w.get(web.port, "/static/a.css").status == wanted, f"{words}: {wanted}")
        if wanted == 404:
            w.saw(rf'open\(\) "{top}/statica\.css" failed \(2: No such file or directory\)', web.wait_for("failed"))
        out = w.get(web.port, "/static../secret")
        traversal = words.startswith("location without")
        w.hold(
            (out.text == "secret") == traversal,
            f"{words}: /static../secret gives {'the file' if traversal else out.status}",
        )
        web.stop()


@proof("static-nginx-path-mismatch", "static-root-not-mounted", "collectstatic-never-run", needs=["nginx"])
def wrong_path_or_empty_folder(w):
    w.write({"srv/static/keep": ""})
    web = w.nginx(f"listen 127.0.0.1:PORT; location /static/ {{ alias {w.at}/srv/static/; }}")
    w.hold(w.get(web.port, "/static/admin/css/base.css").status == 404, "an empty volume: 404")
    web.wait_for('" 404')
    w.saw(
        r'open\(\) "\S+/srv/static/admin/css/base\.css" failed \(2: No such file or directory\), client: \S+, server: \S*, '
        r'request: "GET /static/admin/css/base\.css HTTP/1\.1"',
        web.wait_for("failed"),
    )
    w.saw(r'"GET /static/admin/css/base\.css HTTP/1\.1" 404', web.wait_for('" 404'))


@proof("static-nginx-path-mismatch", needs=["nginx"])
def root_doubles_the_path(w):
    w.write({"srv/static/a.css": "a"})
    web = w.nginx(f"listen 127.0.0.1:PORT; location /static/ {{ root {w.at}/srv/static; }}")
    w.hold(w.get(web.port, "/static/a.css").status == 404, "root with the whole path: 404")
    w.saw(r'open\(\) "\S+/srv/static/static/a\.css" failed \(2: No such file or directory\)', web.wait_for("failed"))
    web = w.nginx(f"listen 127.0.0.1:PORT; location /static/ {{ root {w.at}/srv; }}")
    w.hold(w.get(web.port, "/static/a.css").status == 200, "root with the folder above: 200")


@proof("server-daemonized", needs=["nginx"])
def nginx_goes_to_the_background(w):
    port = free_port()
    web = w.nginx(f"listen 127.0.0.1:{port};", top="", start=False)
    w.hold(web.status == 0, "the configuration is in order")
    folder = w.at / "nginx"
    argv = [program("nginx"), "-p", folder, "-c", folder / "nginx.conf", "-e", w.at / "error.log"]
    # Not by `run`: the background process keeps the pipe open.
    done = w.start(*argv)
    try:
        w.hold(done.wait_end() == 0, "nginx without `daemon off;` ends with 0")
        w.hold(answers(port), "and listens in the background")
    finally:
        w.run(*argv, "-s", "stop")


@proof("proxy-or-published-port-mismatch", needs=["nginx"])
def nothing_but_port_80(w):
    # A published 443 finds nobody while the configuration has `listen 80` only.
    port, other = free_port(), free_port()
    web = w.nginx(f"listen 127.0.0.1:{port};", port=port)
    w.hold(answers(web.port) and not answers(other), "nginx listens where `listen` says and refuses other ports")


@proof("nginx-body-size", needs=["nginx"])
def body_too_large(w):
    site = w.site()
    django = w.gunicorn(site)
    web = w.nginx(f"listen 127.0.0.1:PORT; location / {{ proxy_pass http://127.0.0.1:{django.port}; }}")
    answer = w.get(web.port, "/form/", method="POST", body=b"x" * (1024 * 1024 + 1))
    w.saw(r"^413 Request Entity Too Large$", answer.line)
    w.saw(r"client intended to send too large body: 1048577 bytes", web.wait_for("too large body"), symptom=False)
    more = w.nginx(
        f"listen 127.0.0.1:PORT; client_max_body_size 2m; location / {{ proxy_pass http://127.0.0.1:{django.port}; }}"
    )
    answer = w.get(more.port, "/", method="POST", body=b"x" * (1024 * 1024 + 1))
    w.hold(answer.status != 413, f"with client_max_body_size 2m Django gets it, and answers {answer.status}")


@proof("nginx-proxy-pass-slash", needs=["nginx"])
def proxy_pass_and_slash(w):
    site = w.site(urls="\nurlpatterns += [path('api/address/', whole_address)]\n")
    django = w.gunicorn(site)
    keep = w.nginx(f"listen 127.0.0.1:PORT; location /api/ {{ proxy_pass http://127.0.0.1:{django.port}; }}")
    w.saw(r"/api/address/$", w.get(keep.port, "/api/address/").text, symptom=False)
    cut = w.nginx(f"listen 127.0.0.1:PORT; location /api/ {{ proxy_pass http://127.0.0.1:{django.port}/; }}")
    text = w.get(cut.port, "/api/address/").text
    w.saw(r":\d+/address/$", text, symptom=False)
    half = w.nginx(f"listen 127.0.0.1:PORT; location /api {{ proxy_pass http://127.0.0.1:{django.port}/; }}")
    # `location /api` cuts `/api` only, so that the path gets two slashes.
    w.hold(
        w.get(half.port, "/api/address/").status == 404,
        "location without and proxy_pass with a slash: //address/, 404",
    )


@proof("underscore-host-rejected", "nginx-missing-proxy-headers", needs=["nginx"])
def underscore_in_the_upstream(w):
    django = w.gunicorn(w.site())
    block = f"upstream django_app {{ server 127.0.0.1:{django.port}; }}"
    web = w.nginx("listen 127.0.0.1:PORT; location / { proxy_pass http://django_app; }", more_http=block)
    w.hold(
        w.get(web.port).status == 400,
        "an upstream with an underscore and no Host header: 400, with ALLOWED_HOSTS = ['*']",
    )
    w.saw(
        r"Invalid HTTP_HOST header: 'django_app'\. The domain name provided is not valid according to RFC 1034/1035\.",
        django.wait_for("RFC 1034"),
    )
    web = w.nginx(
        "listen 127.0.0.1:PORT; location / { proxy_pass http://django_app; proxy_set_header Host $host; }",
        more_http=block,
    )
    w.hold(w.get(web.port).status == 200, "with proxy_set_header Host $host: 200")
    w.hold(
        w.get(django.port, "/", {"Host": "my_web:8000"}).status == 400,
        "the same for a health check that names the service my_web",
    )


@proof("allowed-hosts-blocks-healthcheck-or-proxy", "nginx-missing-proxy-headers", needs=["nginx"])
def proxy_hides_the_host(w):
    django = w.gunicorn(w.site("ALLOWED_HOSTS = ['www.example.com']\n"))
    asked = {"Host": "www.example.com"}
    web = w.nginx(
        "listen 127.0.0.1:PORT; location / { proxy_pass http://backend; }",
        more_http=f"upstream backend {{ server 127.0.0.1:{django.port}; }}",
    )
    w.hold(w.get(web.port, "/", asked).status == 400, "nginx sends $proxy_host by default: 400")
    w.saw(
        r"Invalid HTTP_HOST header: 'backend'\. You may need to add 'backend' to ALLOWED_HOSTS\.",
        django.wait_for("backend"),
    )
    web = w.nginx(
        f"listen 127.0.0.1:PORT; location / {{ proxy_pass http://127.0.0.1:{django.port}; proxy_set_header Host $host; }}"
    )
    w.hold(w.get(web.port, "/", asked).status == 200, "with proxy_set_header Host $host: 200")


@proof("nginx-missing-proxy-headers", needs=["nginx"])
def one_header_takes_the_outer_ones_away(w):
    django = w.gunicorn(w.site("ALLOWED_HOSTS = ['www.example.com']\n"))
    web = w.nginx(
        "listen 127.0.0.1:PORT; proxy_set_header Host $host;"
        f" location / {{ proxy_set_header X-Real-IP $remote_addr; proxy_pass http://127.0.0.1:{django.port}; }}"
    )
    w.hold(
        w.get(web.port, "/", {"Host": "www.example.com"}).status == 400,
        "a proxy_set_header in the location drops those of the server block: 400",
    )


def sign_in(w, port, origin, host):
    """A POST as a browser sends it from a page at that origin."""
    page = w.get(port, "/form/", {"Host": host})
    token, cookie = page.text, page.headers["Set-Cookie"].split(";")[0]
    return w.get(
        port,
        "/form/",
        method="POST",
        body=f"csrfmiddlewaretoken={token}",
        headers={
            "Host": host,
            "Origin": origin,
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )


@proof("nginx-host-header-drops-port-csrf", "csrf-trusted-origins", needs=["nginx"])
def host_without_its_port(w):
    django = w.gunicorn(w.site())
    for variable, wanted in (("$host", 403), ("$http_host", 200), ("$host:$server_port", 200)):
        web = w.nginx(
            f"listen 127.0.0.1:PORT; location / {{ proxy_pass http://127.0.0.1:{django.port};"
            f" proxy_set_header Host {variable}; }}"
        )
        answer = sign_in(w, web.port, f"http://localhost:{web.port}", f"localhost:{web.port}")
        w.hold(answer.status == wanted, f"Host {variable} on a port that is not 80: POST gives {wanted}")
        if wanted == 403:
            w.saw(
                rf"Forbidden \(Origin checking failed - http://localhost:{web.port} does not match any trusted origins\.\):",
                django.wait_for("Origin checking"),
            )
            w.saw(r"CSRF verification failed\. Request aborted\.", answer.text, rules=["csrf-trusted-origins"])


@proof("csrf-trusted-origins", "proxy-ssl-header-missing", needs=["nginx"])
def https_ends_at_the_proxy(w):
    # A proxy in front of nginx ends TLS: the browser says https, Django sees http.
    location = "location / {{ proxy_pass http://127.0.0.1:{0}; proxy_set_header Host $host; {1} }}"
    forward = "proxy_set_header X-Forwarded-Proto https;"
    header = "SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')\n"
    for name, settings, more, wanted in (
        ("plain", "", "", 403),
        ("header only", "", forward, 403),
        ("setting only", header, "", 403),
        ("both", header, forward, 200),
        ("trusted", "CSRF_TRUSTED_ORIGINS = ['https://www.example.com']\n", "", 200),
        ("trusted wildcard", "CSRF_TRUSTED_ORIGINS = ['https://*.example.com']\n", "", 200),
        ("trusted without its port", "CSRF_TRUSTED_ORIGINS = ['https://www.example.com:8443']\n", "", 403),
    ):
        django = w.gunicorn(w.site(settings, below=name.replace(" ", "-")))
        web = w.nginx("listen 127.0.0.1:PORT; " + location.format(django.port, more))
        answer = sign_in(w, web.port, "https://www.example.com", "www.example.com")
        w.hold(answer.status == wanted, f"POST from https, {name}: {wanted}")
        if wanted == 403:
            w.saw(
                r"Origin checking failed - https://www\.example\.com does not match any trusted origins\.",
                django.wait_for("Origin checking"),
            )
        django.stop()
        web.stop()


@proof("ssl-redirect-loop-behind-proxy", "proxy-ssl-header-missing", needs=["nginx"])
def gunicorn_may_know_by_itself(w):
    # No false alarm: gunicorn that trusts the proxy sets the scheme, and Django needs no SECURE_PROXY_SSL_HEADER.
    for addresses, wanted in (("192.0.2.1", 301), ("*", 200)):
        django = w.gunicorn(w.site("SECURE_SSL_REDIRECT = True\n"), "--forwarded-allow-ips", addresses)
        web = w.nginx(
            f"listen 127.0.0.1:PORT; location / {{ proxy_pass http://127.0.0.1:{django.port};"
            " proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto https; }"
        )
        w.hold(
            w.get(web.port, "/", {"Host": "www.example.com"}).status == wanted,
            f"gunicorn --forwarded-allow-ips '{addresses}', X-Forwarded-Proto: https and no setting: {wanted}",
        )
        django.stop()
        web.stop()
    django = w.gunicorn(w.site("SECURE_SSL_REDIRECT = True\n"), "--forwarded-allow-ips", "127.0.0.1")
    w.hold(
        w.get(django.port, "/", {"X-Forwarded-Proto": "https"}).status == 200,
        "the same for an address that is listed: 200",
    )


@proof("ssl-redirect-loop-behind-proxy", "proxy-ssl-header-missing")
def uvicorn_may_know_by_itself(w):
    site = w.site("SECURE_SSL_REDIRECT = True\n")
    for addresses, wanted in (("192.0.2.1", 301), ("*", 200)):
        port = free_port()
        django = w.start(
            "uvicorn",
            "config.asgi:application",
            "--port",
            port,
            "--forwarded-allow-ips",
            addresses,
            cwd=site,
            port=port,
        )
        django.wait_port()
        w.hold(
            w.get(port, "/", {"X-Forwarded-Proto": "https"}).status == wanted,
            f"uvicorn --forwarded-allow-ips '{addresses}', X-Forwarded-Proto: https and no setting: {wanted}",
        )
        django.stop()


@proof("ssl-redirect-loop-behind-proxy", needs=["nginx"])
def redirect_for_ever(w):
    settings = "SECURE_SSL_REDIRECT = True\n"
    header = "SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')\n"
    for name, more, proto, wanted in (
        ("nothing", "", "", 301),
        ("the setting without the header", header, "", 301),
        ("the header without the setting", "", "proxy_set_header X-Forwarded-Proto https;", 301),
        ("$scheme of an inner proxy that speaks http", header, "proxy_set_header X-Forwarded-Proto $scheme;", 301),
        ("both", header, "proxy_set_header X-Forwarded-Proto https;", 200),
    ):
        django = w.gunicorn(w.site(settings + more, below=name.replace(" ", "-").replace("$", "")))
        web = w.nginx(
            f"listen 127.0.0.1:PORT; location / {{ proxy_pass http://127.0.0.1:{django.port};"
            f" proxy_set_header Host $host; {proto} }}"
        )
        # What a browser asks again after it followed: the same address, over TLS to the outer proxy.
        answer = w.get(web.port, "/", {"Host": "www.example.com"})
        loop = answer.headers["Location"] == "https://www.example.com/"
        w.hold(
            answer.status == wanted and loop == (wanted == 301),
            f"SECURE_SSL_REDIRECT with {name}: {wanted}" + (" to the same address" if loop else ""),
        )
        django.stop()
        web.stop()
