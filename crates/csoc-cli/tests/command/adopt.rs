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
fn import_blocks_are_written_beside_the_roots_and_never_over_others() {
    let place = observed();
    place.write(
        "resources.json",
        r#"[{"type": "aws_route53_record", "id": "none"}]"#,
    );
    let arguments = format!(
        "adopt {PROD} fleet --aspect terraform --resources resources.json --out out --dry-run --format json"
    );
    let run = place.run(&arguments);
    assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    let json = run.json();
    assert_eq!(json["to"], "adopt");
    assert!(!place.path("out").exists());
    let file = json["imports"][0]["file"].as_str().unwrap().to_owned();
    place.write(&format!("out/{file}"), "# mine\n");
    let run = place.run(&arguments.replace(" --dry-run", ""));
    assert_eq!(run.exit, 2, "{}", run.out);
    assert!(run.err.contains("is there already"), "{}", run.err);
    assert_eq!(place.read(&format!("out/{file}")), "# mine\n");
    let fleet = place.read("fleet/commons/demo/environments/prod.yaml");
    assert!(
        fleet.contains("terraform: external"),
        "nothing is half done"
    );
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
