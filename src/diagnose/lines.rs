//! Lines of a log that may be of any size: each is cut at [`MAX_LINE_BYTES`], and the rest of it is passed over.

use std::borrow::Cow;
use std::io::{self, BufRead};

/// The most bytes of a line that are looked at.
pub(super) const MAX_LINE_BYTES: usize = 8 * 1024;

/// How a log is encoded. PowerShell 5 writes UTF-16 where its output is sent to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { big: bool },
}

/// The lines of a log, one at a time.
pub(super) struct Lines<R> {
    input: R,
    /// The line under way.
    line: Vec<u8>,
    /// `None` before the first byte.
    encoding: Option<Encoding>,
    /// Lines that were given out.
    pub(super) count: u64,
    /// Lines that were cut.
    pub(super) cut: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: Vec::new(), encoding: None, count: 0, cut: 0 }
    }

    /// The next line without its line break. Bytes that are no text become U+FFFD.
    ///
    /// # Errors
    /// Those of the input.
    pub(super) fn next(&mut self) -> io::Result<Option<Cow<'_, str>>> {
        let encoding = match self.encoding {
            Some(known) => known,
            None => {
                let marked = self.marked()?;
                *self.encoding.insert(marked)
            }
        };
        self.line.clear();
        let more = match encoding {
            Encoding::Utf8 => self.bytes()?,
            Encoding::Utf16 { big } => self.units(big)?,
        };
        if !more {
            return Ok(None);
        }
        self.count += 1;
        if self.line.len() > MAX_LINE_BYTES {
            self.cut += 1;
            self.line.truncate(MAX_LINE_BYTES);
            self.line.truncate(whole(&self.line));
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok(Some(String::from_utf8_lossy(&self.line)))
    }

    /// Takes the byte order mark away.
    fn marked(&mut self) -> io::Result<Encoding> {
        // A pipe may give the mark byte by byte; then it is taken for text, and nothing worse.
        let start = fill(&mut self.input)?;
        let (length, encoding) = match start {
            [0xff, 0xfe, ..] => (2, Encoding::Utf16 { big: false }),
            [0xfe, 0xff, ..] => (2, Encoding::Utf16 { big: true }),
            [0xef, 0xbb, 0xbf, ..] => (3, Encoding::Utf8),
            _ => (0, Encoding::Utf8),
        };
        self.input.consume(length);
        Ok(encoding)
    }

    /// Reads to the next line feed. False at the end of the input.
    fn bytes(&mut self) -> io::Result<bool> {
        let mut any = false;
        loop {
            let buffer = fill(&mut self.input)?;
            if buffer.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = memchr(buffer);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            // One byte more than is kept tells that the line was longer.
            let room = (MAX_LINE_BYTES + 1).saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    /// The same for UTF-16; the line is kept as UTF-8.
    fn units(&mut self, big: bool) -> io::Result<bool> {
        let mut any = false;
        let mut half: Option<u8> = None;
        let mut high: Option<u16> = None;
        loop {
            let buffer = fill(&mut self.input)?;
            if buffer.is_empty() {
                return Ok(any);
            }
            any = true;
            let mut used = 0;
            let mut ended = false;
            for byte in buffer {
                used += 1;
                let Some(first) = half.take() else {
                    half = Some(*byte);
                    continue;
                };
                let unit = if big {
                    u16::from_be_bytes([first, *byte])
                } else {
                    u16::from_le_bytes([first, *byte])
                };
                if unit == u16::from(b'\n') {
                    ended = true;
                    break;
                }
                if (0xd800..0xdc00).contains(&unit) {
                    high = Some(unit);
                    continue;
                }
                for c in char::decode_utf16(high.take().into_iter().chain([unit])) {
                    if self.line.len() <= MAX_LINE_BYTES {
                        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                        self.line.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
            }
            self.input.consume(used);
            if ended {
                return Ok(true);
            }
        }
    }
}

/// The length without a letter of UTF-8 that the end cuts in two.
fn whole(line: &[u8]) -> usize {
    let start = line.iter().rev().take(3).position(|b| (*b as i8) >= -0x40);
    let Some(back) = start.map(|at| at + 1) else { return line.len() };
    let letter = match line[line.len() - back] {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    };
    if letter > back { line.len() - back } else { line.len() }
}

/// What is there to be read; a call that a signal broke off is made again.
fn fill<R: BufRead>(input: &mut R) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
            Ok(_) => break,
        }
    }
    // Filled above, so this reads nothing.
    input.fill_buf()
}

/// Where the first line feed is.
fn memchr(bytes: &[u8]) -> Option<usize> {
    // In pieces the compiler can look at many bytes at once.
    const PIECE: usize = 64;
    let mut at = 0;
    for piece in bytes.chunks(PIECE) {
        if piece.iter().fold(false, |any, b| any | (*b == b'\n')) {
            return piece.iter().position(|b| *b == b'\n').map(|i| at + i);
        }
        at += piece.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], capacity: usize) -> (Vec<String>, u64) {
        let mut lines = Lines::new(io::BufReader::with_capacity(capacity, bytes));
        let mut out = Vec::new();
        while let Some(line) = lines.next().expect("memory can be read") {
            out.push(line.into_owned());
        }
        assert_eq!(lines.count, out.len() as u64);
        (out, lines.cut)
    }

    #[test]
    fn lines_end_with_and_without_carriage_return_and_at_the_end() {
        for capacity in [1, 2, 3, 7, 4096] {
            assert_eq!(
                all(b"a\r\n\nb\xff\nc", capacity).0,
                ["a", "", "b\u{fffd}", "c"],
                "{capacity}"
            );
        }
        assert!(all(b"", 16).0.is_empty());
        assert_eq!(all(b"\xef\xbb\xbfa\n", 16).0, ["a"]);
    }

    #[test]
    fn a_long_line_is_cut_between_letters_and_the_next_one_is_whole() {
        let text = format!("{}\nnext\n", "가".repeat(MAX_LINE_BYTES));
        let (lines, cut) = all(text.as_bytes(), 100);
        assert_eq!((lines.len(), cut), (2, 1));
        assert_eq!(lines[0], "가".repeat(MAX_LINE_BYTES / 3));
        assert_eq!(lines[1], "next");
        let exact = "x".repeat(MAX_LINE_BYTES);
        assert_eq!(all(exact.as_bytes(), 100), (vec![exact], 0));
    }

    #[test]
    fn utf_16_is_read_in_both_orders() {
        let units = || "\u{feff}web-1 | 표 🚢\r\nb".encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            for capacity in [2, 3, 5, 4096] {
                assert_eq!(all(&bytes, capacity).0, ["web-1 | 표 🚢", "b"]);
            }
        }
    }
}
