//! Bytes cut into lines, however long these are.

/// How long a line may be before the rest of it is left out: a provider may print a whole response.
pub(super) const LINE: usize = 1 << 20;

/// Cuts bytes that come piece by piece into lines.
#[derive(Default)]
pub(crate) struct Lines(Vec<u8>);

impl Lines {
    /// Takes the next bytes, and hands over each line that they end.
    pub(crate) fn take(&mut self, mut bytes: &[u8], line: &mut dyn FnMut(&str)) {
        while !bytes.is_empty() {
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            let room = LINE.saturating_sub(self.0.len()).min(part.len());
            self.0
                .extend_from_slice(part.get(..room).unwrap_or_default());
            if end.is_some() {
                self.hand_over(line);
            }
            bytes = rest.get(1..).unwrap_or_default();
        }
    }

    /// Hands over what the last line break left.
    pub(crate) fn finish(mut self, line: &mut dyn FnMut(&str)) {
        if !self.0.is_empty() {
            self.hand_over(line);
        }
    }

    fn hand_over(&mut self, line: &mut dyn FnMut(&str)) {
        let text = String::from_utf8_lossy(&self.0);
        line(text.trim_end_matches('\r'));
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE, Lines};

    fn of(pieces: &[&[u8]]) -> Vec<String> {
        let mut found = Vec::new();
        let mut lines = Lines::default();
        for piece in pieces {
            lines.take(piece, &mut |line| found.push(line.to_owned()));
        }
        lines.finish(&mut |line| found.push(line.to_owned()));
        found
    }

    #[test]
    fn lines_of_any_kind_are_handed_over() {
        let expected = ["a", "", "b\u{fffd}", "last"];
        assert_eq!(of(&[b"a\r\n\nb\xff\nlast"]), expected);
        assert_eq!(
            of(&[b"a\r", b"\n", b"\nb\xff", b"", b"\nla", b"st"]),
            expected
        );
        assert_eq!(of(&[b""]), [""; 0]);
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut text = vec![b'x'; 3 * LINE];
        text.extend(b"\nnext\n");
        let found = of(&[&text]);
        assert_eq!((found.len(), found[0].len(), &*found[1]), (2, LINE, "next"));
    }
}
