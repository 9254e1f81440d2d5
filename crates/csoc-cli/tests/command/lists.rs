//! `csoc outputs`, `csoc secrets`, `csoc schema`, `csoc completions`.

use super::Place;

#[test]
fn outputs_are_pending_until_they_are_recorded() {
    let place = Place::new();
    let run = place.run("outputs list fleet");
    assert_eq!(run.exit, 0);
    assert!(run.out.contains("v1/111122223333/us-east-1/dns/environment/demo/dev\n  certificate_arn  pending, for commons.demo.environments.dev\n"), "{}", run.out);
    assert_eq!(place.run("outputs check fleet").exit, 1);

    place.write(
        "fleet/outputs/v1/111122223333/us-east-1/dns/environment/demo/dev.json",
        r#"{"certificate_arn": {"value": "arn:aws:acm:us-east-1:111122223333:certificate/x"}}"#,
    );
    let run = place.run("outputs list fleet --format json");
    let json = run.json();
    assert_eq!(json["recorded"], 1);
    let outputs = json["outputs"].as_array().unwrap();
    let certificate = outputs
        .iter()
        .find(|output| output["output"] == "certificate_arn")
        .unwrap();
    assert_eq!(certificate["place"]["line"], 1);
    assert!(
        certificate["value"]
            .as_str()
            .unwrap()
            .contains("certificate/x")
    );
    assert!(
        !place
            .run("outputs check fleet")
            .out
            .contains("certificate_arn")
    );
}

#[test]
fn outputs_are_recorded_where_they_fit() {
    const DNS: &str = "v1/111122223333/us-east-1/dns/environment/demo/dev";
    let place = Place::new();
    let file = format!("fleet/outputs/{DNS}.json");
    let set = format!("outputs record {DNS} fleet --set certificate_arn=");
    let arn = "arn:aws:acm:us-east-1:111122223333:certificate/x";
    let run = place.run(&format!(
        "{set}{arn} --source team --as-of 2026-11-26 --dry-run"
    ));
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(run.out.contains("\"date\": \"2026-11-26\""), "{}", run.out);
    assert!(!place.path(&file).exists());

    assert_eq!(place.run(&format!("{set}{arn}")).exit, 0);
    assert!(place.read(&file).contains(arn));

    let foreign = place.run(&format!("{set}{}", arn.replace("1111", "9999")));
    assert_eq!(foreign.exit, 1);
    assert!(
        foreign.err.contains("output-place-foreign"),
        "{}",
        foreign.err
    );
    assert!(place.read(&file).contains(arn));

    place.write(
        "printed.json",
        r#"{"certificate_arn": {"value": "arn:aws:acm:us-east-1:111122223333:certificate/y"},
            "token": {"sensitive": true, "value": "hunter2"}}"#,
    );
    let run = place.run(&format!("outputs record {DNS} fleet --from printed.json"));
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(run.out.contains("left out: token"), "{}", run.out);
    assert!(!(run.out + &run.err + &place.read(&file)).contains("hunter2"));

    let run = place.run("outputs record v1/111122223333/us-east-1/dns/environment/demo/prod fleet --from printed.json");
    assert_eq!(run.exit, 2);
    assert!(
        run.err.contains(&format!("did you mean `{DNS}`?")),
        "{}",
        run.err
    );
    assert_eq!(
        place
            .run(&format!("outputs record {DNS} fleet --set x"))
            .exit,
        2
    );
    assert_eq!(place.run(&format!("outputs record {DNS} fleet")).exit, 2);
}

#[test]
fn every_secret_has_a_seeder() {
    let place = Place::new();
    let run = place.run("secrets list fleet");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert!(run.out.contains("demodev-fence-jwt"), "{}", run.out);
    let json = place.run("secrets list fleet --format json").json();
    let secrets = json["secrets"].as_array().unwrap();
    assert!(secrets.len() > 5);
    assert!(
        secrets
            .iter()
            .all(|secret| !secret["seeder"].as_str().unwrap().is_empty())
    );
    let passwords = secrets
        .iter()
        .find(|secret| secret["purpose"] == "indexd-service-creds")
        .unwrap();
    assert_eq!(passwords["account"], "111122223333");
    assert_eq!(passwords["rotation"]["means"], "told");
    assert_eq!(
        passwords["keys"][0]["holds"],
        "32 random letters and digits"
    );
}

#[cfg(feature = "aws")]
#[test]
fn what_has_no_secrets_is_told_before_anybody_is_asked() {
    let place = Place::new();
    for (arguments, wrong) in [
        (
            "secrets check demo/nowhere fleet",
            "there is no secret of `demo/nowhere`",
        ),
        (
            "secrets seed demo/dev fleet --only x",
            "`demo/dev` has no secret `x`",
        ),
        (
            "secrets rotate demo/dev x fleet",
            "`demo/dev` has no secret `x`",
        ),
    ] {
        let run = place.run(arguments);
        assert_eq!(run.exit, 2, "{}", run.err);
        assert!(run.err.contains(wrong), "{}", run.err);
        assert!(run.err.contains("`csoc secrets list`"), "{}", run.err);
    }
}

#[test]
fn schemas_are_json() {
    let place = Place::new();
    for object in ["", "fleet", "account", "cluster", "commons", "environment"] {
        let run = place.run(&format!("schema {object}"));
        assert_eq!(run.exit, 0, "{}", run.err);
        assert!(run.json()["$defs"].is_object());
    }
}

#[test]
fn completions_are_there_for_each_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = place.run(&format!("completions {shell}"));
        assert_eq!(run.exit, 0, "{}", run.err);
        assert!(run.out.contains("csoc"));
    }
}

#[test]
fn controls_have_findings_and_count_what_is_open() {
    let place = Place::new();
    let run = place.run("report controls");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert!(run.out.contains("SC-7"), "{}", run.out);
    let controls = |arguments: &str| {
        let json = place
            .run(&format!("report controls --format json {arguments}"))
            .json();
        json["controls"].as_array().unwrap().clone()
    };
    let all = controls("");
    assert_eq!(all[0]["catalog"], "NIST 800-53");
    assert!(all[0]["codes"][0]["open"].is_null());
    place.edit(
        "fleet/fleet.yaml",
        "release:",
        "images: { awshelper: master }\n        release:",
    );
    let counted = controls("fleet");
    assert_eq!(counted.len(), all.len());
    assert!(counted[0]["codes"][0]["open"].is_number());
    assert_eq!(place.run("report controls --tree nowhere").exit, 2);
}
