//! Which keys decide whether a branch is taken.

use std::collections::BTreeSet;

use super::path::PathId;
use super::reading::Condition;
use super::scope::Scope;
use super::walker::Walker;
use crate::catalog::chart::template::{Command, Operand, Pipeline};
use crate::value::Key;

/// What must hold for a value to be true.
#[derive(Debug, Default)]
pub(super) struct Truth {
    /// All of these.
    pub(super) all: BTreeSet<Condition>,
    /// Whether nothing else must, so that it can be negated.
    is_exact: bool,
}

impl Truth {
    fn some_of(keys: BTreeSet<PathId>) -> Self {
        let is_exact = keys.len() == 1;
        let all = if keys.is_empty() {
            BTreeSet::new()
        } else {
            BTreeSet::from([Condition { keys, holds: true }])
        };
        Self { all, is_exact }
    }

    /// What must hold for the value to be false; nothing where that cannot be said.
    pub(super) fn negated(&self) -> Self {
        let mut all = self.all.iter();
        match (self.is_exact, all.next(), all.next()) {
            (true, Some(one), None) => Self {
                all: BTreeSet::from([Condition {
                    keys: one.keys.clone(),
                    holds: !one.holds,
                }]),
                is_exact: true,
            },
            _ => Self::default(),
        }
    }

    /// The keys, where it is one being true.
    fn keys(&self) -> Option<&BTreeSet<PathId>> {
        let mut all = self.all.iter();
        match (all.next(), all.next()) {
            (Some(one), None) if one.holds && self.is_exact => Some(&one.keys),
            _ => None,
        }
    }
}

impl Walker<'_> {
    /// What must hold for a pipeline's value to be true.
    pub(super) fn truth(&mut self, pipeline: &Pipeline, scope: &Scope) -> Truth {
        let mut before: Option<Truth> = None;
        for command in &pipeline.commands {
            before = Some(self.command_truth(command, before, scope));
        }
        before.unwrap_or_default()
    }

    fn command_truth(&mut self, command: &Command, piped: Option<Truth>, scope: &Scope) -> Truth {
        let name = command.function.as_ref().map(Key::as_str);
        if !matches!(
            name,
            None | Some("and" | "or" | "not" | "default" | "coalesce")
        ) {
            return Truth::default();
        }
        let mut of_each: Vec<Truth> = command
            .operands
            .iter()
            // `default false …` says what is so anyway.
            .filter(|operand| name.is_none() || !matches!(operand, Operand::Bool(false)))
            .map(|operand| self.operand_truth(operand, scope))
            .collect();
        of_each.extend(piped);
        match name {
            Some("and") => Truth {
                is_exact: of_each.iter().all(|one| one.is_exact),
                all: of_each.into_iter().flat_map(|one| one.all).collect(),
            },
            Some("not") => of_each.first().map(Truth::negated).unwrap_or_default(),
            Some(_) => {
                let keys: Option<Vec<_>> = of_each.iter().map(Truth::keys).collect();
                let Some(keys) = keys else {
                    return Truth::default();
                };
                Truth {
                    is_exact: true,
                    ..Truth::some_of(keys.into_iter().flatten().copied().collect())
                }
            }
            None if of_each.len() == 1 => of_each.pop().unwrap_or_default(),
            None => Truth::default(),
        }
    }

    fn operand_truth(&mut self, operand: &Operand, scope: &Scope) -> Truth {
        match operand {
            Operand::Nested(inner, below) if below.is_empty() => self.truth(inner, scope),
            Operand::Field(_) | Operand::Variable(..) => {
                let value = self.operand(operand, &mut scope.clone());
                if value.is_context || !value.members.is_empty() || !value.texts.is_empty() {
                    return Truth::default();
                }
                Truth::some_of(value.paths)
            }
            _ => Truth::default(),
        }
    }
}
