//! Text that others wrote, on its way to a terminal.

use std::borrow::Cow;

/// Text without what moves a terminal, names its window or ends the line: some of it is what others wrote.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    // What stood on two lines is two words.
    let spaced = text.replace(['\n', '\r', '\t'], " ");
    Cow::Owned(spaced.replace(char::is_control, ""))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn text_moves_no_terminal() {
        assert_eq!(plain("a\u{1b}]0;name\u{7}\nb"), "a]0;name b");
        assert_eq!(plain("a"), "a");
    }
}
