//! What an account may cost, and who is told when it costs more.

use super::AccountFoundation;
use crate::backend::terraform::storage::of;
use crate::catalog::PartitionFacts;
use crate::hcl::{Block, Body, Expression};
use crate::model::network::Email;

/// When people are told: what is foreseen or spent, in percent of the budget.
const NOTICES: [(&str, u32); 3] = [("FORECASTED", 80), ("FORECASTED", 100), ("ACTUAL", 100)];
/// An anomaly of less, in US dollars, is not told.
const LEAST_ANOMALY: u32 = 20;

impl AccountFoundation {
    /// The budget, and what looks for what is unusual.
    pub(super) fn money(&self, body: Body) -> Body {
        let facts = PartitionFacts::embedded();
        let lacks = |service| facts.lacks(self.place.partition, service);
        // What a partition lacks is left out, which a rule says.
        let Some(budget) = self.spec.budget.as_ref().filter(|_| !lacks("budgets")) else {
            return body;
        };
        let contacts = || Expression::list(self.spec.contacts.iter().map(Email::as_str));
        let notices = NOTICES.iter().map(|(kind, percent)| {
            Block::unlabelled("notification")
                .attribute("notification_type", *kind)
                .attribute("comparison_operator", "GREATER_THAN")
                .attribute("threshold", *percent)
                .attribute("threshold_type", "PERCENTAGE")
                .attribute("subscriber_email_addresses", contacts())
        });
        let told = !self.spec.contacts.is_empty();
        let body = body.comment("Money.").blank().block(
            Block::new("resource", ["aws_budgets_budget", "account"])
                .attribute("name", "gen3-monthly")
                .attribute("budget_type", "COST")
                .attribute("limit_amount", budget.monthly_usd.to_string())
                .attribute("limit_unit", "USD")
                .attribute("time_unit", "MONTHLY")
                .blocks(notices.filter(|_| told)),
        );
        if !told || lacks("ce") {
            return body;
        }
        let least = (budget.monthly_usd / 50).max(LEAST_ANOMALY);
        let threshold = Block::unlabelled("threshold_expression").block(
            Block::unlabelled("dimension")
                .attribute("key", "ANOMALY_TOTAL_IMPACT_ABSOLUTE")
                .attribute("match_options", Expression::list(["GREATER_THAN_OR_EQUAL"]))
                .attribute("values", Expression::list([least.to_string()])),
        );
        let subscribers = self.spec.contacts.iter().map(|contact| {
            Block::unlabelled("subscriber")
                .attribute("type", "EMAIL")
                .attribute("address", contact.as_str())
        });
        body.comment(
            "An account has one monitor of all services. If AWS made it already: terraform import.",
        )
        .blank()
        .block(
            Block::new("resource", ["aws_ce_anomaly_monitor", "account"])
                .attribute("name", "gen3-services")
                .attribute("monitor_type", "DIMENSIONAL")
                .attribute("monitor_dimension", "SERVICE"),
        )
        .block(
            Block::new("resource", ["aws_ce_anomaly_subscription", "account"])
                .attribute("name", "gen3-anomalies")
                .attribute("frequency", "DAILY")
                .attribute(
                    "monitor_arn_list",
                    Expression::list([of("aws_ce_anomaly_monitor", "account", "arn")]),
                )
                .blocks(subscribers)
                .block(threshold),
        )
    }
}
