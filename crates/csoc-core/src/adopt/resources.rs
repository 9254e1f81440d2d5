//! Resources that exist: from a state, from `terraform show -json`, or from a list.

use super::error::AdoptError;
use super::request::Resources;
use crate::hcl::is_resource_address;
use crate::span::{SourceFile, Sources};
use crate::value::{Kind, Node, Reading, json_read};

/// A resource that exists.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) kind: String,
    /// What it is called in the state, where that is known.
    pub(super) name: Option<String>,
    /// Which of several it is: `["key"]` or `[0]`.
    pub(super) index: Option<String>,
    /// What Terraform imports it by.
    pub(super) id: String,
    /// Its attributes; never shown, since states hold secrets.
    pub(super) attributes: Node,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(pub(super) Vec<Resource>);

impl Known {
    /// Reads any of the three forms.
    pub(super) fn read(resources: &Resources) -> Result<Self, AdoptError> {
        let wrong = |reason: &str| AdoptError::Resources {
            name: resources.name.clone(),
            reason: reason.to_owned(),
        };
        let mut sources = Sources::default();
        let text = resources.text.as_str();
        let file = sources.add(SourceFile::new(&resources.name, text));
        let (node, found) = json_read::read_json(text, file);
        if found.has_errors() {
            // What it says may show a part of the text.
            return Err(wrong("it is no JSON"));
        }
        let node = node.ok_or_else(|| wrong("it is empty"))?;
        let mut known = Self::default();
        if let Some(module) = node.path(&["values", "root_module"]) {
            known.module(module);
        } else if node.get("resources").is_some() && node.get("version").is_some() {
            known.state(&node);
        } else if node.is_map() {
            return Err(wrong("it has neither `values.root_module` nor `resources`"));
        } else {
            for item in node.items() {
                let address = item.get("address").and_then(Node::text);
                known.add(item.get("type"), Place::of_address(address), item);
            }
        }
        if known.0.is_empty() {
            return Err(wrong("it names no resource with `type` and `id`"));
        }
        Ok(known)
    }

    /// A module of `terraform show -json`.
    fn module(&mut self, module: &Node) {
        for resource in module.get("resources").map(Node::items).unwrap_or_default() {
            let is_managed = resource.get("mode").and_then(Node::text) == Some("managed");
            if let Some(values) = resource.get("values").filter(|_| is_managed) {
                let place = Place {
                    name: resource.get("name").and_then(Node::text).map(str::to_owned),
                    index: resource.get("index").and_then(index),
                };
                self.add(resource.get("type"), place, values);
            }
        }
        let children = module.get("child_modules").map(Node::items);
        for child in children.unwrap_or_default() {
            self.module(child);
        }
    }

    /// A state file.
    fn state(&mut self, state: &Node) {
        for resource in state.get("resources").map(Node::items).unwrap_or_default() {
            if resource.get("mode").and_then(Node::text) != Some("managed") {
                continue;
            }
            let instances = resource.get("instances").map(Node::items);
            for instance in instances.unwrap_or_default() {
                if let Some(attributes) = instance.get("attributes") {
                    let place = Place {
                        name: resource.get("name").and_then(Node::text).map(str::to_owned),
                        index: instance.get("index_key").and_then(index),
                    };
                    self.add(resource.get("type"), place, attributes);
                }
            }
        }
    }

    fn add(&mut self, kind: Option<&Node>, place: Place, attributes: &Node) {
        let kind = kind.and_then(Node::text);
        let id = attributes.get("id").and_then(Node::text);
        if let Some((kind, id)) = kind.zip(id)
            && let Some(id) = import_id(kind, id, attributes)
        {
            self.0.push(Resource {
                kind: kind.to_owned(),
                name: place.name,
                index: place.index,
                id,
                attributes: attributes.clone(),
            });
        }
    }
}

/// What a state calls a resource.
#[derive(Debug, Default)]
struct Place {
    name: Option<String>,
    index: Option<String>,
}

impl Place {
    /// The parts of an address that a list gives.
    fn of_address(address: Option<&str>) -> Self {
        let Some(address) = address.filter(|address| is_resource_address(address)) else {
            return Self::default();
        };
        let (base, index) = match address.split_once('[') {
            Some((base, rest)) => (base, Some(format!("[{rest}"))),
            None => (address, None),
        };
        Self {
            name: base.split_once('.').map(|(_, name)| name.to_owned()),
            index,
        }
    }
}

/// Which of several a resource is, as its address says it; nothing for keys that no address of ours can hold.
pub(super) fn index(key: &Node) -> Option<String> {
    let text = key.text()?;
    let index = match &key.kind {
        Kind::Scalar(scalar) if matches!(scalar.reading(), Reading::Text(_)) => {
            format!("[\"{text}\"]")
        }
        _ => format!("[{text}]"),
    };
    is_resource_address(&format!("a_b.c{index}")).then_some(index)
}

/// What a resource is imported by: its identifier, but for kinds that take more, or nothing for those that cannot be.
fn import_id(kind: &str, id: &str, attributes: &Node) -> Option<String> {
    let text = |key: &str| {
        let text = attributes.get(key).and_then(Node::text);
        text.filter(|text| !text.is_empty())
    };
    let first = |keys: &[&str]| keys.iter().find_map(|key| text(key));
    Some(match kind {
        "aws_wafv2_web_acl" | "aws_wafv2_ip_set" => {
            format!("{id}/{}/{}", text("name")?, text("scope")?)
        }
        "aws_iam_role_policy_attachment" => {
            format!("{}/{}", text("role")?, text("policy_arn")?)
        }
        "aws_wafv2_web_acl_logging_configuration" => text("resource_arn")?.to_owned(),
        "aws_route" => {
            let to = [
                "destination_cidr_block",
                "destination_ipv6_cidr_block",
                "destination_prefix_list_id",
            ];
            format!("{}_{}", text("route_table_id")?, first(&to)?)
        }
        "aws_route_table_association" => {
            let of = first(&["subnet_id", "gateway_id"])?;
            format!("{of}/{}", text("route_table_id")?)
        }
        "aws_default_route_table" => text("vpc_id")?.to_owned(),
        "aws_opensearch_domain" => text("domain_name")?.to_owned(),
        "aws_cloudwatch_log_subscription_filter" => {
            format!("{}|{}", text("log_group_name")?, text("name")?)
        }
        "aws_cloudwatch_event_target" => {
            let bus = text("event_bus_name").unwrap_or("default");
            format!("{bus}/{}/{}", text("rule")?, text("target_id")?)
        }
        "aws_backup_selection" => format!("{}|{id}", text("plan_id")?),
        "aws_eks_pod_identity_association" => {
            format!("{},{}", text("cluster_name")?, text("association_id")?)
        }
        // The first is only Terraform's waiting. The second would bring the secret's value into the state.
        "aws_acm_certificate_validation" | "aws_secretsmanager_secret_version" => return None,
        _ => id.to_owned(),
    })
}
