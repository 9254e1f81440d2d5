//! Aurora: a database cluster that grows within a capacity, and its master credentials in the form of the charts.

use super::monitoring::monitored;
use super::{Data, Database};
use crate::backend::terraform::cluster::{LOG_DAYS, after, key, resource};
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::{Statement, document, json};
use crate::backend::terraform::variables::Variable;
use crate::contract::{ACCESS_ROLES, KeyPurpose};
use crate::hcl::{Block, Body, Expression, ExpressionKind};
use crate::model::data_store::POSTGRESQL_VERSION;
use crate::model::environment::Size;
use crate::model::stack::OutputKind;

const ENGINE: &str = "aurora-postgresql";
const PORT: u32 = 5432;
const MASTER: &str = "postgres";

/// What each instance of a database is.
enum Machine {
    /// It grows within a capacity: the least in half ACU, the most in ACU.
    Serverless(u32, u32),
    /// One of a class.
    Fixed(String),
}

impl Database {
    fn version(&self) -> String {
        let version = self.spec.version.as_ref();
        version.map_or_else(|| POSTGRESQL_VERSION.to_owned(), ToString::to_string)
    }

    /// The family of its parameters: only the major version is in it.
    fn family(&self) -> String {
        let version = self.version();
        let major = version.split('.').next().unwrap_or(&version);
        format!("{ENGINE}{major}")
    }

    fn machine(&self) -> Machine {
        if let Some(class) = &self.spec.instance_class {
            return Machine::Fixed(class.to_string());
        }
        if let Some(capacity) = &self.spec.capacity {
            return Machine::Serverless(
                u32::from(capacity.minimum) * 2,
                u32::from(capacity.maximum),
            );
        }
        match self.spec.size.unwrap_or(self.used.size) {
            Size::Small => Machine::Serverless(1, 4),
            Size::Medium => Machine::Serverless(2, 16),
            Size::Large => Machine::Serverless(4, 64),
        }
    }

    /// Whether it is kept from being deleted.
    fn is_kept(&self) -> bool {
        self.spec.deletion_protection.unwrap_or(true)
    }
}

impl Data {
    pub(super) fn subnet_group(&self) -> Block {
        resource("aws_db_subnet_group", "databases")
            .attribute("name", format!("{}-databases", self.vpc))
            .attribute(
                "description",
                format!("Databases of the cluster {}", self.cluster),
            )
            .attribute(
                "subnet_ids",
                Variable::reference(OutputKind::DatabaseSubnetIds.as_str()),
            )
    }

    pub(super) fn database(&self, body: Body, database: &Database) -> Body {
        let name = label(database.used.name.as_str());
        let group = format!("database_{name}");
        let mut body = body
            .comment(format!("The database cluster {}.", database.used.name))
            .blank();
        body = self.security_group(body, &group, &database.identifier, "database", PORT);
        body = body
            .block(parameters(database, &name))
            .block(
                resource("aws_cloudwatch_log_group", group.as_str())
                    .attribute(
                        "name",
                        format!("/aws/rds/cluster/{}/postgresql", database.identifier),
                    )
                    .attribute("kms_key_id", key(KeyPurpose::Logs))
                    .attribute(
                        "retention_in_days",
                        database.spec.log_retention_days.unwrap_or(LOG_DAYS),
                    ),
            )
            .comment("The master password is made, set and stored in one run, and is in no plan and no state.")
            .block(
                Block::new(
                    "ephemeral",
                    [
                        "aws_secretsmanager_random_password".to_owned(),
                        name.clone(),
                    ],
                )
                .attribute("password_length", 40)
                .attribute("exclude_punctuation", true)
                .attribute("require_each_included_type", true),
            )
            .block(rds_cluster(database, &name, &group));
        for number in 1..=database.used.instances(&database.spec) {
            let instance = instance(database, &name, number);
            body.push(monitored(instance, database, self.monitoring.as_ref()));
        }
        self.credentials(body, database, &name)
    }

    /// A group that lets only the cluster's nodes in.
    pub(super) fn security_group(
        &self,
        body: Body,
        label: &str,
        name: &str,
        what: &'static str,
        port: u32,
    ) -> Body {
        body.block(
            resource("aws_security_group", label)
                .attribute("name", format!("{name}-{what}"))
                .attribute(
                    "description",
                    format!("Pods of {} to the {what} {name}", self.cluster),
                )
                .attribute("vpc_id", Variable::reference(OutputKind::VpcId.as_str())),
        )
        .block(
            resource("aws_vpc_security_group_ingress_rule", label)
                .attribute(
                    "security_group_id",
                    Expression::reference(&format!("aws_security_group.{label}.id")),
                )
                .attribute("description", "Nodes and their pods")
                .attribute(
                    "referenced_security_group_id",
                    Variable::reference(OutputKind::ClusterSecurityGroupId.as_str()),
                )
                .attribute("ip_protocol", "tcp")
                .attribute("from_port", port)
                .attribute("to_port", port),
        )
    }

    /// The master credentials under one name, as the charts read them.
    fn credentials(&self, body: Body, database: &Database, name: &str) -> Body {
        let policy = format!("readers_{name}");
        let version = database.spec.password_version.unwrap_or(1);
        let window = if self.matters() { 30 } else { 7 };
        let of =
            |attribute: &str| Expression::reference(&format!("aws_rds_cluster.{name}.{attribute}"));
        let value = Expression::object([
            ("username", of("master_username")),
            (
                "password",
                Expression::reference(&format!(
                    "ephemeral.aws_secretsmanager_random_password.{name}.random_password"
                )),
            ),
            ("host", of("endpoint")),
            ("port", of("port")),
        ]);
        let label = format!("database_{name}");
        body.block(document(policy.clone(), self.readers(database)))
            .block(
                resource("aws_secretsmanager_secret", label.as_str())
                    .attribute("name", database.master_secret.as_str())
                    .attribute(
                        "description",
                        format!("Master credentials of {}", database.identifier),
                    )
                    .attribute("kms_key_id", key(KeyPurpose::Secrets))
                    .attribute("recovery_window_in_days", window)
                    .attribute("policy", json(&policy)),
            )
            .block(
                resource("aws_secretsmanager_secret_version", label.as_str())
                    .attribute(
                        "secret_id",
                        Expression::reference(&format!("aws_secretsmanager_secret.{label}.id")),
                    )
                    .attribute("secret_string_wo", Expression::call("jsonencode", [value]))
                    .attribute("secret_string_wo_version", version),
            )
    }

    /// Who reads the credentials. Deploy is among them: the provider reads each version that it wrote.
    fn readers(&self, database: &Database) -> [Statement; 2] {
        let values = [
            "secretsmanager:BatchGetSecretValue",
            "secretsmanager:GetSecretValue",
        ];
        let [deploy, plan, breakglass] =
            ACCESS_ROLES.map(|role| self.place.iam(&format!("role/{role}")));
        let readers = database.readers.iter().cloned().chain([breakglass, deploy]);
        [
            Statement::deny("DenyOtherReaders")
                .actions(values)
                .anywhere()
                .everyone()
                .when("ArnNotEquals", "aws:PrincipalArn", readers),
            Statement::deny("DenyPlan")
                .actions(values)
                .anywhere()
                .everyone()
                .when("ArnEquals", "aws:PrincipalArn", [plan]),
        ]
    }
}

fn rds_cluster(database: &Database, name: &str, group: &str) -> Block {
    let days = database.used.backup_days(&database.spec);
    let password = format!("ephemeral.aws_secretsmanager_random_password.{name}");
    let mut cluster = resource("aws_rds_cluster", name)
        .attribute("cluster_identifier", database.identifier.as_str())
        .attribute("engine", ENGINE)
        .attribute("engine_version", database.version())
        .attribute("port", PORT)
        .attribute("master_username", MASTER)
        .attribute(
            "master_password_wo",
            Expression::reference(&format!("{password}.random_password")),
        )
        .attribute(
            "master_password_wo_version",
            database.spec.password_version.unwrap_or(1),
        )
        .attribute("iam_database_authentication_enabled", true)
        .attribute(
            "db_subnet_group_name",
            Expression::reference("aws_db_subnet_group.databases.name"),
        )
        .attribute(
            "vpc_security_group_ids",
            Expression::list([Expression::reference(&format!(
                "aws_security_group.{group}.id"
            ))]),
        )
        .attribute(
            "db_cluster_parameter_group_name",
            Expression::reference(&format!("aws_rds_cluster_parameter_group.{name}.name")),
        )
        .attribute("storage_encrypted", true)
        .attribute("kms_key_id", key(KeyPurpose::Database))
        .attribute(
            "enabled_cloudwatch_logs_exports",
            Expression::list(["postgresql"]),
        )
        .attribute("backup_retention_period", u32::from(days))
        .attribute("preferred_backup_window", "07:00-09:00")
        .attribute("preferred_maintenance_window", "sun:09:30-sun:10:30")
        .attribute("copy_tags_to_snapshot", true)
        .attribute("deletion_protection", database.is_kept())
        .attribute("skip_final_snapshot", false)
        .attribute(
            "final_snapshot_identifier",
            format!("{}-final", database.identifier),
        );
    if let Machine::Serverless(half_units, most) = database.machine() {
        cluster = cluster.block(
            Block::unlabelled("serverlessv2_scaling_configuration")
                .attribute("min_capacity", units(half_units))
                .attribute("max_capacity", most),
        );
    }
    if database.is_kept() {
        cluster = cluster.block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true));
    }
    after(cluster, &[format!("aws_cloudwatch_log_group.{group}")])
}

/// Capacity units of which halves are counted.
fn units(half_units: u32) -> Expression {
    if half_units.is_multiple_of(2) {
        Expression::from(half_units / 2)
    } else {
        Expression::new(ExpressionKind::Number(
            format!("{}.5", half_units / 2).into(),
        ))
    }
}

/// TLS for everyone, and no text of a statement in the log: statements hold data.
fn parameters(database: &Database, name: &str) -> Block {
    let parameter = |name: &'static str, value: &'static str| {
        Block::unlabelled("parameter")
            .attribute("name", name)
            .attribute("value", value)
    };
    resource("aws_rds_cluster_parameter_group", name)
        .attribute("name", database.identifier.as_str())
        .attribute("family", database.family())
        .attribute(
            "description",
            "TLS for everyone; no text of statements in the log",
        )
        .block(parameter("log_min_duration_statement", "-1"))
        .block(parameter("log_min_error_statement", "panic"))
        .block(parameter("log_statement", "none"))
        .block(parameter("rds.force_ssl", "1"))
}

fn instance(database: &Database, name: &str, number: u8) -> Block {
    let of =
        |attribute: &str| Expression::reference(&format!("aws_rds_cluster.{name}.{attribute}"));
    let class = match database.machine() {
        Machine::Serverless(..) => "db.serverless".to_owned(),
        Machine::Fixed(class) => class,
    };
    resource("aws_rds_cluster_instance", format!("{name}_{number}"))
        .attribute("identifier", format!("{}-{number}", database.identifier))
        .attribute("cluster_identifier", of("id"))
        .attribute("engine", of("engine"))
        .attribute("engine_version", of("engine_version"))
        .attribute("instance_class", class)
        .attribute("publicly_accessible", false)
        .attribute("auto_minor_version_upgrade", false)
        .attribute("copy_tags_to_snapshot", true)
        .attribute("performance_insights_enabled", true)
        .attribute("performance_insights_kms_key_id", key(KeyPurpose::Database))
}
