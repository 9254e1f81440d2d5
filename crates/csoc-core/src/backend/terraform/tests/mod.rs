//! Fleets compiled to Terraform, looked at as documents, as text and as facts.

mod clusters;
mod delivery;
mod documents;
mod equality;
mod formatting;
mod gen3_terraform;
mod json;
mod networks;
mod observability;
mod partitions;
mod policies;

use crate::Fleet;
use crate::backend::fixture::load;
use crate::backend::{Backend, Compiled, FleetView};
use crate::source::SourceSet;
use crate::tree::{Document, File};

use super::Terraform;

const QUICKSTART: &str = include_str!("../../../../../../examples/quickstart/fleet.yaml");
const CONSORTIUM: &str = include_str!("consortium.yaml");

/// A fleet of one file and those beside it.
fn fleet(text: &str, others: &[(&str, &str)]) -> Fleet {
    let mut set: SourceSet = [("fleet.yaml", text.as_bytes())].into_iter().collect();
    for (path, text) in others {
        set.insert(*path, text.as_bytes());
    }
    load(set)
}

/// The consortium with what some of its stacks gave, and lock files.
fn recorded() -> Fleet {
    fleet(
        CONSORTIUM,
        &[
            (
                "outputs/v1/111122223333/us-east-1/foundation/account.json",
                r#"{ "data_key_arn": { "value": "arn:aws:kms:us-east-1:111122223333:key/1" }, "secrets_key_arn": { "value": "arn:aws:kms:us-east-1:111122223333:key/2" }, "logs_key_arn": { "value": "arn:aws:kms:us-east-1:111122223333:key/3" } }"#,
            ),
            (
                "outputs/v1/111122223333/us-east-1/network/cluster/alpha.json",
                r#"{ "nat_addresses": { "value": ["203.0.113.9", "203.0.113.10"] } }"#,
            ),
            ("locks/aws/.terraform.lock.hcl", "# lock of aws\n"),
            ("locks/waf/.terraform.lock.hcl", "# lock of waf\n"),
        ],
    )
}

/// Everything that a fleet compiles to.
fn compile(fleet: &Fleet, include_observed: bool) -> Compiled {
    let view = FleetView::new(fleet.resolved(), fleet.contracts(), include_observed);
    let mut all = Compiled::default();
    for unit in Terraform.units(&view) {
        let compiled = Terraform.compile(&unit);
        all.files.extend(compiled.files);
        all.found.append(compiled.found);
    }
    all.files.sort_by(|one, other| one.path().cmp(other.path()));
    all
}

/// The text of a file.
fn text(files: &[File], path: &str) -> String {
    let file = files.iter().find(|file| file.path() == path);
    let file = file.unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(file.bytes().to_vec()).unwrap()
}

/// The bodies of all HCL files.
fn bodies(files: &[File]) -> impl Iterator<Item = (&File, &crate::hcl::Body)> {
    files.iter().filter_map(|file| match file.document() {
        Document::Hcl(body) => Some((file, body)),
        _ => None,
    })
}
