//! What a cluster's coming or going means for what runs on it.

use super::super::change::{Action, Change};
use super::super::words::{list, plural};
use super::Known;

/// What ran on it, and what it holds.
pub(super) fn cluster(change: &mut Change, side: Known<'_>) {
    let name = change
        .object
        .strip_prefix("clusters.")
        .unwrap_or(&change.object)
        .to_owned();
    let Some(fleet) = side.fleet else { return };
    let on: Vec<String> = fleet
        .resolved()
        .environments_on(&name)
        .map(|(at, _)| at.to_string())
        .collect();
    if change.action == Action::Removed && !on.is_empty() {
        change.consequences.push(format!(
            "{} ran on it: {}",
            plural(on.len(), "environment"),
            list(&on)
        ));
    }
    if let Some(contract) = fleet.contracts().clusters.get(name.as_str()) {
        let databases: Vec<&str> = contract
            .databases
            .iter()
            .map(|database| database.identifier.as_str())
            .collect();
        if !databases.is_empty() {
            change.consequences.push(format!(
                "{} of it: {}",
                plural(databases.len(), "database cluster"),
                list(&databases)
            ));
        }
        let search: Vec<&str> = contract
            .search
            .iter()
            .map(|search| search.domain.as_str())
            .collect();
        if !search.is_empty() {
            change.consequences.push(format!(
                "{} of it: {}",
                plural(search.len(), "search domain"),
                list(&search)
            ));
        }
    }
}

/// Environments that use a database or search domain of a cluster.
pub(super) fn users_of(change: &mut Change, old: Known<'_>) {
    let Some(cluster) = change.object.strip_prefix("clusters.") else {
        return;
    };
    let Some(fleet) = old.fleet else { return };
    let on: Vec<String> = fleet
        .contracts()
        .environments_on(cluster)
        .map(|contract| contract.at.to_string())
        .collect();
    if !on.is_empty() {
        change.consequences.push(format!("used by {}", list(&on)));
    }
}
