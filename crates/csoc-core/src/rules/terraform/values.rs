//! Short ways to ask what values are, as far as text decides them.

use crate::hcl::{Expression, ExpressionKind, Step};
use crate::value::{Kind, Node};

/// A truth as text decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// Nothing is said.
    Unset,
    /// Something is said that text does not decide.
    Unknown,
    /// True.
    On,
    /// False.
    Off,
}

/// The truth of a field.
pub(super) fn flag(node: &Node, name: &str) -> Flag {
    let Some(value) = node.get(name) else {
        return Flag::Unset;
    };
    if value.is_null() {
        return Flag::Unset;
    }
    match word(value) {
        Some("true") => Flag::On,
        Some("false") => Flag::Off,
        _ => Flag::Unknown,
    }
}

/// The text of a scalar, however it is written.
pub(super) fn word(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Scalar(scalar) => Some(&scalar.text),
        _ => None,
    }
}

/// The number of a field.
pub(super) fn number(node: &Node, name: &str) -> Option<i64> {
    node.get(name).and_then(word)?.parse().ok()
}

/// Whether a field is not decided as a whole.
pub(super) fn is_undecided(node: &Node, name: &str) -> bool {
    match node.get(name).map(|node| &node.kind) {
        Some(Kind::Pending(_)) => true,
        Some(Kind::List(items)) => items
            .iter()
            .any(|item| matches!(item.kind, Kind::Pending(_))),
        _ => false,
    }
}

/// Whether a field is neither set nor made by something that text does not decide.
pub(super) fn is_unset(node: &Node, name: &str) -> bool {
    node.get(name).is_none_or(Node::is_null)
}

/// The nested blocks of a kind; JSON writes a single one as a map.
pub(super) fn blocks<'n>(node: &'n Node, name: &str) -> impl Iterator<Item = &'n Node> {
    let found = node.get(name);
    let single = found.filter(|node| node.is_map());
    let several = found.map_or(&[][..], Node::items).iter();
    single
        .into_iter()
        .chain(several.filter(|node| node.is_map()))
}

/// The texts of a value that is one or several, with their places.
pub(super) fn texts(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    let single = node.into_iter().filter(|node| node.text().is_some());
    let several = node.map_or(&[][..], Node::items).iter();
    single
        .chain(several)
        .filter_map(|node| Some((node.text()?, node)))
}

/// The name of the resource of a type that an expression refers to.
pub(super) fn reference_name<'e>(of: &str, expression: &'e Expression) -> Option<&'e str> {
    match &expression.bare().kind {
        ExpressionKind::Reference(root, steps) if root == of => match steps.first() {
            Some(Step::Attribute(name)) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The account of an ARN, where it is written out.
pub(super) fn account_of(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:")?;
    let account = rest.split(':').nth(3)?;
    is_account(account).then_some(account)
}

/// Whether a text is the number of an account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How many values one is made of; long text counts as several.
pub(super) fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.node)).sum::<usize>(),
        Kind::Scalar(scalar) => 1 + scalar.text.len() / 64,
        Kind::Pending(_) => 1,
    }
}
