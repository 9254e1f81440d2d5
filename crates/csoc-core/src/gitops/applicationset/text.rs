//! Names as Argo CD makes them fit for Kubernetes.

/// How long a name may be.
const LENGTH: usize = 253;

/// A text as a name: lower case, other letters than a name may have as dashes, none of them at its ends.
pub(super) fn normalized(text: &str) -> String {
    let lower = text.to_lowercase();
    let name: String = lower
        .chars()
        .map(|char| match char {
            'a'..='z' | '0'..='9' | '-' | '.' => char,
            _ => '-',
        })
        .take(LENGTH)
        .collect();
    name.trim_matches(['-', '.']).to_owned()
}
