//! `csoc explain`.

use insta::assert_snapshot;

use super::Place;

/// The text without the numbers of lines and columns.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        steady.push(char);
        if char == ':' && chars.peek().is_some_and(char::is_ascii_digit) {
            while chars.next_if(char::is_ascii_digit).is_some() {}
            steady.push('N');
        }
    }
    steady
}

#[test]
fn a_field_with_its_layers() {
    let place = Place::new();
    let run = place.run("explain commons.demo.environments.dev.replicas fleet");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_snapshot!(steady(&run.out), @r"
    commons.demo.environments.dev.replicas = 1
      at edition 2026.11:N:N
      set by the layer: product default

    layers, lowest first:
      LAYER            PLACE                  EFFECT  VALUE
      product default  edition 2026.11:N:N  sets    1
    ");
}

#[test]
fn a_name_with_its_rule() {
    let place = Place::new();
    let run = place.run("explain commons.demo.environments.dev.names.secret.fence-jwt fleet");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_snapshot!(steady(&run.out), @r"
    commons.demo.environments.dev.names.secret.fence-jwt = demodev-fence-jwt

    rule secret: {environment_id}-{service}
      at edition 2026.11:N:N
      INPUT           VALUE      FROM                                                PLACE
      environment_id  demodev    commons.demo.environments.dev.names.environment-id
      service         fence-jwt
    ");
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
    assert_snapshot!(steady(&run.out), @r"
    gitops/demo/demo.example.org/values/values.yaml#/global/hostname = demo.example.org
      in a file of the backend helm for `commons.demo.environments.dev`

    rule host name
      INPUT                                   VALUE             FROM  PLACE
      commons.demo.environments.dev.hostname  demo.example.org        fleet.yaml:N:N
    ");
}

#[test]
fn a_path_that_leads_nowhere_exits_with_2() {
    let run = Place::new().run("explain commons.demo.environments.dev.hostnme fleet");
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    assert_snapshot!(run.err, @r"
    error: `commons.demo.environments.dev.hostnme` leads nowhere in this fleet
    help: did you mean `commons.demo.environments.dev.hostname`?
    ");
}
