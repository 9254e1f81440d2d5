//! What every root has: its directory, versions, state, provider, variables and outputs.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::helm::Helm;
use super::outputs;
use super::variables::{self, Variable};
use crate::hcl::{Block, Body, Expression, Item};
use crate::model::cloud::Region;
use crate::model::fleet::{FleetSpec, State};
use crate::model::name::ObjectName;
use crate::model::stack::{OutputKind, StackId, StackKind, StackScope};
use crate::model::terraform::{Program, Syntax};
use crate::model::{Mode, Tier};
use crate::resolve::RecordedImport;
use crate::tree::{BackendName, Document, File};

/// The Terraform versions that may run a root, unless the fleet says others: the first with locks in the bucket.
const TERRAFORM_VERSIONS: &str = ">= 1.11, < 2.0";

/// One root: a directory with one state.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Root {
    pub(super) stack: StackId,
    /// The account's name in the fleet, which is in the path.
    pub(super) account: ObjectName,
    /// The fleet object it comes from.
    pub(super) object: String,
    /// The provider's region.
    pub(super) region: Region,
    pub(super) settings: Arc<Settings>,
    /// Whether what it makes may be there already.
    pub(super) mode: Mode,
    /// The tier of what it is for; none where it is for an account.
    pub(super) tier: Option<Tier>,
    /// Tags of everything in it, besides those of its tier and layer.
    pub(super) tags: Vec<(&'static str, String)>,
    pub(super) variables: Vec<Variable>,
    /// Stacks that must be there although no output of theirs is used.
    pub(super) after: Vec<StackId>,
    /// The cluster that it installs something in.
    pub(super) helm: Option<Helm>,
    /// Who applies it.
    pub(super) run_by: RunBy,
    pub(super) lock: Option<LockFile>,
    /// What exists already, where the root is being taken over.
    pub(super) imports: Vec<RecordedImport>,
}

/// Who applies a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum RunBy {
    /// Pipelines, with the role that deploys.
    Pipelines,
    /// People, with a role that no pipeline has.
    People,
}

impl RunBy {
    /// Who applies stacks of a kind as a rule: what decides who may do what is people's.
    pub(super) const fn of(kind: StackKind) -> Self {
        match kind {
            StackKind::Bootstrap | StackKind::Organization | StackKind::Access => Self::People,
            _ => Self::Pipelines,
        }
    }
}

/// Versions and state: what the fleet says for all roots.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Settings {
    terraform: String,
    aws: String,
    helm: String,
    pub(super) program: Program,
    syntax: Syntax,
    pub(super) state: Option<State>,
}

/// A provider lock file of the fleet.
#[derive(Debug, Clone)]
pub(crate) struct LockFile(pub(super) Arc<[u8]>);

impl Serialize for LockFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

/// What a layer puts into its root.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) main: Body,
    pub(super) outputs: Vec<(OutputKind, Expression)>,
}

/// The block, made after another resource without using a value of it.
pub(super) fn depends_on(mut block: Block, resource: &str) -> Block {
    block.body.push(Item::Blank);
    block.attribute(
        "depends_on",
        Expression::list([Expression::reference(resource)]),
    )
}

impl Settings {
    /// The settings of a fleet.
    pub(super) fn of(fleet: &FleetSpec) -> Self {
        let terraform = &fleet.terraform;
        let version = terraform.version.as_ref();
        Self {
            terraform: version.map_or_else(|| TERRAFORM_VERSIONS.into(), ToString::to_string),
            aws: terraform.aws_versions().to_owned(),
            helm: terraform.helm_versions().to_owned(),
            program: terraform.program,
            syntax: terraform.syntax,
            state: terraform.state.clone(),
        }
    }

    /// The first Terraform that its versions name, without the patch: `1.11`.
    pub(super) fn first_terraform(&self) -> &str {
        let text = self.terraform.as_str();
        let text = text.trim_start_matches(|first: char| !first.is_ascii_digit());
        let is_version = |part: char| part.is_ascii_digit() || part == '.';
        let version = text
            .split(|part| !is_version(part))
            .next()
            .unwrap_or_default();
        let mut dots = version.match_indices('.').skip(1);
        let end = dots.next().map_or(version.len(), |(at, _)| at);
        version.get(..end).unwrap_or(version)
    }
}

impl Root {
    /// Its directory below `terraform/`.
    pub(super) fn path(&self) -> String {
        let region = self.stack.region.as_ref().map_or("global", Region::as_str);
        let directory = format!("{}/{region}/{}", self.account, self.stack.kind);
        match &self.stack.scope {
            StackScope::Account => directory,
            StackScope::Member(account) => format!("{directory}/{account}"),
            StackScope::Cluster(name) => format!("{directory}/{name}"),
            StackScope::Environment(commons, environment) => {
                format!("{directory}/{commons}/{environment}")
            }
        }
    }

    /// Its files with that content.
    pub(super) fn files(&self, content: Content) -> Vec<File> {
        let directory = format!("terraform/{}", self.path());
        let file = |name: &str, document| {
            File::new(
                format!("{directory}/{name}"),
                self.object.clone(),
                BackendName::Terraform,
                document,
            )
        };
        let written = |name: &str, body: Body| match self.settings.syntax {
            Syntax::Hcl => file(name, Document::Hcl(body)),
            Syntax::Json => file(&format!("{name}.json"), Document::Hcl(body)),
        };
        let imports = self.imports(&content.main);
        let mut files = vec![
            written("main.tf", content.main),
            written("terraform.tf", self.terraform()),
            file(
                "terraform.tfvars.json",
                Document::Json(variables::values(&self.variables)),
            ),
        ];
        if !self.variables.is_empty() {
            let body = variables::body(&self.variables);
            files.push(written("variables.tf", body));
        }
        if !content.outputs.is_empty() {
            let body = outputs::body(content.outputs);
            files.push(written("outputs.tf", body));
        }
        if let Some(body) = imports {
            files.push(written("imports.tf", body));
        }
        if let Some(LockFile(bytes)) = &self.lock {
            files.push(file(".terraform.lock.hcl", Document::Bytes(bytes.clone())));
        }
        files
    }

    /// The body of `terraform.tf`.
    fn terraform(&self) -> Body {
        let provider = |name: &'static str, version: &str| {
            Expression::object([
                ("source", format!("hashicorp/{name}").into()),
                ("version", version.into()),
            ])
        };
        let helm = self.helm.as_ref();
        let mut terraform = Block::unlabelled("terraform")
            .attribute("required_version", self.settings.terraform.as_str())
            .block(
                Block::unlabelled("required_providers")
                    .attribute("aws", provider("aws", &self.settings.aws))
                    .optional("helm", helm.map(|_| provider("helm", &self.settings.helm))),
            );
        if let Some(state) = &self.settings.state {
            // `encrypt` without a key sends AES256, which overrides the bucket's own key: both, or neither.
            let key = state.kms_key.as_ref().map(ToString::to_string);
            terraform = terraform.block(
                Block::new("backend", ["s3"])
                    .attribute("bucket", state.bucket.as_str())
                    .attribute("key", self.stack.state_key())
                    .attribute("region", state.region.as_str())
                    .optional("encrypt", key.is_some().then_some(true))
                    .optional("kms_key_id", key)
                    .attribute("use_lockfile", true),
            );
        }
        let mut tags: Vec<(&str, Expression)> = self
            .tags
            .iter()
            .map(|(name, value)| (*name, Expression::from(value.as_str())))
            .collect();
        tags.extend(self.tier.map(|tier| (Tier::TAG, tier.as_str().into())));
        tags.push(("gen3-layer", self.stack.kind.as_str().into()));
        tags.push(("managed-by", "gen3-csoc".into()));
        tags.sort_by_key(|(name, _)| *name);
        let tags = tags
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let provider = Block::new("provider", ["aws"])
            .attribute("region", self.region.as_str())
            .attribute(
                "allowed_account_ids",
                Expression::list([self.stack.account.as_str()]),
            )
            .block(Block::unlabelled("default_tags").attribute("tags", Expression::object(tags)));
        Body::new()
            .block(terraform)
            .block(provider)
            .blocks(helm.map(Helm::provider))
    }
}
