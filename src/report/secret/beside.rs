//! Secrets that the rest of their line tells, not a name before them: logins, what is written to a file of passwords, lines
//! of `.pgpass` and `.netrc`, addresses that a format makes.

use super::{blank, harmless, run, run_back, space, unlike_word, word};
use crate::facts::{login_user, telling_name};
use std::ops::Range;

/// Files whose whole content is secret.
const FILES: [&str; 9] = [
    ".pgpass",
    ".netrc",
    "_netrc",
    ".htpasswd",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".my.cnf",
    "htpasswd",
];
/// Bytes of a line that are looked at.
const MAX_LINE: usize = 2_000;
/// Lines of base64 above the end of a private key whose beginning is missing.
const MAX_KEY_LINES: usize = 80;

/// The argument behind each token, of those from `first` on: a key and its secret are given together.
pub(super) fn after_tokens(text: &str, first: usize, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let quote = |b: u8| matches!(b, b'"' | b'\'');
    for index in first..found.len() {
        let end = found[index].end;
        let Some(open) = bytes.get(end).filter(|b| quote(**b)) else { continue };
        let comma = run(bytes, end + 1, blank);
        let next = run(bytes, comma + 1, space);
        if bytes.get(comma) == Some(&b',') && bytes.get(next) == Some(open) {
            let close = run(bytes, next + 1, |b| b != *open && b != b'\n');
            if close > next + 1 && !harmless::elsewhere(bytes, next + 1) {
                found.push(next + 1..close);
            }
        }
    }
}

/// Appends what the lines tell.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut start = 0;
    let mut above = "";
    let anchors = text.contains('&');
    for line in text.split('\n') {
        let shown = line.trim();
        if !shown.is_empty() && line.len() <= MAX_LINE {
            let at = start + line.len() - line.trim_start().len();
            of_line(shown, above, at, found);
            if let Some(range) = merged(shown).filter(|_| !anchors) {
                found.push(at + range.start..at + range.end);
            }
            above = shown;
        }
        start += line.len() + 1;
    }
    if text.contains("-----END ") && !text.contains("-----BEGIN ") {
        cut_key(text, found);
    }
}

fn of_line(line: &str, above: &str, at: usize, found: &mut Vec<Range<usize>>) {
    let mut mask = |range: Range<usize>| found.push(at + range.start..at + range.end);
    if line.contains('>')
        && let Some(range) = written(line)
    {
        mask(range);
    }
    if line.contains(':') {
        if let Some(range) = pgpass(line) {
            mask(range);
        }
        if let Some(range) = login(line) {
            mask(range);
        }
    }
    if line.contains('@')
        && let Some(range) = half_address(line)
    {
        mask(range);
    }
    if line.contains(" / ")
        && let Some(range) = pair(line)
    {
        mask(range);
    }
    if line.contains(',')
        && let Some(range) = listed(line)
    {
        mask(range);
    }
    if line.contains("password ")
        && let Some(range) = netrc(line, above)
    {
        mask(range);
    }
    if line.starts_with(['#', '/', ';'])
        && let Some(range) = remark(line)
    {
        mask(range);
    }
    if line.contains("://") {
        formatted(line, &mut mask);
    }
    if line.contains("=%s") || line.contains("=%q") {
        printed(line, &mut mask);
    }
}

/// Where a word of the line is.
fn place(line: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - line.as_ptr() as usize;
    start..start + part.len()
}

/// `echo v > /run/secrets/password`: what is written to a file of passwords.
fn written(line: &str) -> Option<Range<usize>> {
    let (command, target) = line.rsplit_once('>')?;
    let target = target.trim().trim_matches(['"', '\'']);
    let target = target.split([' ', '"', '\'', ';', '&']).next()?;
    let name = target.rsplit('/').next()?;
    let stem = name.split('.').next().unwrap_or(name);
    let told = FILES.contains(&name)
        || target.contains("/secrets/")
        || telling_name(stem.as_bytes()).is_some_and(|t| !t.faint);
    if !told {
        return None;
    }
    let command = command.trim_end_matches('>').trim_end();
    let from =
        ["echo ", "printf "].iter().filter_map(|e| Some(command.rfind(e)? + e.len())).max()?;
    let mut value = command[from..].trim_start();
    while let Some(rest) = value.strip_prefix("-") {
        value = rest.split_once(' ')?.1.trim_start();
    }
    let value = value.trim_matches(['"', '\'']);
    let value = match value.contains('$') {
        true => value.rsplit_once(':')?.1,
        false => value,
    };
    (!value.is_empty() && !harmless::elsewhere(value.as_bytes(), 0)).then(|| place(line, value))
}

/// `host:5432:*:user:v`
fn pgpass(line: &str) -> Option<Range<usize>> {
    let words = line.split([' ', '"', '\'', '\t']);
    for word in words.filter(|w| w.matches(':').count() == 4 && !w.contains("//")) {
        let mut fields = word.split(':');
        let (host, port) = (fields.next()?, fields.next()?);
        let last = fields.next_back()?;
        let counted = port == "*" || port.len() > 3 && port.bytes().all(|b| b.is_ascii_digit());
        if !host.is_empty()
            && counted
            && !last.is_empty()
            && !harmless::elsewhere(last.as_bytes(), 0)
        {
            return Some(place(line, last));
        }
    }
    None
}

/// `ADMIN_LOGIN=admin:v`, `# admin:v`
fn login(line: &str) -> Option<Range<usize>> {
    let (name, value) = line.split_once(['=', ':'])?;
    let bare = name.trim().trim_matches(['"', '\'', '#', ' ', '-']);
    let lower = bare.to_ascii_lowercase();
    let quotes: &[char] = &['"', '\'', ',', ' '];
    let value = value.trim_matches(quotes);
    if ["login", "logins", "userpass", "user_pass", "account"].iter().any(|e| lower.ends_with(e))
        && bare.bytes().all(|b| word(b) || b == b'-')
    {
        let (user, password) = value.split_once(':')?;
        let is_login = !user.is_empty()
            && user.bytes().all(|b| word(b) || matches!(b, b'-' | b'.' | b'@'))
            && !password.is_empty()
            && !password.starts_with(['/', ' '])
            && !harmless::elsewhere(password.as_bytes(), 0)
            && !password.contains(' ');
        return is_login.then(|| place(line, password));
    }
    let remark = line.starts_with(['#', '/']) && name.ends_with(|c: char| c.is_alphanumeric());
    let glued = !line[name.len() + 1..].starts_with(' ');
    (remark && glued && login_user(&lower) && is_password(value, &lower))
        .then(|| place(line, value))
}

/// `DATABASE_URL=v@db`, an address without its beginning.
fn half_address(line: &str) -> Option<Range<usize>> {
    let (name, value) = line.split_once(['=', ':'])?;
    let name = name.trim().trim_start_matches(['-', '#', ' ', '"']).to_ascii_lowercase();
    if !["_url", "_uri", "_dsn", "broker"].iter().any(|e| name.ends_with(e)) {
        return None;
    }
    let value = value.trim().trim_matches(['"', '\'']);
    let (user, host) = value.split_once('@')?;
    let is_half = !user.contains([':', '/', ' ', '$', '{', '<'])
        && !host.contains(['.', '@'])
        && !login_user(&user.to_ascii_lowercase())
        && is_password(user, host);
    is_half.then(|| place(line, user))
}

/// `admin / v`
fn pair(line: &str) -> Option<Range<usize>> {
    let shown = line.trim_start_matches(['#', '/', '*', '-', ';', ' ']);
    let (user, password) = shown.split_once(" / ")?;
    let user =
        user.rsplit([' ', ':']).next()?.trim_matches(['`', '*', '"', '\'']).to_ascii_lowercase();
    let password = password.trim().trim_matches(['`', '*', '"', '\'', '.', ')']);
    (login_user(&user) && is_password(password, &user)).then(|| place(line, password))
}

fn is_password(text: &str, user: &str) -> bool {
    !text.is_empty()
        && text != user
        && !text.contains(' ')
        && !text.starts_with('/')
        && !text.bytes().all(|b| b.is_ascii_digit())
        && !harmless::elsewhere(text.as_bytes(), 0)
}

/// `SUPERUSER=admin,admin@example.com,v`
fn listed(line: &str) -> Option<Range<usize>> {
    let (name, value) = line.split_once(['=', ':'])?;
    let lower = name.trim().to_ascii_lowercase();
    if !["superuser", "superusers", "admin", "users", "user"].iter().any(|e| lower.ends_with(e)) {
        return None;
    }
    let value = value.trim().trim_matches(['"', '\'']);
    let parts: Vec<&str> = value.split([',', ';']).collect();
    let last = *parts.last()?;
    let mail = parts.iter().any(|p| p.contains('@')) && !last.contains('@');
    (parts.len() > 2 && mail && is_password(last, "")).then(|| place(line, last))
}

/// `machine example.com login me password v`
fn netrc(line: &str, above: &str) -> Option<Range<usize>> {
    let before = |w: &str| line.contains(w) || above.starts_with(w);
    if !(before("login ") || before("machine ") || above.starts_with("user ")) {
        return None;
    }
    let (head, rest) = line.split_once("password ")?;
    if !head.is_empty() && !head.ends_with(' ') {
        return None;
    }
    let value = rest.split([' ', '"', '\'']).next()?;
    (!value.is_empty() && !harmless::elsewhere(value.as_bytes(), 0)).then(|| place(line, value))
}

/// `# db password v`
fn remark(line: &str) -> Option<Range<usize>> {
    let shown = line.trim_start_matches(['#', '/', ';', ' ']);
    let (head, last) = shown.rsplit_once(' ')?;
    let mut words = head.split(' ').rev();
    let told = telling_name(words.next()?.as_bytes()).is_some_and(|t| !t.faint);
    (told && words.count() < 3 && unlike_word(last.as_bytes())).then(|| place(line, last))
}

/// `<<: *v` where nothing is set by an anchor: a value that begins with a star.
fn merged(line: &str) -> Option<Range<usize>> {
    let name = line.strip_prefix("<<:")?.trim_start().strip_prefix('*')?;
    let name = name.split([' ', ',', '}']).next()?;
    unlike_word(name.as_bytes()).then(|| place(line, name))
}

/// `"amqp://{}:{}@host".format(…)`, `"amqp://%s:%s@host" % (…)`, `"amqp://" + "user" + ":" + "v" + "@host"`: texts in
/// quotes that a format puts before the host.
fn formatted(line: &str, mask: &mut impl FnMut(Range<usize>)) {
    let bytes = line.as_bytes();
    let Some(start) = line.find("://") else { return };
    let Some(close) = line[start..].find(['"', '\'']).map(|i| start + i) else { return };
    let address = &line[start..close];
    let filled = [":{}@", ":%s@", "}@", ")s@"].iter().any(|f| address.contains(f));
    let rest = line[close + 1..].trim_start();
    let joined = rest.starts_with('+') && line[close..].contains("\"@")
        || rest.starts_with('+') && line[close..].contains("'@");
    if !(filled && (rest.starts_with(".format(") || rest.starts_with('%')) || joined) {
        return;
    }
    let mut at = close + 1;
    while let Some(open) = line[at..].find(['"', '\'']).map(|i| at + i) {
        let quote = bytes[open];
        let end = run(bytes, open + 1, |b| b != quote);
        let content = &line[open + 1..end];
        if content.starts_with('@') && joined {
            return;
        }
        let before = run_back(bytes, open, blank);
        let argument = before > 0 && matches!(bytes[before - 1], b'(' | b',' | b'=' | b'+' | b'%');
        let function = before > 1
            && bytes[before - 1] == b'('
            && word(bytes[before - 2])
            && !line[..before - 1].ends_with("format");
        let signs = content.bytes().all(|b| !b.is_ascii_alphanumeric());
        if argument && !function && !signs && !harmless::elsewhere(content.as_bytes(), 0) {
            mask(open + 1..end);
        }
        if end >= line.len() {
            return;
        }
        at = end + 1;
    }
}

/// `printf "DB_PASSWORD=%s\n" "v"`: the words that a format takes behind the name of a secret.
fn printed(line: &str, mask: &mut impl FnMut(Range<usize>)) {
    let bytes = line.as_bytes();
    let Some(start) = line.find("printf ") else { return };
    let Some(open) = line[start..].find(['"', '\'']).map(|i| start + i) else { return };
    let close = run(bytes, open + 1, |b| b != bytes[open]);
    let format = line.get(open + 1..close).unwrap_or_default();
    let names = format.split('%').map(|part| {
        let name = part.trim_end_matches(['=', '"', '\'']);
        let from = run_back(name.as_bytes(), name.len(), |b| word(b) || b == b'-');
        telling_name(&name.as_bytes()[from..]).is_some()
    });
    let mut at = close + 1;
    let filled = format.matches('%').count();
    for told in names.take(filled) {
        let from = run(bytes, at, blank);
        let Some(first) = bytes.get(from).filter(|b| !matches!(b, b'>' | b'|' | b';' | b'&'))
        else {
            return;
        };
        let quote = matches!(first, b'"' | b'\'').then_some(*first);
        let start = from + usize::from(quote.is_some());
        let end = run(bytes, start, |b| quote.map_or(!space(b), |q| b != q));
        if told && end > start && !harmless::elsewhere(bytes, start) {
            mask(start..end);
        }
        at = end + usize::from(quote.is_some());
    }
}

/// The lines above the end of a private key whose beginning is not in the text.
fn cut_key(text: &str, found: &mut Vec<Range<usize>>) {
    let Some(end) = text.find("-----END ") else { return };
    let bytes = text.as_bytes();
    let mut start = end;
    for _ in 0..MAX_KEY_LINES {
        let Some(line_end) = start.checked_sub(1) else { break };
        let line_start = run_back(bytes, line_end, |b| b != b'\n');
        let line = text.get(line_start..line_end).unwrap_or_default().trim();
        let base64 = |b: u8| word(b) || matches!(b, b'+' | b'/' | b'=');
        if line.len() < 8 || !line.bytes().all(base64) {
            break;
        }
        start = line_start;
    }
    if start < end {
        found.push(start..end);
    }
}
