//! Who we are in each account of a fleet, to plan and to apply, and what fails.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::stack::Stacks;
use crate::terraform::Interrupt;
use crate::workshop::WhoError;

/// Who somebody is, as the cloud knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Here {
    /// The account, twelve digits.
    pub account: String,
    /// The user or the assumed role.
    pub arn: String,
}

/// Who we are in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountRoles {
    /// Its name in the fleet, where it has one.
    pub account: String,
    /// Its number.
    pub number: String,
    /// As whom stacks are planned there, or why nobody can.
    pub plans_as: Result<String, String>,
    /// As whom they are applied.
    pub applies_as: Result<String, String>,
}

/// Who we are, here and in each account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accounts {
    /// Whoever the surroundings say.
    pub here: Here,
    /// A row for each account that was asked to the end, by its number.
    pub rows: Vec<AccountRoles>,
}

impl AccountRoles {
    /// Why roles cannot be taken.
    pub fn errors(&self) -> Vec<&str> {
        let both = [&self.plans_as, &self.applies_as].into_iter();
        both.filter_map(|who| who.as_ref().err().map(String::as_str))
            .collect()
    }
}

impl Accounts {
    /// Whether all roles can be taken.
    pub fn is_whole(&self) -> bool {
        self.rows.iter().all(|row| row.errors().is_empty())
    }
}

/// The accounts that stacks are in, by their numbers: each with its name and a region that tells its partition.
fn known(stacks: &Stacks) -> BTreeMap<&str, (&str, Option<&str>)> {
    let mut accounts: BTreeMap<&str, (&str, Option<&str>)> = BTreeMap::new();
    for stack in stacks {
        let name = stack.account_name().unwrap_or_default();
        let (_, region) = accounts.entry(&stack.account).or_insert((name, None));
        *region = region.or(stack.region.as_deref());
    }
    accounts
}

/// Takes the roles of each account that stacks are in, and says who we are then; nothing is done with them.
///
/// What was not asked to its end, since `interrupt` asked to stop, says nothing of an account, and is left out.
///
/// # Errors
///
/// The surroundings say nobody whom the cloud knows, or this csoc takes no roles.
#[cfg(feature = "aws")]
pub fn accounts(stacks: &Stacks, run: &str, interrupt: &Interrupt) -> Result<Accounts, WhoError> {
    use crate::run::Purpose;

    let roles = crate::workshop::assumed(run, interrupt)?;
    let here = Here {
        account: roles.identity().account.clone(),
        arn: roles.identity().arn.clone(),
    };
    let asked: Vec<_> = known(stacks).into_iter().collect();
    let rows = side_by_side(&asked, |&(number, (name, region))| {
        let [plans_as, applies_as] = [Purpose::Plan, Purpose::Apply].map(|purpose| {
            let taken = roles.assume(number, region, purpose);
            taken.map(|identity| identity.arn).map_err(|error| {
                let help = error.help().map(|help| format!("; {help}"));
                format!("{error}{}", help.unwrap_or_default())
            })
        });
        (!interrupt.is_stopped()).then(|| AccountRoles {
            account: name.to_owned(),
            number: number.to_owned(),
            plans_as,
            applies_as,
        })
    });
    let rows = rows.into_iter().flatten().collect();
    Ok(Accounts { here, rows })
}

/// How many accounts are asked at once: AWS takes many more, and each waits for an answer most of the time.
#[cfg(feature = "aws")]
const TOGETHER: usize = 8;

/// What is asked of each, several at once; answers in the order of what was asked.
#[cfg(feature = "aws")]
fn side_by_side<'q, Q: Sync, A: Send>(all: &'q [Q], ask: impl Fn(&'q Q) -> A + Sync) -> Vec<A> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, PoisonError};

    let (next, answers) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..all.len().min(TOGETHER) {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(one) = all.get(at)
                {
                    let answer = ask(one);
                    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                    answers.push((at, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// Roles are not taken by this csoc.
///
/// # Errors
///
/// Always this.
#[cfg(not(feature = "aws"))]
pub fn accounts(stacks: &Stacks, _run: &str, _interrupt: &Interrupt) -> Result<Accounts, WhoError> {
    let _ = known(stacks);
    Err(WhoError::without_roles())
}
