//! The layer `waf`: a web ACL a load balancer, with the addresses that reach each guarded host.

use super::place::label;
use super::policy::lines;
use super::root::Content;
use super::variables::Variable;
use super::waf_rules::{self, Guarded};
use crate::contract::AllowList;
use crate::diagnostic::Diagnostics;
use crate::hcl::{Block, Body, Expression, ExpressionKind, For, Part};
use crate::model::cluster::Waf as WafSpec;
use crate::model::name::ObjectName;
use crate::model::stack::OutputKind;

/// What a cluster's web ACLs are made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Waf {
    pub(super) cluster: ObjectName,
    pub(super) web_acls: Vec<WebAcl>,
}

/// The web ACL of a load balancer.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct WebAcl {
    pub(super) name: String,
    pub(super) load_balancer: ObjectName,
    pub(super) spec: WafSpec,
    pub(super) allow_lists: Vec<AllowList>,
    /// All hosts behind the load balancer.
    pub(super) hosts: Vec<String>,
}

impl Waf {
    /// Whether any host is for some addresses only.
    pub(super) fn has_allow_lists(&self) -> bool {
        self.web_acls
            .iter()
            .any(|web_acl| !web_acl.allow_lists.is_empty())
    }

    /// What is wrong with the rules.
    pub(super) fn check(&self, found: &mut Diagnostics) {
        for web_acl in &self.web_acls {
            web_acl.check(self.cluster.as_str(), found);
        }
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = Body::new();
        for web_acl in &self.web_acls {
            for list in &web_acl.allow_lists {
                main = main
                    .comment(format!("Who may reach {}{}.", list.guarded, except(list)))
                    .blank()
                    .block(ip_set_v4(list))
                    .block(ip_set_v6(list));
            }
            main = self.web_acl(main, web_acl);
        }
        let arns = self.web_acls.iter().map(|web_acl| {
            let name = label(web_acl.load_balancer.as_str());
            let arn = Expression::reference(&format!("aws_wafv2_web_acl.{name}.arn"));
            (web_acl.load_balancer.to_string(), arn)
        });
        Content {
            main,
            outputs: vec![(OutputKind::WebAclArns, Expression::object(arns))],
        }
    }

    fn web_acl(&self, body: Body, web_acl: &WebAcl) -> Body {
        let name = label(web_acl.load_balancer.as_str());
        let capacity = web_acl.capacity();
        let block = Block::new("resource", ["aws_wafv2_web_acl".to_owned(), name.clone()])
            .attribute("name", web_acl.name.as_str())
            .attribute(
                "description",
                format!(
                    "Load balancer {} of cluster {}",
                    web_acl.load_balancer, self.cluster
                ),
            )
            .attribute("scope", "REGIONAL")
            .block(Block::unlabelled("default_action").block(Block::unlabelled("allow")));
        let block = waf_rules::rules(block, web_acl).block(waf_rules::visibility(&web_acl.name));
        let log_group = Block::new(
            "resource",
            ["aws_cloudwatch_log_group".to_owned(), name.clone()],
        )
        .attribute("name", format!("aws-waf-logs-{}", web_acl.name))
        .attribute("retention_in_days", web_acl.spec.log_retention_days)
        .attribute(
            "kms_key_id",
            Variable::reference(OutputKind::LogsKeyArn.as_str()),
        );
        let redacted = |header: &'static str| {
            Block::unlabelled("redacted_fields")
                .block(Block::unlabelled("single_header").attribute("name", header))
        };
        let logging = Block::new(
            "resource",
            [
                "aws_wafv2_web_acl_logging_configuration".to_owned(),
                name.clone(),
            ],
        )
        .attribute(
            "resource_arn",
            Expression::reference(&format!("aws_wafv2_web_acl.{name}.arn")),
        )
        .attribute(
            "log_destination_configs",
            Expression::list([Expression::reference(&format!(
                "aws_cloudwatch_log_group.{name}.arn"
            ))]),
        )
        .block(redacted("authorization"))
        .block(redacted("cookie"));
        body.comment(format!(
            "WCU {} of {}: managed groups {}, rate {}, allow-lists {}.",
            capacity.total(),
            waf_rules::CAPACITY,
            capacity.groups,
            capacity.rate,
            capacity.allow_lists
        ))
        .block(block)
        .block(log_group)
        .block(logging)
    }
}

impl WebAcl {
    /// The allow-lists, once for each of their hosts, with the hosts of others that begin as that one does.
    pub(super) fn guarded(&self) -> impl Iterator<Item = Guarded<'_>> {
        let hosts = self.allow_lists.iter().flat_map(|list| {
            let hosts = [&list.hostname].into_iter().chain(&list.also);
            hosts.map(move |host| (list, host))
        });
        hosts.map(|(list, of)| {
            let host = of.as_str();
            let longer = self
                .hosts
                .iter()
                .filter(|other| other.len() > host.len() && other.starts_with(host))
                .map(String::as_str)
                .collect();
            Guarded {
                list,
                host: of,
                longer,
            }
        })
    }
}

/// The paths that a list does not guard, as a comment names them.
fn except(list: &AllowList) -> String {
    if list.open.is_empty() {
        return String::new();
    }
    format!(" beside {}", list.open.join(", "))
}

/// The label of a host's set of addresses.
pub(super) fn set_label(list: &AllowList, version: &str) -> String {
    format!("{}_{version}", list.guarded.label())
}

fn ip_set(list: &AllowList, version: &str, name: &str, family: &'static str) -> Block {
    Block::new(
        "resource",
        ["aws_wafv2_ip_set".to_owned(), set_label(list, version)],
    )
    .attribute("name", name)
    .attribute("description", format!("Who may reach {}", list.hostname))
    .attribute("scope", "REGIONAL")
    .attribute("ip_address_version", family)
}

/// The listed networks, and the addresses that the cluster itself calls the host from.
fn ip_set_v4(list: &AllowList) -> Block {
    let address = Expression::template([
        Part::from(Expression::reference("address")),
        Part::from("/32"),
    ]);
    let own = Expression::new(ExpressionKind::For(Box::new(For {
        key: None,
        value: "address".into(),
        collection: Variable::reference(OutputKind::NatAddresses.as_str()),
        result_key: None,
        result: address,
        grouped: false,
        condition: None,
    })));
    let listed = lines(list.v4.iter().map(|cidr| cidr.to_string().into()).collect());
    let addresses = if list.v4.is_empty() {
        own
    } else {
        Expression::call("concat", [listed, own])
    };
    ip_set(list, "v4", &list.ip_set_v4, "IPV4").attribute("addresses", addresses)
}

/// The listed networks; where there is none, no IPv6 address gets in.
fn ip_set_v6(list: &AllowList) -> Block {
    let listed = lines(list.v6.iter().map(|cidr| cidr.to_string().into()).collect());
    ip_set(list, "v6", &list.ip_set_v6, "IPV6").attribute("addresses", listed)
}
