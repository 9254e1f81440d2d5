//! Buckets of metrics, logs and traces, and the roles of what writes them.

use super::Observability;
use crate::backend::terraform::bucket::{Bucket, expire, expire_below, noncurrent};
use crate::backend::terraform::cluster::{own_policy, role_block};
use crate::backend::terraform::key;
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::{Statement, document};
use crate::backend::terraform::service_account::trust;
use crate::contract::{ObservabilityContract, Store, StoreKind};
use crate::hcl::{Block, Body};

/// Days between when something is let go by what keeps it, and when the bucket does so, should that not have run.
const GRACE: u32 = 7;
/// Where Mimir's samples are in its bucket; beside them are rules and the state of alerts, which stay.
const BLOCKS: &str = "blocks/";

impl Observability {
    /// All of them.
    pub(super) fn stores(&self, body: Body) -> Body {
        let Some((cluster, stores)) = &self.contract.stores else {
            return body;
        };
        let names: Vec<&str> = stores.iter().map(|store| store.bucket.as_str()).collect();
        let mut body = body
            .comment(format!(
                "What the cluster {cluster} keeps. Its own programs let go what is old; the buckets do it where they did not."
            ))
            .blank();
        body = self.access_bucket(&names).blocks(body, &self.place);
        for store in stores {
            body = Bucket::new(
                store.kind.as_str(),
                store.bucket.as_str(),
                key::arn(ObservabilityContract::KEY),
            )
            .rules(self.rules(store.kind))
            .logs_to(super::ACCESS_LOGS)
            .blocks(body, &self.place);
        }
        for store in stores {
            body = self.role(body, store, cluster.as_str());
        }
        body
    }

    /// When objects go.
    fn rules(&self, kind: StoreKind) -> [Block; 2] {
        let settings = &self.contract.settings;
        let goes = match kind {
            StoreKind::Loki => expire(settings.log_retention_days + GRACE),
            StoreKind::Mimir => expire_below(BLOCKS, settings.metric_retention_days + GRACE),
            StoreKind::Tempo => expire(settings.trace_retention_days + GRACE),
        };
        [noncurrent(GRACE), goes]
    }

    /// What evaluates rules tells the topic of alarms, which is encrypted.
    fn tells(&self) -> [Statement; 2] {
        let topic = self.contract.topic();
        let tell = Statement::allow("TellOfAlerts")
            .actions(["sns:Publish"])
            .on([topic]);
        let encrypt = Statement::allow("EncryptAlerts")
            .actions(["kms:Decrypt", "kms:GenerateDataKey"])
            .on([key::arn(ObservabilityContract::KEY)])
            .when(
                "StringEquals",
                "kms:ViaService",
                [self.place.service("sns")],
            );
        [tell, encrypt]
    }

    fn role(&self, body: Body, store: &Store, cluster: &str) -> Body {
        let purpose = store.kind.purpose();
        let (namespace, accounts) = purpose.service_accounts();
        let bucket = self.place.s3(&store.bucket);
        let list = Statement::allow("ListBucket")
            .actions(["s3:GetBucketLocation", "s3:ListBucket"])
            .on([bucket.clone()]);
        let objects = Statement::allow("KeepObjects")
            .actions([
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ])
            .on([format!("{bucket}/*")]);
        let uses = Statement::allow("UseKey")
            .actions(["kms:Decrypt", "kms:GenerateDataKey"])
            .on([key::arn(ObservabilityContract::KEY)])
            .when("StringEquals", "kms:ViaService", [self.place.service("s3")]);
        let trusted = format!("{}_trust", label(purpose.as_str()));
        let body = body
            .block(document(trusted, [trust(namespace, accounts)]))
            .block(role_block(&store.role, cluster, &self.boundary));
        let mut statements = vec![list, objects, uses];
        if store.kind == StoreKind::Mimir {
            statements.extend(self.tells());
        }
        own_policy(body, purpose, statements)
    }
}
