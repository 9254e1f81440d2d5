//! Identities: service accounts, the roles they run as, and what those may do.

use super::cluster::SearchContract;
use super::environment::{
    BucketContract, BucketPurpose, IdentityContract, QueueContract, QueuePurpose, RoleAttachment,
    RoleOwner,
};
use super::grants::{Grant, KeyPurpose, Resource};
use super::namer::Namer;
use super::secret::SecretContract;
use super::services::ServiceContract;
use super::storage::Place;
use crate::model::Environment;
use crate::model::cloud::Arn;
use crate::model::environment::BucketAccess;
use crate::naming::NameKind;

/// What an environment has that roles are about.
pub(crate) struct Holdings<'a> {
    pub(crate) spec: &'a Environment,
    pub(crate) services: &'a [ServiceContract],
    pub(crate) buckets: &'a [BucketContract],
    pub(crate) queues: &'a [QueueContract],
    pub(crate) secrets: &'a [SecretContract],
    pub(crate) search: Option<&'a SearchContract>,
    /// The secret with the master credentials of the database cluster, where jobs of the environment read it.
    pub(crate) master_secret: Option<&'a str>,
}

/// The identities of an environment, in the order of the catalog, the reader of secrets last.
pub(crate) fn identities(
    holdings: &Holdings<'_>,
    place: &Place<'_>,
    namer: &mut Namer<'_>,
) -> Vec<IdentityContract> {
    let mut identities = Vec::new();
    for service in holdings.services.iter().filter(|service| service.enabled) {
        for (at, account) in service.facts.accounts.iter().enumerate() {
            let attachment = match (&account.annotation, &account.global) {
                (Some(map), _) => RoleAttachment::Annotation(map.clone()),
                (None, Some(key)) => RoleAttachment::Global(key.clone()),
                (None, None) => continue,
            };
            let given = service.settings.role_arn.as_ref().filter(|_| at == 0);
            let renamed = service
                .settings
                .service_account
                .as_ref()
                .and_then(|own| own.name.as_ref())
                .filter(|_| at == 0);
            let service_account = renamed.map_or(account.name.as_str(), |name| name.as_str());
            let grants = grants(&account.role, holdings, place);
            identities.push(identity(
                &account.role,
                service.name,
                service_account,
                given,
                attachment,
                grants,
                place,
                namer,
            ));
        }
    }
    if !holdings.secrets.is_empty() {
        let grants = grants("external-secrets-sa", holdings, place);
        let attachment = RoleAttachment::SecretStore;
        identities.push(identity(
            "external-secrets-sa",
            "external-secrets",
            "secret-store-sa",
            None,
            attachment,
            grants,
            place,
            namer,
        ));
    }
    identities
}

#[expect(clippy::too_many_arguments, reason = "one row of a table")]
fn identity(
    purpose: &str,
    service: &str,
    service_account: &str,
    given: Option<&Arn>,
    attachment: RoleAttachment,
    grants: Vec<Grant>,
    place: &Place<'_>,
    namer: &mut Namer<'_>,
) -> IdentityContract {
    let (role, role_arn, owner) = if let Some(arn) = given {
        let role = arn
            .as_str()
            .split_once(":role/")
            .map_or(arn.as_str(), |(_, role)| role)
            .to_owned();
        (role, arn.to_string(), RoleOwner::External)
    } else {
        let role = namer.name(NameKind::Role, Some(purpose));
        let arn = format!(
            "arn:{}:iam::{}:role/{role}",
            place.partition, place.account_id
        );
        (role, arn, RoleOwner::Managed)
    };
    IdentityContract {
        purpose: purpose.to_owned(),
        service: service.to_owned(),
        service_account: service_account.to_owned(),
        role,
        role_arn,
        owner,
        attachment,
        grants,
    }
}

const READ_QUEUE: &[&str] = &[
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];
const SEND_QUEUE: &[&str] = &["sqs:GetQueueAttributes", "sqs:SendMessage"];
const LIST_BUCKET: &[&str] = &[
    "s3:GetBucketLocation",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
];
const READ_OBJECTS: &[&str] = &["s3:GetObject"];
const WRITE_OBJECTS: &[&str] = &[
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
];
const SEARCH: &[&str] = &[
    "es:ESHttpDelete",
    "es:ESHttpGet",
    "es:ESHttpHead",
    "es:ESHttpPatch",
    "es:ESHttpPost",
    "es:ESHttpPut",
];
const READ_SECRETS: &[&str] = &[
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
];
const DECRYPT: &[&str] = &["kms:Decrypt"];
const ENCRYPT: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];

/// What the role of a purpose may do. A role of no purpose here exists only because the chart names it.
fn grants(purpose: &str, holdings: &Holdings<'_>, _: &Place<'_>) -> Vec<Grant> {
    let bucket = |purpose| {
        holdings
            .buckets
            .iter()
            .find(|bucket| bucket.purpose == purpose)
            .map(|bucket| bucket.name.clone())
    };
    let queue = |purpose| {
        holdings
            .queues
            .iter()
            .find(|queue| queue.purpose == purpose)
            .map(|queue| queue.name.clone())
    };
    let mut grants = Grants::default();
    match purpose {
        "audit-sqs-receiver" => {
            grants.add(
                "ReceiveAuditEvents",
                READ_QUEUE,
                queue(QueuePurpose::Audit).map(Resource::Queue),
            );
            grants.key("DecryptAuditEvents", DECRYPT, KeyPurpose::Data, &["sqs"]);
        }
        "audit-sqs-sender" => fence(
            holdings,
            &mut grants,
            bucket(BucketPurpose::Upload),
            queue(QueuePurpose::Audit),
        ),
        "es-access" => {
            let domain = holdings
                .search
                .map(|search| Resource::SearchDomain(search.domain.clone()));
            grants.add("SearchRequests", SEARCH, domain);
        }
        "dashboard-access" => {
            let name = bucket(BucketPurpose::Dashboard);
            grants.add(
                "ListDashboard",
                LIST_BUCKET,
                name.clone().map(Resource::Bucket),
            );
            grants.add("ReadDashboard", READ_OBJECTS, name.map(Resource::Objects));
            grants.key("DecryptDashboard", DECRYPT, KeyPurpose::Data, &["s3"]);
        }
        "manifest-service-sa" => {
            let name = bucket(BucketPurpose::Manifest);
            grants.add(
                "ListManifests",
                LIST_BUCKET,
                name.clone().map(Resource::Bucket),
            );
            grants.add("KeepManifests", WRITE_OBJECTS, name.map(Resource::Objects));
            grants.key("UseKey", ENCRYPT, KeyPurpose::Data, &["s3"]);
        }
        "ssj" => grants.add(
            "ReceiveUploads",
            READ_QUEUE,
            queue(QueuePurpose::Upload).map(Resource::Queue),
        ),
        "ssj-job" => {
            grants.add(
                "ReadUploads",
                READ_OBJECTS,
                bucket(BucketPurpose::Upload).map(Resource::Objects),
            );
            grants.key("DecryptUploads", DECRYPT, KeyPurpose::Data, &["s3"]);
        }
        "sower" => {
            let name = bucket(BucketPurpose::Export);
            grants.add(
                "ListExports",
                LIST_BUCKET,
                name.clone().map(Resource::Bucket),
            );
            grants.add("KeepExports", WRITE_OBJECTS, name.map(Resource::Objects));
            grants.key("UseKey", ENCRYPT, KeyPurpose::Data, &["s3"]);
        }
        "external-secrets-sa" => {
            let secrets = holdings
                .secrets
                .iter()
                .map(|secret| secret.name.as_str())
                .chain(holdings.master_secret)
                .map(|name| Resource::Secret(name.to_owned()));
            grants.add("ReadSecrets", READ_SECRETS, secrets);
            grants.key(
                "DecryptSecrets",
                DECRYPT,
                KeyPurpose::Secrets,
                &["secretsmanager"],
            );
        }
        _ => {}
    }
    grants.0
}

/// Fence signs links to the files of the upload bucket and of all data buckets, and reports to audit.
fn fence(
    holdings: &Holdings<'_>,
    grants: &mut Grants,
    upload: Option<String>,
    audit: Option<String>,
) {
    let shared = |access| {
        holdings
            .spec
            .data_buckets
            .iter()
            .filter(move |bucket| bucket.access == access)
            .map(|bucket| bucket.name.to_string())
    };
    let writable: Vec<String> = upload
        .into_iter()
        .chain(shared(BucketAccess::Write))
        .collect();
    let readable: Vec<String> = shared(BucketAccess::Read).collect();
    let all = writable.iter().chain(&readable).cloned();
    grants.add("ListDataFiles", LIST_BUCKET, all.map(Resource::Bucket));
    grants.add(
        "SignUploads",
        WRITE_OBJECTS,
        writable.into_iter().map(Resource::Objects),
    );
    grants.add(
        "SignDownloads",
        READ_OBJECTS,
        readable.into_iter().map(Resource::Objects),
    );
    let via: &[&str] = if audit.is_some() {
        &["s3", "sqs"]
    } else {
        &["s3"]
    };
    grants.add("SendAuditEvents", SEND_QUEUE, audit.map(Resource::Queue));
    grants.key("UseKey", ENCRYPT, KeyPurpose::Data, via);
}

/// Grants as they grow; one without resources is none.
#[derive(Default, serde::Serialize)]
struct Grants(Vec<Grant>);

impl Grants {
    fn add(
        &mut self,
        sid: &'static str,
        actions: &'static [&'static str],
        resources: impl IntoIterator<Item = Resource>,
    ) {
        let mut resources: Vec<Resource> = resources.into_iter().collect();
        resources.sort();
        resources.dedup();
        if !resources.is_empty() {
            self.0.push(Grant {
                sid,
                actions,
                resources,
                via: Vec::new(),
            });
        }
    }

    fn key(
        &mut self,
        sid: &'static str,
        actions: &'static [&'static str],
        key: KeyPurpose,
        via: &[&'static str],
    ) {
        self.0.push(Grant {
            sid,
            actions,
            resources: vec![Resource::Key(key)],
            via: via.to_vec(),
        });
    }
}
