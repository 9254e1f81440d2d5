//! A small fleet, and what its resources are called.

use super::{AdoptError, Aspect, Resources};
use crate::backend::fixture::compile;
use crate::model::Mode;
use crate::source::SourceSet;
use crate::{Context, Fleet};

const FLEET: &str = r#"
# The fleet of demo.
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
gitops: { repository: https://github.com/example/demo-gitops, revision: main }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
accounts:
  demo: { provider: aws, id: "111122223333", region: us-east-1 }
clusters:
  demo: { account: demo }
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
"#;

const ENVIRONMENT: &str = r#"# Production.
cluster: demo
hostname: demo.example.org
tier: prod
release: "2026.07"
profiles: [core, uploads]
management:
  terraform: external   # until the cut-over
  values: observed
"#;

const PATH: &str = "commons.demo.environments.prod";

fn set(environment: &str) -> SourceSet {
    SourceSet::from_iter([
        ("fleet.yaml", FLEET.as_bytes()),
        (
            "commons/demo/environments/prod.yaml",
            environment.as_bytes(),
        ),
    ])
}

fn fleet() -> Fleet {
    Fleet::from_sources(set(ENVIRONMENT), &Context::default()).unwrap()
}

fn adopt(
    aspect: Aspect,
    to: Option<Mode>,
    state: Option<&str>,
) -> Result<super::Adoption, AdoptError> {
    let resources = state.map(|text| Resources {
        name: "state.json".to_owned(),
        text: text.to_owned(),
    });
    fleet().adopt(PATH, aspect, to, resources.as_ref(), &Context::default())
}

#[test]
fn one_word_changes_and_comments_stay() {
    let adoption = adopt(Aspect::Values, None, None).unwrap();
    assert_eq!(adoption.file, "commons/demo/environments/prod.yaml");
    assert_eq!(
        adoption.text,
        ENVIRONMENT.replace("values: observed", "values: managed")
    );
    assert_eq!(
        adoption.diff,
        "--- commons/demo/environments/prod.yaml\n\
         +++ commons/demo/environments/prod.yaml\n\
         @@ line 9 @@\n\
         -  values: observed\n\
         +  values: managed\n"
    );
    assert!(
        adoption
            .added
            .iter()
            .any(|path| path.as_str().ends_with("values/values.yaml")),
        "{:?}",
        adoption.added
    );
}

#[test]
fn what_is_managed_already_or_not_there_is_said() {
    for (result, wanted) in [
        (adopt(Aspect::Applications, None, None), "already"),
        (
            adopt(Aspect::Values, Some(Mode::External), None),
            "nothing is adopted to `external`",
        ),
        (
            fleet().adopt(
                "commons.demo.environments.prd",
                Aspect::Values,
                None,
                None,
                &Context::default(),
            ),
            "no object",
        ),
    ] {
        let error = result.unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

/// The bucket that a fleet which owns its Terraform would make first.
fn bucket() -> String {
    let (tree, _) = compile(set(&ENVIRONMENT.replace("external", "managed")));
    let mut texts = tree
        .iter()
        .filter(|file| file.path().as_str().contains("/storage/"));
    let name = texts.find_map(|file| {
        let text = String::from_utf8_lossy(&file.text()).into_owned();
        let line = text
            .lines()
            .find(|line| line.trim_start().starts_with("bucket ") && line.contains('"'))?;
        line.split('"').nth(1).map(str::to_owned)
    });
    name.unwrap()
}

#[test]
fn what_a_state_names_is_imported_and_its_secrets_are_not_shown() {
    let bucket = bucket();
    let state = format!(
        r#"{{ "version": 4, "resources": [
            {{ "mode": "managed", "type": "aws_s3_bucket", "name": "data",
               "instances": [{{ "attributes": {{ "id": "{bucket}", "bucket": "{bucket}", "password": "MUST-NOT-BE-SHOWN" }} }}] }},
            {{ "mode": "managed", "type": "aws_s3_bucket_public_access_block", "name": "data",
               "instances": [{{ "attributes": {{ "id": "{bucket}", "bucket": "{bucket}" }} }}] }},
            {{ "mode": "data", "type": "aws_s3_bucket", "name": "other", "instances": [] }}
        ] }}"#
    );
    let adoption = adopt(Aspect::Terraform, None, Some(&state)).unwrap();
    assert_eq!(adoption.to, Mode::Adopt);
    let storage = adoption
        .imports
        .iter()
        .find(|imports| imports.file.as_str().contains("/storage/"))
        .unwrap();
    println!("{}", storage.text);
    assert_eq!(storage.imported, 2, "{storage:#?}");
    assert!(
        storage.text.contains("to = aws_s3_bucket."),
        "{}",
        storage.text
    );
    assert!(
        storage.text.contains("aws_s3_bucket_public_access_block."),
        "what refers to the bucket is found by it"
    );
    assert!(!storage.created.is_empty());
    assert!(!format!("{adoption:?}").contains("MUST-NOT-BE-SHOWN"));
}

#[test]
fn a_list_and_what_show_prints_are_read_too() {
    let bucket = bucket();
    let list =
        format!(r#"[{{ "type": "aws_s3_bucket", "id": "{bucket}", "bucket": "{bucket}" }}]"#);
    let show = format!(
        r#"{{ "values": {{ "root_module": {{ "child_modules": [ {{ "resources": [
            {{ "mode": "managed", "type": "aws_s3_bucket", "values": {{ "id": "{bucket}", "bucket": "{bucket}" }} }}
        ] }} ] }} }} }}"#
    );
    for text in [list, show] {
        let adoption = adopt(Aspect::Terraform, None, Some(&text)).unwrap();
        let imported: usize = adoption
            .imports
            .iter()
            .map(|imports| imports.imported)
            .sum();
        assert_eq!(imported, 1);
    }
}

#[test]
fn resources_that_cannot_be_told_apart_are_left_to_a_person() {
    let bucket = bucket();
    let one = format!(r#"{{ "type": "aws_s3_bucket", "id": "{bucket}", "bucket": "{bucket}" }}"#);
    let adoption = adopt(Aspect::Terraform, None, Some(&format!("[{one}, {one}]"))).unwrap();
    assert!(adoption.imports.iter().all(|imports| imports.imported == 0));
}

#[test]
fn a_list_that_is_none_is_refused_without_showing_it() {
    for text in [
        "",
        "{",
        "{}",
        "[]",
        r#"[{ "password": "MUST-NOT-BE-SHOWN" }]"#,
        "MUST-NOT-BE-SHOWN",
    ] {
        let error = adopt(Aspect::Terraform, None, Some(text)).unwrap_err();
        assert!(matches!(error, AdoptError::Resources { .. }), "{text}");
        assert!(!error.to_string().contains("MUST-NOT"), "{error}");
    }
}

#[test]
fn lines_are_added_where_the_object_says_nothing_of_its_own() {
    let shared = FLEET.replace(
        "    dictionary:",
        "    management: { terraform: external, values: observed }\n    dictionary:",
    );
    let environment = ENVIRONMENT.split("management:").next().unwrap().to_owned();
    let set = SourceSet::from_iter([
        ("fleet.yaml", shared.as_bytes()),
        (
            "commons/demo/environments/prod.yaml",
            environment.as_bytes(),
        ),
    ]);
    let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
    let adoption = fleet
        .adopt(PATH, Aspect::Values, None, None, &Context::default())
        .unwrap();
    assert_eq!(
        adoption.text,
        format!("{environment}management:\n  values: managed\n")
    );
}
