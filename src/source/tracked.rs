//! What git tracks, by the index of the work tree (gitformat-index(5)). Only names are read of it.

use std::collections::HashSet;

/// The paths that an index holds, from the top of the work tree.
#[derive(Debug, Default)]
pub(super) struct Index {
    paths: HashSet<String>,
}

/// Bytes of an entry before its flags: times, device, inode, mode, owner, size.
const STAT: usize = 40;
/// Bytes of an object's name with SHA-1, and with SHA-256.
const HASHES: [usize; 2] = [20, 32];

impl Index {
    /// Reads an index of version 2, 3 or 4; `None` where it cannot be read. An index does not say which hash it
    /// uses, so that each is tried.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        HASHES.iter().find_map(|hash| Self::read_with(bytes, *hash))
    }

    /// Whether a path is in it.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    fn read_with(bytes: &[u8], hash: usize) -> Option<Self> {
        let word = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let version = word(4)?;
        if !bytes.starts_with(b"DIRC") || !matches!(version, 2..=4) {
            return None;
        }
        let count = word(8)? as usize;
        // An entry takes more bytes than this, so that a wrong count ends before memory does.
        if count > bytes.len() / STAT {
            return None;
        }
        let mut paths = HashSet::with_capacity(count);
        let (mut at, mut last) = (12, Vec::new());
        for _ in 0..count {
            let start = at;
            let flags = at + STAT + hash;
            let flag = bytes.get(flags..flags + 2)?;
            let extended = version >= 3 && flag.first()? & 0x40 != 0;
            at = flags + if extended { 4 } else { 2 };
            if version == 4 {
                // The name begins like the one before, less so many bytes.
                let (drop, width) = offset(bytes.get(at..)?)?;
                at += width;
                last.truncate(last.len().checked_sub(drop)?);
            } else {
                last.clear();
            }
            let len = bytes.get(at..)?.iter().position(|b| *b == 0)?;
            last.extend_from_slice(bytes.get(at..at + len)?);
            at += len + 1;
            if version < 4 {
                // Filled up with NUL to a multiple of eight bytes.
                at = start + (at - start).next_multiple_of(8);
            }
            // The flags tell how long the name is, up to what twelve bits hold: where they do not, the hash is another.
            let told = usize::from(u16::from_be_bytes(flag.try_into().ok()?) & 0xfff);
            if last.is_empty() || told != last.len().min(0xfff) {
                return None;
            }
            paths.insert(String::from_utf8_lossy(&last).into_owned());
        }
        Some(Self { paths })
    }
}

/// A number as git writes offsets: seven bits a byte, one added at each further byte; with its width in bytes.
fn offset(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        value = (value << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
        value += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(version: u32, name: &str, length: usize, shared: u8, hash: usize) -> Vec<u8> {
        let mut all = vec![0; STAT + hash];
        all.extend((length as u16).to_be_bytes());
        if version == 4 {
            all.push(shared);
        }
        all.extend(name.as_bytes());
        all.push(0);
        while version < 4 && !all.len().is_multiple_of(8) {
            all.push(0);
        }
        all
    }

    fn index(version: u32, hash: usize, entries: &[(&str, u8)]) -> Vec<u8> {
        let mut all = b"DIRC".to_vec();
        all.extend(version.to_be_bytes());
        all.extend((entries.len() as u32).to_be_bytes());
        let mut last = 0;
        for (name, shared) in entries {
            last = if version == 4 { last - usize::from(*shared) } else { 0 } + name.len();
            all.extend(entry(version, name, last, *shared, hash));
        }
        all.extend([7; 20]);
        all
    }

    #[test]
    fn names_are_read() {
        for name in [".env", "a/b", "한국/설정.env", "1234567", "12345678"] {
            for hash in HASHES {
                let found = Index::read(&index(2, hash, &[(name, 0), ("z", 0)]));
                assert!(
                    found.is_some_and(|i| i.holds(name) && i.holds("z") && !i.holds("y")),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn names_of_version_4_begin_like_the_one_before() {
        let found =
            Index::read(&index(4, 20, &[("app/.env", 0), (".example", 0), ("urls.py", 12)]));
        assert!(found.is_some_and(|i| i.holds("app/.env")
            && i.holds("app/.env.example")
            && i.holds("app/urls.py")));
    }

    #[test]
    fn what_is_no_index_is_none() {
        let whole = index(2, 20, &[(".env", 0)]);
        // Up to the byte that ends the name; the filling and the checksum behind it are not needed.
        for end in 0..12 + STAT + 20 + 2 + ".env".len() {
            assert!(Index::read(&whole[..end]).is_none(), "{end}");
        }
        assert!(Index::read(b"DIRC\0\0\0\x02\xff\xff\xff\xff").is_none());
    }
}
