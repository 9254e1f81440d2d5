//! The arguments of `csoc init` and `csoc add`: the answers that cannot be derived.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use csoc_core::model::Tier;
use csoc_core::model::cloud::{AccountId, Region};
use csoc_core::model::environment::Size;
use csoc_core::model::name::ObjectName;
use csoc_core::model::network::{Cidr, Hostname};
use csoc_core::model::version::ReleaseTag;

use crate::args::{FleetArgument, FormatOption};

/// Answers about a commons, as flags; a person is asked for what is missing.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Answers")]
pub(crate) struct AnswerOptions {
    /// A file of answers, YAML or JSON; flags win over it
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Short name of the commons
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Its title
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Short name of who runs it
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// AWS account number: twelve digits
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// AWS region
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Domain below which host names are
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// Public host name; made of name, tier and domain where it is not said
    #[arg(long)]
    pub(crate) hostname: Option<String>,
    /// Address of the data dictionary
    #[arg(long, value_name = "URL")]
    pub(crate) dictionary: Option<String>,
    /// Prefix of data identifiers, for good: dg.DEMO
    #[arg(long, value_name = "PREFIX")]
    pub(crate) indexd_prefix: Option<String>,
    /// Who vouches for users: google, microsoft, okta, cognito, ras, cilogon, orcid, fence, generic
    #[arg(long, value_name = "KIND")]
    pub(crate) identity_provider: Option<String>,
    /// Address of the provider's `OpenID` configuration, for kinds that have no fixed one
    #[arg(long, value_name = "URL")]
    pub(crate) discovery_url: Option<String>,
    /// The client's public identifier
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Where the client's secret is: secretsmanager:NAME; never the secret
    #[arg(long, value_name = "REFERENCE")]
    pub(crate) client_secret: Option<String>,
    /// E-mail address of an administrator; may be given several times
    #[arg(long, value_name = "EMAIL")]
    pub(crate) administrator: Vec<String>,
    /// Tier of the first environment: dev, test, staging, prod
    #[arg(long)]
    pub(crate) tier: Option<String>,
    /// Size of what is shared: small, medium, large
    #[arg(long)]
    pub(crate) size: Option<String>,
    /// How closely the data must be held: open, controlled, phi
    #[arg(long, value_name = "CLASS")]
    pub(crate) classification: Option<String>,
    /// A network that may reach it, if not all may; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_list: Vec<String>,
    /// The repository that Argo CD reads
    #[arg(long, value_name = "URL")]
    pub(crate) gitops_repository: Option<String>,
    /// The Gen3 release: YYYY.MM
    #[arg(long, value_name = "TAG")]
    pub(crate) release: Option<String>,
}

impl AnswerOptions {
    /// The answers that were given, by field.
    pub(crate) fn given(&self) -> Vec<(&'static str, Vec<String>)> {
        let one = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
        vec![
            ("name", one(&self.name)),
            ("title", one(&self.title)),
            ("organization", one(&self.organization)),
            ("accountId", one(&self.account_id)),
            ("region", one(&self.region)),
            ("domain", one(&self.domain)),
            ("hostname", one(&self.hostname)),
            ("dictionary", one(&self.dictionary)),
            ("indexdPrefix", one(&self.indexd_prefix)),
            ("identityProvider", one(&self.identity_provider)),
            ("discoveryUrl", one(&self.discovery_url)),
            ("clientId", one(&self.client_id)),
            ("clientSecret", one(&self.client_secret)),
            ("administrators", self.administrator.clone()),
            ("tier", one(&self.tier)),
            ("size", one(&self.size)),
            ("classification", one(&self.classification)),
            ("allowList", self.allow_list.clone()),
            ("gitopsRepository", one(&self.gitops_repository)),
            ("release", one(&self.release)),
        ]
    }
}

/// `csoc init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The directory of the new fleet: absent, or empty
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    #[command(flatten)]
    pub(crate) answers: AnswerOptions,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(subcommand)]
    pub(crate) object: AddObject,
}

/// What `csoc add` adds.
#[derive(Debug, Subcommand)]
pub(crate) enum AddObject {
    /// A cloud account
    Account(AddAccount),
    /// A Kubernetes cluster
    Cluster(AddCluster),
    /// A data commons
    Commons(Box<AddCommons>),
    /// An environment of a commons
    Environment(AddEnvironment),
}

/// `csoc add account`.
#[derive(Debug, Args)]
pub(crate) struct AddAccount {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) name: ObjectName,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Its number: twelve digits
    #[arg(long, value_name = "ID")]
    pub(crate) id: AccountId,
    /// Its region
    #[arg(long)]
    pub(crate) region: Region,
    /// The domain whose zone it holds
    #[arg(long)]
    pub(crate) domain: Option<Hostname>,
    /// E-mail address of someone who is told about it; may be given several times
    #[arg(long, value_name = "EMAIL")]
    pub(crate) contact: Vec<csoc_core::model::network::Email>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc add cluster`.
#[derive(Debug, Args)]
pub(crate) struct AddCluster {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) name: ObjectName,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// The account it is in
    #[arg(long, value_name = "NAME")]
    pub(crate) account: ObjectName,
    /// Its network; `csoc network allocate` takes one from the pool where it is not said
    #[arg(long)]
    pub(crate) cidr: Option<Cidr>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc add commons`.
#[derive(Debug, Args)]
pub(crate) struct AddCommons {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) name: ObjectName,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// Its title
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Address of the data dictionary
    #[arg(long, value_name = "URL")]
    pub(crate) dictionary: csoc_core::model::network::HttpsUrl,
    /// Prefix of data identifiers, for good: dg.DEMO
    #[arg(long, value_name = "PREFIX")]
    pub(crate) indexd_prefix: String,
    /// E-mail address of an administrator; may be given several times
    #[arg(long, value_name = "EMAIL", required = true)]
    pub(crate) administrator: Vec<csoc_core::model::network::Email>,
    /// A network that may reach it, if not all may; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_list: Vec<Cidr>,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}

/// `csoc add environment`.
#[derive(Debug, Args)]
pub(crate) struct AddEnvironment {
    /// Its commons and its name: midrc/prod
    #[arg(value_name = "COMMONS/NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) fleet: FleetArgument,
    /// The cluster it runs on
    #[arg(long, value_name = "NAME")]
    pub(crate) cluster: ObjectName,
    /// Its public host name
    #[arg(long)]
    pub(crate) hostname: Hostname,
    /// Its tier: dev, test, staging, prod
    #[arg(long)]
    pub(crate) tier: Tier,
    /// The Gen3 release: YYYY.MM
    #[arg(long, value_name = "TAG")]
    pub(crate) release: ReleaseTag,
    /// Size of what is shared: small, medium, large
    #[arg(long, default_value = "small")]
    pub(crate) size: Size,
    #[command(flatten)]
    pub(crate) format: FormatOption,
}
