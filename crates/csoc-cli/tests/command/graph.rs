//! `csoc graph`.

use insta::assert_snapshot;

use super::Place;

#[test]
fn what_breaks_and_what_is_needed() {
    let run = Place::new().run("graph fleet --focus hostname:world/demo.example.org");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_snapshot!(run.out, @r"
    hostname:world/demo.example.org
      of commons.demo.environments.dev

    breaks if it goes (1):
      DISTANCE  NODE                  BY    OVER
      1         environment:demo/dev  uses  hostname:world/demo.example.org

    needs (3):
      DISTANCE  NODE                                                 BY            OVER
      1         certificate:111122223333/us-east-1/demo.example.org  certified-by  hostname:world/demo.example.org
      1         load-balancer:demo/demo-public                       served-by     hostname:world/demo.example.org
      2         web-acl:111122223333/us-east-1/demo-public           guarded-by    load-balancer:demo/demo-public
    ");
}

#[test]
fn every_form_is_printed() {
    let place = Place::new();
    let starts = [
        ("text", ""),
        ("json", "{"),
        ("mermaid", "flowchart LR"),
        ("dot", "digraph"),
        ("svg", "<svg"),
    ];
    for (form, start) in starts {
        let focus = "--focus commons.demo.environments.dev";
        let run = place.run(&format!("graph fleet --format {form} {focus}"));
        assert_eq!((run.exit, run.err.as_str()), (0, ""));
        assert!(run.out.starts_with(start), "{form}");
        assert!(run.out.contains("demo.example.org"), "{form}");
    }
}

#[test]
fn stacks_are_a_graph_of_their_own() {
    let stack = "v1/111122223333/us-east-1/data/cluster/demo";
    let run = Place::new().run(&format!("graph fleet --stacks --focus {stack}"));
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert!(run.out.starts_with(stack), "{}", run.out);
    let needed = "1         v1/111122223333/us-east-1/network/cluster/demo";
    assert!(run.out.contains(needed), "{}", run.out);
}

#[test]
fn a_node_that_is_not_there() {
    let run = Place::new().run("graph fleet --focus hostname:world/demo.exmple.org");
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    assert_snapshot!(run.err, @r"
    error: the graph has no node `hostname:world/demo.exmple.org`
    help: did you mean `hostname:world/demo.example.org`?
    ");
}
