//! What stands on the page, and what of it cannot be markup.

use serde_json::json;

use super::{PlanPage, Row, RowState, Tally};
use crate::digest::Digest;
use crate::plan::PlanSummary;

fn changes(address: &str, actions: &[&str], of: &str) -> RowState {
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": [{ "address": address, "mode": "managed", "type": of,
            "change": { "actions": actions, "replace_paths": [["engine"]] } }],
    });
    let summary = PlanSummary::read(plan.to_string().as_bytes()).expect("it is a plan");
    RowState::Changes {
        bundle: Digest::of(address.as_bytes()),
        changes: summary.changes,
        outputs: summary.outputs,
        drift: summary.drift,
    }
}

fn row(layer: &str, state: RowState) -> Row {
    let stack = format!("v1/111122223333/us-east-1/{layer}/cluster/main");
    Row {
        stack: stack.parse().expect("it is one"),
        object: "clusters.main".to_owned(),
        layer: layer.to_owned(),
        tier: Some("prod".to_owned()),
        state,
    }
}

fn page() -> PlanPage {
    PlanPage {
        run: "20261126-1".into(),
        aim: crate::Aim::Change,
        place: Box::default(),
        expires: Some("2026-11-27T10:00:00Z".parse().expect("it is a time")),
        rows: vec![
            row("network", RowState::Clean),
            row(
                "data",
                changes(
                    "aws_rds_cluster.main",
                    &["delete", "create"],
                    "aws_rds_cluster",
                ),
            ),
            row(
                "waf",
                changes(
                    "aws_wafv2_rule_group.a[\"<x>|`\"]",
                    &["delete"],
                    "aws_wafv2_rule_group",
                ),
            ),
            row(
                "cluster",
                RowState::Blocked {
                    needs: vec!["network.vpc_id".to_owned()],
                },
            ),
            row(
                "dns",
                RowState::Failed {
                    message: "plan failed: <b>no</b> | zone\nhere".to_owned(),
                    diagnostics: Vec::new(),
                },
            ),
        ],
    }
}

#[test]
fn what_goes_away_stands_first_and_what_cannot_be_made_again_before_the_rest() {
    let page = page();
    let dangers: Vec<(&str, bool)> = page
        .dangers()
        .iter()
        .map(|danger| (&*danger.change.of, danger.is_stateful))
        .collect();
    assert_eq!(
        dangers,
        [("aws_rds_cluster", true), ("aws_wafv2_rule_group", false)]
    );
    let tally = Tally {
        changed: 2,
        clean: 1,
        blocked: 1,
        failed: 1,
        skipped: 0,
    };
    assert_eq!(page.tally(), tally);
    assert_eq!(
        page.headline(),
        "5 stacks: 2 would change, 1 clean, 1 blocked, 1 failed"
    );
    let markdown = page.to_markdown();
    let away = markdown
        .find("**cannot be made again**, replace `aws_rds_cluster.main`")
        .expect("it is said");
    assert!(away < markdown.find("| stack |").expect("there is a table"));
    assert!(markdown.contains("because of `engine`"), "{markdown}");
    assert!(
        markdown.contains("`csoc apply --run 20261126-1`, until 2026-11-27 10:00 UTC"),
        "{markdown}"
    );
}

#[test]
fn nothing_of_it_is_markup() {
    let page = page();
    let markdown = page.to_markdown();
    assert!(
        markdown.contains("plan failed: &lt;b&gt;no&lt;/b&gt; \\| zone here"),
        "{markdown}"
    );
    assert!(
        markdown.contains("`` aws_wafv2_rule_group.a[\"<x>|`\"] ``"),
        "{markdown}"
    );
    for text in [page.to_html(), page.to_html_fragment()] {
        assert!(!text.contains("<x>") && !text.contains("<b>"), "{text}");
        assert!(text.contains("&lt;x&gt;"), "{text}");
    }
}
