//! Networks given to clusters, in every way that a fleet can be written.

use rstest::rstest;

use crate::context::Context;
use crate::source::SourceSet;
use crate::{AllocateError, Fleet};

const FLEET: &str = r#"apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
accounts: { demo: { provider: aws, id: "111122223333", region: us-east-1 } }
"#;

fn fleet(more: &str, files: &[(&str, &str)]) -> Fleet {
    let mut set = SourceSet::new();
    set.insert("fleet.yaml", format!("{FLEET}{more}").into_bytes());
    for (path, text) in files {
        set.insert(*path, text.as_bytes());
    }
    Fleet::from_sources(set, &Context::default()).unwrap()
}

fn allocated(fleet: &Fleet) -> (Vec<String>, Vec<(String, String)>) {
    let allocation = fleet.allocate_networks(&Context::default()).unwrap();
    let networks = allocation.networks.iter();
    let networks =
        networks.map(|network| format!("{} {} {}", network.cluster, network.cidr, network.file));
    let files = allocation.files.into_iter();
    (
        networks.collect(),
        files.map(|(path, text)| (path.to_string(), text)).collect(),
    )
}

#[rstest]
#[case::file(
    "account: demo # ours\nversion: \"1.34\"\n\n# Shared\nloadBalancers:\n  public: {}\n",
    "account: demo # ours\nversion: \"1.34\"\nnetwork: { cidr: 10.0.0.0/16 }\n\n# Shared\nloadBalancers:\n  public: {}\n"
)]
#[case::block(
    "account: demo\nnetwork:\n  nat: single # cheap\nversion: \"1.34\"\n",
    "account: demo\nnetwork:\n  nat: single # cheap\n  cidr: 10.0.0.0/16\nversion: \"1.34\"\n"
)]
#[case::braces(
    "account: demo\nnetwork: { nat: single } # cheap\n",
    "account: demo\nnetwork: { nat: single, cidr: 10.0.0.0/16 } # cheap\n"
)]
#[case::empty(
    "account: demo\nnetwork: {}\n",
    "account: demo\nnetwork: { cidr: 10.0.0.0/16 }\n"
)]
#[case::line_breaks(
    "account: demo\r\n",
    "account: demo\r\nnetwork: { cidr: 10.0.0.0/16 }\r\n"
)]
fn comments_and_layout_are_kept(#[case] text: &str, #[case] expected: &str) {
    let (networks, files) = allocated(&fleet("", &[("clusters/one.yaml", text)]));
    assert_eq!(networks, ["one 10.0.0.0/16 clusters/one.yaml"]);
    assert_eq!(
        files,
        [("clusters/one.yaml".to_owned(), expected.to_owned())]
    );
}

#[test]
fn clusters_of_one_file_are_written_there() {
    let text = "clusters:\n  b: { account: demo }\n  a:\n    account: demo\n  c: { account: demo, network: { cidr: 10.0.0.0/16 } }\nnetwork: { pool: [10.0.0.0/14], prefix: 17 }\n";
    let (networks, files) = allocated(&fleet(text, &[]));
    assert_eq!(
        networks,
        ["a 10.1.0.0/17 fleet.yaml", "b 10.1.128.0/17 fleet.yaml"]
    );
    let [(path, text)] = &files[..] else {
        panic!("{files:?}")
    };
    assert_eq!(path, "fleet.yaml");
    assert!(
        text.contains("b: { account: demo, network: { cidr: 10.1.128.0/17 } }"),
        "{text}"
    );
    assert!(
        text.contains("  a:\n    account: demo\n    network: { cidr: 10.1.0.0/17 }\n"),
        "{text}"
    );
}

#[test]
fn what_is_written_stays_when_others_are_added() {
    let more = "network: { pool: [10.8.0.0/13], reserved: [10.8.0.0/16, 10.10.64.0/20] }\n";
    let first = fleet(more, &[("clusters/m.yaml", "account: demo\n")]);
    let (networks, files) = allocated(&first);
    assert_eq!(networks, ["m 10.9.0.0/16 clusters/m.yaml"]);
    let written: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    assert_eq!(allocated(&fleet(more, &written)).0, [""; 0]);
    let mut more_files = written.clone();
    more_files.push(("clusters/a.yaml", "account: demo\n"));
    more_files.push((
        "clusters/z.yaml",
        "account: demo\nnetwork: { prefix: 20 }\n",
    ));
    let (networks, _) = allocated(&fleet(more, &more_files));
    // The small one fits into the gap before the reserved range.
    assert_eq!(
        networks,
        [
            "a 10.11.0.0/16 clusters/a.yaml",
            "z 10.10.0.0/20 clusters/z.yaml"
        ]
    );
}

#[test]
fn what_others_make_gets_nothing() {
    let text = "clusters:\n  a: { account: demo, management: { terraform: external } }\n  b: { account: demo, platform: k3s }\n  c: { account: demo, kro: { name: spoke1 } }\n";
    let fleet = fleet(text, &[]);
    let allocation = fleet.allocate_networks(&Context::default()).unwrap();
    assert!(allocation.networks.is_empty(), "{allocation:?}");
    assert!(allocation.files.is_empty());
}

#[test]
fn a_pool_that_has_nothing_left_gives_nothing() {
    let text = "network: { pool: [10.0.0.0/16] }\nclusters:\n  a: { account: demo }\n  b: { account: demo }\n";
    let error = fleet(text, &[])
        .allocate_networks(&Context::default())
        .unwrap_err();
    assert!(
        matches!(&error, AllocateError::Exhausted { cluster, prefix: 16 } if cluster == "b"),
        "{error}"
    );
    assert!(error.help().is_some());
}

#[test]
fn a_text_that_two_clusters_share_is_left_alone() {
    let text = "clusters:\n  a: &shared { account: demo }\n  b: *shared\n";
    let mut set = SourceSet::new();
    set.insert("fleet.yaml", format!("{FLEET}{text}").into_bytes());
    if let Ok(fleet) = Fleet::from_sources(set, &Context::default()) {
        let error = fleet.allocate_networks(&Context::default()).unwrap_err();
        assert!(matches!(error, AllocateError::Text { .. }), "{error}");
    }
}

#[test]
fn the_pool_gives_no_addresses_that_something_else_likely_uses() {
    let text = "network: { pool: [172.16.0.0/12] }\nclusters:\n  a: { account: demo }\n  b: { account: demo }\n";
    let (networks, _) = allocated(&fleet(text, &[]));
    assert_eq!(
        networks,
        ["a 172.16.0.0/16 fleet.yaml", "b 172.18.0.0/16 fleet.yaml"]
    );
    let text =
        "network: { pool: [172.17.0.0/16], prefix: 20 }\nclusters:\n  a: { account: demo }\n";
    assert_eq!(
        allocated(&fleet(text, &[])).0,
        ["a 172.17.0.0/20 fleet.yaml"]
    );
}

#[test]
fn plans_say_what_is_left() {
    let text = "network: { pool: [10.0.0.0/14] }\nclusters:\n  a: { account: demo, network: { cidr: 10.1.0.0/16 } }\n  b: { account: demo }\n";
    let planned = fleet(text, &[]).networks(&Context::default()).unwrap();
    assert_eq!((planned.pool.total, planned.pool.left), (4, 3));
    let [network] = &planned.networks[..] else {
        panic!("{planned:?}")
    };
    assert_eq!(
        (network.nodes, network.pods, network.expected_nodes),
        (375, 41_250, 3)
    );
    assert_eq!(network.subnets[0].cidr, "10.1.0.0/18");
}
