//! What AWS says of secrets, by a secret manager of our own on this machine that answers as it does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::SecretsManager;
use crate::aws::{Asking, Identity};
use crate::debug_tests::{PLANTED, assert_hidden, assert_silent};
use crate::secret::{Checked, SecretState, Wanted, check};
use crate::terraform::Interrupt;

/// A secret manager with one secret, and what it says of that secret's copies.
fn manager(replicas: Value) -> SdkConfig {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let port = listener.local_addr().expect("it has one").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            serve(stream, &replicas);
        }
    });
    let credentials = Credentials::new("AKIA", PLANTED, None, None, "csoc");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://127.0.0.1:{port}"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// Answers one request.
fn serve(stream: TcpStream, replicas: &Value) {
    let mut reader = BufReader::new(stream);
    let (mut target, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim().to_ascii_lowercase();
        match line.split_once(':') {
            Some(("x-amz-target", value)) => value.trim().clone_into(&mut target),
            Some(("content-length", value)) => length = value.trim().parse().unwrap_or(0),
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let text = answer(&target, replicas).to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    let mut stream = reader.into_inner();
    let _ = stream.write_all((head + &text).as_bytes());
}

fn answer(target: &str, replicas: &Value) -> Value {
    match target {
        "secretsmanager.describesecret" => json!({ "Name": "demo", "ReplicationStatus": replicas }),
        "secretsmanager.listsecretversionids" => json!({ "Name": "demo", "Versions": [
            { "VersionId": "one", "VersionStages": ["AWSCURRENT"], "CreatedDate": 1_790_000_000 },
        ] }),
        "secretsmanager.getsecretvalue" => json!({
            "Name": "demo", "VersionId": "one", "SecretString": json!({ "password": PLANTED }).to_string(),
        }),
        other => panic!("{other} is asked for"),
    }
}

/// What is seen of the secret, with those copies.
fn seen(replicas: Value) -> Checked {
    let wanted: Wanted = serde_json::from_value(json!({
        "object": "commons.demo.environments.dev", "purpose": "demo", "name": "demo", "account": "111122223333",
        "region": "us-east-1", "shape": "JSON", "keys": [{ "name": "password" }], "seeder": "generated",
        "rotation": { "means": "restart" }, "layer": "v1/111122223333/us-east-1/secrets/environment/demo/dev",
        "encryption": { "kind": "key", "arn": "arn:aws:kms:us-east-1:111122223333:key/x" },
    }))
    .expect("it is one");
    let asking = Asking::new(Interrupt::default()).expect("there is room");
    let identity = Identity {
        account: "111122223333".to_owned(),
        arn: "arn:aws:sts::111122223333:assumed-role/csoc-secrets/ada".to_owned(),
    };
    let store = SecretsManager::new(&asking, &manager(replicas), identity, "us-east-1");
    check(&wanted, &store, Timestamp::UNIX_EPOCH)
}

const RETRY: &str =
    "once that is mended, `aws secretsmanager replicate-secret-to-regions` makes it again";

#[test]
fn a_copy_that_lags_is_behind_and_one_that_failed_says_why() {
    let there = "Replication failed: Secret name demo already exists in region us-west-2.";
    let checked = seen(json!([
        { "Region": "eu-central-1", "Status": "InSync" },
        { "Region": "eu-west-1", "Status": "InProgress" },
        { "Region": "us-west-2", "Status": "Failed", "StatusMessage": there },
    ]));
    // The value was read: it is what it must be.
    assert_eq!(checked.state, SecretState::Fine);
    let (state, remark) = checked.in_words();
    let why = there.trim_end_matches('.');
    let says =
        format!("the copy in eu-west-1 is behind; the copy in us-west-2 failed: {why}; {RETRY}");
    assert_eq!((state, remark.as_str()), ("fine", says.as_str()));
    let json = serde_json::to_value(&checked).expect("it is JSON");
    assert_eq!(json["behind"], json!(["eu-west-1"]));
    let failed = json!([{ "region": "us-west-2", "reason": there }]);
    assert_eq!(json["failed"], failed);
    assert_silent(&checked);
    assert_hidden("its words", &remark);
    assert_hidden("its JSON", &json.to_string());
}

#[test]
fn copies_of_which_little_is_said_are_not_taken_for_the_same() {
    let checked = seen(json!([
        { "Region": "eu-west-1" },
        { "Region": "eu-west-2", "Status": "SomethingNew" },
        { "Region": "us-west-2", "Status": "Failed" },
    ]));
    let (_, remark) = checked.in_words();
    let says = format!(
        "the copy in eu-west-1, eu-west-2 is behind; the copy in us-west-2 failed: AWS does not say why; {RETRY}"
    );
    assert_eq!(remark, says);
}

#[test]
fn copies_that_are_the_same_are_not_spoken_of() {
    for replicas in [
        json!([]),
        json!([{ "Region": "eu-west-1", "Status": "InSync" }]),
    ] {
        let checked = seen(replicas);
        assert_eq!(checked.in_words(), ("fine", String::new()));
    }
}
