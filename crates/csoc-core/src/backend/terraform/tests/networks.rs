//! Networks: sizes, ways out, and joins.

use std::collections::BTreeMap;

use super::{CONSORTIUM, QUICKSTART, bodies, compile, fleet, recorded, text};
use crate::hcl::{Body, Expression};
use crate::tree::{Document, File};

/// Three networks of one account and one of another: joined by a peering and a transit gateway, one behind a firewall.
const JOINED: &str = r#"apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: joined
organization: { name: example, awsOrganization: o-a1b2c3d4e5 }
accounts:
  one: { provider: aws, id: "111122223333", region: us-east-1 }
  two: { provider: aws, id: "444455556666", region: us-east-1 }
clusters:
  center:
    account: one
    network:
      cidr: 10.1.0.0/16
      zones: [us-east-1b, us-east-1d]
      transitGateway: { source: own }
      peerings:
        tools: { cluster: tools }
        campus: { vpc: { id: vpc-0a1b2c3d4e5f60718, account: "999988887777", region: us-west-2, cidrs: [10.250.0.0/16, 10.251.0.0/16] } }
  guarded:
    account: two
    network:
      cidr: 10.2.0.0/20
      zoneCount: 4
      egress: firewall
      endpoints: [sts, ecr.api, sts]
      flowLogs: { retentionDays: 731, traffic: rejected }
      transitGateway: { source: { cluster: center }, routes: [192.168.0.0/24] }
  tools: { account: one, network: { cidr: 10.3.0.0/22, nat: per-zone } }
  twin: { account: one, vpc: tools, network: { cidr: 10.3.0.0/22 } }
  theirs: { account: one, network: { cidr: 10.4.0.0/16 }, management: { terraform: external } }
"#;

fn main_of<'f>(files: &'f [File], path: &str) -> &'f Body {
    let path = format!("terraform/{path}/main.tf");
    let file = files.iter().find(|file| file.path() == path);
    let file = file.unwrap_or_else(|| panic!("no {path}"));
    match file.document() {
        Document::Hcl(body) => body,
        _ => panic!("{path}"),
    }
}

fn counts(body: &Body) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for block in body.blocks_of("resource") {
        *counts.entry(block.label(0).unwrap()).or_default() += 1;
    }
    counts
}

fn values<'b>(body: &'b Body, kind: &str, attribute: &str) -> Vec<&'b str> {
    let blocks = body
        .blocks_of("resource")
        .filter(|block| block.label(0) == Some(kind));
    blocks
        .filter_map(|block| block.body.get(attribute).and_then(Expression::as_str))
        .collect()
}

#[test]
fn networks_look_as_reviewed() {
    let files = compile(&fleet(JOINED, &[]), false).files;
    for path in [
        "one/us-east-1/network/center/main.tf",
        "one/us-east-1/network/center/variables.tf",
        "two/us-east-1/network/guarded/main.tf",
        "two/us-east-1/network/guarded/terraform.tfvars.json",
    ] {
        insta::assert_snapshot!(
            format!("joined/{path}").replace('/', "__"),
            text(&files, &format!("terraform/{path}"))
        );
    }
    let files = compile(&recorded(), false).files;
    for path in [
        "alpha/us-east-1/network/alpha/main.tf",
        "beta/us-west-2/network/beta/main.tf",
        "beta/us-west-2/network/beta/outputs.tf",
    ] {
        insta::assert_snapshot!(
            format!("consortium/{path}").replace('/', "__"),
            text(&files, &format!("terraform/{path}"))
        );
    }
}

#[test]
fn roots_stay_small_at_default_size() {
    let prod = QUICKSTART.replace("tier: dev", "tier: prod");
    for (fleet_text, most) in [(QUICKSTART, 34), (&*prod, 45)] {
        let files = compile(&fleet(fleet_text, &[]), false).files;
        let counts = counts(main_of(&files, "demo/us-east-1/network/demo"));
        assert_eq!(counts.values().sum::<usize>(), most, "{counts:?}");
        assert_eq!(counts["aws_subnet"], 9);
    }
}

#[test]
fn each_tier_has_its_ways_out() {
    let counts_of = |tier: &str| {
        let text = QUICKSTART.replace("tier: dev", &format!("tier: {tier}"));
        let files = compile(&fleet(&text, &[]), false).files;
        let counts = counts(main_of(&files, "demo/us-east-1/network/demo"));
        [
            "aws_nat_gateway",
            "aws_eip",
            "aws_vpc_endpoint",
            "aws_route",
        ]
        .map(|kind| counts.get(kind).copied().unwrap_or_default())
    };
    assert_eq!(counts_of("dev"), [1, 1, 1, 4]);
    assert_eq!(counts_of("staging"), [1, 1, 1, 4]);
    assert_eq!(counts_of("prod"), [3, 3, 6, 4]);
}

#[test]
fn a_proxy_or_a_firewall_is_the_only_way_out() {
    let files = compile(&fleet(JOINED, &[]), false).files;
    let guarded = main_of(&files, "two/us-east-1/network/guarded");
    let counted = counts(guarded);
    assert!(!counted.contains_key("aws_nat_gateway"), "{counted:?}");
    assert_eq!(counted["aws_subnet"], 12);
    assert_eq!(
        values(guarded, "aws_subnet", "cidr_block")[..4],
        ["10.2.0.0/22", "10.2.4.0/22", "10.2.8.0/22", "10.2.12.0/23"]
    );
    let ways: Vec<&str> = values(guarded, "aws_route", "destination_cidr_block");
    assert_eq!(
        ways, ["0.0.0.0/0"; 5],
        "public, and each private one to the firewall"
    );
    let files = compile(&recorded(), false).files;
    let proxied = main_of(&files, "beta/us-west-2/network/beta");
    assert_eq!(
        values(proxied, "aws_route", "destination_cidr_block"),
        ["0.0.0.0/0"]
    );
    assert!(!counts(proxied).contains_key("aws_nat_gateway"));
}

#[test]
fn clusters_that_share_a_network_have_one_stack_of_it() {
    let fleet = fleet(JOINED, &[]);
    let files = compile(&fleet, false).files;
    let roots: Vec<&str> = files
        .iter()
        .filter_map(|file| file.path().as_str().strip_suffix("/main.tf"))
        .filter(|path| path.contains("/network/"))
        .collect();
    assert_eq!(
        roots,
        [
            "terraform/one/us-east-1/network/center",
            "terraform/one/us-east-1/network/tools",
            "terraform/one/us-east-1/network/twin",
            "terraform/two/us-east-1/network/guarded",
        ],
        "`tools` names no network, so that `twin` has one of its own"
    );
    let shared = JOINED.replace(
        "tools: { account: one, network",
        "tools: { account: one, vpc: tools, network",
    );
    let fleet = super::fleet(&shared, &[]);
    let stacks = |name: &str| {
        let name = name.parse().unwrap();
        let kind = crate::model::stack::StackKind::Network;
        fleet
            .resolved()
            .cluster_stack(&name, kind)
            .unwrap()
            .to_string()
    };
    assert_eq!(
        stacks("twin"),
        "v1/111122223333/us-east-1/network/cluster/tools"
    );
    let files = compile(&fleet, false).files;
    assert!(
        files
            .iter()
            .all(|file| !file.path().as_str().contains("network/twin"))
    );
}

#[test]
fn stacks_of_joined_networks_have_no_cycle() {
    for text in [JOINED, CONSORTIUM, QUICKSTART] {
        let files = compile(&fleet(text, &[]), true).files;
        let stacks = super::text(&files, "terraform/stacks.json");
        let stacks: serde_json::Value = serde_json::from_str(&stacks).unwrap();
        let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for stack in stacks["stacks"].as_array().unwrap() {
            let needed = stack["depends_on"].as_array().unwrap().iter();
            edges.insert(
                stack["id"].as_str().unwrap().to_owned(),
                needed.map(|id| id.as_str().unwrap().to_owned()).collect(),
            );
        }
        while let Some(ready) = edges
            .iter()
            .find(|(_, needed)| needed.iter().all(|id| !edges.contains_key(id)))
            .map(|(id, _)| id.clone())
        {
            edges.remove(&ready);
        }
        assert!(edges.is_empty(), "{edges:#?}");
    }
}

#[test]
fn no_network_lets_everything_in() {
    for text in [JOINED, CONSORTIUM] {
        let files = compile(&fleet(text, &[]), true).files;
        for (file, body) in bodies(&files) {
            if !file.path().as_str().contains("/network/")
                || file.path().file_name() != Some("main.tf")
            {
                continue;
            }
            let counted = counts(body);
            for kind in [
                "aws_default_security_group",
                "aws_default_route_table",
                "aws_flow_log",
            ] {
                assert_eq!(counted.get(kind), Some(&1), "{} {kind}", file.path());
            }
            for open in values(body, "aws_vpc_security_group_ingress_rule", "cidr_ipv4") {
                assert!(open.starts_with("10."), "{} {open}", file.path());
            }
        }
    }
}
