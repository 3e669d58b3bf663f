//! What is masked in a line, and what is not.

use super::super::secret;
use super::*;
use std::time::{Duration, Instant};

/// The text with each letter of a secret replaced.
fn mask(text: &str) -> String {
    let ranges = secret::ranges(text, &[]);
    for range in &ranges {
        assert!(
            range.start < range.end && text.get(range.clone()).is_some(),
            "{range:?} of {text:?}"
        );
    }
    assert!(ranges.windows(2).all(|w| w[0].end < w[1].start), "{ranges:?} of {text:?}");
    text.char_indices()
        .map(|(at, c)| if ranges.iter().any(|r| r.contains(&at)) { '•' } else { c })
        .collect()
}

/// `‹v›` in a line is what must be masked, and nothing else.
fn table(lines: &[&str]) {
    let mut wrong = Vec::new();
    for line in lines {
        let text: String = line.replace(['‹', '›'], "");
        let mut inside = false;
        let mut want = String::new();
        for c in line.chars() {
            match c {
                '‹' => inside = true,
                '›' => inside = false,
                _ => want.push(if inside { '•' } else { c }),
            }
        }
        let got = mask(&text);
        if got != want {
            wrong.push(format!("{text}\n  want {want}\n  got  {got}"));
        }
        // Korean before and after, and Windows line ends, change nothing.
        let around = mask(&format!("# 가나\r\n{text}\r\n다: 라\r\n"));
        if around != format!("# 가나\r\n{want}\r\n다: 라\r\n") {
            wrong.push(format!("{text} among other lines\n  got  {around:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn yaml_and_env_files() {
    table(&[
        "POSTGRES_PASSWORD: ‹hunter2›",
        "POSTGRES_PASSWORD: ‹비밀번호›",
        "  - DB_PASSWORD: ‹hunter two›  # why",
        "POSTGRES_PASSWORD: \"‹hunter2›\"",
        "POSTGRES_PASSWORD: '‹it›''‹s›'",
        "\"POSTGRES_PASSWORD\": ‹hunter2›",
        "POSTGRES_PASSWORD:   ‹1234›",
        "POSTGRES_PASSWORD: ‹123›",
        "POSTGRES_PASSWORD: ‹$$ecret›",
        "POSTGRES_PASSWORD: \"‹never closed›",
        "POSTGRES_PASSWORD=‹hunter2›",
        "POSTGRES_PASSWORD=‹hunter two›",
        "POSTGRES_PASSWORD='‹hunter two›'",
        "POSTGRES_PASSWORD=‹!hunter2›",
        "POSTGRES_PASSWORD=‹[hunter2›",
        "export API_KEY=‹hunter2›",
        "  - DB_PASSWORD=‹hunter two›",
        "  - \"DB_PASSWORD=‹hunter two›\"",
        "  - 'DB_PASSWORD=‹hunter two›'",
        "environment: [\"A=1\", \"DB_PASSWORD=‹hunter two›\", \"B=2\"]",
        "environment: {A: 1, DB_PASSWORD: \"‹hunter2›\", TOKEN: '‹abcd›', B: 2}",
        "command: sh -c \"DB_PASSWORD=‹hunter2› python manage.py migrate\"",
        "command: [\"sh\", \"-c\", \"DB_PASSWORD=‹hunter2› python manage.py\"]",
        "command: [\"mysqld\", \"--password\", \"‹hunter2›\"]",
        "psql --password ‹hunter2› -c x",
        "psql --password '‹hunter two›' -c x",
        "psql --password=‹hunter2› -c x",
        "X: ${DB_PASSWORD:-‹hunter2›}",
        "DB_PASSWORD: ${PW:-‹hunter2›}",
        "DB_PASSWORD: \"${PW-‹hunter2›}\"",
        "DB_PASSWORD=${A:-${B:-‹hunter2›}}",
        "X: ${A}-${DB_PASSWORD:=‹hunter2›}-x",
        "AWS_ACCESS_KEY_ID=‹abcdefgh›",
        "x-api-key: ‹abcdefgh›",
        "TOKEN_2=‹abcdefgh›",
        "SMTP_PASS=‹abcdefgh›",
        "PASSWORD ?= ‹hunter two›",
        "test: curl -H \"{\\\"token\\\": \\\"‹hunter2›\\\"}\" x",
    ]);
}

#[test]
fn python() {
    table(&[
        "SECRET_KEY = \"‹hunter2›\"",
        "SECRET_KEY = r'‹hun\\'ter2›'  # x",
        "SECRET_KEY = '‹env(hunter2›'",
        "SECRET_KEY = \"\"\"‹hunter 2›\"\"\"",
        "SECRET_KEY = ('‹hunter›' '‹two›')",
        "SECRET_KEY_FALLBACKS = [\"‹one›\", \"‹two two›\"]",
        "    secret_key: str = \"‹hunter2›\"",
        "    secret_key: str | None = \"‹hunter2›\"",
        "'PASSWORD': '‹hunter2›',",
        "\"PASSWORD\": \"‹hunter2›\"}",
        "{\"token\":\"‹hunter2›\",\"user\":\"me\"}",
        "os.environ[\"DB_PASSWORD\"] = \"‹hunter2›\"",
        "x = os.getenv(\"DB_PASSWORD\", \"‹hunter2›\")",
        "x = os.environ.get('DB_PASSWORD', '‹hunter2›')",
        "x = os.environ.get('DB_PASSWORD', default='‹hunter2›')",
        "os.environ.setdefault('DB_PASSWORD', '‹hunter2›')",
        "x = env(\"SECRET_KEY\", default=\"‹hunter2›\")",
        "x = env.str( 'SECRET_KEY' , default = '‹hunter2›' )",
        "x = config('SECRET_KEY', default='‹hunter2›')",
        "x = config('SECRET_KEY', cast=str, default='‹hunter2›')",
        "x = os.environ.get('SECRET_KEY') or '‹hunter2›'",
        "x = os.environ['SECRET_KEY'] or '‹hunter2›'",
        "connect(user='me', password='‹hunter2›', host='db')",
    ]);
    assert_eq!(
        mask("K = os.getenv(\n    'DB_PASSWORD',\n    'hunter2',\n)"),
        "K = os.getenv(\n    'DB_PASSWORD',\n    '•••••••',\n)"
    );
}

#[test]
fn dockerfiles() {
    table(&[
        "ENV SECRET_KEY ‹hunter2›",
        "ENV SECRET_KEY ‹hunter two›",
        "env  SECRET_KEY=‹hunter2›",
        "ENV SECRET_KEY=‹hunter2› B=2",
        "ENV A=1 SECRET_KEY=‹hunter\\ two› B=2",
        "ENV SECRET_KEY=\"‹hunter two›\" B=2",
        "ARG SECRET_KEY=‹hunter2›",
        "RUN SECRET_KEY=‹hunter2› python manage.py collectstatic",
    ]);
}

#[test]
fn addresses_and_tokens() {
    table(&[
        "DATABASE_URL: postgres://me:‹hunter2›@db/x",
        "DATABASE_URL=postgres://me:‹hunter2›@db/x",
        "  - DATABASE_URL=postgres://me:‹p@ss›@db:5432/x",
        "ENV DATABASE_URL postgres://me:‹hunter2›@db/x",
        "x = env('DATABASE_URL', default='postgres://me:‹hunter2›@db/x')",
        "'LOCATION': 'redis://:‹hunter2›@cache:6379/1',",
        "git clone https://‹ghp_abcdefghijklmnopqrstuvwxyz0123›@github.com/x/y",
        "x ‹AKIAABCDEFGHIJKLMNOP› y",
        "x ‹sk_live_abcdefghijkl› y",
        "x ‹sk-abcdefghijklmnopqrstu› y",
        "x ‹xoxb-1234567890-abc› y",
        "x ‹eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc› y",
        "x ‹SG.abcdefghijklmnop.abcdefghijklmnop› y",
        "K = '‹django-insecure-abc(def›'",
        "desk-abcdefghijklmnopqrstuvwx AKIAABC xoxz-1234567890 eyJ.eyJ",
    ]);
}

#[test]
fn no_secrets() {
    table(&[
        "POSTGRES_PASSWORD: ${DB_PASSWORD}",
        "POSTGRES_PASSWORD: ${DB_PASSWORD:?set it in .env}",
        "POSTGRES_PASSWORD: \"${DB_PASSWORD:-}\"",
        "POSTGRES_PASSWORD=$DB_PASSWORD",
        "test: ['CMD-SHELL', 'redis-cli --pass \"$${REDIS_PASSWORD}\" ping']",
        "test: mysqladmin ping --password=\"$$(cat /run/secrets/db)\"",
        "run --token $$RUNNER_TOKEN",
        "POSTGRES_PASSWORD: # set it",
        "POSTGRES_PASSWORD:",
        "POSTGRES_PASSWORD=",
        "POSTGRES_PASSWORD=\"\"",
        "POSTGRES_PASSWORD: ''",
        "POSTGRES_PASSWORD_FILE: /run/secrets/db",
        "POSTGRES_PASSWORD_FILE=/etc/x",
        "TOKEN_PATH: here/it/is",
        "SECRET_KEY: /run/secrets/key",
        "PRIVATE_KEY=certs/server.pem",
        "USE_TOKEN: true",
        "USE_TOKEN=False # or not",
        "USE_TOKEN=False",
        "'TOKEN': None,",
        "TOKEN = os.getenv('USE_TOKEN', 'False')",
        "\"ACCESS_TOKEN\": 60,",
        "SECRET_TOKEN=123",
        "ENABLE_TOKEN: \"1\"",
        "PUBLIC_KEY=abcdefgh",
        "SECRET_KEY = os.environ['SECRET_KEY']",
        "SECRET_KEY = os.environ.get('SECRET_KEY')",
        "SECRET_KEY = os.getenv(\"SECRET_KEY\")",
        "SECRET_KEY = env('SECRET_KEY')",
        "SECRET_KEY=config('SECRET_KEY')",
        "SECRET_KEY = get_random_secret_key()",
        "AUTH_PASSWORD_VALIDATORS = [",
        "    {'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator'},",
        "PASSWORD_HASHERS = ['django.contrib.auth.hashers.Argon2PasswordHasher']",
        "'DEFAULT_AUTHENTICATION_CLASSES': ['rest_framework.authentication.TokenAuthentication'],",
        "'rest_framework.authtoken',",
        "'TOKEN': 'knox.auth.TokenAuthentication',",
        "'reset_password': 'allauth.account.forms.ResetPasswordForm',",
        "'set_token': 'my_app.auth.set_token',",
        "fields = ('username', 'password', 'email')",
        "fields = ('password', 'email')",
        "def login(name: str, password: str, token: Optional[str] = None):",
        "proxy_pass http://web:8000/;",
        "image: registry.example.com:5000/app@sha256:abc",
        "url = f\"postgres://{user}:{password}@{host}/x\"",
        "'postgres://%s:%s@db/x' % (user, password)",
        "DATABASE_URL: postgres://me:${PW}@db/x",
        "secrets: [db_password]",
        "A: \"{{ lookup('env', 'TOKEN') }}\"",
    ]);
    // Three words in lower case may be a password; so may an address that is no file.
    table(&[
        "PASSWORD: \"‹correct.horse.battery›\"",
        "PASSWORD=‹hunter.Two›",
        "TOKEN: '‹/aB3+xyz›'",
    ]);
}

#[test]
fn a_private_key_is_masked_to_its_end() {
    let mut text = "k: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIabc\n  -----END RSA PRIVATE KEY-----\nb: 1\n".to_owned();
    assert!(
        !mask(&text).contains("MIIabc")
            && mask(&text).ends_with("-----END RSA PRIVATE KEY-----\nb: 1\n")
    );
    text.truncate(text.find("-----END").unwrap());
    assert!(!mask(&text).contains("MIIabc"));
}

#[test]
fn where_a_known_secret_ends_is_believed() {
    let text = "{PASSWORD: one, TOKEN: two, X: 3}";
    let one = text.find("one").unwrap();
    let known = one..one + 3;
    let spans = std::slice::from_ref(&known);
    let ranges = secret::ranges(text, spans);
    assert_eq!(ranges, [known.clone(), text.find("two").unwrap()..text.len()]);
}

#[test]
fn a_hostile_line_takes_no_longer_than_it_is_long() {
    let blanks = " ".repeat(1 << 16);
    let mut slow = Vec::new();
    for part in [
        " ",
        "token",
        "token: ",
        "token: ${a} ",
        "token: {",
        "token=",
        "token=$a&",
        "token=a(",
        "token=)",
        "token=(\"",
        "token=\"",
        "token=\"$a ",
        "token='\"$",
        "token=\"\"\"",
        "token = [\"",
        "token: 1 #",
        "token: $a #",
        "token=${a:-",
        "${token:-",
        "${token:-1 ",
        "${token:-$x ",
        "a(\"token\",",
        "a(\"token\", x",
        "(\"token\",\n",
        "env token ",
        "--token ",
        "token\t",
        "\"token\"",
        "token-",
        "token:",
        "token\\\"",
        "api_key",
        "pass",
        "secret_key_base_",
        "://",
        "a://b:c",
        "a://:",
        "-sk-",
        "sk-",
        "-eyJ",
        "-eyJ.",
        "eyJaaaaaaaa.",
        "-SG.",
        "-AKIA",
        "ghp_",
        "django-insecure-",
        "-----BEGIN ",
        "-----BEGIN KEY-----",
        "token: any ",
        "token: str[",
        "token=a.b",
        "token: /run/ ",
        "토큰token=가",
    ] {
        // Twice as many bytes may take twice as long, and a second for 1 MiB without optimisation is far more than that.
        for (size, tail) in [
            (1 << 20, ""),
            (1 << 16, "}"),
            (1 << 16, ")"),
            (1 << 16, "\""),
            (1 << 16, blanks.as_str()),
            (1 << 16, "\n"),
            (1 << 16, ".aaaaaaaaaa"),
        ] {
            let text = part.repeat(size / part.len()) + tail;
            let start = Instant::now();
            let ranges = secret::ranges(&text, &[]);
            let took = start.elapsed();
            assert!(ranges.iter().all(|r| text.get(r.clone()).is_some()));
            if took > Duration::from_secs(10) {
                slow.push(format!("{part:?} {tail:?}: {took:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// Pieces of lines, put together at random.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "PASSWORD",
        "token",
        "_",
        "2",
        "secret_key",
        "api-key",
        "=",
        ":",
        ": ",
        " = ",
        "'",
        "\"",
        "\\",
        "\\\"",
        "\"\"\"",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "${",
        ":-",
        ",",
        " ",
        "\n",
        "\r\n",
        "#",
        " # ",
        "- ",
        "ENV ",
        "export ",
        "--",
        "env(",
        "default=",
        " or ",
        "://",
        "u:p@h",
        "/run/",
        "true",
        "12",
        "가나",
        "😀",
        "x.y.Z",
        "eyJ",
        "sk-",
        "-----BEGIN KEY-----",
        "-----END ",
        "hunter2",
        "\u{a0}",
        "\u{feff}",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..40)
        .prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_masked_letter_by_letter(text in prop_oneof![".*", "(?s).{0,200}", soup()]) {
        let masked = mask(&text);
        prop_assert_eq!(masked.chars().count(), text.chars().count());
        // What is masked is no secret any more, and nothing else shows that was hidden.
        for (before, after) in text.chars().zip(masked.chars()) {
            prop_assert!(before == after || after == '•');
        }
        for range in secret::tokens(&text) {
            prop_assert!(text.get(range).is_some());
        }
    }

    #[test]
    fn a_drawn_line_has_as_many_letters_as_the_file(text in soup()) {
        // Without `[`, since `##[` is drawn otherwise.
        let line = text.replace(['[', '\n', '\r', '\u{feff}', '\u{a0}', '😀', '\t'], "");
        let line = format!("x{}", line.trim_end());
        let files = MemoryFiles::new();
        let sources = Sources::new(&files);
        let file = sources.add("compose.yaml", &line);
        let label = Label { span: Span::new(file.id, 0, 1), text: String::new() };
        let out = full(&report(vec![finding("it breaks", vec![label], "")]), &sources, Look { color: false, width: 1_000 }).to_string();
        let drawn = out.lines().find_map(|l| l.strip_prefix(" 1 │ ")).unwrap();
        prop_assert_eq!(drawn.trim_end().chars().count(), line.chars().count(), "{}", drawn);
    }
}
