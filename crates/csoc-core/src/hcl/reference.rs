//! References as text: `aws_iam_role.fence.arn`, `module.vpc[0].ids["a"]`, `aws_subnet.private[*].id`.

use super::expression::{Expression, ExpressionKind, Step};
use super::quote::is_identifier;

/// The reference of that text. Nothing but names, numbers, quoted keys and splats makes one.
pub(crate) fn parse_reference(text: &str) -> Option<Expression> {
    let (root, mut rest) = name(text)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, behind) = step(rest)?;
        steps.push(step);
        rest = behind;
    }
    Some(Expression::new(ExpressionKind::Reference(
        root.to_owned().into(),
        steps,
    )))
}

/// Whether a text is the address of a resource in a root: `aws_s3_bucket.data`, with a key or number or without.
pub(crate) fn is_resource_address(text: &str) -> bool {
    let Some(ExpressionKind::Reference(root, steps)) =
        parse_reference(text).map(|reference| reference.kind)
    else {
        return false;
    };
    root.contains('_')
        && matches!(
            &steps[..],
            [Step::Attribute(_)] | [Step::Attribute(_), Step::Index(_)]
        )
}

fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    is_identifier(name).then_some((name, rest))
}

fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(text) = text.strip_prefix('.') {
        let (name, rest) = name(text)?;
        return Some((Step::Attribute(name.to_owned().into()), rest));
    }
    let text = text.strip_prefix('[')?;
    if let Some(rest) = text.strip_prefix("*]") {
        return Some((Step::Splat, rest));
    }
    if let Some(text) = text.strip_prefix('"') {
        let (key, rest) = text.split_once("\"]")?;
        let plain = !key.contains(['"', '\\', '$', '%']) && !key.contains(char::is_control);
        return plain.then(|| (Step::Index(key.into()), rest));
    }
    let (index, rest) = text.split_once(']')?;
    let digits = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| {
        (
            Step::Index(Expression::new(ExpressionKind::Number(index.into()))),
            rest,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_references_are_references() {
        for text in [
            "a",
            "aws_iam_role.fence.arn",
            "module.vpc[0].ids[\"a b\"][*].id",
            "var.x-y",
        ] {
            assert!(parse_reference(text).is_some(), "{text}");
        }
        for text in [
            "",
            "a.",
            "a..b",
            "f(x)",
            "a b",
            "a[",
            "a[x]",
            "a[\"${x}\"]",
            "1a",
            "a.0",
            "null",
            "a\n",
        ] {
            assert!(parse_reference(text).is_none(), "{text}");
        }
    }
}
