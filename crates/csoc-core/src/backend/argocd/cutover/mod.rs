//! How requests move from one environment to another that has the same host name, for whoever moves them.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Serialize;
use tera::{Context, Tera};

use super::Files;
use super::input::Input;
use crate::backend::helm::layout;
use crate::backend::{FleetView, Unit};
use crate::contract::{BucketPurpose, CutoverContract, EnvironmentContract, Ingress};
use crate::model::environment::{Certificate, Cutover, Records, SyncMode};
use crate::tree::Document;

/// The file, beside an environment's values.
pub(crate) const NAME: &str = "CUTOVER.md";

/// Secrets that hold what lies encrypted or signed in databases and browsers, and what goes wrong with another content.
const CARRIED: [(&str, &str); 3] = [
    (
        "fence-jwt",
        "the keys that tokens are signed with: with others everybody signs in again, and API keys that users keep are refused",
    ),
    (
        "fence-config",
        "`ENCRYPTION_KEY`, without which fence's database is not read, and the client of each identity provider",
    ),
    (
        "wts-g3auto",
        "`encryption_key`, without which the refresh tokens of workspaces are lost",
    ),
];

/// What a runbook is made of.
#[derive(Debug, Serialize)]
pub(crate) struct Runbook {
    commons: String,
    host: String,
    cluster: String,
    /// Whether requests are split by weights.
    weighs: bool,
    /// Whether all come in through one load balancer, so that no record changes.
    one_record: bool,
    directory: String,
    environment: String,
    sides: Vec<Side>,
    /// The Applications that nobody syncs but a person.
    by_hand: Vec<String>,
    /// Who keeps records of the host.
    keepers: BTreeSet<&'static str>,
    carried: Vec<Carried>,
}

/// One of the environments.
#[derive(Debug, Serialize)]
struct Side {
    name: String,
    object: String,
    says: String,
    share: u8,
    /// What it says after a move.
    next: &'static str,
    cluster: String,
    account: String,
    account_id: String,
    region: String,
    namespace: String,
    application: String,
    /// The ingress in the namespace.
    ingress: &'static str,
    preview: Option<String>,
    records: &'static str,
    certificate: &'static str,
    database: Option<String>,
    prefix: Option<String>,
    /// Buckets of its own that its data refers to.
    upload: Option<String>,
    /// Buckets of others whose files it gives out.
    reads: Vec<String>,
    /// Buckets of the others that it does not.
    misses: Vec<Missed>,
    /// Where user.yaml is, where it is no file of the fleet.
    users: Option<String>,
}

/// A bucket of another environment.
#[derive(Debug, Serialize)]
struct Missed {
    name: String,
    /// The account that it is in, where that is another one.
    account: Option<String>,
}

/// A secret whose content must be the same on all sides.
#[derive(Debug, Serialize)]
struct Carried {
    purpose: &'static str,
    why: &'static str,
    readers: Vec<Reader>,
    /// Whether all read the same one.
    is_one: bool,
}

/// What an environment reads.
#[derive(Debug, Serialize)]
struct Reader {
    environment: String,
    secret: String,
}

/// A runbook for each environment that shares its host name and whose values are rendered.
pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<Input>> {
    shown(view)
        .map(|(contract, cutover)| Unit {
            id: format!("{} cutover", contract.at),
            object: contract.at.to_string(),
            input: Input::Cutover(Box::new(runbook(view, contract, cutover))),
        })
        .collect()
}

/// Whether anything has a runbook.
pub(super) fn has_runbooks(view: &FleetView<'_>) -> bool {
    shown(view).next().is_some()
}

/// The environments that have a runbook.
fn shown<'v>(
    view: &'v FleetView<'_>,
) -> impl Iterator<Item = (&'v EnvironmentContract, &'v CutoverContract)> {
    let all = view.contracts.environments.values();
    let rendered = all.filter(|contract| view.renders(contract.spec.management.values));
    rendered.filter_map(|contract| Some((contract, contract.cutover.as_ref()?)))
}

fn runbook(
    view: &FleetView<'_>,
    contract: &EnvironmentContract,
    cutover: &CutoverContract,
) -> Runbook {
    let all = &view.contracts.environments;
    let mut sides: Vec<&EnvironmentContract> = cutover
        .others
        .iter()
        .filter_map(|other| all.get(other))
        .chain([contract])
        .collect();
    sides.sort_by(|one, other| one.at.cmp(&other.at));
    Runbook {
        by_hand: sides
            .iter()
            .filter(|side| side.spec.sync.mode == SyncMode::Manual)
            .map(|side| side.application.name.clone())
            .collect(),
        keepers: sides
            .iter()
            .map(|side| keeper(side.endpoint.records))
            .collect(),
        commons: contract.at.commons.to_string(),
        host: contract.endpoint.hostname.to_string(),
        cluster: contract.cluster.to_string(),
        weighs: cutover.says.is_weight(),
        one_record: cutover.is_one_record,
        directory: layout::directory(contract),
        environment: contract.at.environment.to_string(),
        carried: CARRIED
            .iter()
            .filter_map(|(purpose, why)| carried(purpose, why, &sides))
            .collect(),
        sides: sides.iter().map(|one| side(one, &sides)).collect(),
    }
}

fn carried(
    purpose: &'static str,
    why: &'static str,
    sides: &[&EnvironmentContract],
) -> Option<Carried> {
    let readers: Vec<Reader> = sides
        .iter()
        .filter_map(|side| {
            let secret = side.secret(purpose)?;
            Some(Reader {
                environment: side.at.environment.to_string(),
                secret: secret.name.clone(),
            })
        })
        .collect();
    let place = |side: &EnvironmentContract| (side.account_id.clone(), side.region.clone());
    let (first, others) = readers
        .split_first()
        .filter(|(_, others)| !others.is_empty())?;
    let is_one = others.iter().all(|other| other.secret == first.secret)
        && sides
            .windows(2)
            .all(|pair| place(pair[0]) == place(pair[1]));
    Some(Carried {
        purpose,
        why,
        readers,
        is_one,
    })
}

fn side(contract: &EnvironmentContract, all: &[&EnvironmentContract]) -> Side {
    let spec = &contract.spec;
    let upload = |of: &EnvironmentContract| {
        let bucket = of.bucket(BucketPurpose::Upload);
        bucket.map(|bucket| bucket.name.clone())
    };
    let reads: Vec<String> = spec
        .data_buckets
        .iter()
        .map(|bucket| bucket.name.to_string())
        .collect();
    let others = all.iter().filter(|other| other.at != contract.at);
    let misses = others
        .filter_map(|other| {
            let is_foreign = other.account_id != contract.account_id;
            Some(Missed {
                name: upload(other)?,
                account: is_foreign.then(|| other.account_id.to_string()),
            })
        })
        .filter(|bucket| !reads.contains(&bucket.name))
        .collect();
    let is_balancer = contract.endpoint.ingress == Ingress::Balancer;
    let (says, share) = contract.cutover.as_ref().map_or_else(
        || (String::new(), 100),
        |cutover| (cutover.says.to_string(), cutover.share()),
    );
    Side {
        name: contract.at.environment.to_string(),
        object: contract.at.to_string(),
        next: match contract.cutover.as_ref().map(|cutover| cutover.says) {
            Some(Cutover::Weight(_)) if share >= 50 => "{ weight: 0 }",
            Some(Cutover::Weight(_)) => "{ weight: 100 }",
            _ if share == 100 => "{ state: standby }",
            _ => "{ state: active }",
        },
        says,
        share,
        cluster: contract.cluster.to_string(),
        account: contract.account.to_string(),
        account_id: contract.account_id.to_string(),
        region: contract.region.to_string(),
        namespace: contract.namespace.clone(),
        application: contract.application.name.clone(),
        ingress: if is_balancer {
            "revproxy-alb"
        } else {
            "revproxy"
        },
        preview: spec.preview_hostname.as_ref().map(ToString::to_string),
        records: keeper(contract.endpoint.records),
        certificate: match spec.certificate {
            Certificate::Acm => "acm",
            Certificate::LeDns01 => "le-dns01",
            Certificate::LeHttp01 => "le-http01",
            Certificate::Byo => "byo",
        },
        database: contract.database.as_ref().map(|it| it.identifier.clone()),
        prefix: spec.indexd.as_ref().map(|indexd| indexd.prefix.clone()),
        upload: upload(contract),
        reads,
        misses,
        users: spec.users.user_yaml.as_ref().map(ToString::to_string),
    }
}

/// Who keeps a record, as fleets say it.
const fn keeper(records: Records) -> &'static str {
    match records {
        Records::ExternalDns => "external-dns",
        Records::Terraform => "terraform",
        Records::Manual => "manual",
    }
}

pub(super) fn compile(input: &Runbook, files: &mut Files<'_>) {
    static TEMPLATES: LazyLock<Tera> = LazyLock::new(|| {
        let mut templates = Tera::default();
        templates
            .add_raw_template(NAME, include_str!("cutover.md.tera"))
            .expect("a test renders the same template");
        templates
    });
    let text = Context::from_serialize(input)
        .and_then(|context| TEMPLATES.render(NAME, &context))
        .expect("a test renders the same template");
    files.add(
        format!("gitops/{}/{NAME}", input.directory),
        Document::Bytes(text.into_bytes().into()),
    );
}
