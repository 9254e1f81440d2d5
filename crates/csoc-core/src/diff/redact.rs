//! Values that are never shown: what a secret is, by the key that it stands at or by its own shape.

/// What stands in place of secret material.
pub(super) const REDACTED: &str = "(secret)";

/// How keys of secret material end, in lower case without `_` and `-`.
const KEYS: [&str; 13] = [
    "password",
    "passwd",
    "token",
    "clientsecret",
    "secretkey",
    "secretstring",
    "secretaccesskey",
    "privatekey",
    "apikey",
    "accesskey",
    "encryptionkey",
    "hmackey",
    "webhook",
];
/// What secret material starts with or holds, whatever its key is.
const SHAPES: [&str; 6] = [
    "-----BEGIN",
    "AKIA",
    "ASIA",
    "xoxb-",
    "ghp_",
    "hooks.slack.com/services/",
];
/// How references start: they say where a secret is, and may be shown.
const REFERENCES: [&str; 5] = ["secretsmanager:", "arn:", "var.", "data.", "aws_"];

/// The value as it may be shown at a key.
pub(super) fn shown(key: &str, text: String) -> String {
    if is_secret(key, &text) {
        REDACTED.to_owned()
    } else {
        text
    }
}

/// Whether a value is secret material.
pub(super) fn is_secret(key: &str, text: &str) -> bool {
    let plain = text.trim_matches('"');
    if plain.is_empty()
        || matches!(plain, "true" | "false" | "null")
        || REFERENCES.iter().any(|start| plain.starts_with(start))
    {
        return false;
    }
    if SHAPES.iter().any(|shape| plain.contains(shape)) || has_password(plain) {
        return true;
    }
    let key: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|char| char.to_ascii_lowercase())
        .collect();
    matches!(&*key, "secret" | "credentials") || KEYS.iter().any(|end| key.ends_with(end))
}

/// Whether it is an address with a password in it.
fn has_password(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split('/').next().unwrap_or_default();
        authority
            .split_once('@')
            .is_some_and(|(user, _)| user.contains(':'))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::key("db_password", "hunter2", true)]
    #[case::camel("clientSecret", "abc", true)]
    #[case::shape("note", "AKIAIOSFODNN7EXAMPLE", true)]
    #[case::address("url", "postgres://me:pw@host/db", true)]
    #[case::reference("clientSecret", "secretsmanager:google#secret", false)]
    #[case::name("externalSecret", "main-database", false)]
    #[case::flag("token", "true", false)]
    fn material_is_told_from_references(
        #[case] key: &str,
        #[case] text: &str,
        #[case] secret: bool,
    ) {
        assert_eq!(is_secret(key, text), secret);
    }
}
