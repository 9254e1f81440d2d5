//! A fleet of any number of environments, as files: what benches and the scale run measure on.
//!
//! Every four environments (dev, test, staging, prod) are a commons, every two commons share two
//! clusters, every five clusters an account. All services run; each environment has an ETL mapping,
//! a list of indices and recorded outputs of its own.

use std::fmt::Write;

/// Two fleets of the same size whose rendered files differ wherever a field of the fleet reaches them: all but declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// One.
    First,
    /// The other: another release, other names, other outputs, other content.
    Second,
}

/// The files of a fleet of that many environments, by path.
pub fn fleet(environments: usize, variant: Variant) -> Vec<(String, String)> {
    let mut generator = Generator {
        variant,
        files: Vec::new(),
    };
    generator.root();
    let clusters = environments.div_ceil(4).next_multiple_of(2);
    for account in 0..clusters.div_ceil(5) {
        generator.account(account);
    }
    for cluster in 0..clusters {
        generator.cluster(cluster);
    }
    for commons in 0..environments.div_ceil(4) {
        generator.commons(commons);
    }
    for number in 0..environments {
        generator.environment(number);
    }
    generator.files
}

struct Generator {
    variant: Variant,
    files: Vec<(String, String)>,
}

const TIERS: [&str; 4] = ["dev", "test", "staging", "prod"];

impl Generator {
    fn add(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.push((path.into(), text.into()));
    }

    fn account_id(&self, number: usize) -> String {
        let first: u64 = match self.variant {
            Variant::First => 111_122_220_000,
            Variant::Second => 222_233_330_000,
        };
        format!("{}", first + number as u64)
    }

    fn pick<'a>(&self, first: &'a str, second: &'a str) -> &'a str {
        match self.variant {
            Variant::First => first,
            Variant::Second => second,
        }
    }

    fn outputs(&mut self, stack: &str, values: &[(&str, String)]) {
        let entries: Vec<String> = values
            .iter()
            .map(|(name, value)| {
                let kind = match value.as_bytes()[0] {
                    b'[' => r#"["list", "string"]"#,
                    b'{' => r#"["map", "string"]"#,
                    _ => r#""string""#,
                };
                format!("  \"{name}\": {{\n    \"sensitive\": false,\n    \"type\": {kind},\n    \"value\": {value}\n  }}")
            })
            .collect();
        self.add(
            format!("outputs/{stack}.json"),
            format!("{{\n{}\n}}\n", entries.join(",\n")),
        );
    }

    fn root(&mut self) {
        let release = self.pick("2026.07", "2026.08");
        let minor = self.pick("1.11", "1.12");
        let revision = self.pick("main", "next");
        let chart = self.pick("0.3.90", "0.3.91");
        let addons = self.pick("0.6.49", "0.6.50");
        let mark = self.pick("", "x");
        let text = format!(
            r#"apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: scale{mark}
organization: {{ name: scale{mark}, awsOrganization: o-scale12345 }}
hub: {{ account: a000 }}
gitops: {{ repository: "https://github.com/example/scale-gitops", revision: {revision} }}
terraform:
  version: ">= {minor}, < 2.0"
  providers: {{ aws: "~> 5.100" }}
  state: {{ bucket: scale-terraform-state{mark}, region: us-east-1, kmsKey: "arn:aws:kms:us-east-1:{id}:key/1a2b3c4d-0001-4000-8000-000000000001" }}
charts:
  gen3: {{ repository: "https://helm.gen3.org", revision: {chart} }}
  clusterLevelResources: {{ repository: "https://helm.gen3.org", revision: {addons} }}
naming:
  secret: "{{environment_id}}-{mark}{{service}}"
  bucket: "{{environment_id}}-{{account_id}}-{mark}{{service}}"
  queue: "{{environment_id}}-{mark}{{service}}"
  ip-set: "{{environment_id}}-{mark}{{service}}"
defaults:
  release: "{release}"
  users: {{ administrators: [platform{mark}@example.org] }}
tiers:
  prod: {{ replicas: 3 }}
"#,
            id = self.account_id(0),
        );
        self.add("fleet.yaml", text);
    }

    fn account(&mut self, number: usize) {
        let id = self.account_id(number);
        let name = account_name(number);
        self.add(
            format!("accounts/{name}.yaml"),
            format!(
                "provider: aws\nid: \"{id}\"\nregion: {REGION}\ndomain: {name}.example.org\nbootstrapRole: arn:aws:iam::{id}:role/OrganizationAccountAccessRole\nexternalId: secretsmanager:csoc-external-id\ncontacts: [platform@example.org]\n"
            ),
        );
        let mark = self.pick("1", "2");
        let role = |role: &str| format!("\"arn:aws:iam::{id}:role/gen3/{role}\"");
        self.outputs(
            &format!("v1/{id}/global/access/account"),
            &[
                (
                    "boundary_arn",
                    format!("\"arn:aws:iam::{id}:policy/gen3/csoc-boundary\""),
                ),
                ("deploy_role_arn", role("csoc-deploy")),
                ("plan_role_arn", role("csoc-plan")),
            ],
        );
        self.outputs(
            &format!("v1/{id}/global/foundation/account"),
            &[
                (
                    "name_servers",
                    "[\"ns-107.awsdns-43.com\", \"ns-701.awsdns-61.net\"]".to_owned(),
                ),
                ("zone_id", format!("\"Z0{mark}{number:06}EXAMPLE\"")),
            ],
        );
        let key = |purpose: usize| {
            format!(
                "\"arn:aws:kms:{REGION}:{id}:key/{mark}a2b3c4d-{purpose:04}-4000-8000-{number:012}\""
            )
        };
        self.outputs(
            &format!("v1/{id}/{REGION}/foundation/account"),
            &[
                ("cluster_key_arn", key(1)),
                ("data_key_arn", key(2)),
                ("database_key_arn", key(3)),
                ("logs_key_arn", key(4)),
                ("secrets_key_arn", key(5)),
            ],
        );
    }

    fn cluster(&mut self, number: usize) {
        let name = cluster_name(number);
        let account = number / 5;
        let id = self.account_id(account);
        let (high, low) = (number / 16, number % 16 * 16);
        self.add(
            format!("clusters/{name}.yaml"),
            format!(
                r#"account: {account}
version: "1.34"
network:
  cidr: 10.{high}.{low}.0/20
  zones: [{REGION}a, {REGION}b, {REGION}c]
  nat: per-zone
loadBalancers:
  public: {{ scheme: internet-facing }}
databases:
  main: {{ version: "16.6" }}
search:
  main: {{}}
"#,
                account = account_name(account),
            ),
        );
        let mark = self.pick("1", "2");
        let other = self.pick("A", "B");
        let stack = |kind: &str| format!("v1/{id}/{REGION}/{kind}/cluster/{name}");
        let ids = |what: &str| {
            let ids: Vec<String> = (0..3)
                .map(|zone| format!("\"{what}-0{mark}{number:08}{zone:06}\""))
                .collect();
            format!("[{}]", ids.join(", "))
        };
        self.outputs(
            &stack("network"),
            &[
                ("database_subnet_ids", ids("subnet")),
                (
                    "nat_addresses",
                    format!("[\"203.0.{}.{}\"]", number % 256, number / 256 + 1),
                ),
                ("private_subnet_ids", ids("subnet")),
                ("vpc_id", format!("\"vpc-0{mark}{number:014}\"")),
            ],
        );
        let issuer = format!("oidc.eks.{REGION}.amazonaws.com/id/{other}{number:031}");
        self.outputs(
            &stack("cluster"),
            &[
                (
                    "cluster_certificate_authority",
                    "\"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==\"".to_owned(),
                ),
                (
                    "cluster_endpoint",
                    format!("\"https://{other}{number:031}.gr7.{REGION}.eks.amazonaws.com\""),
                ),
                ("oidc_issuer", format!("\"{issuer}\"")),
                (
                    "oidc_provider_arn",
                    format!("\"arn:aws:iam::{id}:oidc-provider/{issuer}\""),
                ),
            ],
        );
        let item = |value: String| format!("{{ \"main\": \"{value}\" }}");
        self.outputs(
            &stack("data"),
            &[
                (
                    "database_endpoints",
                    item(format!(
                        "{name}-main.cluster-{mark}.{REGION}.rds.amazonaws.com"
                    )),
                ),
                (
                    "database_reader_endpoints",
                    item(format!(
                        "{name}-main.cluster-ro-{mark}.{REGION}.rds.amazonaws.com"
                    )),
                ),
                (
                    "search_domain_arns",
                    item(format!("arn:aws:es:{REGION}:{id}:domain/{name}-main")),
                ),
                (
                    "search_endpoints",
                    item(format!(
                        "vpc-{name}-main-{mark}example.{REGION}.es.amazonaws.com"
                    )),
                ),
            ],
        );
        let web_acl = format!(
            "arn:aws:wafv2:{REGION}:{id}:regional/webacl/{name}-public/{mark}a2b3c4d-0001-4000-8000-{number:012}"
        );
        self.outputs(
            &stack("waf"),
            &[("web_acl_arns", format!("{{ \"public\": \"{web_acl}\" }}"))],
        );
    }

    fn commons(&mut self, number: usize) {
        let name = commons_name(number);
        self.add(
            format!("commons/{name}.yaml"),
            format!(
                r"title: Commons {number}
owner: {name}@example.org
dictionary: https://s3.amazonaws.com/dictionary-artifacts/datadictionary/develop/schema.json
indexd: {{ prefix: dg.C{number:05} }}
profiles: [core, hub, data-explorer, workspaces, uploads, requests]
accessRequests: requestor
exposure:
  tierAccess: {{ level: regular, limit: 20 }}
identityProviders:
  google:
    kind: google
    clientId: {number}.apps.googleusercontent.com
    clientSecret: secretsmanager:{name}-google-client#client_secret
"
            ),
        );
    }

    fn environment(&mut self, number: usize) {
        let commons = number / 4;
        let tier = TIERS[number % 4];
        let cluster = commons / 2 * 2 + number % 4 / 2;
        let account = account_name(cluster / 5);
        let id = self.account_id(cluster / 5);
        let name = commons_name(commons);
        let listed = if number.is_multiple_of(10) {
            "exposure:\n  allowList: [192.0.2.0/24, 198.51.100.0/24]\n"
        } else {
            ""
        };
        self.add(
            format!("commons/{name}/environments/{tier}.yaml"),
            format!(
                "tier: {tier}\ncluster: {cluster}\nhostname: {tier}-{name}.{account}.example.org\n{listed}content:\n  etl-mapping: {name}/{tier}/etl-mapping.yaml\n  guppy-indices: {name}/{tier}/guppy-indices.yaml\n",
                cluster = cluster_name(cluster),
            ),
        );
        let mark = self.pick("1", "2");
        self.outputs(
            &format!("v1/{id}/{REGION}/dns/environment/{name}/{tier}"),
            &[(
                "certificate_arn",
                format!("\"arn:aws:acm:{REGION}:{id}:certificate/{mark}a2b3c4d-0001-4000-8000-{number:012}\""),
            )],
        );
        let prefix = format!("{name}{tier}{}", self.pick("", "x"));
        self.add(
            format!("content/{name}/{tier}/etl-mapping.yaml"),
            mapping(&prefix),
        );
        let indices = INDICES.iter().fold(String::new(), |mut text, kind| {
            let _ = writeln!(text, "- index: {prefix}_{kind}\n  type: {kind}");
            text
        });
        self.add(format!("content/{name}/{tier}/guppy-indices.yaml"), indices);
    }
}

const REGION: &str = "us-east-1";
const INDICES: [&str; 4] = ["subject", "sample", "study", "file"];

fn account_name(number: usize) -> String {
    format!("a{number:03}")
}

fn cluster_name(number: usize) -> String {
    format!("k{number:04}")
}

fn commons_name(number: usize) -> String {
    format!("c{number:04}")
}

/// An ETL mapping of more than 500 lines.
fn mapping(prefix: &str) -> String {
    let mut text = String::from("mappings:\n");
    for kind in INDICES {
        let _ = write!(
            text,
            "  - name: {prefix}_{kind}\n    doc_type: {kind}\n    type: aggregator\n    root: {kind}\n    props:\n"
        );
        for property in 0..40 {
            let _ = writeln!(text, "      - name: {kind}_property_{property}");
        }
        text.push_str("    aggregated_props:\n");
        for count in 0..10 {
            let _ = writeln!(
                text,
                "      - name: _{kind}_count_{count}\n        path: samples.aliquots.files_{count}\n        fn: count"
            );
        }
        text.push_str("    nested_props:\n");
        for nested in 0..8 {
            let _ = write!(
                text,
                "      - name: nested_{nested}\n        path: visits.nested_{nested}\n        props:\n"
            );
            for property in 0..4 {
                let _ = writeln!(text, "          - name: nested_{nested}_{property}");
            }
        }
    }
    text
}
