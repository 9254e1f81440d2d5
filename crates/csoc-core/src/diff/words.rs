//! Words for messages: counts and lists of names.

/// How many names a line lists.
const NAMED: usize = 6;

/// `1 image`, `2 images`.
pub(super) fn plural(number: usize, one: &str) -> String {
    match (number, one) {
        (1, _) => format!("1 {one}"),
        (_, "identity") => format!("{number} identities"),
        (_, one) if one.ends_with('s') => format!("{number} {one}"),
        (_, one) => format!("{number} {one}s"),
    }
}

/// Names in a line; of many the first, and how many more.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let some: Vec<&str> = items.iter().take(NAMED).map(AsRef::as_ref).collect();
    match items.len().saturating_sub(NAMED) {
        0 => some.join(", "),
        left => format!("{} and {left} more", some.join(", ")),
    }
}
