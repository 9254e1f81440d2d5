//! Patterns of the git generator: those of directories end at a slash, those of files do not.

/// Whether a slash is a letter like others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slash {
    /// `*` and `?` stop at it.
    Parts,
    /// They do not.
    Letter,
}

/// Whether a directory is named by a pattern of `directories`.
pub(super) fn names_directory(pattern: &str, path: &str) -> Option<bool> {
    matches(pattern, path, Slash::Parts)
}

/// Whether a file is named by a pattern of `files`: a directory names all below it, and `*` goes through directories.
pub(super) fn names_file(pattern: &str, path: &str) -> Option<bool> {
    let pattern = pattern.trim_end_matches('/');
    let is_below = path
        .strip_prefix(pattern)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if is_below {
        return Some(true);
    }
    matches(pattern, path, Slash::Letter)
}

/// What a pattern says before its first letter that stands for others.
pub(super) fn literal(pattern: &str) -> &str {
    let end = pattern.find(['*', '?', '[', '\\']).unwrap_or(pattern.len());
    &pattern[..end]
}

/// Whether a pattern is all of a text; nothing where it is none.
fn matches(pattern: &str, text: &str, slash: Slash) -> Option<bool> {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut seen) = (0, 0);
    // Where to go on when what follows the last `*` does not fit.
    let mut back: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(at), text.get(seen)) {
            (None, None) => return Some(true),
            (Some('*'), _) => {
                back = Some((at + 1, seen));
                Some((at + 1, seen))
            }
            (Some('?'), Some(letter)) if slash == Slash::Letter || *letter != '/' => {
                Some((at + 1, seen + 1))
            }
            (Some('['), Some(letter)) => {
                let (is_in, end) = class(&pattern, at, *letter, slash)?;
                (is_in && (slash == Slash::Letter || *letter != '/')).then_some((end, seen + 1))
            }
            (Some('\\'), Some(letter)) => {
                let escaped = pattern.get(at + 1)?;
                (escaped == letter).then_some((at + 2, seen + 1))
            }
            (Some(wanted), Some(letter)) if wanted == letter && *wanted != '?' => {
                Some((at + 1, seen + 1))
            }
            _ => None,
        };
        match (step, back) {
            (Some((next, letter)), _) => (at, seen) = (next, letter),
            (None, Some((behind, from))) => {
                let letter = text.get(from);
                if letter.is_none() || (slash == Slash::Parts && letter == Some(&'/')) {
                    return Some(false);
                }
                back = Some((behind, from + 1));
                (at, seen) = (behind, from + 1);
            }
            (None, None) => return Some(false),
        }
    }
}

/// Whether a letter is in the class that starts here, and where the class ends.
fn class(pattern: &[char], start: usize, letter: char, slash: Slash) -> Option<(bool, usize)> {
    let mut at = start + 1;
    // Git takes `!`, too, Go does not.
    let is_negated = match pattern.get(at) {
        Some('^') => true,
        Some('!') => slash == Slash::Letter,
        _ => false,
    };
    if is_negated {
        at += 1;
    }
    let first = at;
    let mut is_in = false;
    loop {
        let low = *pattern.get(at)?;
        if low == ']' && at > first {
            return Some((is_in != is_negated, at + 1));
        }
        let (high, next) = match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(high)) if *high != ']' => (*high, at + 3),
            _ => (low, at + 1),
        };
        is_in = is_in || (low..=high).contains(&letter);
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_end_at_a_slash_and_files_do_not() {
        for (pattern, path, directory, file) in [
            ("apps/*", "apps/fence", true, true),
            ("apps/*", "apps/fence/values", false, true),
            ("apps", "apps/fence", false, true),
            ("*/values.yaml", "a/b/values.yaml", false, true),
            ("d/[fg]", "d/f", true, true),
            ("d/[^fg]", "d/e", true, true),
            ("d/[!fg]", "d/f", true, false),
            ("a?c", "abc", true, true),
            ("a?c", "a/c", false, true),
            ("apps/**/config.json", "apps/x/config.json", true, true),
            ("apps/**/config.json", "apps/x/y/config.json", false, true),
            ("apps/**/config.json", "apps/config.json", false, false),
            ("*", "a", true, true),
            ("a*b*c", "axbxbxc", true, true),
        ] {
            assert_eq!(
                names_directory(pattern, path),
                Some(directory),
                "{pattern} {path}"
            );
            assert_eq!(names_file(pattern, path), Some(file), "{pattern} {path}");
        }
        assert_eq!(names_directory("a[", "ab"), None);
    }
}
