"""A Compose project brought up without Docker, for proofs that need several services.

What Docker would give a service it gets here from the kernel: a file system of layers (overlay), a process tree, host name
and network of its own, and names of the other services. `compose-doctor config` says what Compose makes of the files.
What is not Docker's: the base of every image is this machine, with a virtual environment in an image of Python, and
PostgreSQL, nginx and Redis as Debian has them; `apt-get` in a Dockerfile does nothing. It takes root.
"""

import contextlib
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

from proving import PATIENCE, Failed, Skip, program

REPOSITORY = Path(__file__).resolve().parents[2]
PATH = "/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# The entrypoint of the image of PostgreSQL, as far as it matters: the first start makes user, password and database.
POSTGRES = """#!/bin/sh
set -e
[ "$#" -gt 0 ] || set -- postgres
PATH="{bin}:$PATH"
: "${{PGDATA:=/var/lib/postgresql/data}}" "${{POSTGRES_USER:=postgres}}"
: "${{POSTGRES_DB:=$POSTGRES_USER}}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        echo "Error: Database is uninitialized and superuser password is not specified." >&2
        exit 1
    fi
    mkdir -p "$PGDATA" /var/run/postgresql
    chown -R postgres "$PGDATA" /var/run/postgresql
    printf %s "$POSTGRES_PASSWORD" > /tmp/pwfile; chown postgres /tmp/pwfile
    setpriv --reuid postgres --clear-groups initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile=/tmp/pwfile \\
        -E UTF8 --auth-local=trust --auth-host=trust --no-sync > /dev/null
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    setpriv --reuid postgres --clear-groups pg_ctl -D "$PGDATA" -o "-c listen_addresses= -c fsync=off" -w start > /dev/null
    [ "$POSTGRES_DB" = postgres ] || psql -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE \\"$POSTGRES_DB\\""
    setpriv --reuid postgres --clear-groups pg_ctl -D "$PGDATA" -m fast -w stop > /dev/null
fi
mkdir -p /var/run/postgresql; chown postgres /var/run/postgresql
exec setpriv --reuid postgres --clear-groups "$@" -D "$PGDATA" -c listen_addresses='*' -c fsync=off
"""

# As the image of nginx has it.
NGINX = """
user root;
worker_processes 1;
error_log /dev/stderr notice;
pid /run/nginx.pid;
events {}
http {
    include /etc/nginx/mime.types;
    access_log /dev/stdout;
    include /etc/nginx/conf.d/*.conf;
}
"""
WELCOME = "server { listen 80; location / { root /usr/share/nginx/html; index index.html; } }\n"


class Image:
    """Layers, the uppermost first, and what a container of it starts with."""

    def __init__(self, layers, env=None, workdir="/", user="", entrypoint=(), cmd=()):
        self.layers, self.env, self.workdir, self.user = list(layers), dict(env or {}), workdir, user
        self.entrypoint, self.cmd = list(entrypoint), list(cmd)
        self.healthcheck = None

    def copy(self):
        new = Image(self.layers, self.env, self.workdir, self.user, self.entrypoint, self.cmd)
        new.healthcheck = self.healthcheck
        return new


class Service:
    """A service that was started: its process, its log and its files."""

    def __init__(self, name, config, image, at, address):
        self.name, self.config, self.image, self.at, self.address = name, config, image, at, address
        self.process = None
        self.starts = 0

    @property
    def log(self):
        path = self.at / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def pid(self):
        """The first process in its namespaces."""
        return next(iter(children(self.process.pid)), None)

    def runs(self):
        return self.process is not None and self.process.poll() is None


class Stack:
    """The project in a folder. `up` builds and starts it, `down` ends it; files of volumes stay until the proof ends."""

    def __init__(self, work, folder, env=None):
        if os.getuid() != 0:
            raise Skip("namespaces and overlays take root (sudo tests/proofs/run)")
        for needed in ("unshare", "nsenter", "ip", "curl"):
            program(needed)
        self.work, self.folder = work, Path(folder)
        self.at = work.at / f"stack-{len(list(work.at.glob('stack-*')))}"
        self.at.mkdir()
        self.volumes = self.at / "volumes"
        self.cache = work.venv.parent / "layers"
        self.cache.mkdir(exist_ok=True)
        self.env = {**os.environ, **(env or {})}
        self.services = {}
        self.switch = None
        self.ups = 0
        self.built = ""

    # Up and down

    def config(self):
        done = subprocess.run(
            [doctor(), "config", "--format", "json"], cwd=self.folder, env=self.env, capture_output=True, text=True
        )
        if done.returncode:
            raise Failed(f"compose-doctor config: {done.stderr}")
        return json.loads(done.stdout)

    def up(self):
        """Builds and starts all services; gives everything that was said."""
        config = self.config()
        self.ups += 1
        self.services, self.built = {}, ""
        run = self.at / f"up-{self.ups}"
        try:
            images = {name: self.image(service) for name, service in config["services"].items()}
        except BuildFailed as failed:
            self.built = str(failed)
            return self.built
        self.switch = subprocess.Popen(["unshare", "-n", "sleep", "infinity"])
        self.work.started.append(Process(self.switch))
        time.sleep(0.1)
        self.net("ip", "link", "add", "br0", "type", "bridge")
        self.net("ip", "addr", "add", "10.89.0.1/24", "dev", "br0")
        self.net("ip", "link", "set", "br0", "up")
        self.net("ip", "link", "set", "lo", "up")
        for number, (name, service) in enumerate(config["services"].items()):
            at = run / name
            at.mkdir(parents=True)
            self.services[name] = Service(name, service, images[name], at, f"10.89.0.{number + 2}")
        for name in order(config["services"]):
            if not self.wait_for_others(name):
                return self.said()
            self.start(self.services[name])
        return self.said()

    def down(self):
        for service in self.services.values():
            if service.process is not None:
                end(service.process)
        if self.switch:
            self.switch.kill()
            self.switch.wait()
            self.switch = None

    def said(self):
        return self.built + "".join(f"--- {s.name}\n{s.log}" for s in self.services.values())

    def settle(self, pattern=None, seconds=None):
        """Lets it run, as Docker would with its restarts, until a line comes or the time is over; what was said."""
        end = time.monotonic() + (seconds or PATIENCE)
        while time.monotonic() < end:
            for service in self.services.values():
                ended = service.process is not None and service.process.poll() is not None
                policy = service.config.get("restart") or "no"
                again = policy in ("always", "unless-stopped") or policy.startswith("on-failure") and service.process.returncode
                if ended and again and service.starts < 8:
                    time.sleep(0.2)
                    self.start(service)
            if pattern and re.search(pattern, self.said(), re.M):
                break
            time.sleep(0.1)
        return self.said()

    def wait_for_others(self, name):
        """As `depends_on` says; false where one never gets there, so that the service does not start."""
        for other, wish in (self.services[name].config.get("depends_on") or {}).items():
            service, condition = self.services.get(other), wish.get("condition", "service_started")
            if service is None:
                continue
            end = time.monotonic() + PATIENCE
            while condition != "service_started":
                if condition == "service_completed_successfully" and not service.runs():
                    if service.process is None or service.process.returncode:
                        return False
                    break
                if condition == "service_healthy" and self.is_healthy(service):
                    break
                if time.monotonic() > end:
                    self.built += f"dependency failed to start: {other} is not there ({condition})\n"
                    return False
                self.settle(seconds=0.2)
        return True

    def is_healthy(self, service):
        check = service.config.get("healthcheck") or service.image.healthcheck
        if not check or not service.runs():
            return False
        test = check["test"] if isinstance(check, dict) else check
        argv = ["sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
        return self.exec(service.name, *argv).status == 0

    def start(self, service):
        config, image, at = service.config, service.image, service.at
        upper, inner, root = at / "upper", at / "inner", at / "root"
        for folder in (upper / "etc", inner, root):
            folder.mkdir(parents=True, exist_ok=True)
        names = [f"127.0.0.1 localhost\n{service.address} {service.name}"]
        mine = set(config.get("networks") or {"default": None})
        for other in self.services.values():
            shared = mine & set(other.config.get("networks") or {"default": None})
            aliases = [a for n in shared for a in ((other.config.get("networks") or {}).get(n) or {}).get("aliases", [])]
            if shared and other is not service:
                names.append(" ".join([other.address, other.name, *aliases]))
        (upper / "etc/hosts").write_text("\n".join(names) + "\n")
        (upper / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
        if config.get("command") is not None or config.get("entrypoint") is not None:
            entrypoint = image.entrypoint if config.get("entrypoint") is None else config["entrypoint"]
            cmd = image.cmd if config.get("entrypoint") is None else []
            argv = [*entrypoint, *(cmd if config.get("command") is None else config["command"])]
        else:
            argv = [*image.entrypoint, *image.cmd]
        user = str(config.get("user") or image.user or "")
        home = f"/home/{user.split(':')[0]}" if user and not user.startswith("root") else "/root"
        env = {"PATH": PATH, "HOME": home, "HOSTNAME": service.name, **image.env}
        env.update({k: v for k, v in (config.get("environment") or {}).items() if v is not None})
        workdir = config.get("working_dir") or image.workdir
        flag = at / f"ready-{service.starts}"
        lines = [
            "set -e",
            "mount --make-rprivate /",
            *overlay(image.layers, upper, inner, root),
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mkdir -p {shlex.quote(str(root) + workdir)}",
        ]
        # A parent before what lies in it.
        for mount in sorted(config.get("volumes") or [], key=lambda m: m["target"]):
            lines += self.mount(mount, root)
        lines += [
            f"hostname {service.name}",
            "ip link set lo up",
            f"until [ -e {flag} ]; do sleep 0.02; done",
            "exec env -i "
            + " ".join(shlex.quote(f"{k}={v}") for k, v in env.items())
            + f" chroot {'--userspec=' + shlex.quote(user) if user else ''} {root} sh -c 'cd \"$0\" && exec \"$@\"' "
            + shlex.join([workdir, *map(str, argv)]),
        ]
        (at / "start.sh").write_text("\n".join(lines))
        with (at / "log").open("ab") as out:
            flags = ["-n", "-m", "-u", "-i", "-p", "-f", "--kill-child"]
            service.process = subprocess.Popen(
                ["unshare", *flags, "sh", str(at / "start.sh")],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.work.started.append(Process(service.process))
        service.starts += 1
        end = time.monotonic() + 5
        while service.pid() is None and service.runs() and time.monotonic() < end:
            time.sleep(0.01)
        pid, link = service.pid(), f"v{self.ups}{service.starts}{service.address.rsplit('.', 1)[1]}"
        if pid is None:
            return
        self.net("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        self.net("ip", "link", "set", link, "master", "br0", "up")
        inside = ["nsenter", "-t", str(pid), "-n"]
        subprocess.run([*inside, "ip", "addr", "add", f"{service.address}/24", "dev", "eth0"], check=True)
        subprocess.run([*inside, "ip", "link", "set", "eth0", "up"], check=True)
        flag.touch()

    def mount(self, mount, root):
        target = f"{root}{mount['target']}"
        quoted = shlex.quote(target)
        if mount["type"] == "tmpfs":
            return [f"mkdir -p {quoted}", f"mount -t tmpfs tmpfs {quoted}"]
        if mount["type"] == "bind":
            source = Path(mount["source"])
            if not source.exists():
                source.mkdir(parents=True)
        else:
            source = self.volumes / (mount.get("source") or hashlib.sha1(target.encode()).hexdigest()[:8])
            fresh = not source.exists()
            source.mkdir(parents=True, exist_ok=True)
            if fresh:
                # A new volume gets what the image has there.
                copy = f"if [ -d {quoted} ]; then cp -a {quoted}/. {shlex.quote(str(source))}/; fi"
                owner = f"if [ -d {quoted} ]; then chown --reference={quoted} {shlex.quote(str(source))}; fi"
                return [copy, owner, f"mkdir -p {quoted}", f"mount --bind {shlex.quote(str(source))} {quoted}"]
        make = f"mkdir -p {quoted}"
        if source.is_file():
            make = f"mkdir -p {shlex.quote(os.path.dirname(target))}; [ -e {quoted} ] || touch {quoted}"
        option = "; mount -o remount,ro,bind " + quoted if mount.get("read_only") else ""
        return [make, f"mount --bind {shlex.quote(str(source))} {quoted}{option}"]

    # What is asked of it

    def net(self, *argv):
        """A command on the network of the stack, as the host sees it."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.switch.pid), "-n", *argv], capture_output=True, text=True, errors="replace"
        )
        if done.returncode and argv[0] == "ip":
            raise Failed(f"{argv}: {done.stderr}")
        return done.stdout

    def exec(self, name, *argv):
        """A command in a service, as `docker compose exec` runs it."""
        service = self.services[name]
        env = {"PATH": PATH, "HOME": "/root", **service.image.env}
        env.update({k: v for k, v in (service.config.get("environment") or {}).items() if v is not None})
        workdir = service.config.get("working_dir") or service.image.workdir
        pid = service.pid()
        if pid is None:
            return self.work.run("false")
        inside = ["nsenter", "-t", str(pid), "-m", "-n", "-p", "-u", "-i"]
        words = ["chroot", str(service.at / "root"), "env", "-i", *(f"{k}={v}" for k, v in env.items())]
        return self.work.run(*inside, *words, "sh", "-c", 'cd "$0" && exec "$@"', workdir, *argv)

    def get(self, name, port, path="/", *options, follow=False):
        """Status and body of a request from the host to a port of a service; status 0 where nothing answers."""
        url = f"http://{self.services[name].address}:{port}{path}"
        host = ["-H", "Host: localhost:8000"]
        argv = ["curl", "-s", "-m", "10", "-w", "\n%{http_code}", *host, *(["-L"] if follow else []), *options, url]
        body, _, status = self.net(*argv).rpartition("\n")
        return int(status or 0), body

    def wait_get(self, name, port, path="/", *options, want=range(200, 400)):
        """The answer once it is as wanted, or what there is at the end of patience."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.get(name, port, path, *options)
            if answer[0] in want or time.monotonic() > end:
                return answer
            self.settle(seconds=0.3)

    # Images

    def image(self, service):
        if build := service.get("build"):
            return self.build(Path(build["context"]), build)
        return self.base(service["image"])

    def base(self, name):
        """An image that is only named."""
        bare = name.split("@")[0].rsplit("/", 1)[-1].split(":")[0]
        if bare in ("postgres", "postgis", "pgvector"):
            folder = Path(program("postgres")).parent
            script = POSTGRES.format(bin=folder)
            layer = self.layer(script, lambda at: put(at, "usr/local/bin/docker-entrypoint.sh", script))
            env = {"PATH": f"{folder}:{PATH}"}
            return Image([layer], env, entrypoint=["docker-entrypoint.sh"], cmd=["postgres"])
        if bare in ("redis", "valkey"):
            program("redis-server")
            return Image([], cmd=["redis-server", "--bind", "*", "-::*", "--protected-mode", "no", "--save", ""])
        if bare == "nginx":
            program("nginx")

            def fill(at):
                put(at, "etc/nginx/nginx.conf", NGINX)
                put(at, "etc/nginx/conf.d/default.conf", WELCOME)

            return Image([self.layer("nginx", fill)], cmd=["nginx", "-g", "daemon off;"])
        if bare == "python":
            return Image([self.python()], {"PATH": PATH, "LANG": "C.UTF-8"}, cmd=["python"])
        if bare in ("debian", "ubuntu", "alpine", "busybox"):
            return Image([], cmd=["sh"])
        raise Skip(f"no image {name} without Docker")

    def python(self):
        def fill(at):
            for tool in ("apt-get", "apt", "apk"):
                put(at, f"usr/local/bin/{tool}", "#!/bin/sh\nexit 0\n")
            self.inside([], at, ["/usr/bin/env", str(self.work.venv / "bin/virtualenv"), "-q", "-p", "/usr/bin/python3", "/venv"])

        return self.layer("python", fill)

    def layer(self, key, fill):
        """A layer of the cache, made once."""
        at = self.cache / hashlib.sha256(key.encode()).hexdigest()[:20]
        if not at.exists():
            new = self.cache / f"new-{os.getpid()}"
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            try:
                fill(new)
            except BaseException:
                shutil.rmtree(new, ignore_errors=True)
                raise
            new.rename(at)
        return at

    def inside(self, layers, upper, argv, env=None, workdir="/", user=""):
        """Runs a command over layers; what it writes goes into `upper`. It has this machine's network."""
        at = self.at / "build"
        shutil.rmtree(at, ignore_errors=True)
        inner, root = at / "inner", at / "root"
        inner.mkdir(parents=True)
        root.mkdir()
        # An overlay wants both on one file system.
        inner = upper.parent / f"{upper.name}-inner"
        shutil.rmtree(inner, ignore_errors=True)
        inner.mkdir()
        env = {"PATH": PATH, "HOME": "/root", **proxies(), **(env or {})}
        script = "\n".join(
            [
                "set -e",
                "mount --make-rprivate /",
                *overlay(layers, upper, inner, root),
                f"mount -t proc proc {root}/proc",
                f"mount --rbind /dev {root}/dev",
                f"mkdir -p {shlex.quote(str(root) + workdir)}",
                "exec env -i "
                + " ".join(shlex.quote(f"{k}={v}") for k, v in env.items())
                + f" chroot {'--userspec=' + shlex.quote(user) if user else ''} {root} sh -c 'cd \"$0\" && exec \"$@\"' "
                + shlex.join([workdir, *argv]),
            ]
        )
        done = subprocess.run(
            ["unshare", "-m", "-p", "-f", "sh", "-c", script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        shutil.rmtree(inner, ignore_errors=True)
        if done.returncode:
            raise BuildFailed(f"{done.stdout}\n{shlex.join(argv)} ended with {done.returncode}\n")
        return done.stdout

    def build(self, context, build):
        """Runs a Dockerfile, as far as the fixtures need it."""
        dockerfile = context / build.get("dockerfile", "Dockerfile")
        if not dockerfile.exists():
            raise BuildFailed(f"failed to read dockerfile: open {dockerfile.name}: no such file or directory\n")
        ignored = ignore_file(context)
        stages, image, key, scope = {}, None, "", dict(build.get("args") or {})
        given = dict(scope)
        for word, rest in instructions(dockerfile.read_text()):
            rest = rest.strip()
            known = {**given, **scope, **(image.env if image else {})}
            if word in ("FROM", "COPY", "ADD", "WORKDIR", "ENV", "USER"):
                rest = re.sub(r"\$\{?(\w+)(?::-([^}]*))?\}?", lambda m: known.get(m[1]) or m[2] or "", rest)
            if word == "ARG":
                name, _, value = rest.partition("=")
                scope.setdefault(name, given.get(name, value.strip("\"'")))
                if image:
                    image.env.setdefault(name, scope[name])
            elif word == "FROM":
                words = [w for w in rest.split() if not w.startswith("--")]
                if image is not None and build.get("target") in stages and build["target"]:
                    break
                image = stages[words[0]].copy() if words[0] in stages else self.base(words[0])
                key = f"{words[0]}:{image.layers}"
                stages[words[2] if len(words) > 2 else str(len(stages))] = image
            elif word == "ENV":
                pairs = shlex.split(rest)
                pairs = pairs if "=" in pairs[0] else [f"{pairs[0]}={' '.join(pairs[1:])}"]
                image.env.update(p.split("=", 1) for p in pairs)
            elif word == "WORKDIR":
                image.workdir = os.path.normpath(os.path.join(image.workdir, rest))
                here = image.workdir.lstrip("/")
                key += f"\nWORKDIR {here}"
                image.layers.insert(0, self.layer(key, lambda at, here=here: (at / here).mkdir(parents=True)))
            elif word == "USER":
                image.user = rest
            elif word in ("CMD", "ENTRYPOINT"):
                with contextlib.suppress(ValueError):
                    argv = json.loads(rest)
                    setattr(image, word.lower(), argv)
                    continue
                setattr(image, word.lower(), ["/bin/sh", "-c", rest])
            elif word == "HEALTHCHECK":
                test = rest.partition("CMD")[2].strip()
                image.healthcheck = ["CMD", *json.loads(test)] if test.startswith("[") else ["CMD-SHELL", test]
            elif word in ("COPY", "ADD"):
                key, layer = self.copy(context, ignored, stages, image, rest, key)
                image.layers.insert(0, layer)
            elif word == "RUN":
                rest = re.sub(r"^(--\S+\s+)+", "", rest)
                argv = json.loads(rest) if rest.startswith("[") else ["/bin/sh", "-c", rest]
                key += f"\nRUN {rest} {sorted(image.env.items())} {image.user}"
                state = image.copy()
                run = lambda at, s=state, a=argv: self.inside(s.layers, at, a, s.env, s.workdir, s.user)  # noqa: E731
                image.layers.insert(0, self.layer(key, run))
        if target := build.get("target"):
            return stages[target]
        return image

    def copy(self, context, ignored, stages, image, rest, key):
        words = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
        options = dict(w[2:].split("=", 1) if "=" in w else (w[2:], "") for w in words if w.startswith("--"))
        *sources, target = [w for w in words if not w.startswith("--")]
        into = os.path.normpath(os.path.join(image.workdir, target)).lstrip("/")
        there = any((at / into).is_dir() for at in [*image.layers, Path("/")])
        folder = target.endswith(("/", ".")) or len(sources) > 1 or there
        found = []
        if (stage := options.get("from")) is not None:
            if stage not in stages:
                raise Skip(f"COPY --from={stage} without Docker")
            for source in sources:
                tops = [layer / source.lstrip("/") for layer in reversed(stages[stage].layers)]
                found += [t for t in tops if t.exists()]
        else:
            for source in sources:
                matches = sorted(context.glob(source.strip("/"))) if source.strip("./") else [context]
                matches = [m for m in matches if not ignored(m.relative_to(context).as_posix())]
                if not matches:
                    raise BuildFailed(f"failed to calculate checksum of ref: \"/{source}\": not found\n")
                found += matches
        digest = hashlib.sha256()
        for path in found:
            for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
                digest.update(f"{file.relative_to(path)}{file.stat().st_mode}".encode() + file.read_bytes())
        key += f"\nCOPY {rest} {image.workdir} {folder} {digest.hexdigest()}"

        def fill(at):
            for path in found:
                if path.is_dir():
                    leave = lambda f, names, p=path: [  # noqa: E731
                        n for n in names if path is not None and stage is None
                        and ignored((Path(f) / n).relative_to(context).as_posix())
                    ]  # fmt: skip
                    shutil.copytree(path, at / into, dirs_exist_ok=True, symlinks=True, ignore=leave)
                else:
                    to = at / into / path.name if folder else at / into
                    to.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, to)
            mode, owner = options.get("chmod"), options.get("chown")
            for path in at.rglob("*"):
                if mode and path.is_file():
                    path.chmod(int(mode, 8))
            if owner:
                self.inside(image.layers, at, ["chown", "-R", owner, f"/{into}"])

        return key, self.layer(key, fill)


class Process:
    """What `Work` ends with the proof."""

    def __init__(self, process):
        self.process = process

    def stop(self):
        end(self.process)


def end(process):
    """Ends what `unshare` runs first: it is the first process of its namespace, so that all others end with it. That they
    end with `unshare` does not hold once one has changed its user."""
    for child in children(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    process.kill()
    process.wait()


def children(pid):
    with contextlib.suppress(OSError):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


class BuildFailed(Exception):
    """An image that cannot be built, with what the build said."""


def doctor():
    """The program: of COMPOSE_DOCTOR, or as cargo has built it last."""
    if path := os.environ.get("COMPOSE_DOCTOR"):
        return path
    built = [REPOSITORY / "target" / kind / "compose-doctor" for kind in ("release", "debug")]
    built = sorted((p for p in built if p.exists()), key=lambda p: p.stat().st_mtime)
    if not built:
        raise Skip("compose-doctor is not built (cargo build, or COMPOSE_DOCTOR=<program>)")
    return str(built[-1])


def overlay(layers, upper, inner, root):
    """Commands that mount layers over this machine's files. Those come first as an overlay of their own: the layers lie
    among them, and no layer may lie in another."""
    base = f"{root}-base"
    return [
        f"mkdir -p {base}/upper {base}/inner {base}/root",
        f"mount -t overlay overlay -o lowerdir=/,upperdir={base}/upper,workdir={base}/inner {base}/root",
        f"mount -t overlay overlay -o lowerdir={':'.join([*map(str, layers), base + '/root'])},"
        f"upperdir={upper},workdir={inner} {root}",
    ]


def put(at, name, text, mode=0o755):
    path = at / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def proxies():
    """What pip needs to reach its index."""
    names = ("http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return {n: os.environ[n] for name in names for n in (name, name.upper()) if n in os.environ}


def order(services):
    """Names of services, what others depend on first."""
    done = []

    def visit(name, above=()):
        if name in done or name in above or name not in services:
            return
        for other in services[name].get("depends_on") or {}:
            visit(other, (*above, name))
        done.append(name)

    for name in services:
        visit(name)
    return done


def instructions(text):
    """Instructions of a Dockerfile: word and rest, lines joined."""
    joined = ""
    for line in text.splitlines():
        if line.lstrip().startswith("#") or (not line.strip() and joined):
            continue
        joined += line.rstrip("\\").rstrip() + " " if line.rstrip().endswith("\\") else line
        if line.rstrip().endswith("\\"):
            continue
        if joined.strip():
            word, _, rest = joined.strip().partition(" ")
            yield word.upper(), rest
        joined = ""


def ignore_file(context):
    """What .dockerignore leaves out: names, folders and `*`."""
    path = context / ".dockerignore"
    lines = [l.strip() for l in path.read_text().splitlines()] if path.exists() else []
    rules = [(not l.startswith("!"), l.lstrip("!").strip("/")) for l in lines if l and not l.startswith("#")]

    def matches(rule, name):
        pattern = re.escape(rule).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
        return re.fullmatch(f"{pattern}(/.*)?", name) is not None

    def ignored(name):
        out = False
        for leave, rule in rules:
            if name != "." and matches(rule, name):
                out = leave
        return out

    return ignored
