//! Names of the model made of whatever a foreign layout calls things.

use crate::model::name::ObjectName;

/// The longest name that a model object may have.
const LONGEST: usize = 32;

/// The nearest name that a model object may have.
pub(super) fn object_name(text: &str) -> ObjectName {
    let mut name = String::with_capacity(text.len());
    for char in text.chars() {
        let char = char.to_ascii_lowercase();
        if char.is_ascii_alphanumeric() {
            name.push(char);
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    if !name.starts_with(|char: char| char.is_ascii_lowercase()) {
        name.insert(0, 'x');
    }
    name.truncate(LONGEST);
    let name = name.trim_end_matches('-');
    name.parse().unwrap_or_else(|_| fallback())
}

fn fallback() -> ObjectName {
    "unnamed".parse().expect("a name of ours")
}

/// The name, or it with a number behind it, whatever is not taken yet.
pub(super) fn free_name(name: &ObjectName, taken: impl Fn(&ObjectName) -> bool) -> ObjectName {
    if !taken(name) {
        return name.clone();
    }
    let stem: String = name.as_str().chars().take(LONGEST - 6).collect();
    (2..=99_999)
        .map(|number| object_name(&format!("{stem}-{number}")))
        .find(|name| !taken(name))
        .unwrap_or_else(|| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_becomes_a_name() {
        for (text, name) in [
            ("midrc", "midrc"),
            ("Data.MIDRC.org", "data-midrc-org"),
            ("csoc_main_vpc", "csoc-main-vpc"),
            ("4dn", "x4dn"),
            ("", "x"),
            ("--", "x"),
            (
                "a.very.long.name.of.a.directory.example.org",
                "a-very-long-name-of-a-directory",
            ),
        ] {
            assert_eq!(object_name(text).as_str(), name, "{text}");
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let name = object_name("heal");
        assert_eq!(free_name(&name, |_| false).as_str(), "heal");
        assert_eq!(free_name(&name, |taken| *taken == name).as_str(), "heal-2");
    }
}
