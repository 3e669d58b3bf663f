//! Paths as nginx decodes, normalises and encodes them (`ngx_http_parse_complex_uri`, `ngx_escape_uri`).

/// The path decoded and normalised, with doubled slashes merged; `None` where nginx answers 400.
pub(super) fn normalised(path: &str, merge: bool) -> Option<String> {
    let decoded = decoded(path)?;
    if !decoded.starts_with('/') || decoded.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    let all: Vec<&str> = decoded[1..].split('/').collect();
    for (number, part) in all.iter().enumerate() {
        let last = number + 1 == all.len();
        match *part {
            "." if last => parts.push(""),
            "." => {}
            ".." => {
                parts.pop()?;
                if last {
                    parts.push("");
                }
            }
            "" if merge && !last => {}
            part => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

/// `%41` decoded; `None` where two hexadecimal digits are missing, or the bytes are no text.
fn decoded(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(byte) = bytes.get(i) {
        if *byte == b'%' {
            let digits = path.get(i + 1..i + 3)?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            i += 3;
        } else {
            out.push(*byte);
            i += 1;
        }
    }
    String::from_utf8(out).ok()
}

/// Encoded as in a path that nginx sends on: spaces, `#`, `%`, `?` and what is no ASCII.
pub(super) fn escaped(path: &str) -> String {
    encoded(path, |b| {
        b <= b' '
            || b >= 0x7f
            || matches!(
                b,
                b'#' | b'%' | b'?' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
            )
    })
}

/// Encoded as an argument: `&`, `+` and others as well.
pub(super) fn escaped_args(text: &str) -> String {
    encoded(text, |b| {
        b <= b' '
            || b >= 0x7f
            || matches!(
                b,
                b'#' | b'%'
                    | b'?'
                    | b'&'
                    | b'+'
                    | b'"'
                    | b'<'
                    | b'>'
                    | b'\\'
                    | b'^'
                    | b'`'
                    | b'{'
                    | b'|'
                    | b'}'
                    | b';'
            )
    })
}

fn encoded(text: &str, hidden: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if hidden(byte) {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As nginx 1.22.1 took them.
    #[test]
    fn paths_are_normalised() {
        for (path, wanted) in [
            ("/a/../b", Some("/b")),
            ("/a//b", Some("/a/b")),
            ("/static../x", Some("/static../x")),
            ("/a/./b/", Some("/a/b/")),
            ("/a/..", Some("/")),
            ("/..", None),
            ("/api/x%20y", Some("/api/x y")),
            ("/%zz", None),
            ("/", Some("/")),
        ] {
            assert_eq!(normalised(path, true).as_deref(), wanted, "{path}");
        }
        assert_eq!(escaped("/a b?"), "/a%20b%3F");
    }
}
