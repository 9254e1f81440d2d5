//! The layer `dns`: the certificate of an environment's host, and the records that prove it.

use super::policy::lines;
use super::root::Content;
use super::variables::Variable;
use crate::hcl::{Block, Body, Expression, ExpressionKind, For, Item};
use crate::model::network::Hostname;
use crate::model::stack::OutputKind;

/// What an environment's certificate is made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Dns {
    pub(super) hostname: Hostname,
}

/// Whether a host is in a domain.
pub(super) fn is_within(host: &Hostname, domain: &Hostname) -> bool {
    let rest = host.as_str().strip_suffix(domain.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Dns {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let zone = Variable::reference(OutputKind::ZoneId.as_str());
        let main = certificate(Body::new(), "environment", &[&self.hostname], zone);
        let (main, issued) = wait(main, "environment");
        Content {
            main,
            outputs: vec![(OutputKind::CertificateArn, issued)],
        }
    }
}

/// A certificate of these hosts, and the records in a zone that prove it.
pub(super) fn certificate(
    body: Body,
    label: &'static str,
    hosts: &[&Hostname],
    zone: Expression,
) -> Body {
    let mut hosts = hosts.iter().map(|host| host.as_str());
    let first = hosts.next().unwrap_or_default();
    let more: Vec<Expression> = hosts.map(Expression::from).collect();
    let of = |kind: &str, name: &str| Expression::reference(&format!("{kind}.{label}.{name}"));
    let certificate = Block::new("resource", ["aws_acm_certificate", label])
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
        .block(Block::unlabelled("lifecycle").attribute("create_before_destroy", true));
    let option = |name: &str| Expression::reference(&format!("option.{name}"));
    let records = Expression::new(ExpressionKind::For(Box::new(For {
        key: None,
        value: "option".into(),
        collection: of("aws_acm_certificate", "domain_validation_options"),
        result_key: Some(option("domain_name")),
        result: Expression::object([
            ("name", option("resource_record_name")),
            ("type", option("resource_record_type")),
            ("record", option("resource_record_value")),
        ]),
        grouped: false,
        condition: None,
    })));
    let mut record =
        Block::new("resource", ["aws_route53_record", "validation"]).attribute("for_each", records);
    record.body.push(Item::Blank);
    let record = record
        .attribute("zone_id", zone)
        .attribute("name", Expression::reference("each.value.name"))
        .attribute("type", Expression::reference("each.value.type"))
        .attribute("ttl", 300)
        .attribute(
            "records",
            Expression::list([Expression::reference("each.value.record")]),
        );
    body.block(certificate).block(record)
}

/// Waits until the certificate is issued, and gives its ARN then.
pub(super) fn wait(body: Body, label: &'static str) -> (Body, Expression) {
    let of = |kind: &str, name: &str| Expression::reference(&format!("{kind}.{label}.{name}"));
    let names = Expression::new(ExpressionKind::For(Box::new(For {
        key: None,
        value: "record".into(),
        collection: Expression::reference("aws_route53_record.validation"),
        result_key: None,
        result: Expression::reference("record.fqdn"),
        grouped: false,
        condition: None,
    })));
    let validation = Block::new("resource", ["aws_acm_certificate_validation", label])
        .attribute("certificate_arn", of("aws_acm_certificate", "arn"))
        .attribute("validation_record_fqdns", names);
    let issued = of("aws_acm_certificate_validation", "certificate_arn");
    (body.block(validation), issued)
}
