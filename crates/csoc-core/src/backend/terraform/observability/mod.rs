//! The layer `observability`: what keeps metrics, logs and traces of a region, who is told of alarms, and the alarms of clusters.
//!
//! What is once a region, and the alarms of each cluster, have roots of their
//! own: alarms come and go with databases, and buckets stay.

mod alarm;
mod alarms;
mod host;
mod stores;

use super::bucket::Bucket;
use super::key;
use super::place::Place;
use super::policy::{Statement, document, json};
use super::root::Content;
use super::storage::of;
use crate::contract::{ClusterRole, ObservabilityContract};
use crate::hcl::{Block, Body, Expression};
use crate::model::environment::Tier;
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use alarm::Alarm;

/// The label of what there is once.
const ALARMS: &str = "alarms";
/// The label of the bucket of access logs.
const ACCESS_LOGS: &str = "access_logs";
/// The service that publishes to the topic.
const PUBLISHER: &str = "cloudwatch.amazonaws.com";

/// What a region of an account has, once, to be observed.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Observability {
    pub(super) place: Place,
    pub(super) contract: ObservabilityContract,
    /// The limit of every role.
    pub(super) boundary: String,
    /// Whether anything here reaches out through gateways.
    pub(super) has_gateways: bool,
}

/// What a cluster's alarms are about.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Alarms {
    pub(super) place: Place,
    pub(super) cluster: ObjectName,
    pub(super) databases: Vec<AlarmedDatabase>,
    pub(super) search: Vec<AlarmedSearch>,
    pub(super) queues: Vec<AlarmedQueue>,
    /// The vault of backups.
    pub(super) vault: Option<String>,
    /// Where alarms go.
    pub(super) topics: Vec<String>,
    /// What it shows to other clusters that keep something, or asks of those that send.
    pub(super) relay: Option<Relay>,
    /// The host that other clusters send to.
    pub(super) host: Option<Hostname>,
}

/// A credential of what is sent between clusters.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Relay {
    /// The name in the secret manager.
    pub(super) secret: String,
    /// The keys of its JSON.
    pub(super) keys: Vec<String>,
    /// The role that reads it.
    pub(super) reader: ClusterRole,
    /// The limit of every role.
    pub(super) boundary: String,
    /// The tier of the environment on the cluster that matters most.
    pub(super) tier: Option<Tier>,
}

/// A database cluster.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct AlarmedDatabase {
    pub(super) name: ObjectName,
    pub(super) identifier: String,
    /// Whether it grows within a capacity.
    pub(super) grows: bool,
}

/// A search domain.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct AlarmedSearch {
    pub(super) name: ObjectName,
    pub(super) domain: String,
    /// GiB of each node's volume.
    pub(super) volume_gib: u32,
}

/// A queue of what could not be worked off.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct AlarmedQueue {
    /// The environment and what the queue is for, as a label.
    pub(super) label: String,
    pub(super) name: String,
}

impl Observability {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let publish = key::service(
            "AlarmsOfThisAccount",
            [PUBLISHER],
            [self.place.account.as_str()],
        );
        let mut main = key::blocks(
            Body::new()
                .comment("The key of what is kept, and of alarms: a topic that AWS encrypts takes none from other services.")
                .blank(),
            &self.place,
            ObservabilityContract::KEY,
            "Metrics, logs, traces and alarms",
            [publish],
        );
        if self.contract.stores.is_some() {
            main = self.stores(main);
        }
        main = self.topic(main);
        if self.has_gateways {
            let alarm = Alarm::of_query(
                "gateways",
                "SELECT SUM(ErrorPortAllocation) FROM SCHEMA(\"AWS/NATGateway\", NatGatewayId)",
                "A gateway to the internet has no port left: connections from pods fail",
            );
            main = main
                .comment("Gateways have no names of ours: the alarm is about all of the region.")
                .blank()
                .block(alarm.block("gen3", &self.contract.topics()));
        }
        Content {
            main,
            outputs: Vec::new(),
        }
    }

    /// The topic, and who is told.
    fn topic(&self, body: Body) -> Body {
        let arn = self.contract.topic();
        let publish = Statement::allow("AlarmsOfThisAccount")
            .actions(["sns:Publish"])
            .on([arn.as_str()])
            .principals("Service", [PUBLISHER])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            );
        let plain = Statement::deny("DenyPlainHttp")
            .actions(["sns:Publish"])
            .on([arn.as_str()])
            .everyone()
            .when("Bool", "aws:SecureTransport", ["false"]);
        let topic = || of("aws_sns_topic", ALARMS, "arn");
        let body = body
            .comment("Alarms of this region.")
            .blank()
            .block(
                Block::new("resource", ["aws_sns_topic", ALARMS])
                    .attribute("name", ObservabilityContract::topic_name())
                    .attribute("kms_master_key_id", key::arn(ObservabilityContract::KEY)),
            )
            .block(document(ALARMS, [publish, plain]))
            .block(
                Block::new("resource", ["aws_sns_topic_policy", ALARMS])
                    .attribute("arn", topic())
                    .attribute("policy", json(ALARMS)),
            );
        let told = self.contract.receivers.iter().enumerate();
        body.blocks(told.map(|(number, address)| {
            let label = format!("{ALARMS}_{}", number + 1);
            Block::new("resource", ["aws_sns_topic_subscription".to_owned(), label])
                .attribute("topic_arn", topic())
                .attribute("protocol", "email")
                .attribute("endpoint", address.as_str())
        }))
        .blocks(self.told(&topic))
    }

    /// Receivers of other accounts: each is told of alerts of some accounts, as the label of an alert says. Alarms have none.
    fn told(&self, topic: &impl Fn() -> Expression) -> Vec<Block> {
        let told = (1_u32..).zip(&self.contract.told);
        let blocks = told.map(|(number, (address, accounts))| {
            let accounts = accounts.iter().map(|name| Expression::from(name.as_str()));
            let only = Expression::object([("account", Expression::list(accounts))]);
            let label = format!("alerts_{number}");
            Block::new("resource", ["aws_sns_topic_subscription".to_owned(), label])
                .attribute("topic_arn", topic())
                .attribute("protocol", "email")
                .attribute("endpoint", address.as_str())
                .attribute("filter_policy", Expression::call("jsonencode", [only]))
        });
        blocks.collect()
    }

    /// The bucket with who read and wrote the others.
    fn access_bucket(&self, sources: &[&str]) -> Bucket {
        Bucket::of_access_logs(
            ACCESS_LOGS,
            self.contract.access_bucket(),
            &self.place,
            sources,
        )
    }
}
