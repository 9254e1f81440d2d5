//! Operators and how tightly they bind.

use super::expression::Expression;

/// An operator before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    /// `-`
    Negative,
    /// `!`
    Not,
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// Two values with an operator between them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Binary {
    /// The value before the operator.
    pub(crate) left: Expression,
    /// The operator.
    pub(crate) operator: BinaryOperator,
    /// The value behind it.
    pub(crate) right: Expression,
}

impl UnaryOperator {
    /// As it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Negative => "-",
            Self::Not => "!",
        }
    }
}

impl BinaryOperator {
    /// As it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }

    /// How tightly it binds: the higher goes first; equals go from left to right.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Divide | Self::Modulo => 6,
        }
    }
}
