//! The encoding of text files: found by a byte-order mark, else by what the bytes can be.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What a survey of a file's bytes says of its encoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// The encoding.
    pub(crate) encoding: &'static Encoding,
    /// True if some bytes are not valid in it: they are read as U+FFFD.
    pub(crate) has_bad_bytes: bool,
}

/// Surveys the whole stream: UTF-8 if its multi-byte sequences are mostly right, else
/// Windows-1252; UTF-16 by its mark or its zero bytes.
pub(crate) fn survey(mut reader: impl Read) -> io::Result<Found> {
    let mut buffer = vec![0; 64 * 1024];
    let mut kept = 0;
    let mut tally = Tally::default();
    let mut head = Vec::new();
    reader.by_ref().take(1024).read_to_end(&mut head)?;
    if let Some(encoding) = utf16(&head) {
        return Ok(Found { encoding, has_bad_bytes: false });
    }
    let mut reader = head.as_slice().chain(reader);
    loop {
        let read = reader.read(&mut buffer[kept..])?;
        let filled = kept + read;
        if read == 0 {
            tally.add(&buffer[..kept], true);
            return Ok(tally.verdict());
        }
        let used = tally.add(&buffer[..filled], false);
        buffer.copy_within(used..filled, 0);
        kept = filled - used;
    }
}

/// The encoding as far as a file's beginning tells.
pub(crate) fn of_head(head: &[u8]) -> &'static Encoding {
    if let Some(encoding) = utf16(head) {
        return encoding;
    }
    let mut tally = Tally::default();
    tally.add(head, false);
    tally.verdict().encoding
}

/// Text of a whole file; the flag says if bytes had to be replaced.
pub(crate) fn decode(bytes: &[u8]) -> (String, bool) {
    let encoding = utf16(bytes).unwrap_or_else(|| {
        let mut tally = Tally::default();
        tally.add(bytes, true);
        tally.verdict().encoding
    });
    let (text, _, bad) = encoding.decode(bytes);
    (text.into_owned(), bad)
}

fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        [] => return None,
        _ => {}
    }
    let head = &head[..head.len().min(1024) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let pairs = head.len() / 2;
    if pairs >= 2 && odd * 10 >= pairs * 7 && even * 10 <= pairs {
        return Some(UTF_16LE);
    }
    (pairs >= 2 && even * 10 >= pairs * 7 && odd * 10 <= pairs).then_some(UTF_16BE)
}

/// Counts right and wrong multi-byte sequences of UTF-8.
#[derive(Debug, Default)]
struct Tally {
    right: u64,
    wrong: u64,
}

impl Tally {
    /// Adds bytes and says how many were used: a sequence cut at the end waits for the rest.
    fn add(&mut self, bytes: &[u8], at_end: bool) -> usize {
        let mut from = 0;
        while from < bytes.len() {
            match std::str::from_utf8(&bytes[from..]) {
                Ok(text) => {
                    self.count(text);
                    return bytes.len();
                }
                Err(error) => {
                    let good = &bytes[from..from + error.valid_up_to()];
                    if let Ok(text) = std::str::from_utf8(good) {
                        self.count(text);
                    }
                    from += error.valid_up_to();
                    match error.error_len() {
                        Some(length) => from += length,
                        None if at_end => from = bytes.len(),
                        None => return from,
                    }
                    self.wrong += 1;
                }
            }
        }
        from
    }

    fn count(&mut self, text: &str) {
        if !text.is_ascii() {
            self.right += text.chars().filter(|c| !c.is_ascii()).count() as u64;
        }
    }

    fn verdict(&self) -> Found {
        if self.wrong > self.right {
            Found { encoding: WINDOWS_1252, has_bad_bytes: false }
        } else {
            Found { encoding: UTF_8, has_bad_bytes: self.wrong > 0 }
        }
    }
}

/// A reader that gives UTF-8 whatever the encoding below, without a byte-order mark.
pub(crate) struct Utf8Reader<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_left: usize,
    text: Vec<u8>,
    text_from: usize,
    text_to: usize,
    ended: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Decodes a stream of this encoding.
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 64 * 1024],
            raw_left: 0,
            text: vec![0; 192 * 1024],
            text_from: 0,
            text_to: 0,
            ended: false,
        }
    }

    /// Decodes the next piece; the raw bytes that found no room wait at the buffer's start.
    fn fill(&mut self) -> io::Result<()> {
        (self.text_from, self.text_to) = (0, 0);
        while self.text_to == 0 && !self.ended {
            let read = self.inner.read(&mut self.raw[self.raw_left..])?;
            let last = read == 0 && self.raw_left < self.raw.len();
            let raw = &self.raw[..self.raw_left + read];
            let (result, used, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, last);
            self.raw.copy_within(used..self.raw_left + read, 0);
            self.raw_left = self.raw_left + read - used;
            self.text_to = written;
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.text_from == self.text_to && !out.is_empty() {
            self.fill()?;
        }
        let take = out.len().min(self.text_to - self.text_from);
        out[..take].copy_from_slice(&self.text[self.text_from..self.text_from + take]);
        self.text_from += take;
        Ok(take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart_and_read() {
        let utf16 = |text: &str, little: bool, mark: bool| {
            let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
            let bytes = |u: u16| if little { u.to_le_bytes() } else { u.to_be_bytes() };
            units.flat_map(bytes).collect::<Vec<_>>()
        };
        let text = "Sleutel;Geïnstalleerd\nA-1;één\n";
        let cases = [
            (text.as_bytes().to_vec(), UTF_8),
            (["\u{feff}", text].concat().into_bytes(), UTF_8),
            (WINDOWS_1252.encode(text).0.into_owned(), WINDOWS_1252),
            (utf16(text, true, true), UTF_16LE),
            (utf16(text, false, true), UTF_16BE),
            (utf16(text, true, false), UTF_16LE),
            (utf16(text, false, false), UTF_16BE),
        ];
        for (bytes, encoding) in cases {
            let found = survey(bytes.as_slice()).unwrap();
            assert_eq!((found.encoding, found.has_bad_bytes), (encoding, false));
            let mut read = String::new();
            let mut reader = Utf8Reader::new(bytes.as_slice(), found.encoding);
            reader.read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
            assert_eq!(decode(&bytes).0, text);
        }
    }

    #[test]
    fn one_bad_byte_does_not_change_the_encoding() {
        let mut bytes = "één twee drie, geïnstalleerd ".repeat(9_000).into_bytes();
        bytes.insert(100_000, 0xFF);
        let found = survey(bytes.as_slice()).unwrap();
        assert_eq!((found.encoding, found.has_bad_bytes), (UTF_8, true));
        let mut read = String::new();
        Utf8Reader::new(bytes.as_slice(), UTF_8).read_to_string(&mut read).unwrap();
        assert_eq!(read.matches('\u{fffd}').count(), 1);
    }

    #[test]
    fn an_accent_far_into_the_file_still_tells_windows() {
        let mut bytes = "plain text ".repeat(20_000).into_bytes();
        bytes.extend(b"caf\xe9 na\xefef");
        assert_eq!(survey(bytes.as_slice()).unwrap().encoding, WINDOWS_1252);
    }
}
