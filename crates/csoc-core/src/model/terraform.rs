//! What makes the Terraform of a cluster.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::open::Open;
use super::version::Commit;

/// The repository of gen3-terraform, as sources of modules name it.
pub(crate) const GEN3_TERRAFORM: &str = "github.com/uc-cdis/gen3-terraform";
/// The root of gen3-terraform that makes a network, a cluster and its databases.
pub(crate) const COMMONS: &str = "tf_files/aws/commons";

/// What makes the Terraform of a cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ClusterTerraform {
    /// Whose roots they are.
    #[serde(default)]
    pub engine: Engine,
    /// The commit of gen3-terraform that is called. It has no default: it moves when the fleet says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Commit>,
    /// Variables of gen3-terraform's root `commons` besides those that follow from the cluster, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<Open>,
}

/// Whose roots make a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Engine {
    /// Ours: a root for the network, one for the cluster, one for databases and search.
    #[default]
    Csoc,
    /// One root that calls gen3-terraform's `commons`, in place of those three.
    Gen3Terraform,
}

impl Engine {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csoc => "csoc",
            Self::Gen3Terraform => "gen3-terraform",
        }
    }
}

impl ClusterTerraform {
    /// Whether one root of gen3-terraform stands for those of the network, the cluster and its databases.
    pub(crate) fn is_one_root(&self) -> bool {
        self.engine == Engine::Gen3Terraform
    }

    /// The address of the module that is called.
    pub(crate) fn source(&self) -> String {
        let commit = self.commit.as_ref();
        let reference = commit.map(|commit| format!("?ref={commit}"));
        format!(
            "git::https://{GEN3_TERRAFORM}.git//{COMMONS}{}",
            reference.unwrap_or_default()
        )
    }
}

/// Which program runs roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Program {
    /// Terraform.
    #[default]
    Terraform,
    /// `OpenTofu`.
    Tofu,
}

impl Program {
    /// Its name in fleet files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::Tofu => "tofu",
        }
    }

    /// Its name in sentences.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Terraform => "Terraform",
            Self::Tofu => "OpenTofu",
        }
    }
}

/// How roots are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Syntax {
    /// Terraform's own language: `main.tf`.
    #[default]
    Hcl,
    /// JSON, for tools that change roots before they are applied: `main.tf.json`.
    Json,
}
