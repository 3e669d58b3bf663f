//! What is masked in a line, and what is not.

use super::super::secret;

/// The text with each letter of a secret replaced.
pub(super) fn mask(text: &str) -> String {
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
        "  - DB_PASSWORD: ‹hunter two›  # ‹why›",
        "POSTGRES_PASSWORD: \"‹hunter2›\"",
        "POSTGRES_PASSWORD: '‹it›''‹s›'",
        "\"POSTGRES_PASSWORD\": ‹hunter2›",
        "POSTGRES_PASSWORD: [‹ab(cd)›, ‹ef[gh]›]",
        "DB_PASS2: \"‹hunter2›\"",
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
        "SECRET_KEY = r'‹hun\\'ter2›'  # ‹x›",
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
fn a_known_secret_is_masked_beside_what_is_found() {
    let text = "{PASSWORD: one, X: two, Y: 3}";
    let known = text.find("two").unwrap();
    let known = known..known + 3;
    let one = text.find("one").unwrap();
    let ranges = secret::ranges(text, std::slice::from_ref(&known));
    assert_eq!(ranges, [one..one + 3, known]);
}
