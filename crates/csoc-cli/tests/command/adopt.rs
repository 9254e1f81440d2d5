//! `csoc adopt`.

use super::Place;

fn observed() -> Place {
    let place = Place::new();
    place.write(
        "fleet/commons/demo/environments/prod.yaml",
        "# Production.\n\
         tier: prod\n\
         cluster: demo\n\
         hostname: prod.example.org\n\
         release: \"2026.07\"\n\
         management:\n  values: observed   # for now\n  terraform: external\n",
    );
    place
}

const PROD: &str = "commons.demo.environments.prod";

#[test]
fn one_word_changes_once_it_is_no_dry_run() {
    let place = observed();
    let file = "fleet/commons/demo/environments/prod.yaml";
    let before = place.read(file);
    let run = place.run(&format!("adopt {PROD} fleet --aspect values --dry-run"));
    assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("-  values: observed   # for now\n+  values: managed   # for now\n"),
        "{}",
        run.out
    );
    assert!(run.out.contains("values/values.yaml"), "{}", run.out);
    assert_eq!(place.read(file), before);
    assert_eq!(
        place
            .run(&format!("adopt {PROD} fleet --aspect values"))
            .exit,
        0
    );
    assert_eq!(place.read(file), before.replace("observed", "managed"));
    let again = place.run(&format!("adopt {PROD} fleet --aspect values"));
    assert_eq!((again.exit, again.out.as_str()), (2, ""));
    assert!(again.err.contains("is `managed` already"), "{}", again.err);
}

#[test]
fn what_exists_is_recorded_in_the_fleet_and_rendered_again_and_again() {
    let place = observed();
    let wanted = place.run(&format!(
        "adopt {PROD} fleet --aspect terraform --to managed --dry-run --format json"
    ));
    assert_eq!(wanted.exit, 0, "{}{}", wanted.out, wanted.err);
    place.write(
        "resources.json",
        r#"[{"type": "aws_route53_record", "id": "none"},
            {"type": "aws_acm_certificate", "id": "arn:aws:acm:x", "domain_name": "prod.example.org"}]"#,
    );
    let arguments =
        format!("adopt {PROD} fleet --aspect terraform --resources resources.json --format json");
    let run = place.run(&format!("{arguments} --dry-run"));
    assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    let json = run.json();
    assert_eq!(json["to"], "adopt");
    assert!(!place.path("fleet/imports").exists());
    let root = json["imports"]
        .as_array()
        .unwrap()
        .iter()
        .find(|root| root["imported"] == 1)
        .unwrap();
    let (file, record) = (
        root["file"].as_str().unwrap(),
        root["record"].as_str().unwrap(),
    );
    assert_eq!(place.run(&arguments).exit, 0);
    assert!(
        place
            .read("fleet/commons/demo/environments/prod.yaml")
            .contains("terraform: adopt")
    );
    assert_eq!(
        place.read(&format!("fleet/{record}")),
        "{\n  \"aws_acm_certificate.environment\": \"arn:aws:acm:x\"\n}\n"
    );
    for _ in 0..2 {
        let run = place.run("render fleet --out out");
        assert!(run.exit <= 1, "{}{}", run.out, run.err);
        let text = place.read(&format!("out/{file}"));
        let block =
            "import {\n  to = aws_acm_certificate.environment\n  id = \"arn:aws:acm:x\"\n}\n";
        assert!(text.ends_with(block), "{text}");
    }
    let verified = place.run("verify out");
    assert!(!verified.out.contains("imports.tf"), "{}", verified.out);
}

#[test]
fn what_is_not_there_is_said() {
    let place = observed();
    for (arguments, text) in [
        (
            "adopt commons.demo.environments.prd fleet --aspect values",
            "did you mean",
        ),
        ("adopt clusters fleet --aspect values", "no object"),
    ] {
        let run = place.run(arguments);
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{arguments}");
        assert!(run.err.contains(text), "{}", run.err);
    }
}
