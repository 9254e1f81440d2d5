//! The Applications of a cluster, page by page.

use kube::Client;
use kube::api::ListParams;
use kube::client::Body;
use kube::core::Request;
use serde::Deserialize;
use serde_json::Value;

use super::failure;
use crate::cluster::snapshot::{Scope, Seen};
use crate::cluster::unread::Unread;

/// How many objects a page holds: an Application with its resources is some hundred kilobytes at worst.
const PAGE: u32 = 200;

/// How many objects are taken of a cluster: more than that is no cluster of Gen3.
const OBJECTS: usize = 50_000;

/// How often a list is begun anew that takes longer than the server keeps it.
const TRIES: usize = 3;

/// The status of such a list.
const GONE: u16 = 410;

/// A page of a list.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    metadata: Metadata,
    items: Vec<Value>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default, rename = "continue")]
    next: Option<String>,
}

/// The Applications of all namespaces; of those that something is expected in, where we may see no others.
pub(super) async fn applications(client: &Client, namespaces: &[String]) -> Result<Seen, Unread> {
    match objects(client, "/apis/argoproj.io/v1alpha1/applications", None).await {
        Ok(objects) => Ok(Seen::new(&objects, Scope::Everywhere)),
        Err(Unread::Forbidden) => {
            let mut found = Vec::new();
            for namespace in namespaces {
                let path =
                    format!("/apis/argoproj.io/v1alpha1/namespaces/{namespace}/applications");
                found.append(&mut objects(client, &path, None).await?);
            }
            Ok(Seen::new(&found, Scope::Expected))
        }
        Err(unread) => Err(unread),
    }
}

/// The objects of a list, of those with a label where one is named.
pub(super) async fn objects(
    client: &Client,
    path: &str,
    label: Option<&str>,
) -> Result<Vec<Value>, Unread> {
    let mut tries = 0;
    'anew: loop {
        tries += 1;
        let mut found = Vec::new();
        let mut parameters = ListParams::default().limit(PAGE);
        if let Some(label) = label {
            parameters = parameters.labels(label);
        }
        loop {
            let page = match page(client, path, &parameters).await {
                Err(Unread::Answer { status: GONE }) if tries < TRIES => continue 'anew,
                page => page?,
            };
            found.extend(page.items);
            match page.metadata.next.filter(|next| !next.is_empty()) {
                None => return Ok(found),
                // It would go on for ever.
                Some(_) if found.len() > OBJECTS => return Err(Unread::NoList),
                Some(next) => parameters.continue_token = Some(next),
            }
        }
    }
}

async fn page(client: &Client, path: &str, parameters: &ListParams) -> Result<Page, Unread> {
    let request = Request::new(path)
        .list(parameters)
        .map_err(|_| Unread::NoList)?;
    let answer = client
        .send(request.map(Body::from))
        .await
        .map_err(|error| failure::of(&error, None))?;
    if !answer.status().is_success() {
        return Err(failure::answer(answer.status().as_u16()));
    }
    let bytes = answer
        .into_body()
        .collect_bytes()
        .await
        .map_err(|error| failure::of(&error, None))?;
    serde_json::from_slice(&bytes).map_err(|_| Unread::NoList)
}
