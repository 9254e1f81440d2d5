//! What a person does to finish a move: secrets by name, and a checklist in order.

use crate::contract::EnvironmentContract;
use crate::import::compiled::Compiled;
use crate::import::ledger::{LedgerUnit, NeededSecret};
use crate::resolve::EnvironmentRef;

/// Adds the secrets that the environment needs and the steps that every move has.
pub(super) fn finish(unit: &mut LedgerUnit, at: &EnvironmentRef, compiled: &Compiled) {
    let Some(contract) = compiled.fleet.contracts().environments.get(at) else {
        return;
    };
    unit.secrets = contract
        .secrets
        .iter()
        .map(|secret| NeededSecret {
            name: secret.name.clone(),
            shape: secret.shape.as_str().to_owned(),
            seeder: secret.seeder.as_str().to_owned(),
        })
        .collect();
    unit.secrets.sort();
    let own = std::mem::take(&mut unit.steps);
    unit.steps = before(contract);
    unit.steps.extend(own);
    unit.steps.extend(after(contract));
}

fn before(contract: &EnvironmentContract) -> Vec<String> {
    let spec = &contract.spec;
    let mut steps = vec![
        format!(
            "say who runs the cluster `{}` and which account it is in; the account's number was read from ARNs",
            contract.cluster
        ),
        "put the secrets below into the secret manager, each under its new name; the old ones are in the Gen3Secrets directory of the admin machine".to_owned(),
        "copy the databases, or name the secrets of the old ones, while nobody writes".to_owned(),
    ];
    if contract.runs("aws-sigv4-proxy") {
        steps.push(
            "record the search domain's endpoint: `search.main.endpoint` of the cluster".to_owned(),
        );
    }
    if contract.endpoint.web_acl.is_some() {
        steps.push(
            "record the web ACL's ARN: the output `web_acl_arns` of the cluster's stack `waf`"
                .to_owned(),
        );
    }
    if contract.runs("guppy") {
        steps.push(
            "keep the names of the search indices, or run the ETL before the cut-over".to_owned(),
        );
    }
    if spec.users.user_yaml.is_some() {
        steps.push("let the role of usersync read the user.yaml".to_owned());
    }
    steps
}

fn after(contract: &EnvironmentContract) -> Vec<String> {
    let host = &contract.spec.hostname;
    vec![
        "render, compare with what runs, and sync once beside the old deployment, in a namespace of its own".to_owned(),
        "switch the old deployment's jobs off: usersync, ETL, aggregate metadata".to_owned(),
        format!("point `{host}` to the new load balancer, with a short time to live before"),
        "sign in, run a query, download a file, start a workspace".to_owned(),
        "keep the old deployment until the first backup of the new databases".to_owned(),
    ]
}
