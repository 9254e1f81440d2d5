//! What stands in the files.

use super::{CONSORTIUM, QUICKSTART, bodies, compile, fleet, recorded, text};
use crate::model::stack::{OutputKind, StackKind};

const RENDERED: [StackKind; 15] = [
    StackKind::Bootstrap,
    StackKind::Hub,
    StackKind::Attach,
    StackKind::Logging,
    StackKind::Access,
    StackKind::Foundation,
    StackKind::Network,
    StackKind::Cluster,
    StackKind::Data,
    StackKind::Delivery,
    StackKind::Storage,
    StackKind::Secrets,
    StackKind::Identity,
    StackKind::Dns,
    StackKind::Waf,
];

#[test]
fn quickstart_has_every_layer() {
    let compiled = compile(&fleet(QUICKSTART, &[]), false);
    assert!(compiled.found.is_empty(), "{:?}", compiled.found);
    let roots: Vec<&str> = compiled
        .files
        .iter()
        .filter_map(|file| file.path().as_str().strip_suffix("/main.tf"))
        .collect();
    assert_eq!(
        roots,
        [
            "terraform/demo/global/access",
            "terraform/demo/global/foundation",
            "terraform/demo/us-east-1/bootstrap",
            "terraform/demo/us-east-1/cluster/demo",
            "terraform/demo/us-east-1/data/demo",
            "terraform/demo/us-east-1/delivery/demo",
            "terraform/demo/us-east-1/dns/demo/dev",
            "terraform/demo/us-east-1/foundation",
            "terraform/demo/us-east-1/identity/demo/dev",
            "terraform/demo/us-east-1/network/demo",
            "terraform/demo/us-east-1/secrets/demo/dev",
            "terraform/demo/us-east-1/storage/demo/dev",
            "terraform/demo/us-east-1/waf/demo",
        ]
    );
}

#[test]
fn roots_look_as_reviewed() {
    let files = compile(&fleet(QUICKSTART, &[]), false).files;
    for path in [
        "demo/us-east-1/identity/demo/dev/main.tf",
        "demo/us-east-1/identity/demo/dev/variables.tf",
        "demo/us-east-1/storage/demo/dev/main.tf",
        "demo/us-east-1/cluster/demo/main.tf",
        "demo/us-east-1/data/demo/main.tf",
        "demo/us-east-1/data/demo/outputs.tf",
        "demo/us-east-1/delivery/demo/main.tf",
        "demo/us-east-1/delivery/demo/terraform.tf",
        "demo/us-east-1/delivery/demo/variables.tf",
        "demo/us-east-1/dns/demo/dev/main.tf",
        "demo/us-east-1/network/demo/main.tf",
        "demo/us-east-1/network/demo/outputs.tf",
        "demo/us-east-1/waf/demo/outputs.tf",
        "README.md",
        "stacks.json",
    ] {
        insta::assert_snapshot!(
            format!("quickstart/{path}").replace('/', "__"),
            text(&files, &format!("terraform/{path}"))
        );
    }
    let files = compile(&recorded(), false).files;
    for path in [
        "alpha/global/access/main.tf",
        "alpha/us-east-1/waf/alpha/main.tf",
        "alpha/us-east-1/waf/alpha/terraform.tf",
    ] {
        insta::assert_snapshot!(
            format!("consortium/{path}").replace('/', "__"),
            text(&files, &format!("terraform/{path}"))
        );
    }
}

#[test]
fn every_output_of_a_rendered_layer_is_given() {
    let files = compile(&fleet(CONSORTIUM, &[]), false).files;
    for kind in OutputKind::ALL
        .iter()
        .filter(|kind| RENDERED.contains(&kind.stack_kind()))
    {
        let given = bodies(&files).any(|(_, body)| {
            body.blocks_of("output")
                .any(|output| output.label(0) == Some(kind.as_str()))
        });
        assert!(given, "{}", kind.as_str());
    }
}

fn file_of_test() -> crate::span::FileId {
    let mut sources = crate::span::Sources::default();
    sources.add(crate::span::SourceFile::new("stacks.json", ""))
}

/// Each stack with what it depends on, in the order of `stacks.json`.
fn order(files: &[crate::tree::File]) -> Vec<(String, Vec<String>)> {
    let text = text(files, "terraform/stacks.json");
    let (node, _) = crate::value::json_read::read_json(&text, file_of_test());
    let node = node.unwrap();
    let words = |node: &crate::value::Node| {
        let items = node.items().iter();
        items.map(|item| item.text().unwrap().to_owned()).collect()
    };
    let stacks = node.get("stacks").unwrap().items().iter();
    stacks
        .map(|stack| {
            let id = stack.get("id").unwrap().text().unwrap().to_owned();
            (id, words(stack.get("depends_on").unwrap()))
        })
        .collect()
}

#[test]
fn stacks_depend_only_on_earlier_ones() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/consortium");
    let set = crate::source::read_directory(
        std::path::Path::new(directory),
        crate::source::Limits::default(),
    );
    let context = crate::context::Context::default();
    let example = crate::Fleet::from_sources(set.unwrap(), &context).unwrap();
    for fleet in [fleet(QUICKSTART, &[]), fleet(CONSORTIUM, &[]), example] {
        let stacks = order(&compile(&fleet, true).files);
        let mut before = std::collections::BTreeSet::new();
        for (id, needed) in &stacks {
            for other in needed {
                let is_rendered = stacks.iter().any(|(id, _)| id == other);
                assert!(
                    !is_rendered || before.contains(other),
                    "{id} before {other}"
                );
            }
            before.insert(id.clone());
        }
    }
}

#[test]
fn every_variable_is_used_and_declared() {
    let files = compile(&recorded(), true).files;
    for (file, body) in bodies(&files) {
        if file.path().file_name() != Some("main.tf") {
            continue;
        }
        let directory = file.path().parent().unwrap();
        // A provider may use some, too.
        let beside = directory.join("terraform.tf");
        let settings = bodies(&files).find(|(file, _)| file.path() == beside);
        let (_, settings) = settings.unwrap();
        let used = crate::hcl::print(body) + &crate::hcl::print(settings);
        let declared = files
            .iter()
            .find(|file| file.path() == directory.join("variables.tf"));
        let declared = declared.map_or_else(String::new, |file| {
            String::from_utf8(file.bytes().to_vec()).unwrap()
        });
        for line in declared
            .lines()
            .filter_map(|line| line.strip_prefix("variable \""))
        {
            let name = line.split('"').next().unwrap();
            assert!(used.contains(&format!("var.{name}")), "{directory}: {name}");
        }
        for part in used.split("var.").skip(1) {
            let end = part
                .find(|character: char| !(character.is_alphanumeric() || character == '_'))
                .unwrap();
            assert!(
                declared.contains(&format!("variable \"{}\"", &part[..end])),
                "{directory}: {}",
                &part[..end]
            );
        }
    }
}

#[test]
fn known_outputs_are_values_and_missing_ones_block() {
    let files = compile(&recorded(), false).files;
    assert_eq!(
        text(
            &files,
            "terraform/alpha/us-east-1/waf/alpha/terraform.tfvars.json"
        )
        .replace([' ', '\n'], ""),
        r#"{"logs_key_arn":"arn:aws:kms:us-east-1:111122223333:key/3","nat_addresses":["203.0.113.9","203.0.113.10"]}"#
    );
    let stacks = text(&files, "terraform/stacks.json");
    let status = |path: &str| {
        let at = stacks
            .find(&format!("\"path\": \"{path}\""))
            .unwrap_or_else(|| panic!("{path}"));
        let rest = &stacks[at..];
        let at = rest.find("\"status\": \"").unwrap() + 11;
        rest[at..].split('"').next().unwrap().to_owned()
    };
    assert_eq!(status("alpha/us-east-1/waf/alpha"), "ready");
    assert_eq!(status("alpha/us-east-1/secrets/data/prod"), "ready");
    assert_eq!(status("alpha/us-east-1/identity/data/prod"), "blocked");
    assert_eq!(status("alpha/us-east-1/dns/data/prod"), "blocked");
    assert_eq!(status("alpha/global/access"), "ready");
    assert_eq!(status("beta/global/access"), "blocked");
}

#[test]
fn locks_are_copied_and_a_layers_own_goes_first() {
    let files = compile(&recorded(), false).files;
    assert_eq!(
        text(
            &files,
            "terraform/alpha/us-east-1/waf/alpha/.terraform.lock.hcl"
        ),
        "# lock of waf\n"
    );
    assert_eq!(
        text(&files, "terraform/alpha/global/access/.terraform.lock.hcl"),
        "# lock of aws\n"
    );
}

#[test]
fn what_others_own_or_is_gone_is_not_rendered() {
    let has = |include_observed, path: &str| {
        let files = compile(&fleet(CONSORTIUM, &[]), include_observed).files;
        files.iter().any(|file| file.path().as_str().contains(path))
    };
    assert!(!has(true, "/open/theirs/"));
    assert!(!has(true, "/data/old/"));
    assert!(!has(false, "/open/watched/"));
    assert!(has(true, "/open/watched/"));
    // Let's Encrypt proves this host in the cluster.
    assert!(!has(true, "/dns/open/test/"));
}

#[test]
fn an_allow_list_spares_longer_hosts_of_others() {
    let main = text(
        &compile(&recorded(), false).files,
        "terraform/alpha/us-east-1/waf/alpha/main.tf",
    );
    let prod = &main
        [main.find("allow-list-data_prod").unwrap()..main.find("allow-list-data_staging").unwrap()];
    assert_eq!(prod.matches("search_string").count(), 2, "{prod}");
    assert!(prod.contains("not_statement"));
    assert!(
        !main.contains("203.0.113.0/24"),
        "the list of a retired environment"
    );
    assert!(
        main.contains("WCU 1367 of 1500: managed groups 1325, rate 2, allow-lists 40."),
        "{main}"
    );
    let mut priorities: Vec<&str> = Vec::new();
    let public = &main[main.find("aws_wafv2_web_acl\" \"public").unwrap()..];
    let public = &public[..public.find("aws_cloudwatch_log_group").unwrap()];
    for line in public
        .lines()
        .filter_map(|line| line.strip_prefix("    priority = "))
    {
        assert!(!priorities.contains(&line), "{line}");
        priorities.push(line);
    }
}

#[test]
fn web_acls_that_cost_more_are_found() {
    let found = compile(&recorded(), false).found;
    let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["waf-group-unknown"]);
    let list = "exposure: { allowList: [192.0.2.0/24] }";
    let mut text = CONSORTIUM.to_owned();
    for number in 0..12 {
        text = text.replacen(
            "    environments:\n",
            &format!("    environments:\n      e{number}: {{ cluster: beta, hostname: e{number}.example.net, tier: dev, release: \"2026.07\", {list} }}\n"),
            1,
        );
    }
    let within = compile(&fleet(&text, &[]), false).found;
    assert!(
        within
            .iter()
            .all(|finding| finding.code.as_str() != "waf-capacity-exceeded")
    );
    let text = text.replace("certificate: le-http01", list);
    let over = compile(&fleet(&text, &[]), false).found;
    assert!(
        over.iter()
            .any(|finding| finding.code.as_str() == "waf-capacity-exceeded"),
        "{over:?}"
    );
}
