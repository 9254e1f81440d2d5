//! State, versions, places: what a root says of itself.

use std::collections::BTreeSet;

use super::context::{Said, TerraformContext};
use super::module::{Resource, TerraformModule};
use super::values::{Flag, account_of, flag, is_unset};
use crate::diagnostic::Diagnostics;
use crate::hcl::{Block, Expression, ExpressionKind};
use crate::value::Node;

/// The settings of a directory that is applied.
fn settings<'a>(context: &TerraformContext<'a>) -> impl Iterator<Item = &'a Block> {
    context.module.blocks("terraform")
}

fn backends<'a>(context: &TerraformContext<'a>) -> impl Iterator<Item = &'a Block> {
    settings(context)
        .flat_map(|block| block.body.all_blocks())
        .filter(|block| block.is("backend", &["s3"]))
}

/// Two do not apply at once.
pub(super) fn state_unlocked(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for backend in backends(context) {
        let values = context.module.values(&backend.body);
        let by_file = matches!(flag(&values, "use_lockfile"), Flag::On | Flag::Unknown);
        if !by_file && is_unset(&values, "dynamodb_table") {
            context.push(
                found,
                "terraform.backend.s3",
                backend.origin,
                Said {
                    message: "nothing locks the state; two who apply at once must not".to_owned(),
                    label: "without a lock",
                    help: "set `use_lockfile = true`",
                },
            );
        }
    }
}

/// State holds secrets, and is encrypted with a key of one's own.
///
/// Without `encrypt` and without a key the default of its bucket holds, which is
/// not known here; `encrypt` alone overrides that with a key of AWS.
pub(super) fn state_key_missing(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for backend in backends(context) {
        let values = context.module.values(&backend.body);
        if flag(&values, "encrypt") == Flag::On && is_unset(&values, "kms_key_id") {
            let at = values.get("encrypt");
            let origin = at.map_or(backend.origin, |node| node.origin);
            context.push(
                found,
                "terraform.backend.s3",
                origin,
                Said {
                    message: "the state is encrypted with a key of AWS, whatever its bucket says; it must be with one of the account".to_owned(),
                    label: "without `kms_key_id`",
                    help: "set `kms_key_id`, or take `encrypt` out and let the bucket have the key",
                },
            );
        }
    }
}

/// What goes wrong in one layer stays there.
pub(super) fn state_mixes_layers(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let module = context.module;
    let below = [
        "aws_eks_cluster",
        "aws_vpc",
        "aws_rds_cluster",
        "aws_db_instance",
    ];
    let Some(infrastructure) = module.of_any(&below).next() else {
        return;
    };
    let above = module.resources().find(|resource| {
        resource.of == "helm_release"
            || resource.of.starts_with("kubernetes_")
            || resource.of == "kubectl_manifest"
    });
    if let Some(application) = above {
        context.resource(found, application, None, Said {
            message: format!("`{}` and `{}` are in one state; what is deployed must not be with what it runs on", application.address(), infrastructure.address()),
            label: "of another layer",
            help: "make a root of its own for it, or let Argo CD deploy it",
        });
    }
}

/// A mistake in one account stays there.
pub(super) fn state_spans_accounts(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let mut accounts = BTreeSet::new();
    for provider in context
        .module
        .blocks("provider")
        .filter(|block| block.is("provider", &["aws"]))
    {
        let values = context.module.values(&provider.body);
        let roles =
            super::values::blocks(&values, "assume_role").filter_map(|role| role.get("role_arn"));
        let listed = values
            .get("allowed_account_ids")
            .map_or(&[][..], Node::items);
        let own = listed
            .iter()
            .filter_map(Node::text)
            .chain(roles.filter_map(Node::text).filter_map(account_of));
        let own: BTreeSet<String> = own.map(ToOwned::to_owned).collect();
        let is_other = !accounts.is_empty() && !own.is_empty() && accounts.is_disjoint(&own);
        accounts.extend(own);
        if is_other {
            context.push(
                found,
                "provider.aws",
                provider.origin,
                Said {
                    message: format!(
                        "one state has resources of {} accounts; each account must have its own",
                        accounts.len()
                    ),
                    label: "of another account",
                    help: "make a root for each account, and pass values by outputs",
                },
            );
        }
    }
}

/// A state by where it lies: a bucket, where that is written down, and a key.
type StateAt = (Option<String>, String);

fn is_same(one: &StateAt, other: &StateAt) -> bool {
    let same_bucket = match (&one.0, &other.0) {
        (Some(one), Some(other)) => one == other,
        // The bucket of a backend is often given from outside.
        _ => true,
    };
    same_bucket && one.1 == other.1
}

fn state_at(values: &Node) -> Option<StateAt> {
    let text = |name: &str| values.get(name).and_then(Node::text).map(ToOwned::to_owned);
    Some((text("bucket"), text("key")?))
}

/// Where a directory keeps its state.
fn own_state(module: &TerraformModule<'_>) -> Option<StateAt> {
    let mut backends = module
        .blocks("terraform")
        .flat_map(|block| block.body.all_blocks())
        .filter(|block| block.is("backend", &["s3"]));
    state_at(&module.values(&backends.next()?.body))
}

/// The states whose outputs a directory reads.
fn read_states<'m, 'a>(
    module: &'m TerraformModule<'a>,
) -> impl Iterator<Item = (&'m Resource<'a>, StateAt)> {
    module
        .data("terraform_remote_state")
        .iter()
        .filter(|state| state.text("backend") == Some("s3"))
        .filter_map(|state| Some((state, state_at(state.get("config")?)?)))
}

/// What reads an output is applied after what gives it: of two that read each other neither can be first.
pub(super) fn state_references_cyclic(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let Some(own) = own_state(context.module) else {
        return;
    };
    let is_read = |module: &TerraformModule<'_>| !module.data("terraform_remote_state").is_empty();
    if !is_read(context.module) {
        return;
    }
    let readers: Vec<(StateAt, Vec<StateAt>)> = context
        .tree
        .iter()
        .filter(|module| is_read(module))
        .filter_map(|module| {
            let reads = read_states(module).map(|(_, state)| state);
            Some((own_state(module)?, reads.collect()))
        })
        .collect();
    for (state, first) in read_states(context.module) {
        let mut seen: BTreeSet<StateAt> = BTreeSet::new();
        let mut open = vec![first];
        while let Some(next) = open.pop() {
            if is_same(&next, &own) {
                context.resource(found, state, None, Said {
                    message: format!("the state that `{}` reads needs this one's outputs, directly or through others; one of them must not", state.address()),
                    label: "neither can be applied first",
                    help: "move what both need into a root that reads neither, or compute it from names",
                });
                break;
            }
            if !seen.insert(next.clone()) {
                continue;
            }
            let further = readers.iter().filter(|(at, _)| is_same(at, &next));
            open.extend(further.flat_map(|(_, reads)| reads.iter().cloned()));
        }
    }
}

/// It is known which Terraform applies this.
pub(super) fn terraform_version_unset(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let is_root = settings(context).any(|block| {
        block
            .body
            .all_blocks()
            .any(|inner| matches!(&*inner.kind, "backend" | "cloud"))
    });
    let is_set = settings(context).any(|block| block.body.get("required_version").is_some());
    if let (true, false, Some(block)) = (is_root, is_set, settings(context).next()) {
        context.push(
            found,
            "terraform",
            block.origin,
            Said {
                message: "any version of Terraform applies this; `required_version` must be set"
                    .to_owned(),
                label: "without `required_version`",
                help: "write `required_version = \">= 1.11, < 2.0\"`",
            },
        );
    }
}

/// A provider does not change by itself.
pub(super) fn provider_version_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let required = settings(context).flat_map(|block| block.body.blocks_of("required_providers"));
    for provider in required.flat_map(|block| block.body.attributes()) {
        let version = match &provider.value.bare().kind {
            ExpressionKind::Object(fields) => fields
                .iter()
                .find(|field| field.key.as_str() == Some("version"))
                .map(|field| &field.value),
            _ => Some(&provider.value),
        };
        let text = version.and_then(Expression::as_str);
        let is_bounded = text.is_some_and(|text| {
            text.split(',').any(|part| {
                let part = part.trim_start();
                !part.starts_with('>') && !part.starts_with("!=")
            })
        });
        // A module leaves the upper bound to who calls it.
        let is_module = context.module.is_called || (text.is_some() && !has_root(context));
        if !is_bounded && !is_module {
            let origin = version.map_or(provider.origin, |version| version.origin);
            context.push(found, &format!("terraform.required_providers.{}", provider.name), origin, Said {
                message: format!("any newer version of the provider `{}` may be taken; it must have an upper bound", provider.name),
                label: "unbounded",
                help: "write `version = \"~> MAJOR.MINOR\"`",
            });
        }
    }
}

fn has_root(context: &TerraformContext<'_>) -> bool {
    settings(context).any(|block| {
        block
            .body
            .all_blocks()
            .any(|inner| matches!(&*inner.kind, "backend" | "cloud"))
    })
}
