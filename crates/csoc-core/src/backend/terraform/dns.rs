//! The layer `dns`: the certificate of an environment's host with the records that prove it, and the record that leads to it.

use super::policy::lines;
use super::root::Content;
use super::shared_host::SharedHost;
use super::variables::Variable;
use crate::hcl::{BinaryOperator, Block, Body, Expression, ExpressionKind, For, Item};
use crate::model::network::Hostname;
use crate::model::stack::OutputKind;

/// The tag of what the load balancer controller made for a cluster, and for a group of ingresses.
const TAGS: [&str; 2] = ["elbv2.k8s.aws/cluster", "ingress.k8s.aws/stack"];

/// What an environment's certificate and record are made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Dns {
    pub(super) hostname: Hostname,
    /// Whether ACM issues its certificate.
    pub(super) certifies: bool,
    /// Where its record leads; none where somebody else keeps it.
    pub(super) leads_to: Option<Balancer>,
    /// What it takes of the host's requests, where others have the host, too.
    pub(super) shared: Option<SharedHost>,
}

/// The load balancer that the controller of a cluster makes for a group of ingresses.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Balancer {
    pub(super) cluster: String,
    pub(super) group: String,
}

/// Whether a host is in a domain.
pub(super) fn is_within(host: &Hostname, domain: &Hostname) -> bool {
    let rest = host.as_str().strip_suffix(domain.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Dns {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut content = if self.certifies {
            self.certificate()
        } else {
            Content {
                main: Body::new(),
                outputs: Vec::new(),
            }
        };
        if let Some(balancer) = &self.leads_to {
            content.main = self.record(content.main, balancer);
        }
        content
    }

    /// The record of the host. The controller makes the load balancer when the first ingress comes, so that there is none to
    /// lead to before; a plan finds it by its tags.
    fn record(&self, body: Body, balancer: &Balancer) -> Body {
        let values = [balancer.cluster.as_str(), balancer.group.as_str()];
        let tags = TAGS.into_iter().zip(values);
        let found = Block::new("data", ["aws_lbs", "ingress"]).attribute(
            "tags",
            Expression::object(tags.map(|(tag, value)| (tag, Expression::from(value)))),
        );
        let mut one = Block::new("data", ["aws_lb", "ingress"]).attribute(
            "for_each",
            Expression::reference("data.aws_lbs.ingress.arns"),
        );
        one.body.push(Item::Blank);
        let one = one.attribute("arn", Expression::reference("each.value"));
        let balancers = || Expression::reference("data.aws_lb.ingress");
        let of = |attribute: &str| {
            balancers()
                .index(Expression::reference("each.value"))
                .dot(attribute.to_owned())
        };
        let to = |record: Block, host: &Hostname| {
            record
                .attribute("zone_id", Variable::reference(OutputKind::ZoneId.as_str()))
                .attribute("name", host.as_str())
                .attribute("type", "A")
        };
        let alias = |follows_health: bool| {
            Block::unlabelled("alias")
                .attribute("name", of("dns_name"))
                .attribute("zone_id", of("zone_id"))
                .attribute("evaluate_target_health", follows_health)
        };
        let body = body.comment("The load balancer of the host's ingress: there is none until Argo CD has applied it, and then this makes its record.")
            .blank()
            .block(found)
            .block(one);
        let record = to(record("host"), &self.hostname);
        let Some(shared) = &self.shared else {
            return body.block(record.block(alias(true)));
        };
        let record = shared.weigh(record).block(alias(false));
        let body = SharedHost::explain(body).block(record);
        match &shared.preview {
            Some(preview) => body.block(to(self::record("preview"), preview).block(alias(true))),
            None => body,
        }
    }

    /// The certificate, and what proves it.
    fn certificate(&self) -> Content {
        let zone = || Variable::reference(OutputKind::ZoneId.as_str());
        let Some(shared) = &self.shared else {
            let main = certificate(Body::new(), "environment", &[&self.hostname], zone());
            let (main, issued) = wait(main, "environment");
            return Content {
                main,
                outputs: vec![(OutputKind::CertificateArn, issued)],
            };
        };
        let hosts: Vec<&Hostname> = [&self.hostname]
            .into_iter()
            .chain(&shared.preview)
            .collect();
        let main = Body::new().block(request("environment", &hosts));
        let main = shared.proofs(main, "environment", &self.hostname, &zone);
        let (main, issued) = issued(main, "environment", None);
        Content {
            main,
            outputs: vec![(OutputKind::CertificateArn, issued)],
        }
    }
}

/// A record for each load balancer that there is: one, or none yet.
fn record(label: &'static str) -> Block {
    let mut record = Block::new("resource", ["aws_route53_record", label]).attribute(
        "for_each",
        Expression::reference("data.aws_lbs.ingress.arns"),
    );
    record.body.push(Item::Blank);
    record
}

/// A certificate of these hosts, and the records in a zone that prove it.
pub(super) fn certificate(
    body: Body,
    label: &'static str,
    hosts: &[&Hostname],
    zone: Expression,
) -> Body {
    body.block(request(label, hosts))
        .block(proof("validation", label, None, zone))
}

/// A certificate of these hosts, which something has to prove.
fn request(label: &'static str, hosts: &[&Hostname]) -> Block {
    let mut hosts = hosts.iter().map(|host| host.as_str());
    let first = hosts.next().unwrap_or_default();
    let more: Vec<Expression> = hosts.map(Expression::from).collect();
    Block::new("resource", ["aws_acm_certificate", label])
        .attribute("domain_name", first)
        .optional(
            "subject_alternative_names",
            (!more.is_empty()).then(|| lines(more)),
        )
        .attribute("validation_method", "DNS")
        .block(
            Block::unlabelled("options")
                .attribute("certificate_transparency_logging_preference", "ENABLED"),
        )
        .block(Block::unlabelled("lifecycle").attribute("create_before_destroy", true))
}

/// The records that prove a certificate: for all of its hosts, or for one.
pub(super) fn proof(
    name: &'static str,
    label: &'static str,
    of: Option<&Hostname>,
    zone: Expression,
) -> Block {
    let options = format!("aws_acm_certificate.{label}.domain_validation_options");
    let option = |name: &str| Expression::reference(&format!("option.{name}"));
    let records = Expression::new(ExpressionKind::For(Box::new(For {
        key: None,
        value: "option".into(),
        collection: Expression::reference(&options),
        result_key: Some(option("domain_name")),
        result: Expression::object([
            ("name", option("resource_record_name")),
            ("type", option("resource_record_type")),
            ("record", option("resource_record_value")),
        ]),
        grouped: false,
        condition: of.map(|host| {
            let host = Expression::from(host.as_str());
            Expression::binary(option("domain_name"), BinaryOperator::Equal, host)
        }),
    })));
    let mut record =
        Block::new("resource", ["aws_route53_record", name]).attribute("for_each", records);
    record.body.push(Item::Blank);
    record
        .attribute("zone_id", zone)
        .attribute("name", Expression::reference("each.value.name"))
        .attribute("type", Expression::reference("each.value.type"))
        .attribute("ttl", 300)
        .attribute(
            "records",
            Expression::list([Expression::reference("each.value.record")]),
        )
}

/// Waits until the certificate is issued, and gives its ARN then.
pub(super) fn wait(body: Body, label: &'static str) -> (Body, Expression) {
    let names = Expression::new(ExpressionKind::For(Box::new(For {
        key: None,
        value: "record".into(),
        collection: Expression::reference("aws_route53_record.validation"),
        result_key: None,
        result: Expression::reference("record.fqdn"),
        grouped: false,
        condition: None,
    })));
    issued(body, label, Some(names))
}

/// Waits until the certificate is issued, for these records or for whatever proves it.
fn issued(body: Body, label: &'static str, proofs: Option<Expression>) -> (Body, Expression) {
    let of = |kind: &str, name: &str| Expression::reference(&format!("{kind}.{label}.{name}"));
    let validation = Block::new("resource", ["aws_acm_certificate_validation", label])
        .attribute("certificate_arn", of("aws_acm_certificate", "arn"))
        .optional("validation_record_fqdns", proofs);
    let issued = of("aws_acm_certificate_validation", "certificate_arn");
    (body.block(validation), issued)
}
