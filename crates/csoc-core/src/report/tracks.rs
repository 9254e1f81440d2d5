//! The tracks of the report `bootstrap`: an operations center, a commons, and what is left where a fleet has neither.

use super::bootstrap::{Done, Writer, hand, short};
use super::facts::{StackFacts, closure};
use super::step::{ReportFact, ReportScript, ReportStep, ReportTrack, ScriptKind, StepKind};
use super::words::step;
use crate::contract::EnvironmentContract;
use crate::model::environment::SyncMode;
use crate::resolve::EnvironmentRef;

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
/// Where the fleet is, what is rendered of it, and a clone of what Argo CD reads.
const PLACES: &str = "export FLEET=$PWD/fleet BUILD=$PWD/build GITOPS=$PWD/gitops";

impl Writer<'_> {
    /// What makes an operations center, where the fleet has a hub.
    pub(super) fn center(&self) -> Option<Done> {
        let hub = self.fleet.resolved().spec.hub.as_ref()?;
        let account = self.fleet.contracts().accounts.get(&hub.account)?;
        let cluster = hub.cluster.as_ref();
        let scope = cluster.map(|cluster| format!("cluster/{cluster}"));
        let own = format!("account/{}", account.spec.id);
        let stacks = closure(&self.stacks, |stack| {
            let is_ours = stack.account == account.spec.id.as_str();
            let is_of_account = stack.scope == "account" || stack.scope == own;
            // The hub's cluster may be another account's.
            (is_ours && is_of_account) || Some(&stack.scope) == scope.as_ref()
        });
        let cluster = cluster.map(|cluster| format!("clusters.{cluster}"));
        let objects = cluster.into_iter().chain(["hub".to_owned()]).collect();
        Some(Done { stacks, objects })
    }

    pub(super) fn center_track(&self, center: &Done) -> ReportTrack {
        let mut steps = vec![begin()];
        let chosen = self.chosen(|stack| center.stacks.contains(&stack.id));
        steps.extend(self.roles(&chosen));
        let before = self.before_delivery(&center.objects);
        self.apply(&chosen, before, &mut steps);
        steps.extend(self.services(&center.objects));
        finish("From nothing to a running operations center", steps)
    }

    pub(super) fn commons_track(&self, at: &EnvironmentRef, done: &Done) -> ReportTrack {
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
        let chosen =
            self.chosen(|stack| wanted.contains(&stack.id) && !done.stacks.contains(&stack.id));
        let mut steps = Vec::new();
        if done.stacks.is_empty() {
            steps.push(begin());
        }
        steps.extend(contract.and_then(parent));
        steps.extend(self.roles(&chosen));
        let own = contract.map(|contract| format!("clusters.{}", contract.cluster));
        let mut objects = vec![at.to_string()];
        objects.extend(own.filter(|cluster| !done.objects.contains(cluster)));
        let before = self.before_delivery(&objects);
        self.apply(&chosen, before, &mut steps);
        if let Some(contract) = contract {
            steps.extend(sync(contract));
        }
        steps.extend(self.records(&objects));
        if let Some(contract) = contract {
            let host = contract.endpoint.hostname.as_str();
            let mut open = step("open", StepKind::Hand, &[("hostname", host)]);
            let administrators = contract.spec.users.administrators.iter();
            open.facts = administrators
                .map(|address| ReportFact::new("administrator", address.as_str()))
                .collect();
            steps.push(open);
        }
        steps.push(self.complete(done, &chosen));
        let (commons, environment) = (&at.commons, &at.environment);
        finish(
            &format!(
                "From {} to a first commons: {commons}, its environment {environment}",
                from(done)
            ),
            steps,
        )
    }

    /// What there is besides the operations center in a fleet without a commons; none where nothing is left.
    pub(super) fn rest_track(&self, done: &Done) -> Option<ReportTrack> {
        let chosen = self.chosen(|stack| !done.stacks.contains(&stack.id));
        if chosen.is_empty() {
            return None;
        }
        let mut steps = Vec::new();
        if done.stacks.is_empty() {
            steps.push(begin());
        }
        steps.extend(self.roles(&chosen));
        let clusters = self.fleet.contracts().clusters.keys();
        let objects = clusters.map(|cluster| format!("clusters.{cluster}"));
        let objects: Vec<String> = objects.filter(|it| !done.objects.contains(it)).collect();
        let before = self.before_delivery(&objects);
        self.apply(&chosen, before, &mut steps);
        steps.extend(self.records(&objects));
        steps.push(self.complete(done, &chosen));
        let title = format!(
            "From {} to accounts and clusters without a commons",
            from(done)
        );
        Some(finish(&title, steps))
    }

    fn complete(&self, done: &Done, chosen: &[&StackFacts]) -> ReportStep {
        let is_all = done.stacks.len().saturating_add(chosen.len()) == self.stacks.len();
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

/// What must run before, where users of an environment sign in at another one.
fn parent(contract: &EnvironmentContract) -> Option<ReportStep> {
    let parent = contract.parent.as_ref()?;
    let (own, other) = (short(&contract.at), short(&parent.at));
    let fill = [
        ("environment", own.as_str()),
        ("parent", other.as_str()),
        ("hostname", parent.hostname.as_str()),
    ];
    Some(step("parent", StepKind::Hand, &fill))
}

/// The first sync, where a person starts it.
fn sync(contract: &EnvironmentContract) -> Option<ReportStep> {
    if contract.spec.sync.mode != SyncMode::Manual {
        return None;
    }
    let application = contract.application.name.as_str();
    let cluster = contract.cluster.as_str();
    let fill = [("application", application), ("cluster", cluster)];
    let mut sync = step("sync", StepKind::Hand, &fill);
    sync.scripts
        .push(hand(format!("argocd app sync {application}")));
    Some(sync)
}

fn from(done: &Done) -> &'static str {
    if done.stacks.is_empty() {
        "nothing"
    } else {
        "a running operations center"
    }
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
