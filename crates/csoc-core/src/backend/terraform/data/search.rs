//! OpenSearch: a domain in the network of the cluster, which only the proxies of environments reach.

use super::{Data, Search};
use crate::backend::terraform::cluster::{LOG_DAYS, after, key, resource};
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::{Statement, document, json};
use crate::backend::terraform::variables::Variable;
use crate::contract::{ACCESS_ROLES, KeyPurpose};
use crate::hcl::{Block, Body, Expression};
use crate::model::data_store::{DedicatedMasters, OPENSEARCH_VERSION, is_elasticsearch};
use crate::model::environment::Size;
use crate::model::stack::OutputKind;

/// The actions of a client, from the first character on.
const REQUESTS: &str = "es:ESHttp*";

impl Search {
    /// The engine with its version, as the cloud names it.
    fn engine(&self) -> String {
        let version = self.spec.version.as_ref();
        let version = version.map_or_else(|| OPENSEARCH_VERSION.to_owned(), ToString::to_string);
        let engine = if is_elasticsearch(&version) {
            "Elasticsearch"
        } else {
            "OpenSearch"
        };
        format!("{engine}_{version}")
    }

    fn size(&self) -> Size {
        self.spec.size.unwrap_or(self.used.size)
    }

    fn machine(&self) -> String {
        match (&self.spec.instance_type, self.size()) {
            (Some(exact), _) => exact.to_string(),
            (None, Size::Small) => "t3.small.search".to_owned(),
            (None, Size::Medium) => "r6g.large.search".to_owned(),
            (None, Size::Large) => "r6g.xlarge.search".to_owned(),
        }
    }

    fn nodes(&self) -> u8 {
        self.used.nodes(&self.spec)
    }

    /// The type of nodes that lead the others and hold no data, where there are any.
    fn masters(&self) -> Option<&'static str> {
        match self.used.dedicated_masters(&self.spec) {
            DedicatedMasters::None => None,
            DedicatedMasters::Three if self.size() == Size::Small => Some("t3.medium.search"),
            DedicatedMasters::Three => Some("m6g.large.search"),
        }
    }

    /// GiB of each node's volume.
    pub(in crate::backend::terraform) fn volume(&self) -> u32 {
        let usual = match self.size() {
            Size::Small => 20,
            Size::Medium => 100,
            Size::Large => 500,
        };
        self.spec.volume_gib.map_or(usual, u32::from)
    }

    /// How many zones it is spread over.
    fn zones(&self) -> u8 {
        match self.nodes() {
            1 => 1,
            nodes if nodes.is_multiple_of(3) => 3,
            _ => 2,
        }
    }
}

impl Data {
    fn domain_arn(&self, search: &Search) -> String {
        self.place.arn("es", &format!("domain/{}", search.domain))
    }

    /// Domains may write into their log groups.
    pub(super) fn search_logs(&self, body: Body) -> Body {
        let groups = self.search.iter().map(|search| {
            self.place
                .arn("logs", &format!("log-group:{}:*", log_group(search)))
        });
        let statement = Statement::allow("SearchDomains")
            .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
            .on(groups)
            .principals("Service", ["es.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            )
            .when(
                "ArnEquals",
                "aws:SourceArn",
                self.search.iter().map(|search| self.domain_arn(search)),
            );
        body.comment(
            "Search domains: requests come from the proxies of environments, which sign them.",
        )
        .blank()
        .block(document("search_logs", [statement]))
        .block(
            resource("aws_cloudwatch_log_resource_policy", "search")
                .attribute("policy_name", format!("{}-search-logs", self.vpc))
                .attribute("policy_document", json("search_logs")),
        )
    }

    pub(super) fn search_domain(&self, body: Body, search: &Search) -> Body {
        let name = label(search.used.name.as_str());
        let group = format!("search_{name}");
        let log = resource("aws_cloudwatch_log_group", group.as_str())
            .attribute("name", log_group(search))
            .attribute("kms_key_id", key(KeyPurpose::Logs))
            .attribute(
                "retention_in_days",
                search.spec.log_retention_days.unwrap_or(LOG_DAYS),
            );
        let body = self.security_group(body, &group, &search.domain, "search", 443);
        body.block(log)
            .block(document(
                format!("access_{name}"),
                self.search_access(search),
            ))
            .block(domain(search, &name, &group))
    }

    /// The exact roles, whether they exist yet or not; everybody else is denied, whatever other policies say.
    fn search_access(&self, search: &Search) -> Vec<Statement> {
        let on = format!("{}/*", self.domain_arn(search));
        let breakglass = self.place.iam(&format!("role/{}", ACCESS_ROLES[2]));
        let mut statements = Vec::new();
        if !search.users.is_empty() {
            statements.push(
                Statement::allow("Proxies")
                    .actions([REQUESTS])
                    .on([on.as_str()])
                    .principals("AWS", [self.place.iam("root")])
                    .when(
                        "ArnEquals",
                        "aws:PrincipalArn",
                        search.users.iter().map(String::as_str),
                    ),
            );
        }
        statements.push(
            Statement::deny("NobodyElse")
                .actions([REQUESTS])
                .on([on.as_str()])
                .everyone()
                .when(
                    "ArnNotEquals",
                    "aws:PrincipalArn",
                    search.users.iter().cloned().chain([breakglass]),
                ),
        );
        statements
    }
}

fn domain(search: &Search, name: &str, group: &str) -> Block {
    let zones = search.zones();
    let mut nodes = Block::unlabelled("cluster_config")
        .attribute("instance_type", search.machine())
        .attribute("instance_count", u32::from(search.nodes()))
        .attribute("zone_awareness_enabled", zones > 1);
    if let Some(machine) = search.masters() {
        nodes = nodes
            .attribute("dedicated_master_enabled", true)
            .attribute("dedicated_master_type", machine)
            .attribute("dedicated_master_count", 3);
    }
    if zones > 1 {
        nodes = nodes.block(
            Block::unlabelled("zone_awareness_config")
                .attribute("availability_zone_count", u32::from(zones)),
        );
    }
    let subnets = Expression::call(
        "slice",
        [
            Variable::reference(OutputKind::DatabaseSubnetIds.as_str()),
            0.into(),
            u32::from(zones).into(),
        ],
    );
    let engine = search.engine();
    let is_opensearch = engine.starts_with("OpenSearch_1") || engine.starts_with("OpenSearch_2");
    let mut domain = resource("aws_opensearch_domain", name)
        .attribute("domain_name", search.domain.as_str())
        .attribute("engine_version", engine)
        .attribute("access_policies", json(&format!("access_{name}")))
        .optional(
            "advanced_options",
            is_opensearch.then(|| {
                // Clients of Gen3 ask for the version and know those of Elasticsearch only.
                Expression::object([
                    ("override_main_response_version", Expression::from("true")),
                    (
                        "rest.action.multi.allow_explicit_index",
                        Expression::from("true"),
                    ),
                ])
            }),
        )
        .block(nodes)
        .block(
            Block::unlabelled("ebs_options")
                .attribute("ebs_enabled", true)
                .attribute("volume_type", "gp3")
                .attribute("volume_size", search.volume()),
        )
        .block(
            Block::unlabelled("vpc_options")
                .attribute("subnet_ids", subnets)
                .attribute(
                    "security_group_ids",
                    Expression::list([Expression::reference(&format!(
                        "aws_security_group.{group}.id"
                    ))]),
                ),
        )
        .block(
            Block::unlabelled("encrypt_at_rest")
                .attribute("enabled", true)
                .attribute("kms_key_id", key(KeyPurpose::Database)),
        )
        .block(Block::unlabelled("node_to_node_encryption").attribute("enabled", true))
        .block(
            Block::unlabelled("domain_endpoint_options")
                .attribute("enforce_https", true)
                .attribute("tls_security_policy", "Policy-Min-TLS-1-2-PFS-2023-10"),
        )
        .block(
            // Slow logs hold the text of requests, and with it data.
            Block::unlabelled("log_publishing_options")
                .attribute("log_type", "ES_APPLICATION_LOGS")
                .attribute(
                    "cloudwatch_log_group_arn",
                    Expression::reference(&format!("aws_cloudwatch_log_group.{group}.arn")),
                ),
        )
        .block(
            Block::unlabelled("software_update_options")
                .attribute("auto_software_update_enabled", true),
        );
    if search.spec.deletion_protection.unwrap_or(true) {
        domain = domain.block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true));
    }
    after(
        domain,
        &["aws_cloudwatch_log_resource_policy.search".to_owned()],
    )
}

fn log_group(search: &Search) -> String {
    format!(
        "/aws/OpenSearchService/domains/{}/application-logs",
        search.domain
    )
}
