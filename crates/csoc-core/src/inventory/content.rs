//! What is put into a secret: texts of the fleet, and what is made or read when it is seeded. Never a value.

use serde::Serialize;

/// A part of what is put into a secret. What seeds it makes and reads the parts that are none of the fleet's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecretPart {
    /// Text of the fleet.
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
    /// Nothing: `null`.
    Empty,
    /// Something random: the same of one label in one secret.
    Made {
        /// Its name in this secret.
        label: String,
        /// What it is made of.
        of: MadeOf,
    },
    /// What another secret of the same account and region holds.
    From {
        /// Its name.
        secret: String,
        /// The key in it; none where all of it is meant.
        key: Option<String>,
    },
    /// An output that is not recorded yet.
    Waits {
        /// Which, with its stack.
        output: String,
    },
    /// Parts one behind the other, as one text.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MadeOf {
    /// 32 letters and digits: 190 bits.
    Letters,
    /// 32 bytes in base64 for URLs, as Fernet takes them: 256 bits.
    Bytes,
    /// An RSA key of 2048 bits, PKCS #8 in PEM.
    Rsa,
}

impl MadeOf {
    /// It in words.
    const fn words(self) -> &'static str {
        match self {
            Self::Letters => "32 random letters and digits",
            Self::Bytes => "32 random bytes in base64",
            Self::Rsa => "an RSA key of 2048 bits",
        }
    }
}

impl SecretPart {
    /// The parts right below.
    fn below(&self) -> Vec<&Self> {
        match self {
            Self::Joined { parts } => parts.iter().collect(),
            Self::List { items } => items.iter().collect(),
            Self::Map { entries } => entries.iter().map(|(_, part)| part).collect(),
            Self::Json { part } | Self::Yaml { part } | Self::Base64 { part } => vec![part],
            _ => Vec::new(),
        }
    }

    /// It and all parts below, in order.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for part in self.below() {
            all.extend(part.all());
        }
        all
    }

    /// What it is, for people: where its text comes from.
    pub(super) fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for part in self.all() {
            let word = match part {
                Self::Made { of, .. } => of.words().to_owned(),
                Self::From {
                    secret,
                    key: Some(key),
                } => format!("`{key}` of {secret}"),
                Self::From { secret, key: None } => secret.clone(),
                _ => continue,
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if words.is_empty() {
            "of the fleet".to_owned()
        } else {
            words.join(", ")
        }
    }

    /// The entries of the text that it is, where that is JSON or YAML.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Json { part } | Self::Yaml { part } => part.entries(),
            Self::Map { entries } => entries,
            _ => &[],
        }
    }
}
