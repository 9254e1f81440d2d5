//! Search: the signing proxy, guppy and its indices, the jobs that fill them.

use super::Subject;
use super::global::CHART_REGION;
use super::values::Values;
use crate::model::environment::IndexRestore;
use crate::value::{Kind, Node};

/// The proxy's service as HTTP clients call it.
const PROXY: &str = "http://elasticsearch:9200";

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let has_search = contract.runs("aws-sigv4-proxy");
    if has_search {
        let cluster = format!("/clusters.{}.search", contract.cluster);
        if let Some(search) = &contract.search {
            values.set(
                &["aws-sigv4-proxy", "esEndpoint"],
                search.endpoint.clone(),
                "endpoint of the search domain",
                &["search", &cluster],
            );
        }
        if contract.region.as_str() != CHART_REGION {
            values.set(
                &["aws-sigv4-proxy", "awsRegion"],
                contract.region.as_str(),
                "region",
                &[&cluster],
            );
        }
        if contract.runs("metadata") {
            values.set(
                &["metadata", "esEndpoint"],
                PROXY,
                "signing proxy",
                &["search"],
            );
        }
    }
    if contract.runs("etl") {
        values.set(
            &["etl", "esEndpoint"],
            "elasticsearch",
            "signing proxy",
            &["search"],
        );
        values.set(
            &["etl", "esGarbageCollect", "enabled"],
            true,
            "old indices are deleted",
            &[],
        );
    }
    if contract.runs("guppy") {
        guppy(subject, values);
    }
    restore(subject, values);
}

/// What indices are filled with before the first ETL.
fn restore(subject: &Subject<'_>, values: &mut Values) {
    let inputs = &["explorer.restore"];
    let rule = "indices that are restored";
    let bucket = match &subject.input.contract.spec.explorer.restore {
        None => return,
        Some(IndexRestore::None) => None,
        Some(IndexRestore::Bucket(bucket)) => Some(bucket),
    };
    values.set(&["guppy", "dbRestore"], bucket.is_some(), rule, inputs);
    if let Some(bucket) = bucket {
        values.set(
            &["global", "dbRestoreBucket"],
            bucket.as_str(),
            rule,
            inputs,
        );
    }
}

fn guppy(subject: &Subject<'_>, values: &mut Values) {
    let explorer = &subject.input.contract.spec.explorer;
    values.set(
        &["guppy", "esEndpoint"],
        PROXY,
        "signing proxy",
        &["search"],
    );
    values.set(
        &["guppy", "authFilterField"],
        explorer
            .auth_filter_field
            .as_deref()
            .unwrap_or("auth_resource_path"),
        "field that holds who may see a row",
        &["explorer.authFilterField"],
    );
    let listed = subject.contents.get("guppy-indices");
    let indices: Vec<(String, String)> = if !explorer.indices.is_empty() {
        explorer
            .indices
            .iter()
            .map(|index| (index.index.clone(), index.kind.clone()))
            .collect()
    } else if let Some(listed) = listed {
        pairs(listed, "index", "type")
    } else {
        mapped(subject)
    };
    if listed.is_none() || !explorer.indices.is_empty() {
        let list = Node::list(indices.iter().map(|(index, kind)| {
            let mut item = Node::map();
            item.insert("index", index.as_str().into());
            item.insert("type", kind.as_str().into());
            item
        }));
        values.set(
            &["guppy", "indices"],
            list,
            "indices that the ETL mapping makes",
            &["explorer.indices", "content.etl-mapping"],
        );
    }
    let config = explorer.config_index.clone().or_else(|| {
        let names: Vec<&str> = indices.iter().map(|(index, _)| index.as_str()).collect();
        common_prefix(&names).map(|prefix| format!("{prefix}_array-config"))
    });
    if let Some(config) = config {
        values.set(
            &["guppy", "configIndex"],
            config,
            "common prefix of the indices",
            &["explorer.configIndex", "explorer.indices"],
        );
    }
}

/// The indices of the ETL mapping, in its order.
fn mapped(subject: &Subject<'_>) -> Vec<(String, String)> {
    subject
        .contents
        .get("etl-mapping")
        .and_then(|mapping| mapping.get("mappings"))
        .map(|mappings| {
            let kept = mappings.items().iter().filter(|mapping| {
                matches!(
                    mapping.get("type").and_then(Node::text),
                    Some("aggregator" | "collector")
                )
            });
            pairs(
                &Node::new(Kind::List(kept.cloned().collect())),
                "name",
                "doc_type",
            )
        })
        .unwrap_or_default()
}

fn pairs(list: &Node, name: &str, kind: &str) -> Vec<(String, String)> {
    list.items()
        .iter()
        .filter_map(|item| {
            Some((
                item.get(name)?.text()?.to_owned(),
                item.get(kind)?.text()?.to_owned(),
            ))
        })
        .collect()
}

/// What all names start with, up to an underscore; for one name, up to its last underscore.
fn common_prefix(names: &[&str]) -> Option<String> {
    let (first, rest) = names.split_first()?;
    let length = rest.iter().fold(first.len(), |length, name| {
        first
            .bytes()
            .zip(name.bytes())
            .take(length)
            .take_while(|(one, two)| one == two)
            .count()
    });
    let shared = first.get(..length)?;
    shared
        .rfind('_')
        .map(|end| &shared[..end])
        .filter(|prefix| !prefix.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::common_prefix;

    #[test]
    fn the_prefix_ends_at_an_underscore() {
        let prefix = |names: &[&str]| common_prefix(names);
        assert_eq!(
            prefix(&["midrc_case", "midrc_file"]).as_deref(),
            Some("midrc")
        );
        assert_eq!(prefix(&["a_b_case", "a_b_card"]).as_deref(), Some("a_b"));
        assert_eq!(prefix(&["a_b_case"]).as_deref(), Some("a_b"));
        assert_eq!(prefix(&["case", "file"]), None);
        assert_eq!(prefix(&[]), None);
    }
}
