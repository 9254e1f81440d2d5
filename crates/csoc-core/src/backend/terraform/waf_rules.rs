//! The rules of a web ACL and what they cost.

use super::waf::{WebAcl, set_label};
use crate::contract::AllowList;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::hcl::{Block, Expression};
use crate::model::network::Hostname;

/// A web ACL whose rules cost more than AWS includes.
pub(crate) const WAF_CAPACITY_EXCEEDED: Code = Code::new("waf-capacity-exceeded");
/// A rule that shall only count is of a group that the web ACL does not have.
pub(crate) const WAF_GROUP_UNKNOWN: Code = Code::new("waf-group-unknown");

/// The capacity units that the price of a web ACL includes.
pub(super) const CAPACITY: usize = 1500;

/// A group of AWS's own rules.
struct Group {
    rule: &'static str,
    priority: u32,
    name: &'static str,
    capacity: usize,
}

/// The groups of every web ACL, with AWS's published capacities.
const GROUPS: [Group; 5] = [
    Group {
        rule: "ip-reputation",
        priority: 1100,
        name: "AWSManagedRulesAmazonIpReputationList",
        capacity: 25,
    },
    Group {
        rule: "common",
        priority: 1110,
        name: "AWSManagedRulesCommonRuleSet",
        capacity: 700,
    },
    Group {
        rule: "known-bad-inputs",
        priority: 1120,
        name: "AWSManagedRulesKnownBadInputsRuleSet",
        capacity: 200,
    },
    Group {
        rule: "linux",
        priority: 1130,
        name: "AWSManagedRulesLinuxRuleSet",
        capacity: 200,
    },
    Group {
        rule: "sqli",
        priority: 1140,
        name: "AWSManagedRulesSQLiRuleSet",
        capacity: 200,
    },
];

/// A comparison of the host: 2 for the start of a text, 10 for making it lower case.
const HOST_CAPACITY: usize = 12;
/// A comparison of the path: 3 for the expression, 10 each for decoding and for resolving `..`.
const PATH_CAPACITY: usize = 23;
/// Two sets of addresses.
const SETS_CAPACITY: usize = 2;
/// A rule that counts requests by address.
const RATE_CAPACITY: usize = 2;
/// The rules of allow-lists come first.
const FIRST_ALLOW_LIST: usize = 100;
/// The rate rule comes behind them.
const RATE: u32 = 1000;

/// An allow-list for one of its hosts, and the hosts of other environments that begin with that one.
pub(super) struct Guarded<'a> {
    pub(super) list: &'a AllowList,
    pub(super) host: &'a Hostname,
    pub(super) longer: Vec<&'a str>,
}

/// What a web ACL's rules cost.
pub(super) struct Capacity {
    pub(super) groups: usize,
    pub(super) rate: usize,
    pub(super) allow_lists: usize,
}

impl Capacity {
    /// All of it.
    pub(super) fn total(&self) -> usize {
        self.groups + self.rate + self.allow_lists
    }
}

impl Guarded<'_> {
    fn capacity(&self) -> usize {
        let path = if self.list.open.is_empty() {
            0
        } else {
            PATH_CAPACITY
        };
        HOST_CAPACITY * (1 + self.longer.len()) + path + SETS_CAPACITY
    }
}

impl WebAcl {
    /// What its rules cost.
    pub(super) fn capacity(&self) -> Capacity {
        Capacity {
            groups: GROUPS.iter().map(|group| group.capacity).sum(),
            rate: RATE_CAPACITY,
            allow_lists: self.guarded().map(|guarded| guarded.capacity()).sum(),
        }
    }

    /// What is wrong with its rules.
    pub(super) fn check(&self, cluster: &str, found: &mut Diagnostics) {
        let object = format!("clusters.{cluster}");
        let path = format!("{object}.loadBalancers.{}", self.load_balancer);
        let total = self.capacity().total();
        if total > CAPACITY {
            found.push(
                Finding::warning(
                    WAF_CAPACITY_EXCEEDED,
                    format!("the rules of the web ACL `{}` need {total} capacity units; {CAPACITY} are included in its price", self.name),
                )
                .help("put some of the environments with an allow-list behind another load balancer")
                .object(&object)
                .path(path.as_str()),
            );
        }
        for rule in &self.spec.count_only {
            let group = rule
                .split_once('/')
                .map_or(rule.as_str(), |(group, _)| group);
            if !GROUPS.iter().any(|known| known.name == group) || !rule.contains('/') {
                let names = GROUPS.map(|group| group.name).join("`, `");
                found.push(
                    Finding::warning(
                        WAF_GROUP_UNKNOWN,
                        format!(
                            "`{rule}` is no rule of a group that the web ACL `{}` has",
                            self.name
                        ),
                    )
                    .help(format!("write GROUP/RULE; the groups are `{names}`"))
                    .object(&object)
                    .path(format!("{path}.waf.countOnly")),
                );
            }
        }
    }
}

/// The web ACL's block with all of its rules.
pub(super) fn rules(mut block: Block, web_acl: &WebAcl) -> Block {
    for (at, guarded) in web_acl.guarded().enumerate() {
        block = block.comment(host_comment(&guarded)).block(allow_list(
            web_acl,
            &guarded,
            FIRST_ALLOW_LIST + at,
        ));
    }
    block = block
        .comment(format!("WCU {RATE_CAPACITY}."))
        .block(rate(web_acl));
    for group in &GROUPS {
        let counted: Vec<&str> = web_acl
            .spec
            .count_only
            .iter()
            .filter_map(|rule| rule.split_once('/'))
            .filter(|(name, _)| *name == group.name)
            .map(|(_, rule)| rule)
            .collect();
        let comment = if counted.is_empty() {
            format!("WCU {}.", group.capacity)
        } else {
            format!(
                "WCU {}. Submissions and queries have large bodies with markup and JSON: {} only count{}.",
                group.capacity,
                counted.join(", "),
                if counted.len() == 1 { "s" } else { "" }
            )
        };
        block = block
            .comment(comment)
            .block(managed(web_acl, group, &counted));
    }
    block
}

/// How requests show in metrics and samples.
pub(super) fn visibility(metric: &str) -> Block {
    Block::unlabelled("visibility_config")
        .attribute("cloudwatch_metrics_enabled", true)
        .attribute("metric_name", metric)
        .attribute("sampled_requests_enabled", true)
}

fn host_comment(guarded: &Guarded<'_>) -> String {
    let host = guarded.host;
    let hosts = 1 + guarded.longer.len();
    let path = if guarded.list.open.is_empty() {
        String::new()
    } else {
        format!("; a path {PATH_CAPACITY}")
    };
    let mut comment = format!(
        "WCU {}: comparing a host, {hosts} times {HOST_CAPACITY}{path}; two address sets {SETS_CAPACITY}.\nThe host is compared by its start: {host}:443 and \"{host}.\" are the same host.",
        guarded.capacity()
    );
    if !guarded.longer.is_empty() {
        comment.push_str("\nHosts of other environments that start alike are not meant: ");
        comment.push_str(&guarded.longer.join(", "));
        comment.push('.');
    }
    comment
}

fn allow_list(web_acl: &WebAcl, guarded: &Guarded<'_>, priority: usize) -> Block {
    let label = guarded.list.guarded.label();
    let name = if guarded.host == &guarded.list.hostname {
        format!("allow-list-{label}")
    } else {
        format!("allow-list-{label}-preview")
    };
    let outside = |version| {
        let set = set_label(guarded.list, version);
        let arn = Expression::reference(&format!("aws_wafv2_ip_set.{set}.arn"));
        not(Block::unlabelled("ip_set_reference_statement").attribute("arn", arn))
    };
    let condition = Block::unlabelled("and_statement")
        .block(statement(host_begins(guarded.host.as_str())))
        .blocks(guarded.longer.iter().map(|longer| not(host_begins(longer))))
        .blocks(open_path(&guarded.list.open).map(not))
        .block(outside("v4"))
        .block(outside("v6"));
    rule(&name)
        .attribute("priority", priority)
        .block(Block::unlabelled("action").block(Block::unlabelled("block")))
        .block(statement(condition))
        .block(visibility(&format!("{}-{name}", web_acl.name)))
}

fn host_begins(host: &str) -> Block {
    Block::unlabelled("byte_match_statement")
        .attribute("positional_constraint", "STARTS_WITH")
        .attribute("search_string", host)
        .block(
            Block::unlabelled("field_to_match")
                .block(Block::unlabelled("single_header").attribute("name", "host")),
        )
        .block(
            Block::unlabelled("text_transformation")
                .attribute("priority", 0)
                .attribute("type", "LOWERCASE"),
        )
}

/// A path as the service behind will read it begins with one of these; none where none is named.
fn open_path(open: &[String]) -> Option<Block> {
    if open.is_empty() {
        return None;
    }
    let transformed = |priority: u32, kind: &'static str| {
        Block::unlabelled("text_transformation")
            .attribute("priority", priority)
            .attribute("type", kind)
    };
    Some(
        Block::unlabelled("regex_match_statement")
            .attribute("regex_string", format!("^({})", open.join("|")))
            .block(Block::unlabelled("field_to_match").block(Block::unlabelled("uri_path")))
            .block(transformed(0, "URL_DECODE"))
            .block(transformed(1, "NORMALIZE_PATH")),
    )
}

fn statement(inner: Block) -> Block {
    Block::unlabelled("statement").block(inner)
}

fn not(inner: Block) -> Block {
    statement(Block::unlabelled("not_statement").block(statement(inner)))
}

fn rate(web_acl: &WebAcl) -> Block {
    rule("rate")
        .attribute("priority", RATE)
        .block(Block::unlabelled("action").block(Block::unlabelled("block")))
        .block(statement(
            Block::unlabelled("rate_based_statement")
                .attribute("aggregate_key_type", "IP")
                .attribute("evaluation_window_sec", 300)
                .attribute("limit", web_acl.spec.rate_limit),
        ))
        .block(visibility(&format!("{}-rate", web_acl.name)))
}

fn managed(web_acl: &WebAcl, group: &Group, counted: &[&str]) -> Block {
    let overrides = counted.iter().map(|rule| {
        Block::unlabelled("rule_action_override")
            .attribute("name", *rule)
            .block(Block::unlabelled("action_to_use").block(Block::unlabelled("count")))
    });
    rule(group.rule)
        .attribute("priority", group.priority)
        .block(Block::unlabelled("override_action").block(Block::unlabelled("none")))
        .block(statement(
            Block::unlabelled("managed_rule_group_statement")
                .attribute("vendor_name", "AWS")
                .attribute("name", group.name)
                .blocks(overrides),
        ))
        .block(visibility(&format!("{}-{}", web_acl.name, group.rule)))
}

fn rule(name: &str) -> Block {
    Block::unlabelled("rule").attribute("name", name)
}
