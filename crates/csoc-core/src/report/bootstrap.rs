//! The report `bootstrap`: from nothing to a running operations center, and from there to a first commons.

use std::collections::BTreeSet;

use super::facts::{StackFacts, closure, stacks};
use super::step::{
    BootstrapReport, ReportFact, ReportScript, ReportStep, ReportTrack, ScriptKind, StepKind,
};
use super::words::{step, words};
use crate::context::{Context, Stopped};
use crate::contract::{
    ACCESS_ROLES, AccountContract, CONTROLLER_ROLE, CredentialContract, HubServiceKind,
};
use crate::fleet::Fleet;
use crate::inventory::Secret;
use crate::model::environment::SyncMode;
use crate::model::hub::AdminUser;
use crate::model::stack::StackKind;
use crate::render::CompileOptions;
use crate::resolve::EnvironmentRef;
use crate::tree::BackendName;
use crate::value::suggestion::closest;

/// The commands that apply the root of all state, plan and apply any other, record what it gave, and look at the whole.
const BOOTSTRAP: &str = include_str!("scripts/bootstrap.sh");
const PLAN: &str = include_str!("scripts/plan.sh");
const APPLY: &str = include_str!("scripts/apply.sh");
const RECORD: &str = include_str!("scripts/record.sh");
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
    /// The first environment, as `COMMONS/NAME` or by its path. Default: that of the lowest tier of the first commons.
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
            let first = all.keys().next().map(|at| &at.commons);
            let of = all.iter().filter(|(at, _)| Some(&at.commons) == first);
            let lowest = of.min_by_key(|(_, environment)| environment.spec.tier);
            return Ok(lowest.map(|(at, _)| at.clone()));
        };
        let short = |at: &EnvironmentRef| format!("{}/{}", at.commons, at.environment);
        let found = all
            .keys()
            .find(|at| short(at) == *asked || at.to_string() == *asked);
        match found {
            Some(at) => Ok(Some(at.clone())),
            None => {
                let names: Vec<String> = all.keys().map(short).collect();
                Err(ReportError::UnknownEnvironment {
                    environment: asked.clone(),
                    suggestion: closest(asked, names.iter().map(String::as_str)).map(str::to_owned),
                })
            }
        }
    }
}

/// Writes the steps of a fleet.
struct Writer<'a> {
    fleet: &'a Fleet,
    stacks: Vec<StackFacts>,
    secrets: Vec<Secret>,
}

fn hand(text: impl Into<String>) -> ReportScript {
    ReportScript::new(ScriptKind::Hand, text)
}

fn is_kind(stack: &StackFacts, kind: StackKind) -> bool {
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
        let mut steps = vec![self.begin()];
        let chosen = self.chosen(|stack| wanted.contains(&stack.id));
        steps.extend(self.roles(&chosen));
        let objects = cluster.map(|cluster| format!("clusters.{cluster}"));
        let objects: Vec<String> = objects.into_iter().chain(["hub".to_owned()]).collect();
        let before = self.before_delivery(&objects, cluster.map(|name| name.as_str()));
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
            steps.push(self.begin());
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
            steps.push(self.records(
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

    fn begin(&self) -> ReportStep {
        let mut begin = step("fleet", StepKind::Command, &[]);
        begin.scripts = vec![hand(PLACES), ReportScript::new(ScriptKind::Csoc, FLEET)];
        begin
    }

    /// Whom to become for these stacks, and the external id that other accounts ask for.
    fn roles(&self, stacks: &[&StackFacts]) -> Vec<ReportStep> {
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
        let mut steps = vec![roles];
        if !external.facts.is_empty() {
            external.scripts.push(hand(
                "# a long random text, kept where the table says\nexport TF_VAR_external_id",
            ));
            steps.push(external);
        }
        steps
    }

    /// A step a stack; what must be there before Argo CD comes stands before it, or last.
    fn apply(&self, stacks: &[&StackFacts], before: Vec<ReportStep>, steps: &mut Vec<ReportStep>) {
        let mut before = Some(before);
        for stack in stacks {
            if is_kind(stack, StackKind::Delivery) {
                steps.extend(before.take().into_iter().flatten());
            }
            steps.push(self.stack(stack));
        }
        steps.extend(before.into_iter().flatten());
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
            reach.push_str(&format!(
                ", the API of the cluster {cluster} and its chart repositories"
            ));
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
                format!("STACK={}\n{RECORD}", stack.id),
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

    /// What must be there when Argo CD first looks: secrets, databases, the repository, its credential.
    fn before_delivery(&self, objects: &[String], cluster: Option<&str>) -> Vec<ReportStep> {
        let mut steps = Vec::new();
        let asked: Vec<&Secret> = self
            .secrets
            .iter()
            .filter(|secret| objects.contains(&secret.object) && secret.seeder == "asked")
            .collect();
        let mut secrets = step("secrets", StepKind::Hand, &[]);
        for secret in &asked {
            let keys = self.keys(secret);
            secrets.facts.push(ReportFact::new(
                &secret.name,
                format!("for {}: {keys}", secret.service),
            ));
        }
        for (name, what) in self.references(objects) {
            secrets.facts.push(ReportFact::new(name, what));
        }
        if let Some(first) = secrets.facts.first() {
            secrets.scripts = vec![hand(format!(
                "# the value, and Ctrl-D; `create-secret --name` where no stack has made it\naws secretsmanager put-secret-value --secret-id {} --secret-string file:///dev/stdin",
                first.name
            ))];
            steps.push(secrets);
        }
        steps.extend(self.database(objects));
        if let Some(gitops) = &self.fleet.resolved().spec.gitops {
            let repository = gitops.repository.to_string();
            let revision = gitops.revision.to_string();
            let fill = [
                ("repository", repository.as_str()),
                ("revision", revision.as_str()),
            ];
            let mut push = step("repository", StepKind::Hand, &fill);
            push.scripts = vec![hand(
                "cd \"$BUILD/gitops\" && git add -A && git commit -m 'what the fleet renders' && git push",
            )];
            steps.push(push);
        }
        let credential = asked
            .iter()
            .find(|secret| secret.purpose == CredentialContract::NAME);
        if let (Some(secret), Some(cluster)) = (credential, cluster) {
            let fill = [("secret", secret.name.as_str()), ("cluster", cluster)];
            steps.push(step("credential", StepKind::Hand, &fill));
        }
        steps
    }

    /// The keys of a secret, or what it holds.
    fn keys(&self, secret: &Secret) -> String {
        let contracts = self.fleet.contracts();
        let hub = contracts.hub.as_ref();
        let own = hub.and_then(|hub| {
            let services = hub.services.as_ref()?;
            let mut all = services.secrets(&hub.spec).into_iter();
            all.find(|own| own.name() == secret.name)
        });
        if let Some(own) = own {
            return format!("JSON with `{}`", own.keys.join("`, `"));
        }
        let gitops = self.fleet.resolved().spec.gitops.as_ref();
        let credential = gitops
            .and_then(|gitops| gitops.credential)
            .filter(|_| secret.purpose == CredentialContract::NAME);
        match credential {
            Some(credential) => format!("JSON with `{}`", credential.keys().join("`, `")),
            None => secret.shape.to_owned(),
        }
    }

    /// Secrets that an environment only refers to.
    fn references(&self, objects: &[String]) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (at, environment) in &self.fleet.resolved().environments {
            if !objects.contains(&at.to_string()) {
                continue;
            }
            for (name, provider) in &environment.spec.identity_providers {
                if let Some(reference) = &provider.client_secret {
                    let text = reference.as_str();
                    let name_of = text.split_once(':').map_or(text, |(_, rest)| rest);
                    let (name_of, key) = name_of.split_once('#').unwrap_or((name_of, ""));
                    let what = format!("for the identity provider {name}: JSON with `{key}`");
                    all.push((name_of.to_owned(), what));
                }
            }
        }
        all
    }

    /// The database of Keycloak, where the hub runs it.
    fn database(&self, objects: &[String]) -> Option<ReportStep> {
        let hub = self.fleet.contracts().hub.as_ref()?;
        let services = hub.services.as_ref()?;
        let keycloak = hub.spec.keycloak.as_ref()?;
        objects.iter().find(|object| *object == "hub")?;
        let name = keycloak.database.name.as_ref();
        let name = name.map_or("keycloak", |name| name.as_str());
        let fill = [("cluster", services.cluster.as_str()), ("database", name)];
        let mut database = step("database", StepKind::Hand, &fill);
        database.scripts = vec![hand(format!(
            "psql -c 'create role {name} login password …' -c 'create database {name} owner {name}'"
        ))];
        Some(database)
    }

    /// What people do with the hub's services once they run.
    fn services(&self) -> Vec<ReportStep> {
        let contracts = self.fleet.contracts();
        let Some(hub) = &contracts.hub else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        if let Some(cluster) = &hub.cluster {
            let mut look = step("reach", StepKind::Hand, &[("cluster", cluster.as_str())]);
            look.scripts = vec![hand(
                "kubectl -n argocd get applications\nkubectl -n argocd port-forward service/argocd-server 8080:443",
            )];
            steps.push(look);
        }
        let Some(services) = &hub.services else {
            return steps;
        };
        let balancers = contracts.clusters.get(&services.cluster);
        let group = balancers.and_then(|cluster| {
            let balancers = &cluster.load_balancers;
            balancers.iter().find(|it| !it.hub_hosts.is_empty())
        });
        if let Some(balancer) = group {
            let hosts = balancer.hub_hosts.iter().map(ToString::to_string);
            steps.push(self.records(&balancer.group, hosts.collect()));
        }
        if let (Some(keycloak), Some(host)) =
            (&hub.spec.keycloak, services.host(HubServiceKind::Keycloak))
        {
            let address = format!("https://{host}");
            let fill = [("address", address.as_str()), ("realm", keycloak.realm())];
            steps.push(step("groups", StepKind::Hand, &fill));
        }
        let argocd = hub.spec.argocd.as_ref();
        if let (Some(sign_in), Some(host), Some(argocd)) = (
            &services.sign_in,
            services.host(HubServiceKind::ArgoCd),
            argocd,
        ) {
            let admins = sign_in.spec.groups.admins.iter();
            let admins: Vec<String> = admins.map(|group| format!("`{group}`")).collect();
            let admins = admins.join(", ");
            let address = format!("https://{host}");
            if argocd.admin_user == AdminUser::Enabled && !admins.is_empty() {
                let fill = [("address", address.as_str()), ("admins", admins.as_str())];
                steps.push(step("sign-in", StepKind::Hand, &fill));
            }
        }
        steps
    }

    fn records(&self, group: &str, hosts: Vec<String>) -> ReportStep {
        let mut records = step("records", StepKind::Hand, &[("group", group)]);
        let hosts = hosts.into_iter();
        records.facts = hosts
            .map(|host| ReportFact::new(host, "an alias of the load balancer"))
            .collect();
        records
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

fn complete(is_all: bool) -> ReportStep {
    let mut complete = step("complete", StepKind::Command, &[]);
    let text = if is_all {
        COMPLETE
    } else {
        // Other environments are still to come.
        complete.text =
            "What is listed as pending belongs to environments that are still to come.".to_owned();
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
