//! `csoc catalog`.

use super::Place;

const SCHEMA: &str = r#"{"format_version":"1.0","provider_schemas":{"registry.terraform.io/example/demo":{"provider":{"block":{}},"resource_schemas":{"demo_thing":{"block":{"attributes":{"name":{"type":"string","required":true}}}}}}}}"#;

#[test]
fn a_provider_is_added_listed_and_shown() {
    let place = Place::new();
    place.write("demo.json", SCHEMA);
    let run = place.run("catalog add provider demo.json --fleet fleet");
    assert_eq!(run.exit, 2);
    assert!(
        run.err.contains("a version is not said in `demo.json`"),
        "{}",
        run.err
    );
    assert!(run.err.contains("--version"), "{}", run.err);
    let run = place.run("catalog add provider demo.json --fleet fleet --version 1.0.0");
    assert_eq!(
        (run.exit, &*run.out),
        (
            0,
            "added provider example/demo 1.0.0, pinned in csoc.lock\n"
        )
    );
    assert!(place.read("fleet/csoc.lock").contains("\"format\": 1"));
    let run = place.run("catalog list fleet");
    let line = run.out.lines().find(|line| line.contains("example/demo"));
    let words: Vec<&str> = line.unwrap().split_whitespace().collect();
    assert_eq!(
        words,
        [
            "provider",
            "example/demo",
            "1.0.0",
            "csoc.lock",
            "demo.json"
        ]
    );
    let json = place.run("catalog list fleet --format json").json();
    assert!(json["catalogs"].as_array().unwrap().len() > 10);
    let run = place.run("catalog show provider example/demo --fleet fleet --path resources.demo_thing --format json");
    let json = run.json();
    assert_eq!(json["value"]["attributes"]["name"]["required"], true);
    assert_eq!(json["counts"]["resources"], 1);
    let run = place.run("catalog show provider hashicorp/aws --version 5.100.0");
    assert!(
        run.out
            .lines()
            .any(|line| line.starts_with("resources ") && line.ends_with(" 1526"))
    );
    assert_eq!(place.run("check fleet").exit, 0);
}

#[test]
fn terraform_of_anyone_is_verified_with_the_catalogs_of_the_fleet() {
    let place = Place::new();
    place.write("root/main.tf", "terraform {\n  required_providers {\n    demo = { source = \"example/demo\" }\n  }\n}\n\nresource \"demo_thing\" \"x\" {\n  nam = \"x\"\n}\n");
    let run = place.run("verify root");
    assert_eq!(run.exit, 0);
    assert!(
        run.out.contains("info[provider-catalog-missing]"),
        "{}",
        run.out
    );
    place.write("demo.json", SCHEMA);
    place.run("catalog add provider demo.json --fleet fleet --version 1.0.0");
    let run = place.run("verify root --fleet fleet");
    assert_eq!(run.exit, 1);
    assert!(run.out.contains("error[argument-unknown]"), "{}", run.out);
    assert!(run.out.contains("did you mean `name`?"), "{}", run.out);
    let run = place.run("verify root --fleet fleet --format json");
    assert_eq!(run.json()["summary"]["errors"], 2);
}

#[test]
fn what_is_not_there_is_said_with_how_to_add_it() {
    let place = Place::new();
    let run = place.run("catalog show provider hashicorp/aws --version 4.0.0");
    assert_eq!(run.exit, 2);
    assert!(
        run.err
            .contains("there is no provider catalog `hashicorp/aws` 4.0.0"),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("csoc catalog add provider FILE"),
        "{}",
        run.err
    );
    place.write("fleet/csoc.lock", "{\"format\": 2}");
    let run = place.run("catalog list fleet");
    assert_eq!(run.exit, 2);
    assert!(run.err.contains("has format 2"), "{}", run.err);
}

#[test]
fn a_chart_is_added_from_its_directory() {
    let place = Place::new();
    place.write("demo/Chart.yaml", "name: demo\nversion: 1.2.0\n");
    place.write("demo/values.yaml", "size: 1\n");
    place.write("demo/templates/a.yaml", "{{ .Values.size }} {{ if }\n");
    let run = place.run("catalog add chart demo --fleet fleet");
    assert_eq!(
        (run.exit, &*run.out),
        (0, "added chart demo 1.2.0, pinned in csoc.lock\n")
    );
    let json = place
        .run("catalog show chart demo --fleet fleet --path values.k.size --format json")
        .json();
    assert_eq!(json["value"]["d"], 1);
    let json = place
        .run("catalog show chart demo --fleet fleet --path notes --format json")
        .json();
    let note = json["value"][0].as_str().unwrap();
    assert!(note.starts_with("demo/templates/a.yaml:1: "), "{note}");
    let run = place.run("catalog show chart gen3");
    assert!(run.out.contains("uc-cdis/gen3-helm"), "{}", run.out);
    let run = place.run("catalog add chart fleet --fleet fleet");
    assert_eq!(run.exit, 2);
    assert!(run.err.contains("it has no `Chart.yaml`"), "{}", run.err);
}

#[test]
fn raw_values_are_checked_against_the_chart_that_the_fleet_pins() {
    let place = Place::new();
    place.edit(
        "fleet/fleet.yaml",
        "        release: \"2026.07\"\n",
        "        release: \"2026.07\"\n        values: { onlyHere: 1 }\n",
    );
    let carried = place.run("check fleet");
    assert!(
        carried
            .out
            .contains("warning[values-key-unknown]: `onlyHere` has no effect")
    );
    assert!(carried.out.contains("--> fleet.yaml:"), "{}", carried.out);

    place.write("gen3/Chart.yaml", "name: gen3\nversion: 9.9.9\n");
    place.write("gen3/values.yaml", "onlyHere: 2\nglobal: {}\n");
    place.write(
        "gen3/templates/a.yaml",
        "{{ .Values.onlyHere }}{{ .Values.global | toYaml }}\n",
    );
    let added = place.run("catalog add chart gen3 --fleet fleet");
    assert_eq!(added.exit, 0, "{}", added.err);
    let pinned = place.run("check fleet");
    assert!(!pinned.out.contains("`onlyHere`"), "{}", pinned.out);
}

#[test]
fn days_on_which_support_ends_are_facts_with_a_source() {
    let place = Place::new();
    let json = place
        .run("catalog show support aws --path products.eks --format json")
        .json();
    assert_eq!(json["counts"]["products"], 5);
    let eks = &json["value"];
    assert_eq!(eks["versions"]["1.35"]["ends"], "2027-03-27");
    assert!(eks["source"].as_str().unwrap().starts_with("https://"));
    place.write(
        "root/main.tf",
        "resource \"aws_lambda_function\" \"x\" {\n  function_name = \"x\"\n  role = \"arn:aws:iam::111122223333:role/x\"\n  runtime = \"python3.13\"\n}\n",
    );
    let found = |arguments: &str| {
        let run = place.run(&format!("verify root {arguments}"));
        run.out.contains("function-runtime-unsupported")
    };
    assert!(!found("--as-of 2029-06-30"));
    assert!(found("--as-of 2029-07-01"));
    place.write(
        "support.yaml",
        "name: aws\nversion: \"2027-01-01\"\nproducts:\n  lambda:\n    versions:\n      python3.13: { ends: \"2027-01-31\" }\n",
    );
    let run = place.run("catalog add support support.yaml --fleet fleet");
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(found("--as-of 2027-02-01 --fleet fleet"));
    assert!(!found("--as-of 2027-02-01"));
    place.write(
        "support.yaml",
        "products: { x: { versions: { \"1\": { ends: soon } } } }",
    );
    let run = place.run("catalog add support support.yaml --fleet fleet --name x --version 1");
    assert_eq!(run.exit, 2);
    assert!(run.err.contains("is no day"), "{}", run.err);
}
