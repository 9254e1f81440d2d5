//! Steps that a stack is: as whom, from where, what it takes and gives, and what somebody must do elsewhere then.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::bootstrap::{Writer, hand, is_kind};
use super::facts::StackFacts;
use super::step::{ReportFact, ReportScript, ReportStep, ScriptKind, StepKind};
use super::words::{step, words};
use crate::contract::{ACCESS_ROLES, AccountContract, CONTROLLER_ROLE};
use crate::model::stack::StackKind;

/// The commands that apply the root of all state, plan and apply any other, and record what it gave.
const BOOTSTRAP: &str = include_str!("scripts/bootstrap.sh");
const PLAN: &str = include_str!("scripts/plan.sh");
const APPLY: &str = include_str!("scripts/apply.sh");
const RECORD: &str = include_str!("scripts/record.sh");

impl Writer<'_> {
    /// Whom to become for these stacks, and the external id that other accounts ask for.
    pub(super) fn roles(&self, stacks: &[&StackFacts]) -> Vec<ReportStep> {
        let mut roles = step("roles", StepKind::Hand, &[]);
        let mut external = step("external-id", StepKind::Hand, &[]);
        let ids: BTreeSet<&str> = stacks.iter().map(|stack| stack.account.as_str()).collect();
        for account in self.fleet.contracts().accounts.values() {
            if !ids.contains(account.spec.id.as_str()) {
                continue;
            }
            let name = account.name.as_str();
            roles.facts.push(ReportFact::new(
                format!("bootstrap role of {name}"),
                bootstrap_role(account),
            ));
            roles.facts.push(ReportFact::new(
                format!("csoc-deploy of {name}"),
                format!(
                    "`{}`, from `{CONTROLLER_ROLE}`, who is `{}`",
                    deploy_role(account),
                    account.operator()
                ),
            ));
            let access = stacks.iter().find(|stack| {
                is_kind(stack, StackKind::Access) && stack.account == account.spec.id.as_str()
            });
            let reference = access.and_then(|stack| {
                let inputs = stack.inputs.iter();
                inputs
                    .filter(|(_, from)| !from.starts_with("v1/"))
                    .map(|(_, from)| from.as_str())
                    .next()
            });
            if let Some(reference) = reference {
                external.facts.push(ReportFact::new(
                    format!("external id of {name}"),
                    format!("`{reference}`"),
                ));
            }
        }
        let mut steps = Vec::new();
        if !roles.facts.is_empty() {
            steps.push(roles);
        }
        if !external.facts.is_empty() {
            external.scripts.push(hand(
                "# a long random text, kept where the table says\nexport TF_VAR_external_id",
            ));
            steps.push(external);
        }
        steps
    }

    /// A step a stack; what must be there before Argo CD comes stands before it, or last.
    ///
    /// Argo CD, and what needs it, comes behind all other stacks: some of those make what secrets are filled into.
    pub(super) fn apply(
        &self,
        stacks: &[&StackFacts],
        before: Vec<ReportStep>,
        steps: &mut Vec<ReportStep>,
    ) {
        let mut late: BTreeSet<&str> = BTreeSet::new();
        for stack in stacks {
            let needs_late = stack.depends_on.iter().any(|id| late.contains(&**id));
            if is_kind(stack, StackKind::Delivery) || needs_late {
                late.insert(&stack.id);
            }
        }
        let (late, early): (Vec<&StackFacts>, Vec<&StackFacts>) =
            stacks.iter().partition(|stack| late.contains(&*stack.id));
        steps.extend(early.into_iter().map(|stack| self.stack(stack)));
        steps.extend(before);
        steps.extend(late.into_iter().map(|stack| self.stack(stack)));
    }

    fn stack(&self, stack: &StackFacts) -> ReportStep {
        let contracts = self.fleet.contracts();
        let account = contracts
            .accounts
            .values()
            .find(|account| account.spec.id.as_str() == stack.account);
        let is_first = is_kind(stack, StackKind::Bootstrap);
        let is_peoples = is_first
            || is_kind(stack, StackKind::Access)
            || is_kind(stack, StackKind::Organization);
        let who = account.map_or_else(String::new, |account| {
            if is_peoples {
                format!("the bootstrap role of {}", account.name)
            } else {
                format!("`csoc-deploy` of {}", account.name)
            }
        });
        let mut reach = "the APIs of AWS".to_owned();
        if let Some(cluster) = stack
            .scope
            .strip_prefix("cluster/")
            .filter(|_| is_kind(stack, StackKind::Delivery))
        {
            let _ = write!(
                reach,
                ", the API of the cluster {cluster}, and where Argo CD's charts are"
            );
        }
        let path = |id: &str| {
            let known = self.stacks.iter().find(|other| other.id == id);
            known.map_or_else(|| id.to_owned(), |other| other.path.clone())
        };
        let mut made = step("", StepKind::Stack, &[]);
        made.title = format!("Apply `{}`", stack.path);
        made.who = who;
        made.reach = reach;
        let layer = words().layers.get(&stack.kind);
        made.text = layer.map_or_else(String::new, |layer| sentence(layer));
        made.needs = stack
            .inputs
            .iter()
            .map(|(name, from)| match from.split_once('#') {
                Some((id, _)) => ReportFact::new(name, format!("from `{}`", path(id))),
                None => ReportFact::new(name, format!("`TF_VAR_{name}`, kept in `{from}`")),
            })
            .collect();
        let outputs = stack.outputs.iter();
        made.gives = outputs
            .map(|(name, what)| ReportFact::new(name, what.trim_end_matches('.')))
            .collect();
        made.scripts = vec![ReportScript::new(
            ScriptKind::Terraform,
            format!(
                "cd \"$BUILD/terraform/{}\"\n{}",
                stack.path,
                if is_first { BOOTSTRAP } else { PLAN }
            ),
        )];
        if !is_first {
            made.scripts
                .push(ReportScript::new(ScriptKind::Terraform, APPLY));
        }
        if !stack.outputs.is_empty() {
            made.scripts.push(ReportScript::new(
                ScriptKind::Terraform,
                format!("export STACK={}\n{RECORD}", stack.id),
            ));
        }
        made.then = self.then(stack);
        made
    }

    /// What somebody must do elsewhere once a stack is applied.
    fn then(&self, stack: &StackFacts) -> Vec<ReportFact> {
        let mut then: Vec<ReportFact> = stack
            .confirmations
            .iter()
            .map(|address| {
                ReportFact::new(
                    address,
                    "confirm the mail of SNS; until then nobody is told of alarms",
                )
            })
            .collect();
        let spec = &self.fleet.resolved().spec;
        let state = spec.terraform.state.as_ref();
        if is_kind(stack, StackKind::Bootstrap)
            && state.is_some_and(|state| state.kms_key.is_none())
        {
            then.push(ReportFact::new(
                "terraform.state.kmsKey",
                "write the output `state_key_arn` into the fleet, and render",
            ));
        }
        let gives = |name: &str| stack.outputs.iter().any(|(output, _)| output == name);
        let hub = spec.hub.as_ref();
        let parent = hub.and_then(|hub| hub.domain.as_ref());
        let ask = "ask whoever has the domain above to delegate it: records NS with the output";
        if gives("parent_name_servers")
            && let Some(domain) = parent
        {
            then.push(ReportFact::new(
                domain.as_str(),
                format!("{ask} `parent_name_servers`"),
            ));
        }
        if gives("name_servers") {
            let accounts = self.fleet.contracts().accounts.values();
            let mut own = accounts.filter(|account| account.spec.id.as_str() == stack.account);
            let domain = own.next().and_then(|account| account.spec.domain.as_ref());
            if let Some(domain) = domain {
                let is_attached =
                    parent.is_some_and(|parent| domain != parent && domain.is_within(parent));
                let text = if is_attached {
                    "delegated by `attach` of this account".to_owned()
                } else {
                    format!("{ask} `name_servers`")
                };
                then.push(ReportFact::new(domain.as_str(), text));
            }
        }
        then
    }
}

fn bootstrap_role(account: &AccountContract) -> String {
    match &account.spec.bootstrap_role {
        Some(role) => format!("`{role}`"),
        None => "a role of the account that may do everything".to_owned(),
    }
}

fn deploy_role(account: &AccountContract) -> String {
    let [deploy, ..] = ACCESS_ROLES;
    format!(
        "arn:{}:iam::{}:role/{deploy}",
        account.partition, account.spec.id
    )
}

/// A whole sentence of a part of one.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
