//! Asks clusters for their Applications: all side by side, none longer than it may take.
//!
//! It blocks: a runtime of its own is inside, and callers need none.

mod credentials;
mod failure;
mod kubeconfig;
mod list;
mod registration;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use kube::Client;
use kube::config::Kubeconfig;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use registration::Registered;

use super::asking::{KubeconfigError, Reach};
use super::context::Contexts;
use super::expected::{Expectation, ExpectedCluster};
use super::snapshot::{Seen, Snapshot};
use super::unread::Unread;

/// Who speaks to one cluster: the context of a kubeconfig, the current one where none is named, or, where there is no
/// kubeconfig, the cluster that we are in.
pub(crate) async fn client(path: Option<&Path>, context: Option<&str>) -> Result<Client, Unread> {
    let no_context = |error: KubeconfigError| Unread::Context {
        problem: error.to_string(),
    };
    let kubeconfig = match kubeconfig::read(path) {
        Err(KubeconfigError::None) if path.is_none() && context.is_none() => {
            let config =
                kube::Config::incluster().map_err(|_| no_context(KubeconfigError::None))?;
            return Client::try_from(config).map_err(|error| unread(&error));
        }
        kubeconfig => kubeconfig.map_err(no_context)?,
    };
    let context = context.map(ToOwned::to_owned);
    let context = context.or_else(|| kubeconfig.current_context.clone());
    let context = context.ok_or_else(|| no_context(KubeconfigError::None))?;
    credentials::client(kubeconfig::only(&kubeconfig, &context)?).await
}

/// What an error of a cluster means, in our own words.
pub(crate) fn unread(error: &kube::Error) -> Unread {
    failure::of(error, None)
}

/// How often it is looked whether somebody wants to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// The clusters that the contexts of a kubeconfig lead to. It only reads.
pub struct Clusters {
    /// Taken away only when this goes.
    runtime: Option<Runtime>,
    kubeconfig: Kubeconfig,
    contexts: Contexts,
    /// What a hub knows, where one was asked: for clusters that no context leads to.
    registered: Registered,
    reach: Reach,
    /// By context: credentials last, and are made again when they do not.
    clients: Arc<Mutex<BTreeMap<String, Client>>>,
}

/// What came of asking a cluster.
type Asked = (String, Result<Seen, Unread>);

impl Clusters {
    /// Those of a kubeconfig: of the file that is named, else of `KUBECONFIG`, else of `~/.kube/config`.
    ///
    /// `named` are the contexts that somebody named, by cluster.
    pub fn open(
        path: Option<&Path>,
        named: BTreeMap<String, String>,
        reach: Reach,
    ) -> Result<Self, KubeconfigError> {
        let kubeconfig = kubeconfig::read(path)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(KubeconfigError::Runtime)?;
        Ok(Self {
            runtime: Some(runtime),
            contexts: kubeconfig::contexts(&kubeconfig).named(named),
            kubeconfig,
            registered: Registered::new(),
            reach,
            clients: Arc::default(),
        })
    }

    /// Asks the hub that a context leads to which clusters its Argo CD knows, in the namespace that it is in: they are
    /// asked as it would ask them, where no context leads to them.
    pub fn register(&mut self, context: &str, namespace: &str) -> Result<(), Unread> {
        let Some(runtime) = &self.runtime else {
            return Ok(());
        };
        let kubeconfig = kubeconfig::only(&self.kubeconfig, context)?;
        let timeout = self.reach.timeout;
        let asked = async {
            let client = credentials::client(kubeconfig).await?;
            registration::registered(&client, namespace).await
        };
        let asked = runtime.block_on(async { tokio::time::timeout(timeout, asked).await });
        let asked = asked.unwrap_or_else(|_| Err(Unread::timeout(timeout)));
        self.registered = asked.map_err(|unread| match unread {
            Unread::Forbidden => Unread::Context {
                problem: format!("it may not list Secrets of the namespace `{namespace}`"),
            },
            unread => unread,
        })?;
        Ok(())
    }

    /// Asks the clusters whose Argo CD has something of what is expected; nothing where somebody stopped it.
    pub fn look(
        &self,
        expectation: &Expectation,
        is_stopped: &dyn Fn() -> bool,
    ) -> Option<Snapshot> {
        let clusters: Vec<&ExpectedCluster> = expectation.instances().collect();
        self.ask(expectation, &clusters, is_stopped)
    }

    /// Asks some of them.
    pub fn ask(
        &self,
        expectation: &Expectation,
        clusters: &[&ExpectedCluster],
        is_stopped: &dyn Fn() -> bool,
    ) -> Option<Snapshot> {
        let runtime = self.runtime.as_ref()?;
        let asked = runtime.block_on(self.ask_all(expectation, clusters, is_stopped))?;
        Some(Snapshot::new(Timestamp::now(), asked))
    }

    async fn ask_all(
        &self,
        expectation: &Expectation,
        clusters: &[&ExpectedCluster],
        is_stopped: &dyn Fn() -> bool,
    ) -> Option<Vec<Asked>> {
        let mut waiting = clusters.iter();
        let mut running = JoinSet::new();
        let mut asked: Vec<Asked> = Vec::new();
        loop {
            while running.len() < self.reach.parallel.get()
                && let Some(cluster) = waiting.next()
            {
                match self.question(expectation, cluster) {
                    Ok(question) => {
                        let timeout = self.reach.timeout;
                        running.spawn(question.ask(timeout));
                    }
                    Err(unread) => asked.push((cluster.name.clone(), Err(unread))),
                }
            }
            if running.is_empty() {
                return Some(asked);
            }
            if is_stopped() {
                return None;
            }
            // One that panicked would be a defect of ours: it is then a cluster that nothing is known of.
            if let Ok(Some(Ok(done))) = tokio::time::timeout(GLANCE, running.join_next()).await {
                asked.push(done);
            }
        }
    }

    fn question(
        &self,
        expectation: &Expectation,
        cluster: &ExpectedCluster,
    ) -> Result<Question, Unread> {
        let (context, kubeconfig) = match self.contexts.of(cluster) {
            Ok(context) => {
                let kubeconfig = kubeconfig::only(&self.kubeconfig, context)?;
                (context.to_owned(), kubeconfig)
            }
            Err(unread) => {
                let registered = self.registered.get(&cluster.name).cloned();
                // No context has a name with a line break: it is of the hub.
                (
                    format!("\n{}", cluster.name),
                    registered.unwrap_or(Err(unread))?,
                )
            }
        };
        let namespaces = expectation.namespaces(&cluster.name);
        Ok(Question {
            cluster: cluster.name.clone(),
            kubeconfig,
            context,
            namespaces: namespaces.into_iter().map(ToOwned::to_owned).collect(),
            clients: self.clients.clone(),
        })
    }
}

impl Drop for Clusters {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name that is being resolved, or a program that makes credentials, may take for ever.
            runtime.shutdown_background();
        }
    }
}

/// All that is needed to ask a cluster.
struct Question {
    cluster: String,
    context: String,
    /// Of the kubeconfig, what the context says.
    kubeconfig: Kubeconfig,
    namespaces: Vec<String>,
    clients: Arc<Mutex<BTreeMap<String, Client>>>,
}

impl Question {
    async fn ask(self, timeout: Duration) -> Asked {
        let cluster = self.cluster.clone();
        let answer = tokio::time::timeout(timeout, self.answer()).await;
        let answer = answer.unwrap_or_else(|_| Err(Unread::timeout(timeout)));
        (cluster, answer)
    }

    async fn answer(self) -> Result<Seen, Unread> {
        let known = self.lock().get(&self.context).cloned();
        let client = if let Some(client) = known {
            client
        } else {
            let client = credentials::client(self.kubeconfig.clone()).await?;
            self.lock().insert(self.context.clone(), client.clone());
            client
        };
        let seen = list::applications(&client, &self.namespaces).await;
        if matches!(seen, Err(Unread::Unauthorized | Unread::Credentials { .. })) {
            // Somebody may sign in again before it is asked the next time.
            self.lock().remove(&self.context);
        }
        seen
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
