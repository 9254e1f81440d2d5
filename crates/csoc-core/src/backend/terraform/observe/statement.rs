//! The statements of policies, as far as text decides them.

use crate::hcl::{Expression, Scope, policy};
use crate::pattern::Wildcard;
use crate::value::{Kind, Node, Origin};

/// The statements of a policy that allow something.
pub(super) struct Statements {
    pub(super) known: Vec<Node>,
    /// Whether a statement may be missing, because text does not decide it.
    pub(super) unknown: Option<Origin>,
}

impl Statements {
    /// The statements of the policy that an expression is.
    pub(super) fn of(expression: &Expression, scope: &Scope<'_>) -> Self {
        let node = policy(expression, scope).node;
        let statements = match node.get("Statement") {
            Some(statement) if statement.is_map() => vec![statement.clone()],
            Some(statements) => statements.items().to_vec(),
            None => Vec::new(),
        };
        let is_whole = node.get("Statement").is_some()
            && !matches!(
                node.get("Statement").map(|node| &node.kind),
                Some(Kind::Pending(_))
            )
            && statements.iter().all(Node::is_map);
        let allows = |statement: &Node| !matches!(statement.get("Effect").map(Node::text), Some(Some(effect)) if effect != "Allow");
        let known = statements.into_iter().filter(Node::is_map).filter(allows);
        Self {
            known: known.collect(),
            unknown: (!is_whole).then_some(expression.origin),
        }
    }
}

/// Whether a statement allows an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowance {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Text does not decide it.
    Undecided,
}

/// Whether a statement allows one of some actions, which are given in lower case.
pub(super) fn allows(statement: &Node, wanted: &[&str]) -> Allowance {
    let actions = Texts::of(statement.get("Action"));
    let mut known = actions.known.iter();
    let is_allowed = known.any(|known| {
        let known = Wildcard::new(&known.to_ascii_lowercase().replace('?', "*"));
        wanted.iter().any(|action| known.matches(action))
    });
    if is_allowed {
        Allowance::Yes
    } else if actions.unknown || statement.get("NotAction").is_some() {
        Allowance::Undecided
    } else {
        Allowance::No
    }
}

/// The texts of a value that is one or several.
pub(super) struct Texts<'a> {
    pub(super) known: Vec<&'a str>,
    /// Whether there are more that text does not decide.
    pub(super) unknown: bool,
}

impl<'a> Texts<'a> {
    pub(super) fn of(node: Option<&'a Node>) -> Self {
        let nodes = match node {
            Some(Node {
                kind: Kind::List(items),
                ..
            }) => items.as_slice(),
            Some(node) => std::slice::from_ref(node),
            None => &[],
        };
        let known: Vec<&str> = nodes.iter().filter_map(Node::text).collect();
        let unknown = known.len() < nodes.len();
        Self { known, unknown }
    }
}
