//! What settings files write and what it comes to, one line a case.

use super::super::*;
use super::world::{evaluate, evaluate_at, name};

/// The module's text, the environment, what `X` is.
type Case<'c> = (&'c str, &'c [(&'c str, &'c str)], &'c str);

/// Each case: the module's text, the environment, what `X` is.
fn check(cases: &[Case]) {
    for (text, env, expected) in cases {
        let settings = evaluate(text, env);
        assert_eq!(name(&settings, "X"), *expected, "{text}\n{:?}", settings.get("X"));
    }
}

#[test]
fn paths() {
    check(&[
        ("from pathlib import Path\nX = Path(__file__).resolve().parent.parent", &[], "</app>"),
        (
            "import pathlib\nX = pathlib.Path(__file__).absolute().parents[1] / 'static'",
            &[],
            "</app/static>",
        ),
        (
            "from pathlib import Path\nB = Path(__file__).parent\nX = B.joinpath('a', 'b')",
            &[],
            "</app/config/a/b>",
        ),
        (
            "from pathlib import Path\nB = Path(__file__).parent\nX = str(B / '..' / 'c')",
            &[],
            "'/app/c'",
        ),
        (
            "import os\nX = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))",
            &[],
            "'/app'",
        ),
        (
            "from os.path import join, dirname, realpath\nX = join(dirname(realpath(__file__)), 'static/')",
            &[],
            "'/app/config/static/'",
        ),
        (
            "import os\nX = os.path.normpath(os.path.join(os.path.dirname(__file__), os.pardir, 'm'))",
            &[],
            "'/app/m'",
        ),
        (
            "import environ\nB = environ.Path(__file__) - 2\nX = str(B.path('a')('b'))",
            &[],
            "'/app/a/b'",
        ),
        (
            "import environ\nroot = environ.Path(__file__) - 3\nX = root('static', '안녕')",
            &[],
            "</static/안녕>",
        ),
        (
            "from pathlib import Path\nB = Path(__file__).parent\nX = [B / 's'] if (B / 's').exists() else []",
            &[],
            "[...]",
        ),
        (
            "from pathlib import Path\nX = Path('media').resolve()",
            &[],
            "? depends on the working directory",
        ),
        ("import os\nX = os.path.join('a', 'b')", &[], "'a/b'"),
        (
            "from pathlib import Path\nX = f'sqlite:///{Path(__file__).parent}/db'",
            &[],
            "'sqlite:////app/config/db'",
        ),
    ]);
}

#[test]
fn the_environment() {
    check(&[
        ("import os\nX = os.environ['A']", &[("A", "값")], "'값'"),
        ("import os\nX = os.environ['A']", &[], "? A is required and not set"),
        ("import os\nX = os.environ.get('A')", &[], "None"),
        ("import os\nX = os.environ.get('A', True)", &[], "True"),
        ("import os\nX = os.environ.get('A', True)", &[("A", "False")], "'False'"),
        ("import os\nX = os.getenv('A', default='d')", &[("A", "?")], "? not known"),
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
        ("import os\nX = os.environ.get('A').split(' ')", &[], "? calls split() of None"),
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
        (e(environ, "X = env.list('A', default=['a'])"), &[("A", "x, y")], "['x', 'y']"),
        (e(environ, "X = env.list('A', default=['a'])"), &[], "['a']"),
        (e(environ, "X = env.int('A', default=1)"), &[("A", "?")], "? not known"),
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
        ("import dj_database_url\nX = dj_database_url.config(conn_max_age=600)", set, db),
        ("import dj_database_url\nX = dj_database_url.config(conn_max_age=600)", &[], "{}"),
        (
            "import dj_database_url, os\nX = dj_database_url.parse(os.environ['DATABASE_URL'])",
            set,
            db,
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
fn conditions() {
    let u = "import os\nU = os.environ.get('U')\n";
    let e = |rest: &str| -> &'static str { Box::leak(format!("{u}{rest}").into_boxed_str()) };
    check(&[
        ("D = True\nif D:\n  X = 1\nelse:\n  X = 2", &[], "1"),
        (e("X = 1\nif U:\n  X = 2"), &[("U", "?")], "~2"),
        (e("X = 1\nif U:\n  X = 1"), &[("U", "?")], "1"),
        (e("if U:\n  X = 2"), &[("U", "?")], "~2"),
        (e("if U:\n  X = 2\nelse:\n  X = f()"), &[("U", "?")], "~2"),
        (e("X = ['a']\nif U:\n  X.append('b')"), &[("U", "?")], "~['a', ...]"),
        (e("X = ['a']\nif U:\n  X += ['b']\nX.insert(0, 'c')"), &[("U", "?")], "~['c', 'a', ...]"),
        (e("if U:\n  V = 1\nelse:\n  V = 2\nif V == 2:\n  X = 1"), &[("U", "?")], "~1"),
        (e("X = 'a' if U == 'x' else 'b'"), &[("U", "x")], "'a'"),
        (e("X = 'a' if U else 'b'"), &[("U", "?")], "? depends on a condition that is not known"),
        (e("X = U and False"), &[("U", "")], "''"),
        (e("if U and False:\n  X = 1\nelse:\n  X = 2"), &[("U", "?")], "2"),
        (e("if U:\n  raise ImproperlyConfigured('x')\nX = 1"), &[("U", "?")], "1"),
        (e("if U == 'a':\n  X = 1\nelif U == 'b':\n  X = 2\nelse:\n  X = 3"), &[("U", "b")], "2"),
        ("import sys\nX = 'test' in sys.argv", &[], "False"),
        ("import sys\nX = len(sys.argv) > 1 and sys.argv[1] == 'test'", &[], "False"),
        (
            "import os\nif w := os.getenv('W'):\n  X = w.split(',')\nelse:\n  X = []",
            &[("W", "a,b")],
            "['a', 'b']",
        ),
        ("X = 1\nfor a in b:\n  X = 2", &[], "~2"),
        (
            "try:\n  import debug_toolbar\n  X = ['a', 'b']\nexcept ImportError:\n  X = ['a']",
            &[],
            "~['a', ...]",
        ),
        ("try:\n  from .local import *\nexcept ImportError:\n  X = 1", &[], "1"),
        ("with open('x') as f:\n  X = f.read()", &[], "? is opened by `with`"),
    ]);
}

#[test]
fn values() {
    check(&[
        ("X = 'a' 'b' + 'c'", &[], "'abc'"),
        ("A = ['a']\nX = ['z', *A] + A + ('t',)", &[], "['z', 'a', 'a', 't']"),
        ("X = ['a'] + f()", &[], "['a', ...]"),
        ("A = {'a': 1}\nX = {**A, 'b': 2} | {'a': 3}", &[], "{'a': 3, 'b': 2}"),
        ("X = {'d': {'H': 'x'}}\nX['d']['H'] = 'y'\nX['e'] = 1", &[], "{'d': {'H': 'y'}, 'e': 1}"),
        ("X = {}\nX.update({'a': 1}, b=2)", &[], "{'a': 1, 'b': 2}"),
        ("X = {}\nX.update(f())", &[], "{...}"),
        ("X = dict(a=1)['a'] * 60 * 60", &[], "3600"),
        ("X = 'a%s-%s' % ('b', 1)", &[], "'ab-1'"),
        ("X = '%(a)s!' % {'a': 'b'}", &[], "'b!'"),
        ("X = '{}{b}{{'.format(1, b='c')", &[], "'1c{'"),
        ("A = 5\nX = f'a{A}b'", &[], "'a5b'"),
        ("X = f'a{g()}b'", &[], "? g is not known"),
        ("X = ','.join(['a', 'b']).upper()", &[], "'A,B'"),
        ("X = 'a/b/'.removesuffix('/').replace('/', '.')", &[], "'a.b'"),
        ("X = ['a', 'b', 'c']\nX.remove('b')\nX.extend(('d',))", &[], "['a', 'c', 'd']"),
        ("X = ['a', 'c']\nX.insert(X.index('c'), 'b')", &[], "['a', 'b', 'c']"),
        ("A, X = 1, [2]", &[], "[2]"),
        ("X: int = -3", &[], "-3"),
        ("X = not 0", &[], "True"),
        ("X = 1 < 2 < 3", &[], "True"),
        ("X = len('안녕')", &[], "2"),
        (
            "from datetime import timedelta\nX = timedelta(days=1)",
            &[],
            "? calls datetime.timedelta()",
        ),
        (
            "from urllib.parse import urlparse\nX = urlparse('http://h:1/p').path + urlparse('http://h:1/p').netloc",
            &[],
            "'/ph:1'",
        ),
    ]);
}

#[test]
fn helper_functions() {
    let envbool = "import os\ndef envbool(s, default):\n  v = os.getenv(s, default=default)\n  if v not in ('', 'True', 'False'):\n    raise E(s)\n  return v == 'True'\n";
    let truthy = "import os\ndef flag(name, default=False):\n  v = os.environ.get(name)\n  if v is None:\n    return default\n  return v.lower() in ['1', 'true']\n";
    let secret = "import os\ndef secret(s, default=None):\n  if p := os.getenv(s + '_FILE'):\n    return open(p).read()\n  return os.getenv(s, default)\n";
    let e = |base: &str, rest: &str| -> &'static str {
        Box::leak(format!("{base}{rest}").into_boxed_str())
    };
    check(&[
        (e(envbool, "X = envbool('A', 'True')"), &[], "True"),
        (e(envbool, "X = envbool('A', 'True')"), &[("A", "False")], "False"),
        (e(truthy, "X = flag('A', True)"), &[], "True"),
        (e(truthy, "X = flag('A')"), &[("A", "1")], "True"),
        (e(truthy, "X = flag('A')"), &[("A", "?")], "? depends on a condition that is not known"),
        (e(secret, "X = secret('K', '---')"), &[("K", "k")], "'k'"),
        (e(secret, "X = secret('K', '---')"), &[("K_FILE", "/run/k")], "? calls open()"),
        ("def f(n): return f(n)\nX = f(1)", &[], "? calls too many functions in functions"),
        (
            "import os\nR = '/r'\ndef path(*args, x=1):\n  return os.path.join(R, *args)\nX = path('a', 'b')",
            &[],
            "'/r/a/b'",
        ),
        ("b = lambda v: v == 'y'\nX = b('y')", &[], "True"),
        (
            "class S:\n  @staticmethod\n  def go(a, b=None):\n    a = a + ['z']\n    return a, b\nX, Y = S.go(['a'])",
            &[],
            "['a', 'z']",
        ),
        (
            "def f(a):\n  if g():\n    return a, 1\n  return a + ['z'], 1\nX, Y = f(['a'])",
            &[],
            "['a', ...]",
        ),
        ("def f(a):\n  if g():\n    return 1\n  raise E\nX = f(1)", &[], "1"),
        ("def f():\n  global X\n  return 1\nX = f() + 1", &[], "2"),
    ]);
}

#[test]
fn modules() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[
                ("config/settings.py", "from .base import *\nX = X + ['b']"),
                ("config/base.py", "X = ['a']\n_Y = 1"),
            ],
            "['a', 'b']",
        ),
        (
            &[
                ("config/settings.py", "from config.base import A as X"),
                ("config/base.py", "A = 1"),
            ],
            "1",
        ),
        (
            &[
                ("config/settings.py", "import config.base as b\nX = b.A"),
                ("config/base.py", "A = 1"),
            ],
            "1",
        ),
        (
            &[
                ("config/settings.py", "import config.base\nX = config.base.A"),
                ("config/base.py", "A = 1"),
                ("config/__init__.py", ""),
            ],
            "1",
        ),
        (
            &[
                ("config/settings.py", "from . import base\nX = base.A"),
                ("config/base.py", "A = 1"),
                ("config/__init__.py", ""),
            ],
            "1",
        ),
        (
            &[
                ("config/settings.py", "from .env import env\nX = env.bool('D', default=True)"),
                ("config/env.py", "import environ\nenv = environ.Env()"),
            ],
            "True",
        ),
        (
            &[
                (
                    "config/settings/__init__.py",
                    "from .base import *\ntry:\n  from .local import *\nexcept ImportError:\n  pass",
                ),
                ("config/settings/base.py", "X = __file__"),
            ],
            "'/app/config/settings/base.py'",
        ),
        (
            &[
                (
                    "config/settings/__init__.py",
                    "from .base import *\ntry:\n  from .local import *\nexcept ImportError:\n  pass",
                ),
                ("config/settings/base.py", "X = 1"),
                ("config/settings/local.py", "from .base import X\nX += 1"),
            ],
            "2",
        ),
        (
            &[
                ("config/settings.py", "from .a import *"),
                ("config/a.py", "X = 1\nfrom .b import *"),
                ("config/b.py", "from .a import *\nX = X + 1"),
            ],
            "2",
        ),
        (
            &[
                ("config/settings.py", "from .a import *"),
                ("config/a.py", "__all__ = ['X']\nX = 1\nY = 2"),
            ],
            "1",
        ),
        (
            &[
                (
                    "config/__init__.py",
                    "if f():\n  from .settings import *\nfrom .celery import app\nfrom .gone import y",
                ),
                ("config/settings.py", "X = 1"),
                ("config/celery.py", "import os\napp = 1"),
            ],
            "1",
        ),
        (
            &[
                (
                    "config/settings.py",
                    "import os\nif os.path.exists('/app/config/local.py'):\n  from .local import *",
                ),
                ("config/local.py", "X = 1"),
            ],
            "1",
        ),
        (
            &[(
                "config/settings.py",
                "import os\nX = 1\nif os.path.exists('/app/config/local.py'):\n  from .local import *",
            )],
            "1",
        ),
    ];
    for (files, expected) in cases {
        let settings = evaluate_at("config.settings", files, &[]).unwrap();
        assert_eq!(name(&settings, "X"), *expected, "{files:?}");
    }
}

#[test]
fn what_is_missing_is_said() {
    assert_eq!(evaluate_at("a.b", &[], &[]).unwrap_err(), EvaluateError::NotFound);
    let missing = evaluate_at(
        "config.settings",
        &[("config/settings.py", "A = 1\nfrom .gone import *")],
        &[],
    )
    .unwrap_err();
    assert!(
        matches!(missing, EvaluateError::ImportNotFound(name, span) if name == "config.gone" && span.start == 6)
    );
    let open = evaluate("from somewhere import *\nX = 1", &[]);
    assert!(open.open && !evaluate("X = 1", &[]).open);
    let raises = evaluate("SECRET_KEY = ''\nif not SECRET_KEY:\n  raise ValueError\nX = 1", &[]);
    assert_eq!((raises.raises.map(|s| s.start), name(&raises, "X")), (Some(37), "1".into()));
    let unknown = evaluate("X = f()\nlower = 2\nY = 3", &[]);
    assert_eq!((unknown.unknown, unknown.names.len()), (1, 2));
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
        ("from decouple import config\nX = config('B')", ".env", &[], "'b'"),
        (
            "from decouple import config\nimport os\nY = config('B')\nX = os.getenv('B')",
            ".env",
            &[],
            "None",
        ),
        ("from dotenv import dotenv_values\nX = dotenv_values('.env')['B']", ".env", &[], "'b'"),
        (
            "import os\nfrom dotenv import load_dotenv\nload_dotenv(f())\nX = os.getenv('Z', 'd')",
            ".env",
            &[],
            "? an env file whose path is not known may set it",
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

#[test]
fn values_stand_where_they_are_written() {
    let files = [
        ("config/settings.py", "from .base import *\n"),
        ("config/base.py", "APPS = ['안녕', 'b']\nY = [*APPS]\n"),
    ];
    let settings = evaluate_at("config.settings", &files, &[]).unwrap();
    let binding = settings.get("APPS").unwrap();
    assert_eq!(&files[1].1[binding.name_span.range()], "APPS");
    let items = settings.get("Y").unwrap().value.items().unwrap();
    assert_eq!(&files[1].1[items[0].span.range()], "'안녕'");
    assert_eq!(settings.files.len(), 2);
    assert_eq!(settings.files[0], settings.file);
    assert_eq!(binding.name_span.file, settings.files[1]);
}
