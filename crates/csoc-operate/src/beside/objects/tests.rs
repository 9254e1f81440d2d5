//! What a bucket is asked, as whom, and what is said when it refuses.

use super::super::pretended::Bucket;
use super::super::{Claim, Ledger, LedgerError, Mark};
use crate::digest::Digest;

fn mark() -> Mark {
    let at = "2026-11-26T10:34:36Z".parse().expect("it is a time");
    Mark::new(Digest::of(b"a"), at, "r1", "ada".into())
}

fn claim(ledger: &Ledger) -> Result<Claim, LedgerError> {
    ledger.claim(&mark())
}

#[test]
fn marks_lie_below_the_key_of_the_state_and_are_signed_by_the_session() {
    let bucket = Bucket::new();
    assert_eq!(claim(&bucket.ledger()).expect("it answers"), Claim::Given);
    let key = format!("v1/x/terraform.tfstate.csoc/used/{}.json", Digest::of(b"a"));
    let things = bucket.things.lock().expect("nobody panics");
    assert_eq!(things.keys().collect::<Vec<_>>(), [&key]);
    let heads = bucket.heads.lock().expect("nobody panics").join("\n");
    assert!(heads.contains("Credential=ASIA-SESSION/"), "{heads}");
    assert!(
        heads.to_ascii_lowercase().contains("if-none-match: *"),
        "{heads}"
    );
    assert!(!heads.contains("server-side-encryption"), "{heads}");
    assert!(!heads.contains("planted-secret"), "{heads}");
}

#[test]
fn they_are_encrypted_as_the_state_is() {
    for (settings, expected) in [
        (
            vec![("encrypt", true.into()), ("kms_key_id", "arn:key".into())],
            "x-amz-server-side-encryption-aws-kms-key-id: arn:key",
        ),
        (
            vec![("encrypt", true.into())],
            "x-amz-server-side-encryption: AES256",
        ),
    ] {
        let bucket = Bucket::new();
        let ledger = bucket
            .with(&bucket.settings(&settings))
            .expect("it says where");
        claim(&ledger).expect("it answers");
        let heads = bucket.heads.lock().expect("nobody panics").join("\n");
        assert!(heads.contains(expected), "{heads}");
    }
}

#[test]
fn keys_of_the_backend_come_before_those_of_the_session() {
    let bucket = Bucket::new();
    let keys = [
        ("access_key", "AKIA-BACKEND".into()),
        ("secret_key", "planted-secret".into()),
    ];
    let ledger = bucket.with(&bucket.settings(&keys)).expect("it says where");
    claim(&ledger).expect("it answers");
    let heads = bucket.heads.lock().expect("nobody panics").join("\n");
    assert!(heads.contains("Credential=AKIA-BACKEND/"), "{heads}");
}

#[test]
fn who_holds_the_lock_stands_beside_the_state() {
    let bucket = Bucket::new();
    let ledger = bucket.ledger();
    assert_eq!(ledger.holder().expect("it answers"), None);
    let lock = br#"{"ID": "7", "Who": "ada@hub"}"#.to_vec();
    let mut things = bucket.things.lock().expect("nobody panics");
    things.insert("v1/x/terraform.tfstate.tflock".to_owned(), lock);
    drop(things);
    let holder = ledger.holder().expect("it answers").expect("it is held");
    assert_eq!((&*holder.id, &*holder.who), ("7", "ada@hub"));
}

#[test]
fn a_bucket_that_refuses_says_why_and_what_to_do() {
    for (code, status, says) in [
        ("AccessDenied", 403, "apply `access` and `bootstrap`"),
        ("NoSuchBucket", 404, "the bucket of the state is gone"),
    ] {
        let bucket = match status {
            403 => Bucket::that(|_| Some((403, "AccessDenied"))),
            _ => Bucket::that(|_| Some((404, "NoSuchBucket"))),
        };
        let error = claim(&bucket.ledger()).expect_err("it refuses");
        let text = format!("{error} {error:?}");
        assert!(text.contains(says) && text.contains(code), "{text}");
        assert!(!text.contains("planted"), "{text}");
    }
}

#[test]
fn what_is_missing_is_not_asked_for_by_reading() {
    // Who may list only below a prefix is told that reading what is not there is forbidden.
    let bucket = Bucket::that(|head| {
        let is_read = head.starts_with("GET") && !head.contains("list-type=2");
        is_read.then_some((403, "AccessDenied"))
    });
    assert_eq!(bucket.ledger().head().expect("it answers"), None);
}

#[test]
fn a_write_that_meets_another_one_is_tried_again() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static MET: AtomicUsize = AtomicUsize::new(0);
    let bucket = Bucket::that(|head| {
        let meets = head.starts_with("PUT") && MET.fetch_add(1, Ordering::SeqCst) == 0;
        meets.then_some((409, "ConditionalRequestConflict"))
    });
    assert_eq!(claim(&bucket.ledger()).expect("it answers"), Claim::Given);
}

#[test]
fn what_a_backend_says_and_csoc_does_not_follow_is_refused() {
    let bucket = Bucket::new();
    let settings = bucket.settings(&[("sse_customer_key", "planted".into())]);
    let error = match bucket.with(&settings) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("it is followed"),
    };
    assert!(
        error.contains("`sse_customer_key`") && !error.contains("planted"),
        "{error}"
    );
    let nothing = bucket.settings(&[
        ("http_proxy", serde_json::Value::Null),
        ("assume_role_with_web_identity", serde_json::json!([])),
    ]);
    assert!(bucket.with(&nothing).is_ok());
}
