//! Beside a state that is an object: other objects of its bucket, below the state's key.
//!
//! They are signed, addressed and encrypted as Terraform does it with the state itself. Whether a thing is there is
//! asked for by listing: who may only list and read below a prefix gets no other answer for what is missing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;

use super::backend::Settings;
use super::error::LedgerError;
use super::store::{Store, Version};
use crate::aws::{Asking, said};
use crate::run::{OwnSession, Variables};
use crate::terraform::{Interrupt, Until};

/// How long the store may take to answer, with what is tried again.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often a write is tried again that met another one.
const MEETINGS: usize = 5;

/// How large a thing of ours may be.
const SIZE: i64 = 1 << 16;

/// What a backend may say that changes where or as whom the state is reached, and that is not followed here.
const UNFOLLOWED: [&str; 9] = [
    "assume_role_with_web_identity",
    "custom_ca_bundle",
    "http_proxy",
    "https_proxy",
    "insecure",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
    "sse_customer_key",
];

/// What it may say of a role besides.
const UNFOLLOWED_OF_ROLE: [&str; 5] = [
    "policy",
    "policy_arns",
    "source_identity",
    "tags",
    "transitive_tag_keys",
];

/// Connections to buckets, one for each whom and where.
#[derive(Default)]
pub(super) struct Buckets {
    interrupt: Interrupt,
    asking: OnceLock<Arc<Asking>>,
    clients: Mutex<BTreeMap<Vec<Box<str>>, Client>>,
}

/// What lies beside one state.
pub(super) struct Objects {
    asking: Arc<Asking>,
    client: Client,
    bucket: String,
    /// The state's own key.
    key: String,
    encryption: Encryption,
}

/// How the state is encrypted.
enum Encryption {
    /// As the bucket does it.
    Bucket,
    /// With the store's own key.
    Store,
    /// With a key.
    Key(String),
}

impl Buckets {
    /// Some that wait for the store no longer than somebody waits for them.
    pub(super) fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            ..Self::default()
        }
    }

    /// What lies beside the state that a backend keeps, for who has these variables.
    pub(super) fn beside(
        &self,
        settings: &Settings,
        variables: &Variables,
    ) -> Result<Objects, LedgerError> {
        let role = settings.within("assume_role");
        let of_role = role.and_then(|role| role.any(&UNFOLLOWED_OF_ROLE));
        if let Some(setting) = settings.any(&UNFOLLOWED).or(of_role) {
            return Err(LedgerError::Setting {
                setting: setting.into(),
            });
        }
        let named = |name: &str| {
            let text = settings.text(name).map(ToOwned::to_owned);
            text.ok_or_else(|| LedgerError::Setting {
                setting: format!("{name} = \"\"").into(),
            })
        };
        let (bucket, key) = (named("bucket")?, named("key")?);
        let encryption = match settings.text("kms_key_id") {
            Some(key) => Encryption::Key(key.to_owned()),
            None if settings.is_true("encrypt") => Encryption::Store,
            None => Encryption::Bucket,
        };
        Ok(Objects {
            asking: self.asking()?,
            client: self.client(settings, variables)?,
            bucket,
            key,
            encryption,
        })
    }

    fn asking(&self) -> Result<Arc<Asking>, LedgerError> {
        if let Some(asking) = self.asking.get() {
            return Ok(asking.clone());
        }
        let asking = Asking::new(self.interrupt.clone()).map_err(LedgerError::Runtime)?;
        Ok(self.asking.get_or_init(|| Arc::new(asking)).clone())
    }

    fn client(&self, settings: &Settings, variables: &Variables) -> Result<Client, LedgerError> {
        let signer = signer(settings, variables);
        let role = settings.within("assume_role");
        let endpoints = settings.within("endpoints");
        let endpoint = endpoints
            .as_ref()
            .and_then(|endpoints| endpoints.text("s3"))
            .or_else(|| settings.text("endpoint"));
        let region = settings.text("region");
        let profile = settings.text("profile");
        let arn = role.as_ref().and_then(|role| role.text("role_arn"));
        let whose: Vec<Box<str>> = [
            signer.as_ref().map(|signer| &*signer.name),
            profile,
            arn,
            region,
            endpoint,
        ]
        .map(|part| part.unwrap_or_default().into())
        .into();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&whose) {
            return Ok(client.clone());
        }
        let shared = self.asking()?.ask(Until::Detached, async {
            let shared = base(signer, profile, region).await;
            match (&role, arn) {
                (Some(role), Some(arn)) => taken(shared, role, arn).await,
                _ => shared,
            }
        });
        let shared = shared.ok_or_else(|| LedgerError::Left {
            place: format!("s3://{}", settings.text("bucket").unwrap_or_default()),
            doing: "read",
        })?;
        let also = |name: &str| settings.is_true(name).then_some(true);
        let mut own = aws_sdk_s3::config::Builder::from(&shared);
        own.set_use_fips(also("use_fips_endpoint"))
            .set_use_dual_stack(also("use_dualstack_endpoint"));
        if let Some(endpoint) = endpoint {
            own = own.endpoint_url(endpoint);
        }
        if settings.is_true("use_path_style") || settings.is_true("force_path_style") {
            own = own.force_path_style(true);
        }
        let client = Client::from_conf(own.build());
        clients.insert(whose, client.clone());
        Ok(client)
    }
}

/// Whoever signs, this profile or the surroundings say, in a region.
async fn base(
    signer: Option<OwnSession>,
    profile: Option<&str>,
    region: Option<&str>,
) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(PATIENCE)
        .connect_timeout(Duration::from_secs(10))
        .build();
    let mut load = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(5))
        .timeout_config(timeouts);
    if let Some(profile) = profile {
        load = load.profile_name(profile);
    }
    if let Some(region) = region {
        load = load.region(Region::new(region.to_owned()));
    }
    if let Some(signer) = signer {
        load = load.credentials_provider(signer.provider);
    }
    load.load().await
}

/// In the role that a backend names, taken by them.
async fn taken(shared: SdkConfig, role: &Settings, arn: &str) -> SdkConfig {
    let mut taking = aws_config::sts::AssumeRoleProvider::builder(arn).configure(&shared);
    if let Some(name) = role.text("session_name") {
        taking = taking.session_name(name);
    }
    if let Some(id) = role.text("external_id") {
        taking = taking.external_id(id);
    }
    let provider = match shared.credentials_provider() {
        Some(by) => taking.build_from_provider(by).await,
        None => taking.build().await,
    };
    shared
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

/// Who signs: whoever the backend names before all, then who the child is; nobody where the surroundings say it.
fn signer(settings: &Settings, variables: &Variables) -> Option<OwnSession> {
    let named = settings.text("access_key").zip(settings.text("secret_key"));
    let Some((id, secret)) = named else {
        return variables.session().cloned();
    };
    let token = settings.text("token").map(ToOwned::to_owned);
    let credentials = Credentials::new(id, secret, token, None, "csoc");
    Some(OwnSession {
        name: id.into(),
        provider: SharedCredentialsProvider::new(credentials),
    })
}

impl Objects {
    fn url(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }

    fn named(&self, name: &str) -> String {
        format!("{}.csoc/{name}", self.key)
    }

    fn error<E, R>(&self, key: &str, doing: &'static str, error: &SdkError<E, R>) -> LedgerError
    where
        SdkError<E, R>: std::error::Error + ProvideErrorMetadata,
    {
        let (code, reason) = said(error);
        LedgerError::Request {
            place: self.url(key),
            doing,
            code,
            reason,
        }
    }

    /// An answer of the store. Who asks to stop waits for it: what it says is worth a while.
    fn ask<T>(
        &self,
        key: &str,
        doing: &'static str,
        answer: impl Future<Output = Result<T, LedgerError>>,
    ) -> Result<T, LedgerError> {
        let answer = self.asking.ask(Until::Detached, answer);
        answer.unwrap_or_else(|| {
            let place = self.url(key);
            Err(LedgerError::Left { place, doing })
        })
    }

    /// An object and its version.
    fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, LedgerError> {
        self.ask(key, "read", async {
            let listed = self
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(key)
                .max_keys(1)
                .send()
                .await
                .map_err(|error| self.error(key, "read", &error))?;
            // The first of those that begin so, if it is there: nothing shorter begins so.
            let object = listed
                .contents()
                .iter()
                .find(|object| object.key() == Some(key));
            let Some(object) = object else {
                return Ok(None);
            };
            let unreadable = || LedgerError::Unreadable {
                place: self.url(key),
            };
            if object.size().is_some_and(|size| size > SIZE) {
                return Err(unreadable());
            }
            let asked = self.client.get_object().bucket(&self.bucket).key(key);
            let got = match asked.send().await {
                Ok(got) => got,
                Err(error) if error.code() == Some("NoSuchKey") => return Ok(None),
                Err(error) => return Err(self.error(key, "read", &error)),
            };
            let version = Version(got.e_tag().unwrap_or_default().into());
            let body = got.body.collect().await.map_err(|_| unreadable())?;
            Ok(Some((body.to_vec(), version)))
        })
    }
}

impl Store for Objects {
    fn place(&self) -> String {
        self.url(&format!("{}.csoc", self.key))
    }

    fn read(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, LedgerError> {
        self.get(&self.named(name))
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        from: Option<&Version>,
    ) -> Result<Option<Version>, LedgerError> {
        let key = self.named(name);
        self.ask(&key, "written", async {
            for meeting in 1.. {
                let mut put = self
                    .client
                    .put_object()
                    .bucket(&self.bucket)
                    .key(&key)
                    .content_type("application/json")
                    .body(ByteStream::from(bytes.to_vec()));
                put = match from {
                    Some(version) => put.if_match(&*version.0),
                    None => put.if_none_match("*"),
                };
                put = match &self.encryption {
                    Encryption::Bucket => put,
                    Encryption::Store => put.server_side_encryption(ServerSideEncryption::Aes256),
                    Encryption::Key(key) => put
                        .server_side_encryption(ServerSideEncryption::AwsKms)
                        .ssekms_key_id(key),
                };
                let error = match put.send().await {
                    Ok(done) => {
                        return Ok(Some(Version(done.e_tag().unwrap_or_default().into())));
                    }
                    Err(error) => error,
                };
                match error.code() {
                    // It is there, was replaced, or was taken away.
                    Some("PreconditionFailed" | "NoSuchKey") => return Ok(None),
                    // Another write was at it in this moment: who came first says the next try.
                    Some("ConditionalRequestConflict") if meeting < MEETINGS => {}
                    _ => return Err(self.error(&key, "written", &error)),
                }
            }
            Ok(None)
        })
    }

    fn lock(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        let lock = self.get(&format!("{}.tflock", self.key))?;
        Ok(lock.map(|(bytes, _)| bytes))
    }
}

#[cfg(test)]
mod tests;
