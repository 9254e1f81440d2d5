//! Who asks a cluster: a client with the credentials that a context names.

use kube::config::{ExecInteractiveMode, KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};

use super::failure;
use crate::cluster::unread::Unread;

/// A client of the only context of a kubeconfig.
pub(super) async fn client(mut kubeconfig: Kubeconfig) -> Result<Client, Unread> {
    let mut program = None;
    for user in &mut kubeconfig.auth_infos {
        if let Some(exec) = user.auth_info.as_mut().and_then(|it| it.exec.as_mut()) {
            // Nobody is asked for a password in the middle of a table of forty clusters.
            exec.interactive_mode = Some(ExecInteractiveMode::Never);
            program.clone_from(&exec.command);
        }
    }
    let options = KubeConfigOptions::default();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|error| problem(&error))?;
    // Whoever asks waits as long as it may take in all.
    config.connect_timeout = None;
    config.read_timeout = None;
    config.write_timeout = None;
    if config.cluster_url.scheme_str() == Some("http") {
        // Nobody's certificate is looked at, and those of the system take long to read.
        config.root_cert = Some(Vec::new());
    }
    // A program that makes credentials is waited for: it must not keep others from being asked.
    let made = tokio::task::spawn_blocking(move || Client::try_from(config)).await;
    match made {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(failure::of(&error, program.as_deref())),
        Err(_) => Err(Unread::Credentials {
            problem: "they could not be made".to_owned(),
        }),
    }
}

/// What is wrong with a context. Errors hold what stands in the file; it is not shown.
fn problem(error: &KubeconfigError) -> Unread {
    let problem = match error {
        KubeconfigError::LoadClusterOfContext(_) | KubeconfigError::MissingClusterUrl => {
            "it names no cluster with an address"
        }
        KubeconfigError::ParseClusterUrl(_) => "the address of its cluster is none",
        KubeconfigError::ParseProxyUrl(_) => "the address of its proxy is none",
        KubeconfigError::LoadCertificateAuthority(_) | KubeconfigError::ParseCertificates(_) => {
            "its certificate authority cannot be read"
        }
        KubeconfigError::LoadClientCertificate(_) => "its client certificate cannot be read",
        KubeconfigError::LoadClientKey(_) => "the key of its client certificate cannot be read",
        KubeconfigError::LoadContext(_) => "it is not whole",
        _ => "it is not one that `kubectl` would take",
    };
    Unread::Context {
        problem: problem.to_owned(),
    }
}
