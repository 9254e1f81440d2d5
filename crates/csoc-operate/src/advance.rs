//! From nothing to all that runs, wave by wave: plan, approve, apply, ask for outputs, render, until nothing is left to do.
//!
//! The order, what is in a wave and what waits is decided here; who is asked, what is shown and where outputs are recorded
//! says whoever goes: the command, and Python.

use std::collections::BTreeSet;
use std::ops::Deref;

use crate::bundle::Bundle;
use crate::journal::{Approval, JournalError};
use crate::page::{PlanPage, Row};
use crate::plan::Action;
use crate::run::{Choice, Ending, Endings, Operator, Planned};
use crate::stack::{InputState, Stack, StackId};
use crate::workshop::Workshop;

/// What needs nobody's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unasked {
    /// Plans that make something, or take it over, and do nothing else.
    Creates,
    /// Plans by which nothing goes away.
    Changes,
}

/// Stacks that are planned and applied together: all that they need is as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wave<'s> {
    /// Its number; the first is 1.
    pub number: usize,
    /// Its stacks, in order.
    pub stacks: Vec<&'s Stack>,
    /// How many stacks are to be brought there in all.
    pub of: usize,
}

/// A stack that is not as it should be, and is in no wave.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting<'s> {
    /// The stack.
    pub stack: &'s Stack,
    /// Outputs that it needs and nobody recorded; none where it needs a stack that waits itself.
    pub missing: Vec<&'s str>,
}

/// What a way through a fleet comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advanced {
    /// How many stacks were to be brought there.
    pub of: usize,
    /// How many of them are not.
    pub left: usize,
}

/// What each wave needs from whoever goes through a fleet. Whatever cannot be done, or is not to be, ends it.
pub trait Advance {
    /// Everything that a wave needs.
    type Shop: Deref<Target = Workshop>;
    /// How it ends before all is done.
    type Halt: From<JournalError>;

    /// Everything that the next wave needs: outputs of the one before may have made other roots, and unblocked stacks.
    fn open(&mut self) -> Result<Self::Shop, Self::Halt>;

    /// The stacks that are to be brought there, in order.
    fn select<'s>(&mut self, shop: &'s Self::Shop) -> Result<Vec<&'s Stack>, Self::Halt>;

    /// A wave begins.
    fn begun(&mut self, wave: &Wave<'_>);

    /// Plans its stacks and shows that; ends it where they cannot all be planned.
    fn plan<'o>(
        &mut self,
        shop: &'o Self::Shop,
        operator: &Operator<'o>,
        stacks: &[&'o Stack],
    ) -> Result<(PlanPage, Endings<'o, Planned>), Self::Halt>;

    /// Has somebody say yes to the plans of a page, of which there is at least one.
    fn approve(&mut self, page: &PlanPage) -> Result<Approval, Self::Halt>;

    /// Applies what was approved; ends it where that is not done as a whole.
    fn apply(
        &mut self,
        shop: &Self::Shop,
        operator: &Operator<'_>,
        choice: &Choice,
    ) -> Result<(), Self::Halt>;

    /// Asks its stacks for outputs and records them; ends it where not all of that can be done.
    fn pull<'o>(
        &mut self,
        shop: &'o Self::Shop,
        operator: &Operator<'o>,
        stacks: &[&'o Stack],
    ) -> Result<(), Self::Halt>;

    /// Nothing is left that could be done; these wait.
    fn ended(&mut self, advanced: &Advanced, left: &[Waiting<'_>]);
}

impl Unasked {
    /// Whether all that the plans of a page would do needs nobody's yes.
    pub fn covers(self, page: &PlanPage) -> bool {
        let free: &[Action] = match self {
            Self::Creates => &[Action::Import, Action::Create],
            Self::Changes => &[Action::Import, Action::Create, Action::Update],
        };
        let mut all = page.rows.iter().flat_map(Row::changes);
        all.all(|change| free.contains(&change.action))
    }

    /// What the journal says of plans that needed nobody's yes.
    pub const fn approval(self) -> Approval {
        match self {
            Self::Creates => Approval::Creates,
            Self::Changes => Approval::Changes,
        }
    }
}

/// The plans of stacks that would change.
pub fn bundles(endings: Endings<'_, Planned>) -> Vec<Bundle> {
    let bundle = |(_, ending): (_, Ending<Planned, _>)| match ending {
        Ending::Done(Planned::Changes(bundle)) => Some(*bundle),
        _ => None,
    };
    endings.into_iter().filter_map(bundle).collect()
}

/// Goes through a fleet wave by wave, until nothing is left that could be done.
///
/// # Errors
///
/// Whatever ended it before.
pub fn advance<A: Advance>(who: &mut A) -> Result<Advanced, A::Halt> {
    // Stacks that are as they should be, by what was planned or applied since it began.
    let mut settled: BTreeSet<StackId> = BTreeSet::new();
    let mut number = 0;
    loop {
        let shop = who.open()?;
        let chosen = who.select(&shop)?;
        let needs = shop.stacks.needs(&chosen);
        let is_next = |stack: &&Stack| {
            let mut needs = needs.get(&stack.id).into_iter().flatten();
            !settled.contains(&stack.id)
                && missing(stack).next().is_none()
                && needs.all(|id| settled.contains(*id))
        };
        let stacks: Vec<&Stack> = chosen.iter().copied().filter(is_next).collect();
        if stacks.is_empty() {
            return Ok(end(who, &chosen, &settled));
        }
        number += 1;
        who.begun(&Wave {
            number,
            stacks: stacks.clone(),
            of: chosen.len(),
        });
        let operator = shop.operator()?;
        let (page, endings) = who.plan(&shop, &operator, &stacks)?;
        let bundles = bundles(endings);
        if !bundles.is_empty() {
            let approval = who.approve(&page)?;
            who.apply(&shop, &operator, &Choice::new(bundles, approval))?;
        }
        who.pull(&shop, &operator, &stacks)?;
        settled.extend(stacks.iter().map(|stack| stack.id.clone()));
    }
}

fn end<A: Advance>(who: &mut A, chosen: &[&Stack], settled: &BTreeSet<StackId>) -> Advanced {
    let left = chosen.iter().filter(|stack| !settled.contains(&stack.id));
    let left: Vec<Waiting<'_>> = left
        .map(|stack| Waiting {
            stack,
            missing: missing(stack).collect(),
        })
        .collect();
    let advanced = Advanced {
        of: chosen.len(),
        left: left.len(),
    };
    who.ended(&advanced, &left);
    advanced
}

/// What a stack needs and nobody recorded.
fn missing(stack: &Stack) -> impl Iterator<Item = &str> {
    let inputs = stack.inputs.iter();
    inputs
        .filter(|input| input.state == InputState::Missing)
        .map(|input| input.from.as_deref().unwrap_or(&input.name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Unasked;
    use crate::digest::Digest;
    use crate::page::{PlanPage, Row, RowState};
    use crate::plan::PlanSummary;

    /// A page of plans, of which each would do one thing to a resource.
    fn page(all: &[&[&str]]) -> PlanPage {
        let mut page = PlanPage::new("20261126-1", &Vec::new());
        for actions in all {
            let plan = json!({
                "format_version": "1.2", "terraform_version": "1.11.4",
                "resource_changes": [{ "address": "terraform_data.a", "mode": "managed", "type": "terraform_data",
                    "change": { "actions": actions } }],
            });
            let summary = PlanSummary::read(plan.to_string().as_bytes()).expect("it is a plan");
            page.rows.push(Row {
                stack: "v1/111122223333/us-east-1/waf/cluster/main"
                    .parse()
                    .expect("it is one"),
                object: "clusters.main".to_owned(),
                layer: "waf".to_owned(),
                tier: None,
                state: RowState::Changes {
                    bundle: Digest::of(b"a"),
                    changes: summary.changes,
                    outputs: summary.outputs,
                    drift: summary.drift,
                },
            });
        }
        page
    }

    #[test]
    fn what_needs_nobodys_yes_is_all_that_a_page_would_do() {
        let (create, update, delete): (&[&str], &[&str], &[&str]) =
            (&["create"], &["update"], &["delete"]);
        for (all, creates, changes) in [
            (vec![create], true, true),
            (vec![create, update], false, true),
            (vec![update], false, true),
            (vec![create, delete], false, false),
            (vec![&["delete", "create"]], false, false),
            (vec![&["forget"]], false, false),
        ] {
            let page = page(&all);
            assert_eq!(Unasked::Creates.covers(&page), creates, "{all:?}");
            assert_eq!(Unasked::Changes.covers(&page), changes, "{all:?}");
        }
    }
}
