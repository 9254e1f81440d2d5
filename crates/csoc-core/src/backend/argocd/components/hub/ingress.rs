//! How people reach a service of the hub: an ingress of the load balancer that its cluster's environments share.

use super::super::super::map;
use crate::contract::LoadBalancerContract;
use crate::model::cluster::Scheme;
use crate::model::deferred::Deferred;
use crate::value::{Key, Node};

/// A host behind a load balancer.
pub(in super::super) struct Entrance<'a> {
    pub(in super::super) host: &'a str,
    /// Its certificate; where none is named, the load balancer takes the one that is issued for the host.
    pub(in super::super) certificate: Option<&'a Deferred<String>>,
    pub(in super::super) balancer: &'a LoadBalancerContract,
}

/// The prefix of the load balancer controller's annotations.
const PREFIX: &str = "alb.ingress.kubernetes.io";
/// The versions and ciphers of TLS that a load balancer speaks: none that is older than 1.2, which the controller would
/// speak otherwise.
const TLS: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

impl Entrance<'_> {
    /// Annotations for the load balancer controller. Ingresses of one group must say the same of the load balancer itself.
    pub(in super::super) fn annotations(&self, health: &[(&str, &str)]) -> Node {
        let scheme = match self.balancer.scheme {
            Scheme::InternetFacing => "internet-facing",
            Scheme::Internal => "internal",
        };
        let mut entries: Vec<(&str, Node)> = vec![
            ("group.name", self.balancer.group.as_str().into()),
            ("listen-ports", "[{\"HTTPS\": 443}]".into()),
            ("scheme", scheme.into()),
            ("target-type", "ip".into()),
        ];
        if let Some(certificate) = self.certificate {
            entries.push(("certificate-arn", certificate.clone().into()));
        }
        entries.extend(
            health
                .iter()
                .map(|(name, value)| (*name, Node::string(*value))),
        );
        // Where environments are behind it, their ingresses say it for all.
        if self.balancer.hosts.is_empty() {
            entries.push(("ssl-policy", TLS.into()));
        }
        if let Some(web_acl) = &self.balancer.web_acl {
            entries.push(("wafv2-acl-arn", web_acl.arn.clone().into()));
        }
        entries.sort_by_key(|(name, _)| *name);
        let mut annotations = Node::map();
        for (name, value) in entries {
            annotations.insert(Key::from(format!("{PREFIX}/{name}").as_str()), value);
        }
        annotations
    }

    /// The ingress of a service's port 80.
    pub(in super::super) fn ingress(&self, service: &str, namespace: &str, health: &str) -> Node {
        let port = map([("number", Node::integer(80))]);
        let backend = map([("name", service.into()), ("port", port)]);
        let path = map([
            ("path", "/".into()),
            ("pathType", "Prefix".into()),
            ("backend", map([("service", backend)])),
        ]);
        let rule = map([
            ("host", self.host.into()),
            ("http", map([("paths", Node::list([path]))])),
        ]);
        map([
            ("apiVersion", "networking.k8s.io/v1".into()),
            ("kind", "Ingress".into()),
            (
                "metadata",
                map([
                    ("name", service.into()),
                    ("namespace", namespace.into()),
                    (
                        "annotations",
                        self.annotations(&[("healthcheck-path", health)]),
                    ),
                ]),
            ),
            (
                "spec",
                map([
                    ("ingressClassName", "alb".into()),
                    ("rules", Node::list([rule])),
                ]),
            ),
        ])
    }
}
