//! `csoc explain`.

use insta::assert_snapshot;

use super::Place;

#[test]
fn a_field_with_its_layers() {
    let place = Place::new();
    let run = place.run("explain commons.demo.environments.dev.replicas fleet");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_snapshot!(run.out, @"");
}

#[test]
fn a_name_with_its_rule() {
    let place = Place::new();
    let run = place.run("explain commons.demo.environments.dev.names.secret.fence-jwt fleet");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_snapshot!(run.out, @"");
    let json = place.run("explain commons.demo.environments.dev.hostname fleet --format json");
    assert_eq!(json.json()["value"], "demo.example.org");
    assert_eq!(json.json()["layers"][0]["effect"], "sets");
}

#[test]
fn a_rendered_value_with_the_field_it_comes_from() {
    let place = Place::new();
    let file = "out/gitops/demo/demo.example.org/values/values.yaml#/global/hostname";
    let run = place.run(&format!("explain {file} fleet --out out"));
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_snapshot!(run.out, @"");
}

#[test]
fn a_path_that_leads_nowhere_exits_with_2() {
    let run = Place::new().run("explain commons.demo.environments.dev.hostnme fleet");
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    assert_snapshot!(run.err, @"");
}
