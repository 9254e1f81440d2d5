//! The topic that alarms of all accounts go to.

use super::Bootstrap;
use crate::backend::terraform::key;
use crate::backend::terraform::policy::{Statement, document, json};
use crate::backend::terraform::storage::of;
use crate::contract::{ALERTS_KEY, ALERTS_TOPIC};
use crate::hcl::{Block, Body};

/// The services that publish to it.
const PUBLISHERS: [&str; 4] = [
    "budgets.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "costalerts.amazonaws.com",
    "events.amazonaws.com",
];

impl Bootstrap {
    /// The topic, its key, and who is told.
    pub(super) fn alerts(&self, body: Body) -> Body {
        let body = key::blocks(
            body.comment(
                "The key of alarms: a topic that AWS encrypts takes none from other services.",
            )
            .blank(),
            &self.place,
            ALERTS_KEY,
            "Alarms",
            [key::service(
                "PublishersOfAlarms",
                PUBLISHERS,
                self.accounts(),
            )],
        );
        let arn = self.place.arn("sns", ALERTS_TOPIC);
        let publish = Statement::allow("AlarmsOfAccounts")
            .actions(["sns:Publish"])
            .on([arn.as_str()])
            .principals("Service", PUBLISHERS)
            .when("StringEquals", "aws:SourceAccount", self.accounts());
        let plain = Statement::deny("DenyPlainHttp")
            .actions(["sns:Publish"])
            .on([arn.as_str()])
            .everyone()
            .when("Bool", "aws:SecureTransport", ["false"]);
        let topic = || of("aws_sns_topic", "alerts", "arn");
        let body = body
            .comment("Alarms of all accounts.")
            .blank()
            .block(
                Block::new("resource", ["aws_sns_topic", "alerts"])
                    .attribute("name", ALERTS_TOPIC)
                    .attribute("kms_master_key_id", key::arn(ALERTS_KEY)),
            )
            .block(document("alerts", [publish, plain]))
            .block(
                Block::new("resource", ["aws_sns_topic_policy", "alerts"])
                    .attribute("arn", topic())
                    .attribute("policy", json("alerts")),
            );
        let told = self.contract.contacts.iter().enumerate();
        body.blocks(told.map(|(number, address)| {
            let label = format!("alerts_{}", number + 1);
            Block::new("resource", ["aws_sns_topic_subscription".to_owned(), label])
                .attribute("topic_arn", topic())
                .attribute("protocol", "email")
                .attribute("endpoint", address.as_str())
        }))
    }
}
