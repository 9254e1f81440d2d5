//! The answers that a new fleet needs, from flags, a file or a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, Finding, Report, Root};
use crate::model::Tier;
use crate::model::cloud::{AccountId, Region, SecretReference};
use crate::model::environment::{Classification, IdentityProviderKind, Size};
use crate::model::name::ObjectName;
use crate::model::network::{Cidr, Email, Hostname, HttpsUrl, RepositoryUrl};
use crate::model::version::ReleaseTag;
use crate::resolve::Schemas;
use crate::span::{SourceFile, Sources};
use crate::value::path::ModelPath;
use crate::value::schema::{Dialect, Schema};
use crate::value::walker::{Presence, walk};
use crate::value::walker_finding::MISSING_FIELD;
use crate::value::{Node, decode, json_read, yaml_read, yaml_write};

/// What a new fleet cannot derive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Answers {
    /// The name of the fleet and of its first account, cluster and commons.
    pub name: ObjectName,
    /// The number of the account.
    pub account_id: AccountId,
    /// Its region.
    pub region: Region,
    /// The domain below which host names are.
    pub domain: Hostname,
    /// The data dictionary.
    pub dictionary: HttpsUrl,
    /// The prefix of identifiers of data files.
    pub indexd_prefix: String,
    /// Those who may do everything.
    pub administrators: Vec<Email>,
    /// How much the first environment matters.
    pub tier: Tier,
    /// What the commons is called where people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who runs the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<ObjectName>,
    /// The public host name. Default: the name, the tier and the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Hostname>,
    /// Who vouches for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<IdentityProviderKind>,
    /// Where the provider's `OpenID` configuration is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discovery_url: Option<HttpsUrl>,
    /// The client's public identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Where the client's secret is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretReference>,
    /// How large shared resources are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// How closely its data must be held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// The only networks that reach it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_list: Vec<Cidr>,
    /// The repository that Argo CD reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gitops_repository: Option<RepositoryUrl>,
    /// The Gen3 release. Default: the newest that this version knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseTag>,
}

/// A question that a person is asked when no flag and no file answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Question {
    /// The field of [`Answers`].
    pub field: &'static str,
    /// The flag, without dashes.
    pub flag: &'static str,
    /// What is asked.
    pub text: &'static str,
    /// What an empty answer stands for; none where there must be one.
    pub default: Option<&'static str>,
    /// Whether several answers may be given, separated by commas.
    pub many: bool,
}

const fn question(
    field: &'static str,
    flag: &'static str,
    text: &'static str,
    default: Option<&'static str>,
    many: bool,
) -> Question {
    Question {
        field,
        flag,
        text,
        default,
        many,
    }
}

/// All questions, in the order they are asked. Those with an empty default may be left open.
pub const QUESTIONS: &[Question] = &[
    question("name", "name", "Short name of the commons", None, false),
    question("title", "title", "Its title", Some(""), false),
    question(
        "organization",
        "organization",
        "Short name of who runs it",
        Some(""),
        false,
    ),
    question(
        "accountId",
        "account-id",
        "AWS account number (12 digits)",
        None,
        false,
    ),
    question("region", "region", "AWS region", Some("us-east-1"), false),
    question(
        "domain",
        "domain",
        "Domain below which host names are",
        None,
        false,
    ),
    question("hostname", "hostname", "Public host name", Some(""), false),
    question(
        "dictionary",
        "dictionary",
        "Address of the data dictionary",
        None,
        false,
    ),
    question(
        "indexdPrefix",
        "indexd-prefix",
        "Prefix of data identifiers, for good (such as dg.DEMO)",
        None,
        false,
    ),
    question(
        "identityProvider",
        "identity-provider",
        "Identity provider (google, microsoft, okta, cognito, ras, cilogon, orcid, generic)",
        Some("google"),
        false,
    ),
    question(
        "discoveryUrl",
        "discovery-url",
        "Address of its OpenID configuration, where it has no fixed one",
        Some(""),
        false,
    ),
    question(
        "clientId",
        "client-id",
        "Its client identifier",
        Some(""),
        false,
    ),
    question(
        "clientSecret",
        "client-secret",
        "Where its client secret is (secretsmanager:NAME)",
        Some(""),
        false,
    ),
    question(
        "administrators",
        "administrator",
        "E-mail addresses of administrators",
        None,
        true,
    ),
    question(
        "tier",
        "tier",
        "Tier of the first environment (dev, test, staging, prod)",
        Some("dev"),
        false,
    ),
    question(
        "size",
        "size",
        "Size (small, medium, large)",
        Some("small"),
        false,
    ),
    question(
        "classification",
        "classification",
        "Data (open, controlled, phi)",
        Some("controlled"),
        false,
    ),
    question(
        "allowList",
        "allow-list",
        "The only networks that reach it",
        Some(""),
        true,
    ),
    question(
        "gitopsRepository",
        "gitops-repository",
        "Repository that Argo CD reads",
        Some(""),
        false,
    ),
    question("release", "release", "Gen3 release", Some(""), false),
];

/// Answers that do not hold, or that are missing.
#[derive(Debug, thiserror::Error)]
#[error("the answers have {} error{}", .0.summary().errors, if .0.summary().errors == 1 { "" } else { "s" })]
pub struct AnswersError(
    /// Each of them.
    pub Report,
);

impl Answers {
    /// Puts answers together: those of a YAML or JSON file, then single ones by field, which win.
    pub fn collect(
        file: Option<(&str, &str)>,
        single: &[(&str, Vec<String>)],
    ) -> Result<Self, AnswersError> {
        let mut sources = Sources::default();
        let mut found = Diagnostics::default();
        let mut given = Node::map();
        if let Some((path, text)) = file {
            let id = sources.add(SourceFile::new(path, text));
            let (node, problems) = yaml_read::read(text, id, &yaml_read::Limits::default());
            found.append(problems);
            given = node.unwrap_or(given);
        }
        for (field, values) in single {
            let many = QUESTIONS
                .iter()
                .any(|question| question.field == *field && question.many);
            let node = match values.as_slice() {
                [] => continue,
                [only] if !many => Node::string(only.as_str()),
                all => Node::list(all.iter().map(|value| Node::string(value.as_str()))),
            };
            given.insert(*field, node);
        }
        if file.is_none() {
            // Flags have no file; their places are in what they would be as one.
            let mut text = String::new();
            yaml_write::write(&given, &mut text);
            let id = sources.add(SourceFile::new("answers", text.as_str()));
            given = yaml_read::read(&text, id, &yaml_read::Limits::default())
                .0
                .unwrap_or(given);
        }
        if !found.has_errors() {
            walk(
                &given,
                &schema(),
                Presence::Require,
                Schemas::get().parsers(),
                &mut found,
                &mut ModelPath::new(),
            );
        }
        let failed = found.has_errors();
        let path = file.map(|(path, _)| path);
        let report = || {
            Report::new(
                found
                    .into_vec()
                    .into_iter()
                    .map(|finding| by_flag(finding, path, single))
                    .map(|finding| finding.resolve(&sources, Root::Fleet))
                    .collect(),
            )
        };
        if failed {
            return Err(AnswersError(report()));
        }
        decode::decode(&given).map_err(|_| AnswersError(report()))
    }
}

/// The finding with what whoever answers can do: the flag, and the file of answers where there is one.
fn by_flag(mut finding: Finding, file: Option<&str>, single: &[(&str, Vec<String>)]) -> Finding {
    let mut questions = QUESTIONS.iter();
    let path = finding.path.clone().unwrap_or_default();
    let Some(question) = questions.find(|question| question.field == path) else {
        return finding;
    };
    let (field, flag) = (question.field, question.flag);
    let is_flag = single
        .iter()
        .any(|(other, values)| *other == field && !values.is_empty());
    if file.is_none() || is_flag {
        // It stands in no file.
        finding.labels.clear();
    }
    finding.help = Some(if finding.code == MISSING_FIELD {
        finding.message = format!("`{field}` has no answer: {}", question.text);
        match file {
            Some(file) => {
                format!("write `{field}:` into `{file}`, or give it with `--{flag} VALUE`")
            }
            None => format!("give it with `--{flag} VALUE`"),
        }
    } else {
        match (finding.help, is_flag) {
            (Some(help), true) => format!("{help}; it was given with `--{flag}`"),
            (Some(help), false) => help,
            (None, _) => format!("give another with `--{flag} VALUE`"),
        }
    });
    finding
}

fn schema() -> Schema {
    let text =
        serde_json::to_string(&schemars::schema_for!(Answers)).expect("a schema is plain JSON");
    let id = Sources::default().add(SourceFile::new("answers.schema.json", text.as_str()));
    let node = json_read::read_json(&text, id)
        .0
        .expect("a test compiles the same text");
    Schema::compile(&node, Dialect::JsonSchema).expect("a test compiles the same text")
}
