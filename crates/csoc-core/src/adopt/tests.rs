//! A small fleet, and what its resources are called.

use super::{AdoptError, Aspect, Resources};
use crate::backend::fixture::{compile, load};
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
    load(set(ENVIRONMENT))
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
    assert_eq!(storage.imported, 2, "{storage:#?}");
    assert!(
        storage.recorded.contains("  \"aws_s3_bucket."),
        "{}",
        storage.recorded
    );
    assert!(
        storage
            .recorded
            .contains("aws_s3_bucket_public_access_block."),
        "what refers to the bucket is found by it"
    );
    assert!(!storage.created.is_empty());
    assert!(!format!("{adoption:?}").contains("MUST-NOT-BE-SHOWN"));

    // What is recorded is rendered, each time again, until the object is managed.
    let records: Vec<_> = adoption.files().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        records,
        [
            "commons/demo/environments/prod.yaml",
            "imports/v1/111122223333/us-east-1/storage/environment/demo/prod.json"
        ]
    );
    assert!(
        adoption.added.contains(&storage.file),
        "{:?}",
        adoption.added
    );
    let mut set = set(ENVIRONMENT);
    for (path, bytes) in adoption.files() {
        set.insert(path, bytes.to_vec());
    }
    let blocks = |set: &SourceSet| {
        let (tree, report) = compile(set.clone());
        let codes: Vec<_> = report
            .diagnostics()
            .iter()
            .map(|found| found.code.as_str())
            .filter(|code| code.starts_with("import-"))
            .collect();
        assert!(codes.is_empty(), "{codes:?}");
        let file = tree.get(&storage.file);
        file.map(|file| String::from_utf8(file.text().to_vec()).unwrap())
    };
    let text = blocks(&set).unwrap();
    assert_eq!(text.matches("import {\n").count(), 2, "{text}");
    assert!(text.contains(&format!("id = \"{bucket}\"")), "{text}");
    assert!(text.contains("to = aws_s3_bucket."), "{text}");
    set.insert(
        "commons/demo/environments/prod.yaml",
        ENVIRONMENT.replace("external", "managed").into_bytes(),
    );
    assert_eq!(blocks(&set), None);

    // More may be found while it is being taken over, and what is recorded stays.
    set.insert(
        "commons/demo/environments/prod.yaml",
        ENVIRONMENT.replace("external", "adopt").into_bytes(),
    );
    let fleet = load(set);
    let resources = Resources {
        name: "state.json".to_owned(),
        text: format!(
            r#"[{{ "type": "aws_s3_bucket_versioning", "id": "{bucket}", "bucket": "{bucket}" }}]"#
        ),
    };
    let more = fleet
        .adopt(
            PATH,
            Aspect::Terraform,
            None,
            Some(&resources),
            &Context::default(),
        )
        .unwrap();
    assert_eq!(more.diff, "");
    assert_eq!(more.files().count(), 1);
    let imported: usize = more.imports.iter().map(|imports| imports.imported).sum();
    assert_eq!(imported, 3, "{:#?}", more.imports);
}

#[test]
fn an_adoption_is_written_as_a_whole() {
    let bucket = bucket();
    let list =
        format!(r#"[{{ "type": "aws_s3_bucket", "id": "{bucket}", "bucket": "{bucket}" }}]"#);
    let adoption = adopt(Aspect::Terraform, None, Some(&list)).unwrap();
    let place = tempfile::tempdir().unwrap();
    for (path, bytes) in set(ENVIRONMENT).iter() {
        let path = place.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let file = place.path().join("commons/demo/environments/prod.yaml");
    std::fs::write(&file, "# theirs\n").unwrap();
    adoption.write(place.path()).unwrap_err();
    assert!(!place.path().join("imports").exists());
    std::fs::write(&file, ENVIRONMENT).unwrap();
    adoption.write(place.path()).unwrap();
    assert_eq!(
        std::fs::read_to_string(file).unwrap(),
        ENVIRONMENT.replace("terraform: external", "terraform: adopt")
    );
    assert!(place.path().join("imports/v1").is_dir());
}

/// What a root of several resources finds in a list.
fn matched(root: &str, list: &str) -> (Vec<(String, String)>, Vec<String>) {
    let file = crate::span::Sources::default().add(crate::span::SourceFile::new("main.tf", root));
    let body = crate::hcl::parse(root, file).unwrap();
    let mut known = super::resources::Known::read(&Resources {
        name: "list".to_owned(),
        text: list.to_owned(),
    })
    .unwrap();
    let module = super::matching::Module::new(vec![&body], None);
    let matched = module.match_with(&mut known, &[]);
    (matched.found.into_iter().collect(), matched.missing)
}

#[test]
fn resources_of_several_are_addressed_by_key_or_number() {
    let list = r#"[
        { "type": "aws_sqs_queue", "id": "https://a", "name": "demo-a" },
        { "type": "aws_sqs_queue", "id": "https://b", "name": "demo-b" },
        { "type": "aws_sqs_queue", "id": "https://0", "name": "demo-0" }
    ]"#;
    for each in [
        "for_each = { a = \"demo-a\", b = \"demo-b\", c = \"demo-c\" }\n  name = each.value",
        "for_each = toset([\"a\", \"b\", \"c\"])\n  name = \"demo-${each.key}\"",
    ] {
        let root = format!("resource \"aws_sqs_queue\" \"x\" {{\n  {each}\n}}\n");
        let (found, missing) = matched(&root, list);
        assert_eq!(
            found,
            [
                ("aws_sqs_queue.x[\"a\"]".to_owned(), "https://a".to_owned()),
                ("aws_sqs_queue.x[\"b\"]".to_owned(), "https://b".to_owned())
            ],
            "{root}"
        );
        assert_eq!(missing, ["aws_sqs_queue.x[\"c\"]"]);
    }
    let root =
        "resource \"aws_sqs_queue\" \"x\" {\n  count = 2\n  name = \"demo-${count.index}\"\n}\n";
    let (found, missing) = matched(root, list);
    assert_eq!(
        found,
        [("aws_sqs_queue.x[0]".to_owned(), "https://0".to_owned())]
    );
    assert_eq!(missing, ["aws_sqs_queue.x[1]"]);
}

#[test]
fn keys_that_only_the_cloud_knows_are_those_of_the_state() {
    let root = "resource \"aws_route53_record\" \"validation\" {\n  for_each = aws_acm_certificate.x.domain_validation_options\n  name = each.value.name\n}\n";
    let state = r#"{ "version": 4, "resources": [
        { "mode": "managed", "type": "aws_route53_record", "name": "validation", "instances": [
            { "index_key": "a.example.org", "attributes": { "id": "Z_a" } },
            { "index_key": "b.example.org", "attributes": { "id": "Z_b" } },
            { "index_key": "${x}", "attributes": { "id": "Z_c" } } ] },
        { "mode": "managed", "type": "aws_route53_record", "name": "other", "instances": [
            { "index_key": "a.example.org", "attributes": { "id": "Z_d" } } ] }
    ] }"#;
    let (found, missing) = matched(root, state);
    assert_eq!(
        found,
        [
            (
                "aws_route53_record.validation[\"a.example.org\"]".to_owned(),
                "Z_a".to_owned()
            ),
            (
                "aws_route53_record.validation[\"b.example.org\"]".to_owned(),
                "Z_b".to_owned()
            )
        ]
    );
    assert!(missing.is_empty(), "{missing:?}");
    let list = r#"[{ "type": "aws_route53_record", "id": "Z_a", "address": "aws_route53_record.validation[\"a\"]" }]"#;
    let (found, _) = matched(root, list);
    assert_eq!(found.len(), 1);
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
fn what_has_no_name_is_the_one_that_a_state_calls_so() {
    let root = r#"
resource "aws_route_table" "private" {
  vpc_id = "vpc-1"
}

resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
}

resource "aws_route" "other" {
  route_table_id = aws_route_table.private.id
}
"#;
    let state = r#"{ "version": 4, "resources": [
        { "mode": "managed", "type": "aws_route_table", "name": "private", "instances": [
            { "attributes": { "id": "rtb-1", "vpc_id": "vpc-1" } } ] },
        { "mode": "managed", "type": "aws_route_table", "name": "public", "instances": [
            { "attributes": { "id": "rtb-2", "vpc_id": "vpc-1" } } ] },
        { "mode": "managed", "type": "aws_route", "name": "private", "instances": [
            { "attributes": { "id": "r-rtb-11080289494", "route_table_id": "rtb-1",
                "destination_cidr_block": "0.0.0.0/0", "destination_ipv6_cidr_block": "" } } ] }
    ] }"#;
    let (found, missing) = matched(root, state);
    assert_eq!(
        found,
        [
            ("aws_route.private".to_owned(), "rtb-1_0.0.0.0/0".to_owned()),
            ("aws_route_table.private".to_owned(), "rtb-1".to_owned())
        ]
    );
    assert_eq!(missing, ["aws_route.other"]);
    // A list that calls it nothing says nothing of which it is.
    let list = r#"[{ "type": "aws_route_table", "id": "rtb-1", "vpc_id": "vpc-1" }]"#;
    assert!(matched(root, list).0.is_empty());
}

#[test]
fn kinds_are_imported_by_what_their_provider_takes() {
    for (kind, attributes, id) in [
        ("aws_opensearch_domain", r#""domain_name": "a""#, Some("a")),
        (
            "aws_default_route_table",
            r#""vpc_id": "vpc-1""#,
            Some("vpc-1"),
        ),
        (
            "aws_route_table_association",
            r#""subnet_id": "subnet-1", "route_table_id": "rtb-1""#,
            Some("subnet-1/rtb-1"),
        ),
        (
            "aws_cloudwatch_log_subscription_filter",
            r#""log_group_name": "g", "name": "f""#,
            Some("g|f"),
        ),
        ("aws_backup_selection", r#""plan_id": "p""#, Some("p|x")),
        ("aws_kms_key", r#""key_id": "x""#, Some("x")),
        (
            "aws_acm_certificate_validation",
            r#""certificate_arn": "a""#,
            None,
        ),
        // Its value would be in the state.
        (
            "aws_secretsmanager_secret_version",
            r#""secret_id": "s""#,
            None,
        ),
    ] {
        let list = format!(
            r#"[{{ "type": "{kind}", "id": "x", "address": "{kind}.it", {attributes} }},
                {{ "type": "aws_vpc", "id": "vpc-0" }}]"#
        );
        let (found, _) = matched(&format!("resource \"{kind}\" \"it\" {{\n}}\n"), &list);
        assert_eq!(found.first().map(|(_, found)| found.as_str()), id, "{kind}");
    }
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
    let fleet = load(set);
    let adoption = fleet
        .adopt(PATH, Aspect::Values, None, None, &Context::default())
        .unwrap();
    assert_eq!(
        adoption.text,
        format!("{environment}management:\n  values: managed\n")
    );
}
