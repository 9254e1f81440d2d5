//! The report `bootstrap`: from nothing to a running operations center, and from there to a first commons.

use std::collections::BTreeSet;

use super::facts::{StackFacts, closure, stacks};
use super::people::records;
use super::step::{
    BootstrapReport, ReportFact, ReportScript, ReportStep, ReportTrack, ScriptKind, StepKind,
};
use super::words::step;
use crate::context::{Context, Stopped};
use crate::fleet::Fleet;
use crate::inventory::Secret;
use crate::model::environment::SyncMode;
use crate::model::name::ObjectName;
use crate::model::stack::StackKind;
use crate::render::CompileOptions;
use crate::resolve::EnvironmentRef;
use crate::tree::BackendName;
use crate::value::suggestion::closest;

/// The commands that look at the whole.
const COMPLETE: &str = include_str!("scripts/complete.sh");
/// What can be done with a fleet without a cloud.
const FLEET: &str = "\
csoc check \"$FLEET\"
csoc render \"$FLEET\" --out \"$BUILD\"
csoc network show \"$FLEET\"
csoc outputs list \"$FLEET\"
csoc secrets list \"$FLEET\"
";
/// Where the fleet and what is rendered of it are.
const PLACES: &str = "export FLEET=$PWD/fleet BUILD=$PWD/build";

/// What is wanted of the report.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BootstrapOptions {
    /// The first environment, as `COMMONS/NAME` or by its path. Default: that of the lowest tier of the first commons that has no parent.
    pub environment: Option<String>,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The fleet has no such environment.
    #[error("the fleet has no environment `{environment}`")]
    UnknownEnvironment {
        /// What was asked for.
        environment: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
}

impl Fleet {
    /// The ordered steps from nothing to a running operations center and a first commons.
    ///
    /// They come from the stacks that are rendered and from the contracts: a fleet without a hub has one track.
    pub fn bootstrap_report(
        &self,
        options: &BootstrapOptions,
        context: &Context,
    ) -> Result<BootstrapReport, ReportError> {
        let at = self.first_environment(options)?;
        let compile = CompileOptions {
            backends: [BackendName::Terraform].into(),
            ..CompileOptions::default()
        };
        let (tree, _) = self.compile(&compile, context)?;
        let writer = Writer {
            fleet: self,
            stacks: stacks(&tree),
            secrets: self.secrets(),
        };
        let mut done = BTreeSet::new();
        let mut tracks = Vec::new();
        if let Some(wanted) = writer.center() {
            tracks.push(writer.center_track(&wanted));
            done = wanted;
        }
        if let Some(at) = at {
            tracks.push(writer.commons_track(&at, &done));
        }
        Ok(BootstrapReport {
            fleet: self.resolved().spec.name.to_string(),
            tracks,
        })
    }

    fn first_environment(
        &self,
        options: &BootstrapOptions,
    ) -> Result<Option<EnvironmentRef>, ReportError> {
        let all = &self.resolved().environments;
        let Some(asked) = &options.environment else {
            // A commons whose users sign in at another one comes after that.
            let first = all
                .iter()
                .find(|(_, environment)| environment.spec.parent.is_none())
                .or_else(|| all.iter().next())
                .map(|(at, _)| &at.commons);
            let of = all.iter().filter(|(at, _)| Some(&at.commons) == first);
            let lowest = of.min_by_key(|(_, environment)| environment.spec.tier);
            return Ok(lowest.map(|(at, _)| at.clone()));
        };
        let short = |at: &EnvironmentRef| format!("{}/{}", at.commons, at.environment);
        let found = all
            .keys()
            .find(|at| short(at) == *asked || at.to_string() == *asked);
        if let Some(at) = found {
            return Ok(Some(at.clone()));
        }
        let names: Vec<String> = all.keys().map(short).collect();
        Err(ReportError::UnknownEnvironment {
            environment: asked.clone(),
            suggestion: closest(asked, names.iter().map(String::as_str)).map(str::to_owned),
        })
    }
}

/// Writes the steps of a fleet.
pub(super) struct Writer<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) stacks: Vec<StackFacts>,
    pub(super) secrets: Vec<Secret>,
}

/// Commands that a person runs.
pub(super) fn hand(text: impl Into<String>) -> ReportScript {
    ReportScript::new(ScriptKind::Hand, text)
}

/// Whether a stack is of a layer.
pub(super) fn is_kind(stack: &StackFacts, kind: StackKind) -> bool {
    stack.kind == kind.as_str()
}

impl Writer<'_> {
    /// The stacks of the operations center, where the fleet has a hub.
    fn center(&self) -> Option<BTreeSet<String>> {
        let hub = self.fleet.resolved().spec.hub.as_ref()?;
        let account = self.fleet.contracts().accounts.get(&hub.account)?;
        let cluster = hub
            .cluster
            .as_ref()
            .map(|cluster| format!("cluster/{cluster}"));
        let own = format!("account/{}", account.spec.id);
        Some(closure(&self.stacks, |stack| {
            let is_ours = stack.account == account.spec.id.as_str();
            let is_of = stack.scope == "account"
                || stack.scope == own
                || Some(&stack.scope) == cluster.as_ref();
            is_ours && is_of
        }))
    }

    fn center_track(&self, wanted: &BTreeSet<String>) -> ReportTrack {
        let hub = self.fleet.resolved().spec.hub.as_ref();
        let cluster = hub.and_then(|hub| hub.cluster.as_ref());
        let mut steps = vec![begin()];
        let chosen = self.chosen(|stack| wanted.contains(&stack.id));
        steps.extend(self.roles(&chosen));
        let objects = cluster.map(|cluster| format!("clusters.{cluster}"));
        let objects: Vec<String> = objects.into_iter().chain(["hub".to_owned()]).collect();
        let before = self.before_delivery(&objects, cluster.map(ObjectName::as_str));
        self.apply(&chosen, before, &mut steps);
        steps.extend(self.services());
        finish("From nothing to a running operations center", steps)
    }

    fn commons_track(&self, at: &EnvironmentRef, done: &BTreeSet<String>) -> ReportTrack {
        let contracts = self.fleet.contracts();
        let contract = contracts.environments.get(at);
        let scope = format!("environment/{}/{}", at.commons, at.environment);
        let cluster = contract.map(|contract| format!("cluster/{}", contract.cluster));
        let account = contract.map(|contract| contract.account_id.as_str());
        let attached = account.map(|account| format!("account/{account}"));
        let wanted = closure(&self.stacks, |stack| {
            let is_ours = Some(stack.account.as_str()) == account;
            stack.scope == scope
                || is_ours && (stack.scope == "account" || Some(&stack.scope) == cluster.as_ref())
                || Some(&stack.scope) == attached.as_ref()
        });
        let chosen = self.chosen(|stack| wanted.contains(&stack.id) && !done.contains(&stack.id));
        let mut steps = Vec::new();
        if done.is_empty() {
            steps.push(begin());
        }
        steps.extend(self.roles(&chosen));
        let mut objects = vec![at.to_string()];
        let has_delivery = chosen.iter().any(|it| is_kind(it, StackKind::Delivery));
        let name = contract.map(|contract| contract.cluster.as_str());
        objects.extend(
            name.filter(|_| has_delivery)
                .map(|name| format!("clusters.{name}")),
        );
        let before = self.before_delivery(&objects, name.filter(|_| has_delivery));
        self.apply(&chosen, before, &mut steps);
        if let Some(contract) = contract {
            if contract.spec.sync.mode == SyncMode::Manual {
                let application = contract.application.name.as_str();
                let cluster = contract.cluster.as_str();
                let fill = [("application", application), ("cluster", cluster)];
                let mut sync = step("sync", StepKind::Hand, &fill);
                sync.scripts
                    .push(hand(format!("argocd app sync {application}")));
                steps.push(sync);
            }
            steps.push(records(
                contract.endpoint.group.as_str(),
                vec![contract.endpoint.hostname.to_string()],
            ));
            let host = contract.endpoint.hostname.as_str();
            let mut open = step("open", StepKind::Hand, &[("hostname", host)]);
            let administrators = contract.spec.users.administrators.iter();
            open.facts = administrators
                .map(|address| ReportFact::new("administrator", address.as_str()))
                .collect();
            steps.push(open);
        }
        let is_all = done.len().saturating_add(chosen.len()) == self.stacks.len();
        steps.push(complete(is_all));
        let from = if done.is_empty() {
            "nothing"
        } else {
            "a running operations center"
        };
        finish(
            &format!(
                "From {from} to a first commons: {}, its environment {}",
                at.commons, at.environment
            ),
            steps,
        )
    }

    fn chosen(&self, wanted: impl Fn(&StackFacts) -> bool) -> Vec<&StackFacts> {
        self.stacks.iter().filter(|stack| wanted(stack)).collect()
    }
}

/// What can be done without a cloud.
fn begin() -> ReportStep {
    let mut begin = step("fleet", StepKind::Command, &[]);
    begin.scripts = vec![hand(PLACES), ReportScript::new(ScriptKind::Csoc, FLEET)];
    begin
}

fn complete(is_all: bool) -> ReportStep {
    let mut complete = step("complete", StepKind::Command, &[]);
    let text = if is_all {
        COMPLETE
    } else {
        // Other environments are still to come.
        "What is listed as pending belongs to environments that are still to come."
            .clone_into(&mut complete.text);
        "csoc outputs list \"$FLEET\"\n"
    };
    complete.scripts = vec![ReportScript::new(ScriptKind::Csoc, text)];
    complete
}

fn finish(title: &str, mut steps: Vec<ReportStep>) -> ReportTrack {
    for (at, step) in steps.iter_mut().enumerate() {
        step.number = at.saturating_add(1);
    }
    ReportTrack {
        title: title.to_owned(),
        steps,
    }
}
