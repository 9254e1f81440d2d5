//! Amazon resource names inside texts.

/// A resource name as it stands in a text, its parts not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ArnText<'a> {
    /// All of it.
    pub(crate) text: &'a str,
    /// The service: `iam`.
    pub(crate) service: &'a str,
    /// The region; empty for global services.
    pub(crate) region: &'a str,
    /// The account; empty for some services.
    pub(crate) account: &'a str,
    /// Everything behind: `role/x`.
    pub(crate) resource: &'a str,
}

/// Every resource name in a text.
pub(crate) fn arns(text: &str) -> impl Iterator<Item = ArnText<'_>> {
    text.match_indices("arn:aws").filter_map(|(at, _)| {
        let rest = &text[at..];
        let ends = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | ',' | '`');
        let arn = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let mut parts = arn.splitn(6, ':').skip(2);
        let mut next = || parts.next();
        let (service, region, account, resource) = (next()?, next()?, next()?, next()?);
        let is_arn = !resource.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
        is_arn.then_some(ArnText {
            text: arn,
            service,
            region,
            account,
            resource,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_in_texts() {
        let text =
            r#"{"a": "arn:aws:iam::111122223333:role/x/y", "b": "arn:aws:s3:::bucket"} arn:aws"#;
        let found: Vec<_> = arns(text)
            .map(|arn| (arn.service, arn.account, arn.resource))
            .collect();
        assert_eq!(
            found,
            [("iam", "111122223333", "role/x/y"), ("s3", "", "bucket")]
        );
    }
}
