//! How the machines of databases fare: what they say, and the role that writes it down.

use super::{Data, Database};
use crate::backend::terraform::cluster::{attach, attachment_label, role_block};
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::{Statement, document};
use crate::contract::{ClusterRole, ClusterRolePurpose};
use crate::hcl::{Block, Body, Expression};
use crate::model::data_store::DatabaseMonitoring;

const PURPOSE: ClusterRolePurpose = ClusterRolePurpose::Monitoring;
/// AWS's own policy: it writes one log group.
const POLICY: &str = "service-role/AmazonRDSEnhancedMonitoringRole";

impl Data {
    /// The role, where any database needs it.
    pub(super) fn monitoring(&self, body: Body) -> Body {
        let Some(role) = &self.monitoring else {
            return body;
        };
        let trust = Statement::allow("Service")
            .actions(["sts:AssumeRole"])
            .principals("Service", ["monitoring.rds.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            );
        body.comment("How the machines of databases fare.")
            .blank()
            .block(document(format!("{}_trust", role_label()), [trust]))
            .block(role_block(role, self.cluster.as_str(), &self.boundary))
            .block(attach(self.place.partition, PURPOSE, POLICY))
    }
}

/// The instance, with what it says of itself: RDS asks for the role's policy before it makes one.
pub(super) fn monitored(instance: Block, database: &Database, role: Option<&ClusterRole>) -> Block {
    let seconds: u32 = match database.spec.monitoring {
        DatabaseMonitoring::None => return instance.attribute("monitoring_interval", 0),
        DatabaseMonitoring::EveryMinute => 60,
        DatabaseMonitoring::EverySecond => 1,
    };
    if role.is_none() {
        return instance;
    }
    let role = format!("aws_iam_role.{}.arn", role_label());
    let policy = attachment_label(PURPOSE, POLICY);
    super::after(
        instance
            .attribute("monitoring_interval", seconds)
            .attribute("monitoring_role_arn", Expression::reference(&role)),
        &[format!("aws_iam_role_policy_attachment.{policy}")],
    )
}

fn role_label() -> String {
    label(PURPOSE.as_str())
}
