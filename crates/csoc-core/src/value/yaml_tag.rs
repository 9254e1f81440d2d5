//! Explicit YAML tags: those that name one of our kinds are honoured, any other is refused.

use granit_parser::Tag;

use super::node::{Reading, Scalar, Style};

/// What a tag makes of a scalar.
pub(super) enum Tagged {
    /// The scalar that it becomes.
    Scalar(Scalar),
    /// The tag names a type that the text is not of, or a kind that no scalar is.
    Mismatch(&'static str),
    /// A tag that we do not know.
    Unknown,
}

/// Applies a tag to the text of a scalar.
pub(super) fn tag_scalar(tag: &Tag, text: Box<str>) -> Tagged {
    if is_non_specific(tag) {
        return Tagged::Scalar(Scalar::string(text));
    }
    let plain = Scalar::plain(text);
    let (holds, must) = match tag.core_suffix() {
        Some("str") => {
            return Tagged::Scalar(Scalar {
                style: Style::Quoted,
                ..plain
            });
        }
        Some("int") => (
            matches!(plain.reading(), Reading::Integer(_)),
            "a whole number",
        ),
        Some("float") => (
            matches!(plain.reading(), Reading::Integer(_) | Reading::Float(_)),
            "a number",
        ),
        Some("bool") => (
            matches!(plain.reading(), Reading::Bool(_)),
            "`true` or `false`",
        ),
        Some("null") => (plain.reading() == Reading::Null, "`null`"),
        Some("map") => (false, "a map"),
        Some("seq") => (false, "a list"),
        _ => return Tagged::Unknown,
    };
    if holds {
        Tagged::Scalar(plain)
    } else {
        Tagged::Mismatch(must)
    }
}

/// Whether a collection may carry the tag: `!!map` or `!!seq`, or `!`, which says nothing of one.
pub(super) fn fits_collection(tag: &Tag, kind: &str) -> bool {
    is_non_specific(tag) || tag.core_suffix() == Some(kind)
}

/// The tag as written.
pub(super) fn written(tag: &Tag) -> String {
    let (handle, suffix) = tag.original_parts();
    format!("{handle}{suffix}")
}

/// `!` alone: not resolved, so a string if it is a scalar.
fn is_non_specific(tag: &Tag) -> bool {
    matches!(tag.parts(), ("!", "") | ("", "!"))
}
