//! Reading stacks, choosing among them, and what waits for what.

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::{Rendering, Selection, Stack, Stacks, StacksError};

fn stack(id: &str, needs: &[&str]) -> Value {
    let parts: Vec<&str> = id.split('/').collect();
    json!({
        "id": id, "path": format!("{}/{}", if parts[1].starts_with('1') { "hub" } else { "research" }, parts[3..].join("/")), "object": "accounts.a",
        "kind": parts[3], "account": parts[1], "region": parts[2], "depends_on": needs, "inputs": [], "status": "ready",
        "tier": id.ends_with("prod").then_some("prod"),
    })
}

fn parsed(stacks: &[Value]) -> Result<Stacks, StacksError> {
    let text = json!({ "format": 1, "stacks": stacks }).to_string();
    Stacks::parse(
        "tree".into(),
        Rendering::default(),
        Path::new("tree/stacks.json"),
        text.as_bytes(),
    )
}

const ACCESS: &str = "v1/111122223333/global/access/account";
const NETWORK: &str = "v1/111122223333/us-east-1/network/cluster/main";
const WAF: &str = "v1/111122223333/us-east-1/waf/cluster/main";
const STORAGE: &str = "v1/444455556666/us-east-1/storage/environment/atlas/prod";

fn four() -> Stacks {
    parsed(&[
        stack(ACCESS, &[]),
        stack(NETWORK, &[ACCESS]),
        stack(WAF, &[NETWORK]),
        stack(STORAGE, &[ACCESS, WAF]),
    ])
    .expect("they are in order")
}

#[rstest]
#[case("account = 111122223333", &[ACCESS, NETWORK, WAF])]
#[case("account=1111* and layer in (waf, network)", &[NETWORK, WAF])]
#[case("account = research", &[STORAGE])]
#[case("tier != prod", &[ACCESS, NETWORK, WAF])]
#[case("tier = prod", &[STORAGE])]
#[case("commons=atlas and environment=prod", &[STORAGE])]
#[case("cluster=main and not layer=waf", &[NETWORK])]
#[case("layer not in (access, waf)", &[NETWORK, STORAGE])]
#[case("not (layer=waf or cluster=main) and status == ready", &[ACCESS, STORAGE])]
#[case("id = v1/*/storage/*/prod", &[STORAGE])]
#[case("id = *a*a*", &[ACCESS, NETWORK, WAF, STORAGE])]
#[case("region = *-2", &[])]
fn a_selection_means_stacks(#[case] selection: &str, #[case] meant: &[&str]) {
    let selection: Selection = selection.parse().expect("it is a selection");
    let stacks = four();
    let found: Vec<&str> = stacks
        .select(&selection)
        .map(|stack| stack.id.as_str())
        .collect();
    assert_eq!(found, meant);
}

#[rstest]
#[case("", "at character 1 it ends, where a field must stand")]
#[case("layers=waf", "at character 1 stands `layers`, where a field")]
#[case("layer=", "at character 7 it ends, where a word must stand")]
#[case("layer waf", "at character 7 stands `waf`, where `=`")]
#[case("layer not waf", "at character 11 stands `waf`, where `in`")]
#[case("layer in (waf", "at character 14 it ends, where `,` or `)`")]
#[case(
    "layer=waf tier=prod",
    "at character 11 stands `tier`, where `and` or `or`"
)]
#[case("(layer=waf", "at character 11 it ends, where `)`")]
#[case("ébène", "at character 1 stands `ébène`")]
#[case("layer=ébène and", "at character 16 it ends")]
#[case(
    "layer = \"waf",
    "at character 9 stands `\"waf`, where a word without quotes"
)]
#[case(
    "layer in (waf, 'access')",
    "at character 16 stands `'access'`, where a word"
)]
fn what_is_no_selection_says_where(#[case] text: &str, #[case] says: &str) {
    let error = text
        .parse::<Selection>()
        .expect_err("it is none")
        .to_string();
    assert!(error.contains(says), "{error}");
}

#[rstest]
#[case(
    "tier != PROD",
    "no stack has the tier `PROD`",
    "`tier = prod` is one: upper case"
)]
#[case(
    "layer in (waf, wof)",
    "the layer `wof`",
    "layer is one of access, network, storage, waf"
)]
#[case(
    "not (kind = x or layer = waf)",
    "the layer `x`, which `not (kind",
    "layer is one of"
)]
#[case("commons = ebony", "the commons `ebony`", "commons is one of atlas")]
#[case(
    "status = done",
    "the status `done`",
    "status is one of blocked, leaving, ready"
)]
fn what_no_stack_has_is_said(#[case] text: &str, #[case] says: &str, #[case] help: &str) {
    let stacks = four();
    let selection: Selection = text.parse().expect("it is a selection");
    let error = stacks.have(&[selection]).expect_err("none has it");
    assert!(error.to_string().contains(says), "{error}");
    let helps = error.help().expect("there are few");
    assert!(helps.contains(help), "{helps}");
}

#[test]
fn what_any_stack_has_may_be_said_and_so_may_a_pattern() {
    let all = [
        "tier = prod",
        "account = research",
        "region = nowhere-*",
        "status = blocked",
    ];
    let all = all.map(|text| text.parse().expect("it is a selection"));
    assert_eq!(four().have(&all), Ok(()));
}

#[test]
fn a_selection_that_nests_without_end_is_refused() {
    for text in ["(".repeat(100_000), "not ".repeat(100_000)] {
        let error = text
            .parse::<Selection>()
            .expect_err("it is none")
            .to_string();
        assert!(error.contains("too deeply"));
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in ".{0,80}") {
        let _ = text.parse::<Selection>();
    }

    #[test]
    fn a_star_stands_for_anything(before in "[a-c]{0,4}", value in "[a-c]{0,4}", behind in "[a-c]{0,4}") {
        let selection: Selection = format!("layer = x{before}*{behind}").parse().expect("it is one");
        let mut one: Stack = serde_json::from_value(stack(WAF, &[])).expect("it is one");
        one.kind = format!("x{before}{value}{behind}");
        prop_assert!(selection.matches(&one));
        one.kind = format!("y{value}");
        prop_assert!(!selection.matches(&one));
    }
}

#[test]
fn a_chosen_stack_waits_for_chosen_ones_through_others() {
    let stacks = four();
    let selection: Selection = "layer in (access, storage)".parse().expect("it is one");
    let chosen: Vec<&Stack> = stacks.select(&selection).collect();
    let needs = stacks.needs(&chosen);
    let shown: Vec<(&str, Vec<&str>)> = needs
        .iter()
        .map(|(id, needs)| (id.as_str(), needs.iter().map(|id| id.as_str()).collect()))
        .collect();
    assert_eq!(shown, [(ACCESS, vec![]), (STORAGE, vec![ACCESS])]);
}

#[test]
fn what_no_render_writes_is_refused() {
    let disordered = parsed(&[stack(NETWORK, &[ACCESS]), stack(ACCESS, &[])]);
    assert!(matches!(disordered, Err(StacksError::Disordered { .. })));
    let twice = parsed(&[stack(ACCESS, &[]), stack(ACCESS, &[])]);
    assert!(matches!(twice, Err(StacksError::Duplicate(_))));
    let cyclic = parsed(&[stack(ACCESS, &[ACCESS])]);
    assert!(matches!(cyclic, Err(StacksError::Disordered { .. })));
    for path in ["../outside", "/etc", "a/../../b", ""] {
        let mut outside = stack(ACCESS, &[]);
        outside["path"] = path.into();
        assert!(
            matches!(parsed(&[outside]), Err(StacksError::Outside { .. })),
            "{path}"
        );
    }
    for id in [
        "v2/1/2/3/4",
        "v1/1/2/3",
        "v1/1/../3/4",
        "v1/1//3/4",
        "v1/1/2/3/a b",
    ] {
        let mut named = stack(ACCESS, &[]);
        named["id"] = id.into();
        assert!(
            matches!(parsed(&[named]), Err(StacksError::Invalid { .. })),
            "{id}"
        );
    }
    let of = |text: &str| {
        Stacks::parse(
            "t".into(),
            Rendering::default(),
            Path::new("t/stacks.json"),
            text.as_bytes(),
        )
    };
    assert!(matches!(
        of("{\"format\": 2}"),
        Err(StacksError::Newer { found: 2, .. })
    ));
    assert!(matches!(of("[]"), Err(StacksError::Invalid { .. })));
    assert!(matches!(
        Stacks::load(Path::new("/nowhere")),
        Err(StacksError::Unreadable(_))
    ));
}
