//! Rules about what stands between users and a deployment: certificates, web ACLs, load balancers, routes.

use std::collections::BTreeMap;

use super::super::balancers::{Disagreement, WEB_ACL, WEB_ACL_ON, disagreements, group};
use super::context::GitopsContext;
use super::hosts::hostname;
use crate::diagnostic::Diagnostics;
use crate::gitops::{Deployment, arns};
use crate::model::cloud::AccountId;
use crate::model::cloud::Region;

/// Where the certificate stands.
const CERTIFICATE: [&str; 2] = ["global", "revproxyArn"];
/// Whether the deployment is on AWS.
const AWS: [&str; 3] = ["global", "aws", "enabled"];

/// The deployments that a load balancer of AWS leads to.
fn on_aws<'a>(context: &GitopsContext<'a>) -> impl Iterator<Item = &'a Deployment> {
    context
        .deployments()
        .filter(|deployment| deployment.is_on(&AWS))
}

/// What AWS leads to has a certificate.
pub(super) fn certificate_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in on_aws(context).filter(|deployment| !deployment.has(&CERTIFICATE)) {
        found.push(
            context
                .value(deployment, &CERTIFICATE, "`global.revproxyArn` is not set, and the chart's default is of nobody's account", "the load balancer needs a certificate")
                .help("name the certificate of the host: revproxyArn: arn:aws:acm:…"),
        );
    }
}

/// Whether a text is one ARN of that service whose resource has these parts.
fn is_arn(text: &str, service: &str, parts: &[&str]) -> bool {
    let mut all = arns(text);
    let Some(arn) = all.next().filter(|arn| arn.text == text) else {
        return false;
    };
    let mut resource = arn.resource.split('/');
    let named = parts.iter().all(|part| {
        resource.next().is_some_and(|text| {
            if part.is_empty() {
                !text.is_empty()
            } else {
                text == *part
            }
        })
    });
    let id = resource.next().is_some_and(|id| {
        id.len() == 36
            && id
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    });
    let placed = AccountId::check(arn.account).is_ok() && Region::check(arn.region).is_ok();
    arn.service == service && placed && named && id && resource.next().is_none()
}

/// A certificate is one.
pub(super) fn certificate_arn_invalid(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let Some(text) = deployment
            .text(&CERTIFICATE)
            .filter(|text| !is_arn(text, "acm", &["certificate"]))
        else {
            continue;
        };
        found.push(
            context
                .value(deployment, &CERTIFICATE, format!("`{text}` is not the ARN of a certificate"), "no certificate")
                .help("name it as the certificate manager shows it: arn:aws:acm:REGION:ACCOUNT:certificate/ID"),
        );
    }
}

/// A web ACL is one that load balancers take.
pub(super) fn web_acl_arn_invalid(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        let Some(text) = deployment
            .text(&WEB_ACL)
            .filter(|text| !is_arn(text, "wafv2", &["regional", "webacl", ""]))
        else {
            continue;
        };
        found.push(
            context
                .value(deployment, &WEB_ACL, format!("`{text}` is not the ARN of a regional web ACL"), "no web ACL")
                .help("name it as the firewall shows it: arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID"),
        );
    }
}

/// Who asks for a web ACL says which.
pub(super) fn web_acl_unnamed(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        if deployment.is_on(&WEB_ACL_ON) && deployment.get(&WEB_ACL).is_none() {
            found.push(
                context
                    .value(
                        deployment,
                        &WEB_ACL_ON,
                        "a web ACL is asked for, and none is named",
                        "without `wafAclArn`",
                    )
                    .help("name it: wafAclArn: arn:aws:wafv2:…"),
            );
        }
    }
}

/// A web ACL that is named is used.
pub(super) fn web_acl_unused(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        if !deployment.is_on(&WEB_ACL_ON) && deployment.get(&WEB_ACL).is_some() {
            found.push(
                context
                    .value(
                        deployment,
                        &WEB_ACL,
                        "a web ACL is named, and not used: `wafv2.enabled` is not true",
                        "has no effect",
                    )
                    .help("set global.aws.wafv2.enabled: true"),
            );
        }
    }
}

/// What the internet reaches has a web ACL before it.
pub(crate) fn web_acl_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in on_aws(context) {
        let is_internal = deployment.text(&["global", "aws", "scheme"]) == Some("internal");
        if is_internal || deployment.is_on(&WEB_ACL_ON) || deployment.get(&WEB_ACL).is_some() {
            continue;
        }
        found.push(
            context
                .value(deployment, &WEB_ACL_ON, "the internet reaches it, and no web ACL stands before it", "no `wafv2` here")
                .help("set global.aws.wafv2: { enabled: true, wafAclArn: … }, or make the load balancer internal"),
        );
    }
}

/// What one load balancer uses is of one region.
pub(super) fn load_balancer_regions_differ(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in on_aws(context) {
        let region = |path: &[&str]| {
            deployment
                .text(path)
                .and_then(|text| arns(text).next())
                .map(|arn| arn.region)
        };
        let (Some(certificate), Some(acl)) = (region(&CERTIFICATE), region(&WEB_ACL)) else {
            continue;
        };
        if certificate != acl && deployment.is_on(&WEB_ACL_ON) {
            found.push(
                context
                    .value(deployment, &CERTIFICATE, format!("the certificate is of `{certificate}`, and the web ACL of `{acl}`: no load balancer can use both"), "of one region")
                    .help("name both of the region that the cluster is in")
                    .label(deployment.place(&WEB_ACL), "of another"),
            );
        }
    }
}

/// A web ACL is of the region that the cluster is in.
///
/// Without a certificate beside it nothing else would tell.
pub(super) fn web_acl_region_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    const REGION: [&str; 3] = ["global", "aws", "region"];
    for deployment in on_aws(context).filter(|deployment| deployment.is_on(&WEB_ACL_ON)) {
        let acl = deployment.text(&WEB_ACL).and_then(|text| arns(text).next());
        let (Some(acl), Some(region)) = (acl, deployment.text(&REGION)) else {
            continue;
        };
        // Those of CloudFront are none of a load balancer, which another rule says.
        if acl.region != region && acl.resource.starts_with("regional/") {
            found.push(
                context
                    .value(deployment, &WEB_ACL, format!("the web ACL is of `{}`, and the load balancer of `{region}`: it guards none of another region", acl.region), "of another region")
                    .help("name the web ACL of the cluster's region")
                    .label(deployment.place(&REGION), "the region"),
            );
        }
    }
}

/// Those who share a load balancer agree on what it is.
pub(crate) fn load_balancer_settings_differ(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut groups: BTreeMap<(&str, &str), Vec<&Deployment>> = BTreeMap::new();
    for deployment in on_aws(context).filter(|deployment| deployment.runs("revproxy")) {
        let group = group(|path| deployment.get(path)).unwrap_or("default");
        let key = (&*deployment.cluster, group);
        groups.entry(key).or_default().push(deployment);
    }
    for ((_, group), members) in &groups {
        for disagreement in disagreements(members, |deployment, path| deployment.get(path)) {
            let Disagreement {
                most,
                other,
                setting,
                ..
            } = &disagreement;
            let Some(first) = most.first() else {
                continue;
            };
            found.push(
                context
                    .value(other.0, &other.1, format!("`{}` and `{}` share the load balancer `{group}` and do not agree on `{setting}`", first.0.directory(), other.0.directory()), "and here")
                    .help(disagreement.help())
                    .label(first.0.place(&first.1), "one here"),
            );
        }
    }
}

/// One way leads in.
pub(super) fn ingress_paths_several(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    const WAYS: [(&str, &[&str]); 4] = [
        ("a load balancer of AWS", &AWS),
        ("one of Google", &["global", "gcp", "enabled"]),
        (
            "a route of OpenShift",
            &["revproxy", "openshiftRoute", "enabled"],
        ),
        ("an Ingress of its own", &["revproxy", "ingress", "enabled"]),
    ];
    for deployment in context.deployments() {
        let ways: Vec<_> = WAYS
            .iter()
            .filter(|(_, path)| deployment.is_on(path))
            .collect();
        if let [(one, _), (two, path), ..] = ways[..] {
            found.push(
                context
                    .value(
                        deployment,
                        path,
                        format!("{one} and {two} lead to the same host"),
                        "switched on, too",
                    )
                    .help("switch on the one way that the platform has"),
            );
        }
    }
}

/// A route answers to the host's name.
pub(super) fn route_host_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["revproxy", "openshiftRoute", "host"];
    for deployment in context.deployments() {
        if !deployment.is_on(&["revproxy", "openshiftRoute", "enabled"]) {
            continue;
        }
        let host = hostname(deployment).unwrap_or("localhost");
        let route = deployment.text(&path).unwrap_or_default();
        if host != route {
            found.push(
                context
                    .value(
                        deployment,
                        &path,
                        format!("the route answers to `{route}`, and the host is `{host}`"),
                        "another host",
                    )
                    .help(format!("set revproxy.openshiftRoute.host: {host}")),
            );
        }
    }
}

/// Whether a deployment is on OpenShift.
const ROUTE: [&str; 3] = ["revproxy", "openshiftRoute", "enabled"];

/// Where nothing runs as root, nothing listens on root's ports.
pub(super) fn route_port_privileged(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&ROUTE))
    {
        for (service, _) in deployment
            .blocks()
            .filter(|(service, _)| deployment.runs(service))
        {
            let path = [service, "service", "targetPort"];
            let port = deployment
                .text(&path)
                .and_then(|text| text.parse::<u16>().ok());
            if let Some(port) = port.filter(|port| *port < 1024) {
                found.push(
                    context
                        .value(deployment, &path, format!("`{service}` listens on {port}, which only root may, and nothing runs as root"), "below 1024")
                        .help("use a port above 1024, such as 8080")
                        .label(deployment.place(&ROUTE), "on OpenShift"),
                );
            }
        }
    }
}

/// The proxy asks the platform's name server.
pub(super) fn route_resolver_default(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["revproxy", "nginx", "resolver"];
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&ROUTE))
    {
        if !deployment.has(&path) {
            found.push(
                context
                    .value(deployment, &path, "the proxy asks the name server of other platforms", "`resolver` is missing here")
                    .help("set revproxy.nginx.resolver to the address of the cluster's name server, such as 172.30.0.10"),
            );
        }
    }
}
