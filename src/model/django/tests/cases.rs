//! What settings files write and what it comes to, one line a case.

use super::super::*;
use super::world::{evaluate, evaluate_at, name};

/// The module's text, the environment, what `X` is.
type Case<'c> = (&'c str, &'c [(&'c str, &'c str)], &'c str);

/// Each case: the module's text, the environment, what `X` is.
pub(super) fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for (text, env, expected) in cases {
        let found = name(&evaluate(text, env), "X");
        if found != *expected {
            wrong.push_str(&format!("{text}\n  is {found}\n  not {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
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
            "'/app/config/../c'",
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
            "'/static/안녕'",
        ),
        (
            "from pathlib import Path\nB = Path(__file__).parent\nX = [B / 's'] if (B / 's').exists() else []",
            &[],
            "[...]",
        ),
        (
            "from pathlib import Path\nX = Path('media').resolve()",
            &[],
            "? it depends on the working directory",
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
fn conditions() {
    let u = "import os\nU = os.environ.get('U')\n";
    let e = |rest: &str| -> &'static str { Box::leak(format!("{u}{rest}").into_boxed_str()) };
    check(&[
        ("D = True\nif D:\n  X = 1\nelse:\n  X = 2", &[], "1"),
        (e("X = 1\nif U:\n  X = 2"), &[("U", "?")], "~2"),
        (e("X = 1\nif U:\n  X = 1"), &[("U", "?")], "1"),
        (e("if U:\n  X = 2"), &[("U", "?")], "~2"),
        (e("if U:\n  X = 2\nelse:\n  X = os.f()"), &[("U", "?")], "~2"),
        (e("X = ['a']\nif U:\n  X.append('b')"), &[("U", "?")], "['a', ...]"),
        (e("X = ['a']\nif U:\n  X += ['b']\nX.insert(0, 'c')"), &[("U", "?")], "['c', 'a', ...]"),
        (e("if U:\n  V = 1\nelse:\n  V = 2\nif V == 2:\n  X = 1"), &[("U", "?")], "~1"),
        (e("X = 'a' if U == 'x' else 'b'"), &[("U", "x")], "'a'"),
        (
            e("X = 'a' if U else 'b'"),
            &[("U", "?")],
            "? it depends on a condition that is not known",
        ),
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
        ("import b\nX = 1\nfor a in b.c:\n  X = 2", &[], "~2"),
        (
            "try:\n  import debug_toolbar\n  X = ['a', 'b']\nexcept ImportError:\n  X = ['a']",
            &[],
            "['a', ...]",
        ),
        ("try:\n  from .local import *\nexcept ImportError:\n  X = 1", &[], "1"),
        ("with open('x') as f:\n  X = f.read()", &[], "? it depends on the working directory"),
    ]);
}

#[test]
fn values() {
    check(&[
        ("X = 'a' 'b' + 'c'", &[], "'abc'"),
        ("A = ['a']\nX = ['z', *A] + A + ['t']", &[], "['z', 'a', 'a', 't']"),
        ("X = ['z'] + ('t',)", &[], "? an error is raised there"),
        ("X = ['z']\nX += ('t',)", &[], "['z', 't']"),
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
        ("X = f'a{g()}b'", &[], "? the name g is not known"),
        ("X = ','.join(['a', 'b']).upper()", &[], "'A,B'"),
        ("X = 'a/b/'.removesuffix('/').replace('/', '.')", &[], "'a.b'"),
        ("X = ['a', 'b', 'c']\nX.remove('b')\nX.extend(('d',))", &[], "['a', 'c', 'd']"),
        ("X = ['a', 'c']\nX.insert(X.index('c'), 'b')", &[], "['a', 'b', 'c']"),
        ("A, X = 1, [2]", &[], "[2]"),
        ("X: int = -3", &[], "-3"),
        ("X = not 0", &[], "True"),
        ("X = 1 < 2 < 3", &[], "True"),
        ("X = len('안녕')", &[], "2"),
        ("from datetime import timedelta\nX = timedelta(days=1)", &[], "<86400 s>"),
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
        (
            e(truthy, "X = flag('A')"),
            &[("A", "?")],
            "? it depends on a condition that is not known",
        ),
        (e(secret, "X = secret('K', '---')"), &[("K", "k")], "'k'"),
        (
            e(secret, "X = secret('K', '---')"),
            &[("K_FILE", "/run/k")],
            "? /run/k is not in this checkout",
        ),
        (
            "def f(n): return f(n)\nX = f(1)",
            &[],
            "? there is too much to follow: functions in functions",
        ),
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
            "import g\ndef f(a):\n  if g.h():\n    return a, 1\n  return a + ['z'], 1\nX, Y = f(['a'])",
            &[],
            "['a', ...]",
        ),
        ("import g\ndef f(a):\n  if g.h():\n    return 1\n  raise KeyError\nX = f(1)", &[], "1"),
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
    .unwrap();
    assert!(
        matches!(missing.failure, Some(Failure { cause: Cause::Module(name), span, .. }) if name == "config.gone" && span.start == 6)
    );
    let open = evaluate("from somewhere import *\nX = 1", &[]);
    assert!(open.open.is_some() && evaluate("X = 1", &[]).open.is_none());
    let raises = evaluate("SECRET_KEY = ''\nif not SECRET_KEY:\n  raise ValueError\nX = 1", &[]);
    let failure = raises.failure.as_ref().map(|f| f.span.start);
    assert_eq!((failure, name(&raises, "X")), (Some(37), "1".into()));
    let unknown = evaluate("import f\nX = f.g()\nlower = 2\nY = 3", &[]);
    assert_eq!((unknown.unknown, unknown.names.len()), (1, 2));
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

#[test]
fn what_is_not_known_says_why_and_where() {
    let condition = "it depends on a condition that is not known";
    let unset = "web.env is not in this checkout";
    let cases = [
        ("import os\nX = os.environ['A']\n", unset, "os.environ['A']"),
        ("import os\nX = os.environ['A'] == '1'\n", unset, "os.environ['A']"),
        ("import os\nX = not os.environ['A']\n", unset, "os.environ['A']"),
        ("import os\nX = 1\nif os.environ['A']:\n    X = 2\n", condition, "os.environ['A']"),
        ("import os\nX = 1 if 'A' in os.environ else 2\n", condition, "'A' in os.environ"),
        ("import os\nX = 1\nfor y in os.environ['A']:\n    X = 2\n", unset, "os.environ['A']"),
        (
            "try:\n    import y\n    X = 1\nexcept ImportError:\n    X = 2\n",
            "it depends on whether a package is installed",
            "import y",
        ),
        (
            "import os\ndef f():\n    if os.environ['A']:\n        return 1\n    return 2\nX = f()\n",
            condition,
            "os.environ['A']",
        ),
        (
            "import os\nY = 1\nif os.environ['A']:\n    Y = 2\nX = [Y]\n",
            condition,
            "os.environ['A']",
        ),
    ];
    for (text, reason, place) in cases {
        let settings = evaluate(text, &[("A", "?")]);
        let x = settings.get("X").unwrap();
        let why = x.uncertain.clone().or_else(|| x.value.why()).unwrap();
        let at = &text[why.place.unwrap().range()];
        assert_eq!((why.reason.prose().unmasked().as_str(), at), (reason, place), "{text}");
    }
}
