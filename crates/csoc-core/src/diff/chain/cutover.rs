//! What follows where requests of one host name go to another environment: who takes what, and what does not come along.

use super::super::change::Change;
use super::Known;
use crate::contract::{CutoverContract, EnvironmentContract};

/// Who takes what afterwards, whose sessions go on, and where the steps are written.
pub(super) fn cutover(change: &mut Change, old: Known<'_>, new: Known<'_>) {
    if change.subject == "preview" {
        return;
    }
    let Some(contract) = new.contract(&change.object) else {
        return;
    };
    let host = &contract.endpoint.hostname;
    let more = &mut change.consequences;
    let share = |side: Known<'_>| side.contract(&change.object).map(shares);
    let now = shares(contract);
    match share(old).filter(|before| *before != now) {
        Some(before) if now > before => more.push(format!(
            "it takes {now} of 100 requests of `{host}`, and took {before}: what other environments were told before is not in it"
        )),
        Some(before) => more.push(format!(
            "it takes {now} of 100 requests of `{host}`, and took {before}: what users wrote to it stays in it"
        )),
        None => {}
    }
    let Some(cutover) = &contract.cutover else {
        more.push(format!("it has `{host}` alone"));
        return;
    };
    if cutover.is_one_record {
        more.push("no record changes: one load balancer leads to all of them, and each Application must be synced".to_owned());
    } else {
        more.push(
            "records: their weights change with the ingress, or once the stack `dns` is applied"
                .to_owned(),
        );
    }
    let keys = |contract: &EnvironmentContract| {
        let secret = contract.secret("fence-jwt");
        secret.map(|secret| secret.name.clone())
    };
    for other in &cutover.others {
        let other_keys = new.contract(&other.to_string()).and_then(keys);
        if let (Some(own), Some(other_keys)) = (keys(contract), other_keys)
            && own != other_keys
        {
            more.push(format!(
                "sign-ins: everybody signs in again, unless `{own}` and `{other_keys}` hold the same keys"
            ));
        }
    }
    more.push(format!(
        "the steps are in `gitops/{}/{}/CUTOVER.md`",
        contract.cluster, contract.application.directory
    ));
}

/// The hundredths of its host's requests that an environment takes.
fn shares(contract: &EnvironmentContract) -> u8 {
    contract
        .cutover
        .as_ref()
        .map_or(100, CutoverContract::share)
}
