//! What plans say, and which are refused.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::{Action, PlanError, PlanSummary, Refusal};

fn change(address: &str, actions: &[&str]) -> Value {
    let of = address.rsplit('.').nth(1).unwrap_or_default();
    json!({ "address": address, "mode": "managed", "type": of, "change": { "actions": actions, "after": { "password": "planted" } } })
}

fn summary(changes: &[Value]) -> PlanSummary {
    read(&json!({ "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes })).expect("it is a plan")
}

fn read(plan: &Value) -> Result<PlanSummary, PlanError> {
    PlanSummary::read(plan.to_string().as_bytes())
}

#[rstest]
#[case(&["create"], Some(Action::Create))]
#[case(&["update"], Some(Action::Update))]
#[case(&["delete"], Some(Action::Destroy))]
#[case(&["forget"], Some(Action::Forget))]
#[case(&["delete", "create"], Some(Action::Replace))]
#[case(&["create", "delete"], Some(Action::Replace))]
#[case(&["no-op"], None)]
#[case(&["read"], None)]
fn an_action_has_one_name(#[case] actions: &[&str], #[case] action: Option<Action>) {
    let found: Vec<Action> = summary(&[change("aws_vpc.main", actions)])
        .changes
        .iter()
        .map(|it| it.action)
        .collect();
    assert_eq!(found, Vec::from_iter(action));
}

#[test]
fn an_action_without_a_name_is_no_plan_that_may_run() {
    let error = read(
        &json!({ "format_version": "1.2", "resource_changes": [change("aws_vpc.main", &["melt"])] }),
    );
    assert!(matches!(error, Err(PlanError::Unknown { .. })));
}

#[test]
fn imports_outputs_drift_and_reasons_are_seen() {
    let mut import = change("aws_vpc.main", &["no-op"]);
    import["change"]["importing"] = json!({ "id": "vpc-1" });
    let mut replaced = change("module.a.aws_rds_cluster.main", &["delete", "create"]);
    replaced["action_reason"] = "replace_because_cannot_update".into();
    replaced["change"]["replace_paths"] =
        json!([["engine"], ["scaling", 0, "min"], ["tags", {"x": 1}]]);
    let mut deposed = change("aws_vpc.main", &["delete"]);
    deposed["deposed"] = "0a1b2c3d".into();
    let plan = read(&json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "complete": true,
        "resource_changes": [replaced, import, deposed],
        "resource_drift": [change("aws_sqs_queue.a", &["update"])],
        "output_changes": { "b": { "actions": ["create"], "after": "planted" }, "a": { "actions": ["no-op"] } },
    }))
    .expect("it is a plan");
    let shown: Vec<(String, Action)> = plan
        .changes
        .iter()
        .map(|it| (it.address.to_string(), it.action))
        .collect();
    assert_eq!(
        shown,
        [
            ("aws_vpc.main".to_owned(), Action::Import),
            (
                "aws_vpc.main (left by a replacement, 0a1b2c3d)".to_owned(),
                Action::Destroy
            ),
            ("module.a.aws_rds_cluster.main".to_owned(), Action::Replace),
        ]
    );
    assert_eq!(
        plan.changes[2].because,
        ["engine", "scaling[0].min", "tags[…]"].map(Box::<str>::from)
    );
    assert_eq!(
        (plan.drift.len(), plan.outputs.clone(), plan.is_complete),
        (1, vec![Box::<str>::from("b")], true)
    );
    assert!(!plan.is_empty() && plan.count(Action::Replace) == 1);
}

#[test]
fn no_value_is_kept_or_told() {
    let plan = summary(&[change("aws_db_instance.main", &["create"])]);
    assert!(!format!("{plan:?}").contains("planted"));
    let broken =
        br#"{"format_version": "1.2", "resource_changes": [{"address": 7, "x": "planted"}]}"#;
    let error = PlanSummary::read(broken).expect_err("it is none");
    assert!(matches!(error, PlanError::Invalid { .. }));
    assert!(
        !format!("{error:?} {error}").contains("planted"),
        "{error:?}"
    );
}

#[test]
fn what_cannot_be_made_again_is_destroyed_only_by_name() {
    let plan = summary(&[
        change("aws_s3_bucket.data", &["delete"]),
        change("aws_rds_cluster.main", &["delete", "create"]),
        change("aws_iam_role.it", &["delete"]),
        change("aws_kms_key.data", &["update"]),
    ]);
    let none = BTreeSet::new();
    let refused: Vec<String> = plan
        .refusals(&none)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(
        refused[0].contains("replace `aws_rds_cluster.main`")
            && refused[0].contains("--allow-destroy aws_rds_cluster.main")
    );
    assert!(refused[1].contains("destroy `aws_s3_bucket.data`"));
    let both = BTreeSet::from(["aws_s3_bucket.data", "aws_rds_cluster.main"]);
    assert_eq!(plan.refusals(&both), []);
    let other = BTreeSet::from([
        "aws_s3_bucket.data",
        "aws_rds_cluster.main",
        "aws_kms_key.data",
    ]);
    assert_eq!(
        plan.refusals(&other),
        [Refusal::NotPlanned("aws_kms_key.data".into())]
    );
}

#[test]
fn a_stack_that_is_taken_over_makes_and_destroys_nothing() {
    let mut import = change("aws_s3_bucket.data", &["no-op"]);
    import["change"]["importing"] = json!({ "id": "data" });
    let fine = summary(&[import, change("aws_s3_bucket_policy.data", &["update"])]);
    assert_eq!(fine.refusals_of_adoption(), []);
    let other = summary(&[
        change("aws_iam_role.it", &["create"]),
        change("aws_sqs_queue.it", &["delete"]),
    ]);
    assert_eq!(other.refusals_of_adoption().len(), 2);
}

#[test]
fn a_plan_that_failed_or_put_something_off_is_refused() {
    for plan in [
        json!({ "format_version": "1.2", "errored": true }),
        json!({ "format_version": "1.2", "complete": false }),
    ] {
        let plan = read(&plan).expect("it is a plan");
        assert_eq!(plan.refusals(&BTreeSet::new()), [Refusal::Incomplete]);
        assert_eq!(plan.refusals_of_adoption(), [Refusal::Incomplete]);
    }
    assert!(matches!(
        read(&json!({ "format_version": "2.0" })),
        Err(PlanError::Newer(_))
    ));
}
