//! `csoc promote`: small edits, refused where they would say more than was asked.

use insta::assert_snapshot;

use super::{Place, Run};

const FLEET: &str = "fleet/fleet.yaml";
const STAGING: &str = "fleet/commons/demo/environments/staging.yaml";
const PROD: &str = "fleet/commons/demo/environments/prod.yaml";

/// A fleet whose commons has staging and production, each in a file of its own.
fn place() -> Place {
    let place = Place::new();
    place.write(STAGING, "tier: staging\ncluster: demo\nhostname: staging.example.org\nrelease: \"2026.08\"   # what comes next\nservices:\n  fence: { image: { tag: 11.0.1 } }\n");
    place.write(PROD, "# production\ntier: prod\ncluster: demo\nhostname: data.example.org\nrelease: \"2026.07\"   # approved by the steering committee\n\n# nothing below is carried\nreplicas: 4\n");
    place
}

fn promote(place: &Place, more: &str) -> Run {
    place.run(&format!(
        "promote demo fleet --from staging --to prod {more}"
    ))
}

#[test]
fn a_release_is_a_diff_of_three_lines() {
    let place = place();
    let before = place.read(PROD);
    let dry = promote(&place, "--dry-run");
    assert_eq!(place.read(PROD), before);
    let run = promote(&place, "");
    assert_eq!((run.exit, run.err.as_str(), &run.out), (0, "", &dry.out));
    assert_eq!(dry.err, "nothing was written: --dry-run\n");
    assert_snapshot!(run.out, @r#"
    --- commons/demo/environments/prod.yaml
    +++ commons/demo/environments/prod.yaml
    @@ -5,1 +5,1 @@
    -release: "2026.07"   # approved by the steering committee
    +release: "2026.08"   # approved by the steering committee

    commons.demo.environments.prod
      ~ harmless   release: 2026.07 → 2026.08
                   pods restart one by one; migrations run once
                   ⤷ 14 images with it
                   in 15 places
                   at commons/demo/environments/prod.yaml:5

    1 change: 1 harmless
    "#);
    assert_eq!(
        place.read(PROD),
        before.replace("\"2026.07\"", "\"2026.08\"")
    );
    let again = promote(&place, "");
    assert_eq!(
        (again.exit, again.err.as_str()),
        (0, "nothing to promote: it is the same already\n")
    );
    assert_eq!(
        place
            .files("fleet")
            .iter()
            .filter(|(name, _)| name.contains("prod"))
            .count(),
        1
    );
}

#[test]
fn a_field_that_is_not_there_is_put_in_its_place() {
    let place = place();
    let run = promote(&place, "--field services.fence.image.tag --format json");
    assert_eq!(run.exit, 0, "{}", run.err);
    let json = run.json();
    assert_eq!(json["files"][0], "commons/demo/environments/prod.yaml");
    assert_eq!(json["diff"]["changes"][0]["kind"], "image");
    assert!(
        place
            .read(PROD)
            .ends_with("replicas: 4\nservices: { fence: { image: { tag: 11.0.1 } } }\n"),
        "{}",
        place.read(PROD)
    );
}

#[test]
fn a_shared_layer_is_not_changed() {
    let place = place();
    place.edit(
        PROD,
        "release: \"2026.07\"   # approved by the steering committee\n",
        "",
    );
    place.edit(
        FLEET,
        "commons:\n  demo:\n",
        "commons:\n  demo:\n    release: \"2026.06\"\n",
    );
    let before = place.files("fleet");
    let run = promote(&place, "");
    assert_eq!((run.exit, run.out.as_str()), (1, ""));
    assert!(
        run.err
            .contains("is set by the layer commons, which 2 other environments share"),
        "{}",
        run.err
    );
    assert!(run.err.contains("change it at fleet.yaml:"), "{}", run.err);
    assert_eq!(place.files("fleet"), before);
    assert_eq!(promote(&place, "--override").exit, 0);
    assert!(
        place
            .read(PROD)
            .contains("hostname: data.example.org\nrelease: \"2026.08\"\n"),
        "{}",
        place.read(PROD)
    );
}

#[test]
fn a_text_that_others_share_is_not_changed() {
    let place = place();
    // Both environments take their release from one text.
    place.edit(PROD, "hostname: data.example.org\nrelease: \"2026.07\"   # approved by the steering committee\n", "hostname: data.example.org\nrelease: &release \"2026.07\"\nimages: { awshelper: *release }\n");
    let run = promote(&place, "");
    assert_eq!(run.exit, 1, "{}", run.out);
    assert!(
        run.err.contains("would change more than that"),
        "{}",
        run.err
    );
}

#[test]
fn what_cannot_be_carried() {
    let place = place();
    let refused = |arguments: &str| {
        let run = place.run(arguments);
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{arguments}");
        run.err
    };
    assert_snapshot!(refused("promote demo fleet --from prod --to prod"), @"error: `commons.demo.environments.prod` cannot be promoted to itself");
    assert_snapshot!(refused("promote demo fleet --from staging --to prd"), @r"
    error: there is no environment `demo/prd`
    help: did you mean `demo/prod`?
    ");
    assert_snapshot!(refused("promote demo fleet --from staging --to prod --field hostname"), @r"
    error: `hostname` is each environment's own and is not carried
    help: only what a commons is made of is carried: release, images, services, content, values
    ");
    assert_snapshot!(refused("promote demo fleet --from staging --to prod --field services.fence.imag"), @r"
    error: `commons.demo.environments.staging` does not set `services.fence.imag`
    help: did you mean `services.fence.image`?
    ");
    assert_snapshot!(refused("promote demo fleet --from staging --to prod --field a..b"), @"error: `a..b` is no path: a key is missing, or must be quoted");
    assert_snapshot!(refused("promote other fleet --from staging --to prod"), @"error: there is no environment `other/staging`");
}

#[cfg(unix)]
#[test]
fn the_file_keeps_its_permissions_and_links() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = place();
    fs_err::create_dir_all(place.path("fleet/content")).unwrap();
    fs_err::rename(place.path(PROD), place.path("fleet/content/prod.yaml")).unwrap();
    std::os::unix::fs::symlink("../../../content/prod.yaml", place.path(PROD)).unwrap();
    fs_err::set_permissions(
        place.path("fleet/content/prod.yaml"),
        std::fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    assert_eq!(promote(&place, "").exit, 0);
    assert!(
        fs_err::symlink_metadata(place.path(PROD))
            .unwrap()
            .is_symlink()
    );
    let mode = fs_err::metadata(place.path("fleet/content/prod.yaml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(place.read(PROD).contains("2026.08"));
}
