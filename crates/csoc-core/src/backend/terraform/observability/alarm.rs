//! One alarm of CloudWatch.

use crate::backend::terraform::policy::lines;
use crate::hcl::{Block, Expression};

/// What is measured.
enum Measure {
    /// A metric: its namespace, name and statistic, and of what.
    Metric {
        namespace: &'static str,
        name: &'static str,
        statistic: &'static str,
        dimensions: Vec<(&'static str, String)>,
    },
    /// An expression over several.
    Query(&'static str),
}

/// An alarm: what is measured, and when it tells.
pub(super) struct Alarm {
    label: String,
    measure: Measure,
    description: String,
    comparison: &'static str,
    threshold: u64,
    /// Seconds that are looked at together, and how often in a row it must be so.
    period: u32,
    periods: u32,
    /// Whether it is well where nothing is measured.
    quiet: bool,
}

impl Alarm {
    /// An alarm about a metric that must stay below a threshold.
    pub(super) fn above(
        label: impl Into<String>,
        (namespace, name, statistic): (&'static str, &'static str, &'static str),
        threshold: u64,
        description: impl Into<String>,
    ) -> Self {
        Self {
            label: label.into(),
            measure: Measure::Metric {
                namespace,
                name,
                statistic,
                dimensions: Vec::new(),
            },
            description: description.into(),
            comparison: "GreaterThanThreshold",
            threshold,
            period: 300,
            periods: 3,
            quiet: false,
        }
    }

    /// An alarm about a metric that must stay above a threshold.
    pub(super) fn below(
        label: impl Into<String>,
        metric: (&'static str, &'static str, &'static str),
        threshold: u64,
        description: impl Into<String>,
    ) -> Self {
        Self {
            comparison: "LessThanThreshold",
            ..Self::above(label, metric, threshold, description)
        }
    }

    /// An alarm about an expression that must stay zero.
    pub(super) fn of_query(
        label: impl Into<String>,
        query: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self {
            measure: Measure::Query(query),
            quiet: true,
            ..Self::above(label, ("", "", ""), 0, description)
        }
    }

    /// The same of that alone.
    pub(super) fn of(mut self, dimension: &'static str, value: impl Into<String>) -> Self {
        if let Measure::Metric { dimensions, .. } = &mut self.measure {
            dimensions.push((dimension, value.into()));
        }
        self
    }

    /// The same, so many seconds together and so often in a row.
    pub(super) fn during(mut self, period: u32, periods: u32) -> Self {
        (self.period, self.periods) = (period, periods);
        self
    }

    /// The same, well where nothing is measured.
    pub(super) fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// The block, with the beginning of its name and where it goes.
    pub(super) fn block(self, prefix: &str, topics: &[String]) -> Block {
        let name = format!("{prefix}-{}", self.label.replace('_', "-"));
        let block = Block::new(
            "resource",
            ["aws_cloudwatch_metric_alarm".to_owned(), self.label],
        )
        .attribute("alarm_name", name)
        .attribute("alarm_description", self.description)
        .attribute("comparison_operator", self.comparison)
        .attribute("threshold", number(self.threshold))
        .attribute("evaluation_periods", self.periods)
        .attribute(
            "treat_missing_data",
            if self.quiet {
                "notBreaching"
            } else {
                "missing"
            },
        )
        .attribute("alarm_actions", list(topics))
        .attribute("ok_actions", list(topics));
        match self.measure {
            Measure::Metric {
                namespace,
                name,
                statistic,
                dimensions,
            } => block
                .attribute("namespace", namespace)
                .attribute("metric_name", name)
                .attribute("statistic", statistic)
                .attribute("period", self.period)
                .attribute(
                    "dimensions",
                    Expression::object(
                        dimensions
                            .into_iter()
                            .map(|(name, value)| (name, Expression::from(value))),
                    ),
                ),
            Measure::Query(query) => block.block(
                Block::unlabelled("metric_query")
                    .attribute("id", "all")
                    .attribute("expression", query)
                    .attribute("period", self.period)
                    .attribute("return_data", true),
            ),
        }
    }
}

fn list(topics: &[String]) -> Expression {
    lines(topics.iter().map(|topic| topic.as_str().into()).collect())
}

fn number(value: u64) -> Expression {
    Expression::new(crate::hcl::ExpressionKind::Number(value.to_string().into()))
}
