//! A call of gen3-terraform's `commons`, which makes a network, a cluster, its database and its search domain.
//!
//! What it gives stands under the names of our outputs. What it makes and does not give is looked up: by the cluster
//! that it names, and by the names that it gives to addresses and route tables.

use super::root::{Content, depends_on};
use super::variables::Variable;
use crate::contract::{ModuleContract, ModuleValue, StoreUse};
use crate::hcl::{Block, Body, Expression, Item, ObjectKey};
use crate::model::stack::OutputKind;

/// The module's name in the root.
const NAME: &str = "commons";

/// A call of the module.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Gen3Terraform {
    pub(super) vpc: String,
    pub(super) module: ModuleContract,
}

impl Gen3Terraform {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut call =
            Block::new("module", [NAME]).attribute("source", self.module.source.as_str());
        // It declares a second provider, for the account that the fleet is run from, and uses it for peerings only.
        let hub = ObjectKey::Expression(Box::new(Expression::reference("aws.csoc")));
        let providers = [ObjectKey::from("aws"), hub];
        let providers = providers.map(|key| (key, Expression::reference("aws")));
        call = call.attribute("providers", Expression::object(providers));
        call.body.push(Item::Blank);
        for variable in &self.module.variables {
            let value = match &variable.value {
                // What has no value is said by a rule.
                ModuleValue::Data(node) => match Expression::try_from(node) {
                    Ok(value) => value,
                    Err(_) => continue,
                },
                ModuleValue::Output(kind) => Variable::reference(kind.as_str()),
            };
            call = call.attribute(variable.name.clone(), value);
        }
        let main = Body::new()
            .comment(
                "The module's own roles and users stand outside the limits that csoc sets: people apply this root.",
            )
            .block(call)
            .block(
                Block::new("data", ["aws_eks_cluster", NAME])
                    .attribute("name", given("eks_cluster_name")),
            )
            .block(self.addresses())
            .block(route_tables());
        Content {
            main,
            outputs: self.outputs(),
        }
    }

    /// The addresses of the network's gateways.
    fn addresses(&self) -> Block {
        let name = format!("{}-ngw-eip", self.vpc);
        let addresses = Block::new("data", ["aws_eips", "nat"]).attribute(
            "tags",
            Expression::object([("Name", Expression::from(name))]),
        );
        depends_on(addresses, &format!("module.{NAME}"))
    }

    fn outputs(&self) -> Vec<(OutputKind, Expression)> {
        let network = |name: &str| {
            let path = format!("data.aws_eks_cluster.{NAME}.vpc_config[0].{name}");
            Expression::reference(&path)
        };
        let list = |list: Expression| Expression::call("sort", [list]);
        let by_name = |used: Option<&StoreUse>, output: &str| {
            Expression::object(used.map(|used| (used.name.to_string(), given(output))))
        };
        let database = self.module.database.as_ref();
        let search = self.module.search.as_ref();
        // The module calls where the cluster answers a secret. It is none.
        let open = |name: &str| Expression::call("nonsensitive", [given(name)]);
        let issuer = Expression::call(
            "trimprefix",
            [given("cluster_oidc_provider_url"), "https://".into()],
        );
        vec![
            (OutputKind::VpcId, network("vpc_id")),
            (OutputKind::PrivateSubnetIds, list(network("subnet_ids"))),
            (
                OutputKind::NatAddresses,
                list(Expression::reference("data.aws_eips.nat.public_ips")),
            ),
            (
                OutputKind::PrivateRouteTableIds,
                list(Expression::reference("data.aws_route_tables.private.ids")),
            ),
            (OutputKind::ClusterEndpoint, open("eks_cluster_endpoint")),
            (
                OutputKind::ClusterCertificateAuthority,
                open("eks_cluster_ca_cert"),
            ),
            (OutputKind::OidcIssuer, issuer),
            (
                OutputKind::OidcProviderArn,
                given("cluster_oidc_provider_arn"),
            ),
            (
                OutputKind::ClusterSecurityGroupId,
                network("cluster_security_group_id"),
            ),
            (
                OutputKind::ClusterVersion,
                Expression::reference(&format!("data.aws_eks_cluster.{NAME}.version")),
            ),
            (
                OutputKind::DatabaseEndpoints,
                by_name(database, "aurora_cluster_writer_endpoint"),
            ),
            (
                OutputKind::DatabaseReaderEndpoints,
                by_name(database, "aurora_cluster_reader_endpoint"),
            ),
            (OutputKind::SearchEndpoints, by_name(search, "es_endpoint")),
            (
                OutputKind::SearchDomainArns,
                by_name(search, "opensearch_cluster_arn"),
            ),
        ]
    }
}

/// The route tables of the subnets that nodes and databases are in, by the names that the module gives them.
fn route_tables() -> Block {
    let filter = Block::unlabelled("filter")
        .attribute("name", "tag:Name")
        .attribute("values", Expression::list(["eks_private", "private_kube"]));
    Block::new("data", ["aws_route_tables", "private"])
        .attribute(
            "vpc_id",
            Expression::reference(&format!("data.aws_eks_cluster.{NAME}.vpc_config[0].vpc_id")),
        )
        .block(filter)
}

/// An output of the module.
fn given(name: &str) -> Expression {
    Expression::reference(&format!("module.{NAME}.{name}"))
}
