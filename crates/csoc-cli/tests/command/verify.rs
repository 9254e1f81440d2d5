//! `csoc verify`.

use insta::assert_snapshot;

use super::Place;

#[test]
fn our_own_tree_is_clean_until_it_is_touched() {
    let place = Place::new();
    place.run("render fleet --out out");
    let run = place.run("verify out");
    assert_eq!(
        (run.exit, run.out.as_str(), run.err.as_str()),
        (0, "", "nothing found\n")
    );
    assert_eq!(place.run("verify out/terraform").exit, 0);

    place.write("out/terraform/stacks.json", "{\n");
    let run = place.run("verify out");
    assert_eq!((run.exit, run.err.as_str()), (1, ""));
    assert!(run.out.contains("error[file-edited]"), "{}", run.out);
    assert!(run.out.contains("error[json-syntax]"), "{}", run.out);
    let json = place.run("verify out --format json").json();
    assert_eq!(json["diagnostics"][0]["labels"][0]["root"], "tree");
}

#[test]
fn markers_are_errors() {
    let place = Place::new();
    place.run("render fleet --out out --allow-pending");
    let run = place.run("verify out");
    assert_eq!(run.exit, 1);
    assert!(run.out.contains("error[value-pending]"), "{}", run.out);
}

#[test]
fn what_is_no_tree_exits_with_2() {
    let place = Place::new();
    assert_eq!(place.run("verify fleet").exit, 2);
    assert_snapshot!(place.run("verify fleet").err, @"error: `fleet` holds no tree that csoc rendered: there is no `manifest.json` in it, nor in `terraform` or `gitops` below it, and no Terraform");
    assert_eq!(place.run("verify nowhere").exit, 2);
}
