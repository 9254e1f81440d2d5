//! What there must be: a secret's name, what is put into it and who fills it, as whoever knows the fleet says.

use serde::{Deserialize, Serialize};

/// A secret that there must be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Wanted {
    /// The object that needs it.
    pub object: String,
    /// What it is for.
    pub purpose: String,
    /// Its name in the secret manager.
    pub name: String,
    /// The account that it is in.
    pub account: String,
    /// The region that it is in.
    pub region: String,
    /// What is in it.
    pub shape: Shape,
    /// The keys in it, where it is JSON or YAML.
    #[serde(default)]
    pub keys: Vec<Key>,
    /// Who fills it.
    pub seeder: Seeder,
    /// When a new one is due, and what that takes.
    pub rotation: RotationRule,
    /// The stack that makes its container; none where nobody but us does.
    #[serde(default)]
    pub stack: Option<String>,
    /// The stack that records are made under.
    pub layer: String,
    /// The key that encrypts it, where we make its container.
    pub encryption: Encryption,
    /// What is put into it; none where a person gives it, or somebody else makes it.
    #[serde(default)]
    pub content: Option<Part>,
}

/// A key in a secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What stands there, in words.
    #[serde(default)]
    pub holds: String,
}

/// What is in a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// JSON with credentials of a database.
    #[serde(rename = "database credentials")]
    DatabaseCredentials,
    /// A JSON object.
    #[serde(rename = "JSON")]
    Json,
    /// A YAML document.
    #[serde(rename = "YAML")]
    Yaml,
    /// A private key in PEM.
    #[serde(rename = "PEM")]
    Pem,
    /// Any text.
    #[serde(rename = "text")]
    Text,
}

/// Who fills a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Seeder {
    /// We make it.
    Generated,
    /// We put it together.
    Assembled,
    /// A person gives it.
    Asked,
    /// Terraform.
    Terraform,
    /// External Secrets pushes what a chart made.
    PushSecret,
    /// The application, when it first runs.
    Application,
}

impl Seeder {
    /// It in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Generated => "csoc makes it",
            Self::Assembled => "csoc puts it together",
            Self::Asked => "a person gives it",
            Self::Terraform => "Terraform makes it",
            Self::PushSecret => "External Secrets pushes it",
            Self::Application => "the application makes it when it first runs",
        }
    }

    /// Whether it comes later than seeding, and by somebody else.
    pub const fn comes_later(self) -> bool {
        matches!(self, Self::PushSecret | Self::Application)
    }
}

/// When a new one is due, and what that takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RotationRule {
    /// Days after which it is old.
    #[serde(default)]
    pub days: Option<u32>,
    /// What a new one takes.
    pub means: Means,
    /// Commands between staging a new one and making it the current one.
    #[serde(default)]
    pub before: Vec<String>,
    /// Commands once it is the current one.
    #[serde(default)]
    pub after: Vec<String>,
}

/// What a new one takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Means {
    /// Its readers are restarted.
    Restart,
    /// Somebody must be told, too.
    Told,
    /// A person gives it.
    Given,
    /// Terraform makes it.
    Terraform,
    /// Nobody can: what was encrypted with it would be lost.
    Never,
}

/// The key that encrypts a secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Encryption {
    /// A key of the account, by its ARN.
    Key {
        /// The ARN.
        arn: String,
    },
    /// A key whose ARN is not recorded yet.
    Waits {
        /// The output that is.
        output: String,
    },
}

/// A part of what is put into a secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Part {
    /// Text.
    Text {
        /// It.
        text: String,
    },
    /// Yes or no.
    Flag {
        /// Which.
        flag: bool,
    },
    /// A whole number.
    Number {
        /// It.
        number: i64,
    },
    /// Nothing.
    Empty,
    /// Something random: the same of one label in one secret.
    Made {
        /// Its name in this secret.
        label: String,
        /// What it is made of.
        of: MadeOf,
    },
    /// What another secret holds.
    From {
        /// Its name.
        secret: String,
        /// The key in it; none where all of it is meant.
        key: Option<String>,
    },
    /// An output that is not recorded yet.
    Waits {
        /// Which.
        output: String,
    },
    /// Parts one behind the other.
    Joined {
        /// They.
        parts: Vec<Self>,
    },
    /// Several.
    List {
        /// They.
        items: Vec<Self>,
    },
    /// By key.
    Map {
        /// They, in order.
        entries: Vec<(String, Self)>,
    },
    /// As JSON, in a text.
    Json {
        /// What is written so.
        part: Box<Self>,
    },
    /// As YAML, in a text.
    Yaml {
        /// What is written so.
        part: Box<Self>,
    },
    /// As base64, in a text.
    Base64 {
        /// What is written so.
        part: Box<Self>,
    },
}

/// What something random is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MadeOf {
    /// 32 letters and digits.
    Letters,
    /// 32 bytes in base64 for URLs.
    Bytes,
    /// An RSA key of 2048 bits, PKCS #8 in PEM.
    Rsa,
}

impl Part {
    /// It and all parts below.
    pub(super) fn walk<'a>(&'a self, each: &mut dyn FnMut(&'a Self)) {
        each(self);
        match self {
            Self::Joined { parts: all } | Self::List { items: all } => {
                for part in all {
                    part.walk(each);
                }
            }
            Self::Map { entries } => {
                for (_, part) in entries {
                    part.walk(each);
                }
            }
            Self::Json { part } | Self::Yaml { part } | Self::Base64 { part } => part.walk(each),
            _ => {}
        }
    }
}

impl Wanted {
    /// The secrets that it is put together from.
    pub(super) fn sources(&self) -> Vec<&str> {
        let mut sources = Vec::new();
        if let Some(content) = &self.content {
            content.walk(&mut |part| {
                if let Part::From { secret, .. } = part
                    && !sources.contains(&secret.as_str())
                {
                    sources.push(secret.as_str());
                }
            });
        }
        sources
    }

    /// Whether it is a document of several lines, which one line from a terminal cannot hold.
    pub fn is_document(&self) -> bool {
        match self.shape {
            Shape::Pem => true,
            Shape::DatabaseCredentials | Shape::Json | Shape::Yaml => self.keys.is_empty(),
            Shape::Text => false,
        }
    }

    /// The outputs that it waits for.
    pub(super) fn waits(&self) -> Vec<String> {
        let mut outputs: Vec<String> = Vec::new();
        if let Some(content) = &self.content {
            content.walk(&mut |part| {
                if let Part::Waits { output } = part
                    && !outputs.contains(output)
                {
                    outputs.push(output.clone());
                }
            });
        }
        outputs
    }
}
