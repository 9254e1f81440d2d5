//! Values as expressions.

use super::expression::{Expression, ExpressionKind, Field, ObjectKey};
use crate::value::{Key, Kind, Node, Reading};

/// A value that cannot be written as an expression, since it or a part of it is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotKnown {
    /// It waits for outputs.
    #[error("the value waits for {}", .0.iter().map(|output| format!("`{output}`")).collect::<Vec<_>>().join(", "))]
    Pending(Box<[Key]>),
    /// Infinity, or no number at all.
    #[error("`{0}` is not a number that HCL can write")]
    Number(Box<str>),
}

impl TryFrom<&Node> for Expression {
    type Error = NotKnown;

    fn try_from(node: &Node) -> Result<Self, NotKnown> {
        let kind = match &node.kind {
            Kind::Pending(outputs) => return Err(NotKnown::Pending(outputs.clone())),
            Kind::List(items) => {
                ExpressionKind::List(items.iter().map(Self::try_from).collect::<Result<_, _>>()?)
            }
            Kind::Map(entries) => {
                let field = |entry: &crate::value::Entry| {
                    let key = ObjectKey::from(entry.key.as_str().to_owned());
                    Ok(Field {
                        key,
                        value: Self::try_from(&entry.node)?,
                        origin: entry.key_origin,
                    })
                };
                ExpressionKind::Object(entries.iter().map(field).collect::<Result<_, _>>()?)
            }
            Kind::Scalar(scalar) => match scalar.reading() {
                Reading::Null => ExpressionKind::Null,
                Reading::Bool(value) => ExpressionKind::Bool(value),
                Reading::Integer(value) => ExpressionKind::Number(value.to_string().into()),
                Reading::Float(value) if value.is_finite() => {
                    ExpressionKind::Number(value.to_string().into())
                }
                Reading::Float(_) => return Err(NotKnown::Number(scalar.text.clone())),
                Reading::Text(text) => ExpressionKind::String(text.into()),
            },
        };
        Ok(Self::new(kind).at(node.origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::{Body, print};
    use crate::value::Scalar;

    #[test]
    fn values_are_written_by_what_they_are_read_as() {
        let mut node = Node::map();
        node.insert("plain", Node::new(Kind::Scalar(Scalar::plain("off"))));
        node.insert("quoted", Node::string("off ${x}"));
        node.insert("a/b", Node::list([Node::integer(1), Node::null()]));
        let body = Body::new().attribute("x", Expression::try_from(&node).unwrap());
        assert_eq!(
            print(&body),
            "x = {\n  plain  = false\n  quoted = \"off $${x}\"\n  \"a/b\"  = [1, null]\n}\n"
        );
    }

    #[test]
    fn what_is_not_known_is_not_written() {
        let pending = Node::list([Node::new(Kind::Pending(Box::new(["vpc".into()])))]);
        let error = Expression::try_from(&pending).unwrap_err();
        assert_eq!(error.to_string(), "the value waits for `vpc`");
        assert!(Expression::try_from(&Node::new(Kind::Scalar(Scalar::plain(".inf")))).is_err());
    }
}
