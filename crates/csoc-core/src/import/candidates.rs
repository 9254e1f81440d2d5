//! The patterns that could have made a name.

use std::collections::BTreeSet;

use crate::naming::{Names, Variable};

/// Variables that a rule may be inferred with, the preferred first.
const VARIABLES: [Variable; 9] = [
    Variable::EnvironmentId,
    Variable::Vpc,
    Variable::Namespace,
    Variable::AccountId,
    Variable::ReleaseName,
    Variable::Commons,
    Variable::Cluster,
    Variable::Hostname,
    Variable::Region,
];
/// Patterns of one name that are tried at most.
const MOST: usize = 96;
/// A variable's value that may also stand inside of a word has at least so many letters.
const LONG: usize = 4;

/// The patterns that give this text, among them the text itself.
pub(super) fn candidates(text: &str, purpose: Option<&str>, names: &Names) -> BTreeSet<String> {
    let mut values: Vec<(&str, &str)> = VARIABLES
        .iter()
        .filter_map(|variable| {
            let value = names.variables.get(*variable)?;
            (value.len() > 1).then_some((variable.as_str(), value))
        })
        .collect();
    if let Some(purpose) = purpose {
        values.insert(0, (Variable::Service.as_str(), purpose));
    }
    let mut found = BTreeSet::new();
    grow(text, 0, &mut String::new(), &values, &mut found);
    if !text.contains(['{', '}']) {
        found.insert(text.to_owned());
    }
    found
}

fn grow(
    text: &str,
    at: usize,
    pattern: &mut String,
    values: &[(&str, &str)],
    found: &mut BTreeSet<String>,
) {
    if found.len() >= MOST {
        return;
    }
    let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) else {
        found.insert(pattern.clone());
        return;
    };
    let length = pattern.len();
    for (variable, value) in values {
        if rest.starts_with(value) && stands_alone(text, at, value.len()) {
            pattern.push('{');
            pattern.push_str(variable);
            pattern.push('}');
            grow(text, at + value.len(), pattern, values, found);
            pattern.truncate(length);
        }
    }
    let Some(char) = rest
        .chars()
        .next()
        .filter(|char| !matches!(char, '{' | '}'))
    else {
        return;
    };
    pattern.push(char);
    grow(text, at + char.len_utf8(), pattern, values, found);
    pattern.truncate(length);
}

/// Whether what stands there is a word of its own, or long enough not to be there by chance.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let is_word = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let behind = text.get(at + length..).and_then(|text| text.chars().next());
    length >= LONG || (!is_word(before) && !is_word(behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_every_pattern_that_gives_it() {
        let mut names = Names::default();
        names.variables.set(Variable::EnvironmentId, "midrcprod");
        names.variables.set(Variable::Namespace, "midrcprod-helm");
        let found = candidates("midrcprod-helm-fence-jwt", Some("fence-jwt"), &names);
        for pattern in [
            "{environment_id}-helm-{service}",
            "{namespace}-{service}",
            "{environment_id}-helm-fence-jwt",
            "midrcprod-helm-fence-jwt",
        ] {
            assert!(found.contains(pattern), "{pattern}");
        }
    }

    #[test]
    fn short_values_are_words_only() {
        let mut names = Names::default();
        names.variables.set(Variable::EnvironmentId, "tb");
        assert!(candidates("tb-jwt", None, &names).contains("{environment_id}-jwt"));
        assert!(!candidates("outbox", None, &names).contains("ou{environment_id}ox"));
    }
}
