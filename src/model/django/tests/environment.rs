//! Settings that come from the environment: how they are read, and what an env file adds.

use super::super::*;
use super::cases::check;
use super::world::{evaluate, evaluate_at, name};

#[test]
fn the_environment() {
    check(&[
        ("from django.conf import settings\nif not settings.configured:\n  X = 2", &[], "2"),
        ("import os\nX = os.environ['A']", &[("A", "값")], "'값'"),
        ("import os\nX = os.environ['A']", &[], "? A is required and not set"),
        ("import os\nX = os.environ.get('A')", &[], "None"),
        ("import os\nX = os.environ.get('A', True)", &[], "True"),
        ("import os\nX = os.environ.get('A', True)", &[("A", "False")], "'False'"),
        (
            "import os\nX = os.getenv('A', default='d')",
            &[("A", "?")],
            "? web.env is not in this checkout",
        ),
        ("from os import environ, getenv\nX = environ.get('A') or getenv('B', 'b')", &[], "'b'"),
        ("import os\nX = 'A' in os.environ", &[("A", "")], "True"),
        ("import os\nX = 'A' not in os.environ", &[], "True"),
        ("import os\nX = os.environ.get('A') == 'True'", &[("A", "True")], "True"),
        (
            "import os\nX = os.environ.get('A', '').lower() in ('1', 'true')",
            &[("A", "TRUE")],
            "True",
        ),
        ("import os\nX = bool(os.environ.get('A', default=0))", &[("A", "0")], "True"),
        ("import os\nX = bool(int(os.environ.get('A', default=0)))", &[("A", "0")], "False"),
        ("import os\nX = os.environ.get('A').split(' ')", &[("A", "a b")], "['a', 'b']"),
        ("import os\nX = os.environ.get('A').split(' ')", &[], "? None has no method split"),
        (
            "import os\nX = [h.strip() for h in os.getenv('A', 'a, b,').split(',') if h]",
            &[],
            "['a', 'b']",
        ),
        (
            "import os\nX = list(map(str.strip, os.getenv('A', 'a, b').split(',')))",
            &[],
            "['a', 'b']",
        ),
        ("import os\nos.environ.setdefault('A', 'x')\nX = os.environ['A']", &[], "'x'"),
        ("import os\nos.environ['A'] = 'x'\nX = os.environ['A']", &[("A", "y")], "'x'"),
        ("import os\nenv = os.environ\nX = env['A']", &[("A", "1")], "'1'"),
        ("import os\nenv = os.environ.get\nX = env('A', 'd')", &[], "'d'"),
        ("import os\ntry:\n  X = os.environ['A']\nexcept KeyError:\n  X = 'x'", &[], "'x'"),
        (
            "import os\ntry:\n  X = int(os.environ['A'])\nexcept ValueError:\n  X = 3",
            &[("A", "z")],
            "3",
        ),
        ("import os\nX = int(os.environ.get('A', 5))", &[("A", "7")], "7"),
        (
            "import os, json\nX = json.loads(os.environ['A'])",
            &[("A", "{\"a\": [1, null]}")],
            "{'a': [1, None]}",
        ),
        (
            "from distutils.util import strtobool\nimport os\nX = bool(strtobool(os.getenv('A', 'false')))",
            &[("A", "on")],
            "True",
        ),
    ]);
}

#[test]
fn reader_libraries() {
    let db = "{'ENGINE': 'django.db.backends.postgresql', 'NAME': 'n', 'USER': 'u', 'PASSWORD': 'p@', 'HOST': 'db', 'PORT': 5432}";
    let set: &[(&str, &str)] = &[("DATABASE_URL", "postgres://u:p%40@db:5432/n")];
    let environ = "import environ\nenv = environ.Env(DEBUG=(bool, False), N=int)\n";
    let environs = "from environs import Env\nenv = Env()\nenv.read_env()\n";
    let decouple = "from decouple import config, Csv\n";
    let e = |base: &str, rest: &str| -> &'static str {
        Box::leak(format!("{base}{rest}").into_boxed_str())
    };
    check(&[
        (e(environ, "X = env('DEBUG')"), &[("DEBUG", "on")], "True"),
        (e(environ, "X = env('DEBUG')"), &[], "False"),
        (e(environ, "X = env('N')"), &[("N", "4")], "4"),
        (e(environ, "X = env('S')"), &[], "? S is required and not set"),
        (e(environ, "X = env('S', default=True)"), &[("S", "no")], "False"),
        (e(environ, "X = env.bool('A', False)"), &[("A", "yes")], "True"),
        (e(environ, "X = env.list('A', default=['a'])"), &[("A", "x, y")], "['x', ' y']"),
        (e(environ, "X = env.list('A', default=['a'])"), &[], "['a']"),
        (
            e(environ, "X = env.int('A', default=1)"),
            &[("A", "?")],
            "? web.env is not in this checkout",
        ),
        (e(environ, "X = env.db()"), set, db),
        (e(environ, "X = env.db('D', default='sqlite:///x.db')['NAME']"), &[], "'x.db'"),
        (
            e(environ, "X = env.cache('C', default='redis://r:6379/1')['LOCATION']"),
            &[],
            "'redis://r:6379/1'",
        ),
        (e(environ, "X = env.json('J', default={})"), &[("J", "[1]")], "[1]"),
        (e(environs, "X = env.bool('A', False)"), &[("A", "true")], "True"),
        (e(environs, "X = env('A', 'd')"), &[], "'d'"),
        (e(environs, "X = env.list('A', subcast=int)"), &[("A", "1,2")], "[1, 2]"),
        (e(environs, "X = env.dj_db_url('DATABASE_URL')"), set, db),
        (e(decouple, "X = config('A', default=False, cast=bool)"), &[("A", "True")], "True"),
        (e(decouple, "X = config('A', default='a, b', cast=Csv())"), &[], "['a', 'b']"),
        (
            e(decouple, "X = config('A', cast=lambda v: [s.strip() for s in v.split(',')])"),
            &[("A", "a ,b")],
            "['a', 'b']",
        ),
        (e(decouple, "X = config('A', cast=int)"), &[], "? A is required and not set"),
        (
            "import dj_database_url\nX = dj_database_url.config(conn_max_age=600)['CONN_MAX_AGE']",
            set,
            "600",
        ),
        ("import dj_database_url\nX = dj_database_url.config(conn_max_age=600)", &[], "{}"),
        (
            "import dj_database_url, os\nX = dj_database_url.parse(os.environ['DATABASE_URL'])['HOST']",
            set,
            "'db'",
        ),
        (
            "import dj_database_url\nX = dj_database_url.config(default='sqlite:////app/x')['NAME']",
            &[],
            "'/app/x'",
        ),
        (
            "import dj_database_url\nX = dj_database_url.config(default='mysql://[::1]/n')['HOST']",
            &[],
            "'::1'",
        ),
    ]);
}

#[test]
fn env_files_fill_in_what_the_process_does_not_set() {
    let env_file = "# c\nexport A='from file' # c\nB=b # c\nC=\"c\"\r\n";
    for (text, at, env, expected) in [
        (
            "from dotenv import load_dotenv\nimport os\nload_dotenv()\nX = os.getenv('A')",
            ".env",
            &[][..],
            "'from file'",
        ),
        (
            "from dotenv import load_dotenv\nimport os\nload_dotenv()\nX = os.getenv('A')",
            ".env",
            &[("A", "own")],
            "'own'",
        ),
        (
            "from dotenv import load_dotenv\nimport os\nload_dotenv(override=True)\nX = os.getenv('B')",
            ".env",
            &[("B", "own")],
            "'b'",
        ),
        (
            "import environ, os\nenv = environ.Env()\nenv.read_env(os.path.join('/app', '.env'))\nX = env('C')",
            ".env",
            &[],
            "'c'",
        ),
        (
            "import environ\nenv = environ.Env()\nenviron.Env.read_env()\nX = env('C', default='d')",
            ".env",
            &[],
            "'d'",
        ),
        (
            "import environ\nenv = environ.Env()\nenviron.Env.read_env()\nX = env('C', default='d')",
            "config/.env",
            &[],
            "'c'",
        ),
        ("from decouple import config\nX = config('B')", ".env", &[], "'b # c'"),
        (
            "from decouple import config\nimport os\nY = config('B')\nX = os.getenv('B')",
            ".env",
            &[],
            "None",
        ),
        ("from dotenv import dotenv_values\nX = dotenv_values('.env')['B']", ".env", &[], "'b'"),
        (
            "import os\nfrom dotenv import load_dotenv\nload_dotenv(os.f())\nX = os.getenv('Z', 'd')",
            ".env",
            &[],
            "? the call of os.f is not evaluated",
        ),
    ] {
        let settings =
            evaluate_at("config.settings", &[("config/settings.py", text), (at, env_file)], env)
                .unwrap();
        assert_eq!(name(&settings, "X"), expected, "{text}");
    }
}

#[test]
fn reads_say_how_and_where() {
    let text = "import os, environ\nenv = environ.Env()\ndef b(n): return os.getenv(n) == 'x'\nA = bool(os.environ.get('A', 'd'))\nB = os.getenv('B') == 'True'\nC = int(os.getenv('C', '1'))\n\
                D = os.getenv('D', '').split(',')\nE = env.db('E', default='')\nF = os.environ['F']\nG = b('G')\nH = ['x', os.getenv('H')]\nI = os.getenv('I', os.getenv('J'))\nos.getenv('K')\n";
    let settings = evaluate(text, &[("F", "f"), ("A", "?")]);
    let read = |name: &str| settings.get(name).unwrap().value.all_reads()[0].clone();
    let casts = ["A", "B", "C", "D", "E", "F", "G", "H"].map(|n| read(n).cast);
    assert_eq!(
        casts,
        [
            Cast::BoolOfText,
            Cast::Bool,
            Cast::Int,
            Cast::List,
            Cast::Url,
            Cast::Raw,
            Cast::Bool,
            Cast::Raw
        ]
    );
    let source = |span: crate::source::Span| &text[span.range()];
    assert_eq!(
        (source(read("A").span), source(read("G").span)),
        ("os.environ.get('A', 'd')", "b('G')")
    );
    assert_eq!(read("A").default.unwrap().as_str(), Some("d"));
    assert!(read("F").required && !read("A").required);
    assert_eq!((read("F").set_at.unwrap().as_str(), read("B").set_at), ("f", None));
    assert_eq!(
        settings.get("I").unwrap().value.reads.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(),
        ["I", "J"]
    );
    assert!(settings.reads.iter().any(|r| r.name == "K"));
    assert_eq!(settings.reads.iter().find(|r| r.name == "C").unwrap().cast, Cast::Int);
}
