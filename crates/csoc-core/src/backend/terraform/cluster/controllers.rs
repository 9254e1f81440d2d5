//! What controllers in a cluster may do in its account.

use super::Cluster;
use crate::backend::terraform::policy::Statement;
use crate::backend::terraform::variables::Variable;
use crate::contract::ClusterRolePurpose;
use crate::hcl::{Expression, Part};
use crate::model::stack::OutputKind;

/// The tag of what the load balancer controller made for a cluster.
const BALANCER_TAG: &str = "elbv2.k8s.aws/cluster";

/// The names of the records that a request changes, in lower case.
const RECORD_NAMES: &str = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
/// Their types.
const RECORD_TYPES: &str = "route53:ChangeResourceRecordSetsRecordTypes";

impl Cluster {
    /// The statements of a controller's own policy.
    pub(super) fn controller(&self, purpose: ClusterRolePurpose) -> Vec<Statement> {
        match purpose {
            ClusterRolePurpose::Ingress => self.ingress(),
            ClusterRolePurpose::ExternalDns => self.external_dns(),
            ClusterRolePurpose::CertManager => self.challenges(),
            ClusterRolePurpose::Karpenter => self.karpenter_policy(),
            _ => Vec::new(),
        }
    }

    /// Load balancers, their target groups and security groups: only those that are tagged with this cluster.
    fn ingress(&self) -> Vec<Statement> {
        let name = self.name.as_str();
        let tagged = format!("aws:ResourceTag/{BALANCER_TAG}");
        let requested = format!("aws:RequestTag/{BALANCER_TAG}");
        let balancing = |resources: &[&str]| -> Vec<String> {
            resources
                .iter()
                .map(|resource| self.place.arn("elasticloadbalancing", resource))
                .collect()
        };
        let groups = self.place.arn("ec2", "security-group/*");
        let all = [
            "listener/*",
            "listener-rule/*",
            "loadbalancer/*",
            "targetgroup/*",
        ];
        vec![
            Statement::allow("ReadNetworksAndBalancers")
                .actions([
                    "acm:DescribeCertificate",
                    "acm:ListCertificates",
                    "ec2:DescribeAccountAttributes",
                    "ec2:DescribeAddresses",
                    "ec2:DescribeAvailabilityZones",
                    "ec2:DescribeInstances",
                    "ec2:DescribeInternetGateways",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeRouteTables",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeTags",
                    "ec2:DescribeVpcs",
                    "ec2:GetSecurityGroupsForVpc",
                    "elasticloadbalancing:Describe*",
                    "shield:GetSubscriptionState",
                    "waf-regional:GetWebACLForResource",
                    "wafv2:GetWebACL",
                    "wafv2:GetWebACLForResource",
                ])
                .anywhere(),
            Statement::allow("GuardBalancers")
                .actions(["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"])
                .on([self.place.arn("wafv2", "regional/webacl/*/*")]),
            Statement::allow("GuardBalancersOfThisCluster")
                .actions(["elasticloadbalancing:SetWebAcl"])
                .on(balancing(&["loadbalancer/app/*/*"])),
            Statement::allow("MakeSecurityGroups")
                .actions(["ec2:CreateSecurityGroup"])
                .on([groups.clone(), self.place.arn("ec2", "vpc/*")]),
            Statement::allow("TagNewSecurityGroups")
                .actions(["ec2:CreateTags"])
                .on([groups.as_str()])
                .when("StringEquals", "ec2:CreateAction", ["CreateSecurityGroup"])
                .when("StringEquals", requested.as_str(), [name]),
            // Nodes' own group lets balancers in; it carries no tag of theirs.
            Statement::allow("LetBalancersIn")
                .actions([
                    "ec2:AuthorizeSecurityGroupIngress",
                    "ec2:RevokeSecurityGroupIngress",
                ])
                .on([groups.as_str()]),
            Statement::allow("KeepSecurityGroups")
                .actions([
                    "ec2:CreateTags",
                    "ec2:DeleteSecurityGroup",
                    "ec2:DeleteTags",
                ])
                .on([groups.as_str()])
                .when("StringEquals", tagged.as_str(), [name]),
            Statement::allow("MakeBalancers")
                .actions([
                    "elasticloadbalancing:AddTags",
                    "elasticloadbalancing:CreateListener",
                    "elasticloadbalancing:CreateLoadBalancer",
                    "elasticloadbalancing:CreateRule",
                    "elasticloadbalancing:CreateTargetGroup",
                ])
                .on(balancing(&all))
                .when("StringEquals", requested.as_str(), [name]),
            Statement::allow("KeepBalancers")
                .actions([
                    "elasticloadbalancing:AddListenerCertificates",
                    "elasticloadbalancing:AddTags",
                    "elasticloadbalancing:CreateListener",
                    "elasticloadbalancing:CreateRule",
                    "elasticloadbalancing:Delete*",
                    "elasticloadbalancing:DeregisterTargets",
                    "elasticloadbalancing:Modify*",
                    "elasticloadbalancing:RegisterTargets",
                    "elasticloadbalancing:RemoveListenerCertificates",
                    "elasticloadbalancing:RemoveTags",
                    "elasticloadbalancing:Set*",
                ])
                .on(balancing(&all))
                .when("StringEquals", tagged.as_str(), [name]),
        ]
    }

    /// The account's own zone.
    fn zone(&self) -> Expression {
        Expression::template([
            Part::from(format!(
                "arn:{}:route53:::hostedzone/",
                self.place.partition
            )),
            Part::from(Variable::reference(OutputKind::ZoneId.as_str())),
        ])
    }

    /// Records that prove the names of certificates: of these hosts, and no other record of the zone.
    fn challenges(&self) -> Vec<Statement> {
        let names = self.eks.challenges.iter();
        let names = names.map(|host| format!("_acme-challenge.{host}"));
        let changes = format!("arn:{}:route53:::change/*", self.place.partition);
        vec![
            Statement::allow("WaitForRecords")
                .actions(["route53:GetChange"])
                .on([changes]),
            Statement::allow("FindRecords")
                .actions(["route53:ListResourceRecordSets"])
                .on([self.zone()]),
            Statement::allow("ProveNames")
                .actions(["route53:ChangeResourceRecordSets"])
                .on([self.zone()])
                .when("ForAllValues:StringEquals", RECORD_NAMES, names)
                .when("ForAllValues:StringEquals", RECORD_TYPES, ["TXT"])
                // "For all values" of none holds, too.
                .when("Null", RECORD_NAMES, ["false"])
                .when("Null", RECORD_TYPES, ["false"]),
        ]
    }

    /// Records of the account's own zone.
    fn external_dns(&self) -> Vec<Statement> {
        vec![
            Statement::allow("FindZones")
                .actions(["route53:ListHostedZones"])
                .anywhere(),
            Statement::allow("KeepRecords")
                .actions([
                    "route53:ChangeResourceRecordSets",
                    "route53:ListResourceRecordSets",
                    "route53:ListTagsForResources",
                ])
                .on([self.zone()]),
        ]
    }
}
