//! Patterns with `*`, for choosing objects on the command line.

/// A pattern in which `*` stands for any text, also none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wildcard {
    parts: Vec<Box<str>>,
}

impl Wildcard {
    /// The pattern of that text.
    pub(crate) fn new(text: &str) -> Self {
        Self {
            parts: text.split('*').map(Into::into).collect(),
        }
    }

    /// Whether a text is matched as a whole.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_some_and(|only| **only == *text);
        };
        let Some(mut rest) = text.strip_prefix(&**first) else {
            return false;
        };
        for part in middle {
            match rest.find(&**part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(&**last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, matches) in [
            ("commons.midrc.*", "commons.midrc.environments.prod", true),
            ("*prod", "commons.midrc.environments.prod", true),
            ("*.midrc.*.prod", "commons.midrc.environments.prod", true),
            ("commons.midrc", "commons.midrc.environments.prod", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("fleet", "fleet", true),
        ] {
            assert_eq!(
                Wildcard::new(pattern).matches(text),
                matches,
                "{pattern} {text}"
            );
        }
    }
}
