//! What a kubeconfig says: which contexts there are, and what one of them leads to.

use std::io;
use std::path::Path;

use kube::config::{Kubeconfig, KubeconfigError as Problem};

use crate::cluster::asking::KubeconfigError;
use crate::cluster::context::Contexts;
use crate::cluster::unread::Unread;

/// Reads a kubeconfig: the file that is named, else those of `KUBECONFIG`, else `~/.kube/config`.
pub(super) fn read(path: Option<&Path>) -> Result<Kubeconfig, KubeconfigError> {
    let read = match path {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    read.map_err(|error| match error {
        Problem::ReadConfig(source, _)
            if path.is_none() && source.kind() == io::ErrorKind::NotFound =>
        {
            KubeconfigError::None
        }
        Problem::ReadConfig(source, path) => KubeconfigError::Unreadable { path, source },
        Problem::FindPath => KubeconfigError::None,
        _ => KubeconfigError::Invalid,
    })
}

/// The contexts, each with the name and the address of the cluster that it leads to.
pub(super) fn contexts(kubeconfig: &Kubeconfig) -> Contexts {
    let known = kubeconfig.contexts.iter().filter_map(|named| {
        let cluster = &named.context.as_ref()?.cluster;
        let of_cluster = kubeconfig.clusters.iter().find(|it| it.name == *cluster);
        let server = of_cluster.and_then(|it| it.cluster.as_ref()?.server.clone());
        Some((named.name.clone(), cluster.clone(), server))
    });
    Contexts::new(known)
}

/// Of a kubeconfig, what one context needs: it is handed to whoever asks its cluster.
pub(super) fn only(kubeconfig: &Kubeconfig, context: &str) -> Result<Kubeconfig, Unread> {
    let gone = || Unread::NoSuchContext {
        context: context.to_owned(),
    };
    let contexts = kubeconfig.contexts.iter();
    let named = contexts
        .clone()
        .find(|it| it.name == context)
        .ok_or_else(gone)?;
    let of = named.context.as_ref().ok_or_else(gone)?;
    let clusters = kubeconfig.clusters.iter();
    let users = kubeconfig.auth_infos.iter();
    Ok(Kubeconfig {
        clusters: clusters
            .filter(|it| it.name == of.cluster)
            .cloned()
            .collect(),
        auth_infos: users
            .filter(|it| Some(&it.name) == of.user.as_ref())
            .cloned()
            .collect(),
        contexts: vec![named.clone()],
        current_context: Some(context.to_owned()),
        ..Kubeconfig::default()
    })
}
