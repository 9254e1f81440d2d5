//! Add-ons that EKS runs, and the roles of what runs in the cluster for it.

use super::{Cluster, of_cluster, resource};
use crate::backend::terraform::place::label;
use crate::contract::ClusterRolePurpose;
use crate::hcl::{Body, Expression};
use crate::model::control_plane::EksAddon;
use crate::model::nodes::Provisioner;

/// One add-on: what EKS calls it, its label, its role, its build, and whether it works before there are nodes.
struct Addon<'a> {
    name: &'static str,
    role: Option<ClusterRolePurpose>,
    settings: &'a EksAddon,
    before_nodes: bool,
    configuration: Option<Expression>,
}

impl Cluster {
    /// The add-ons of this cluster. Auto Mode has those of its own, and what cluster-level-resources installs is left to it.
    fn eks_addons(&self) -> Vec<Addon<'_>> {
        let eks = &self.spec().eks_addons;
        let keeps_own = self.provisioner() != Provisioner::Auto;
        let object = |entries: Vec<(&'static str, Expression)>| Expression::object(entries);
        let mut addons = Vec::new();
        if keeps_own && !self.eks.installs("vpc-cni") {
            let environment = object(vec![
                ("ENABLE_PREFIX_DELEGATION", "true".into()),
                ("WARM_PREFIX_TARGET", "1".into()),
            ]);
            addons.push(Addon {
                name: "vpc-cni",
                role: Some(ClusterRolePurpose::VpcCni),
                settings: &eks.vpc_cni,
                before_nodes: true,
                configuration: Some(object(vec![("env", environment)])),
            });
        }
        if keeps_own && !self.eks.installs("kube-proxy") {
            addons.push(Addon {
                name: "kube-proxy",
                role: None,
                settings: &eks.kube_proxy,
                before_nodes: true,
                configuration: None,
            });
        }
        if keeps_own {
            addons.push(Addon {
                name: "eks-pod-identity-agent",
                role: None,
                settings: &eks.pod_identity_agent,
                before_nodes: true,
                configuration: None,
            });
        }
        if keeps_own && !self.eks.installs("coreDNS") {
            addons.push(Addon {
                name: "coredns",
                role: None,
                settings: &eks.core_dns,
                before_nodes: false,
                configuration: None,
            });
        }
        if keeps_own && !self.eks.installs("ebs-csi-driver") {
            let class = object(vec![("enabled", true.into())]);
            addons.push(Addon {
                name: "aws-ebs-csi-driver",
                role: Some(ClusterRolePurpose::EbsCsi),
                settings: &eks.ebs_csi,
                before_nodes: false,
                configuration: Some(object(vec![("defaultStorageClass", class)])),
            });
        }
        if let (Some(settings), Some(domain)) = (&eks.external_dns, &self.domain) {
            let domains = Expression::list([domain.as_str()]);
            addons.push(Addon {
                name: "external-dns",
                role: Some(ClusterRolePurpose::ExternalDns),
                settings,
                before_nodes: false,
                configuration: Some(object(vec![
                    ("domainFilters", domains),
                    ("txtOwnerId", self.name.as_str().into()),
                ])),
            });
        }
        addons
    }

    /// The labels of add-ons that nodes wait for.
    pub(super) fn addons_before_nodes(&self) -> impl Iterator<Item = String> {
        let addons = self.eks_addons().into_iter();
        addons
            .filter(|addon| addon.before_nodes)
            .map(|addon| label(addon.name))
    }

    pub(super) fn addons(&self, mut body: Body) -> Body {
        let addons = self.eks_addons();
        if !addons.is_empty() {
            body = body.comment("Add-ons that EKS runs.").blank();
        }
        for addon in addons {
            if let Some(purpose) = addon.role {
                body = self.pod_role(body, purpose, self.controller(purpose));
            }
            let build = addon.settings.version.as_ref();
            let configuration = addon
                .configuration
                .map(|configuration| Expression::call("jsonencode", [configuration]));
            let block = resource("aws_eks_addon", label(addon.name))
                .attribute("cluster_name", of_cluster("name"))
                .attribute("addon_name", addon.name)
                .optional("addon_version", build.map(ToString::to_string))
                .optional("service_account_role_arn", addon.role.map(super::role_arn))
                .optional("configuration_values", configuration)
                .attribute("resolve_conflicts_on_create", "OVERWRITE")
                .attribute("resolve_conflicts_on_update", "OVERWRITE");
            body.push(if addon.before_nodes {
                block
            } else {
                self.after_nodes(block)
            });
        }
        self.controllers(body)
    }

    /// The roles of what Argo CD installs in place of EKS.
    fn controllers(&self, mut body: Body) -> Body {
        let purpose = ClusterRolePurpose::Ingress;
        body = body
            .comment("The AWS load balancer controller, which Argo CD installs: its chart knows the role by this name.")
            .blank();
        body = self.pod_role(body, purpose, self.controller(purpose));
        let by_eks = |purpose| {
            let mut addons = self.eks_addons().into_iter();
            addons.any(|addon| addon.role == Some(purpose))
        };
        let others = [
            ClusterRolePurpose::EbsCsi,
            ClusterRolePurpose::EfsCsi,
            ClusterRolePurpose::ExternalDns,
            ClusterRolePurpose::CertManager,
        ];
        let others = others
            .into_iter()
            .filter(|purpose| self.role(*purpose).is_some() && !by_eks(*purpose));
        for (number, purpose) in others.enumerate() {
            if number == 0 {
                body = body.comment("Controllers that Argo CD installs.").blank();
            }
            body = self.pod_role(body, purpose, self.controller(purpose));
        }
        body
    }
}
