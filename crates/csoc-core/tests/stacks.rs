//! How many resources the roots of each layer have, and which stack waits for which: what `docs/stacks.md` shows.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use csoc_core::{BackendName, CompileOptions, Context, Fleet, SourceSet};

/// The most resources that a root has.
const MOST: usize = 45;

/// The layers, in their order.
const LAYERS: [&str; 17] = [
    "bootstrap",
    "organization",
    "access",
    "logging",
    "foundation",
    "network",
    "cluster",
    "hub",
    "attach",
    "data",
    "storage",
    "secrets",
    "dns",
    "waf",
    "identity",
    "delivery",
    "observability",
];

const BEGIN: &str = "<!-- counted by crates/csoc-core/tests/stacks.rs -->\n";
const END: &str = "<!-- end of what was counted -->\n";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn quickstart() -> String {
    fs_err::read_to_string(repository().join("examples/quickstart/fleet.yaml")).unwrap()
}

fn of_text(text: &str) -> Fleet {
    let set: SourceSet = [("fleet.yaml", text.as_bytes())].into_iter().collect();
    Fleet::from_sources(set, &Context::default()).unwrap()
}

/// The quickstart in production, of a size.
fn of_size(size: &str) -> Fleet {
    of_text(&quickstart().replace(
        "tier: dev\n",
        &format!("tier: prod\n        size: {size}\n"),
    ))
}

fn of_directory(directory: &str) -> Fleet {
    Fleet::load(repository().join(directory), &Context::default()).unwrap()
}

/// Where a layer stands in the order of layers.
fn rank(kind: &str) -> usize {
    let mut layers = LAYERS.iter();
    layers.position(|layer| *layer == kind).unwrap()
}

/// The resources of each root, by the rank of its layer.
fn sizes(fleet: &Fleet) -> BTreeMap<usize, Vec<usize>> {
    let mut options = CompileOptions::default();
    options.backends = [BackendName::Terraform].into();
    let (tree, _) = fleet.compile(&options, &Context::default()).unwrap();
    let stacks = tree.get("terraform/stacks.json").unwrap().bytes();
    let stacks: serde_json::Value = serde_json::from_slice(&stacks).unwrap();
    let mut sizes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for stack in stacks["stacks"].as_array().unwrap() {
        let path = stack["path"].as_str().unwrap();
        let main = tree
            .get(format!("terraform/{path}/main.tf"))
            .unwrap()
            .bytes();
        let text = String::from_utf8(main.to_vec()).unwrap();
        let count = text
            .lines()
            .filter(|line| line.starts_with("resource \""))
            .count();
        let kind = rank(stack["kind"].as_str().unwrap());
        sizes.entry(kind).or_default().push(count);
    }
    sizes
}

/// The table: the largest root of each layer of each fleet.
fn table(fleets: &[(&str, BTreeMap<usize, Vec<usize>>)]) -> String {
    let mut table = String::from("| layer |");
    for (name, _) in fleets {
        let _ = write!(table, " {name} |");
    }
    table.push_str("\n|---|");
    table.push_str(&"---:|".repeat(fleets.len()));
    table.push('\n');
    for (rank, kind) in LAYERS.iter().enumerate() {
        if fleets.iter().all(|(_, sizes)| !sizes.contains_key(&rank)) {
            continue;
        }
        let _ = write!(table, "| `{kind}` |");
        for (_, sizes) in fleets {
            let _ = match sizes.get(&rank).and_then(|sizes| sizes.iter().max()) {
                Some(most) => write!(table, " {most} |"),
                None => write!(table, " |"),
            };
        }
        table.push('\n');
    }
    for (what, of) in [
        ("roots", Vec::len as fn(&Vec<usize>) -> usize),
        ("resources", |sizes| sizes.iter().sum()),
    ] {
        let _ = write!(table, "| all {what} |");
        for (_, sizes) in fleets {
            let _ = write!(table, " {} |", sizes.values().map(of).sum::<usize>());
        }
        table.push('\n');
    }
    table
}

/// Every root stays small, and the page says how small; `CSOC_UPDATE=1` writes the numbers again.
#[test]
fn every_root_is_small_and_the_page_says_how_small() {
    let fleets = [
        ("quickstart", sizes(&of_text(&quickstart()))),
        ("prod, small", sizes(&of_size("small"))),
        ("prod, medium", sizes(&of_size("medium"))),
        ("prod, large", sizes(&of_size("large"))),
        (
            "two accounts",
            sizes(&of_directory("tests/fleets/two-accounts")),
        ),
        ("consortium", sizes(&of_directory("examples/consortium"))),
    ];
    for (name, sizes) in &fleets {
        for (rank, sizes) in sizes {
            let most = sizes.iter().max().unwrap();
            let kind = LAYERS[*rank];
            assert!(
                *most <= MOST,
                "{name}: a root of {kind} has {most} resources"
            );
        }
    }
    let path = repository().join("docs/stacks.md");
    let page = fs_err::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let written = format!("{before}{BEGIN}\n{}\n{END}{after}", table(&fleets));
    if std::env::var_os("CSOC_UPDATE").is_some() {
        fs_err::write(&path, &written).unwrap();
    }
    assert_eq!(fs_err::read_to_string(path).unwrap(), written);
}

/// The picture of stacks in the documentation; `CSOC_UPDATE=1` draws it again.
#[test]
fn the_picture_of_stacks_is_of_a_fleet_of_two_accounts() {
    let fleet = of_directory("tests/fleets/two-accounts");
    let graph = fleet.stack_graph(&Context::default()).unwrap();
    assert!(graph.nodes.is_sorted_by(|one, other| one.id < other.id));
    for link in &graph.links {
        let is_there = |id| graph.node(id).is_some();
        assert!(is_there(&link.from) && is_there(&link.to), "{link:?}");
    }
    let path = repository().join("docs/stacks.svg");
    let drawn = graph.to_svg().unwrap();
    if std::env::var_os("CSOC_UPDATE").is_some() {
        fs_err::write(&path, &drawn).unwrap();
    }
    assert_eq!(fs_err::read_to_string(path).unwrap(), drawn);
}
