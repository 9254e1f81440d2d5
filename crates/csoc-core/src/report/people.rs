//! Steps that no program of the fleet does: secrets, the repository, databases, records, signing in.

use super::bootstrap::{Writer, hand};
use super::step::{ReportFact, ReportStep, StepKind};
use super::words::step;
use crate::contract::{CredentialContract, HubServiceKind, HubServices, argocd_clients};
use crate::inventory::Secret;
use crate::model::hub::AdminUser;
use crate::model::name::ObjectName;

impl Writer<'_> {
    /// What must be there when Argo CD first looks: secrets, databases, the repository, its credential.
    pub(super) fn before_delivery(
        &self,
        objects: &[String],
        cluster: Option<&str>,
    ) -> Vec<ReportStep> {
        let mut steps = Vec::new();
        let asked: Vec<&Secret> = self
            .secrets
            .iter()
            .filter(|secret| objects.contains(&secret.object) && secret.seeder == "asked")
            .collect();
        let mut secrets = step("secrets", StepKind::Hand, &[]);
        for secret in &asked {
            let keys = Self::keys(secret);
            secrets.facts.push(ReportFact::new(
                &secret.name,
                format!("for {}: {keys}", secret.service),
            ));
        }
        let ours = |secret: &&Secret| matches!(secret.seeder, "asked" | "assembled" | "generated");
        let mut seeded: Vec<&str> = Vec::new();
        for secret in self.secrets.iter().filter(ours) {
            if objects.contains(&secret.object) && !seeded.contains(&&*secret.object) {
                seeded.push(&secret.object);
            }
        }
        if !seeded.is_empty() {
            let lines: Vec<String> = ["seed", "check"]
                .into_iter()
                .flat_map(|what| {
                    let line = move |object: &&str| {
                        format!("csoc secrets {what} {object} \"$FLEET\" --as roles")
                    };
                    seeded.iter().map(line)
                })
                .collect();
            secrets.scripts = vec![hand(lines.join("\n"))];
            steps.push(secrets);
        }
        steps.extend(self.database(objects));
        if let Some(gitops) = &self.fleet.resolved().spec.gitops {
            let repository = gitops.repository.to_string();
            let revision = gitops.revision.to_string();
            let fill = [
                ("repository", repository.as_str()),
                ("revision", revision.as_str()),
            ];
            let mut push = step("repository", StepKind::Hand, &fill);
            push.scripts = vec![hand(format!(
                "cd \"$BUILD/gitops\"\n\
                 test -d .git || (git init -q -b '{revision}' && git remote add origin '{repository}')\n\
                 git fetch -q origin '{revision}' && git reset -q FETCH_HEAD\n\
                 git add -A && git commit -m 'what the fleet renders' && git push origin 'HEAD:{revision}'"
            ))];
            steps.push(push);
        }
        let credential = asked
            .iter()
            .find(|secret| secret.purpose == CredentialContract::NAME);
        if let (Some(secret), Some(cluster)) = (credential, cluster) {
            let fill = [("secret", secret.name.as_str()), ("cluster", cluster)];
            steps.push(step("credential", StepKind::Hand, &fill));
        }
        steps
    }

    /// The keys of a secret, or what it holds.
    fn keys(secret: &Secret) -> String {
        let keys: Vec<&str> = secret.keys.iter().map(|key| &*key.name).collect();
        if keys.is_empty() {
            return secret.shape.to_owned();
        }
        format!("JSON with `{}`", keys.join("`, `"))
    }

    /// The database of Keycloak, where the hub runs it.
    fn database(&self, objects: &[String]) -> Option<ReportStep> {
        let hub = self.fleet.contracts().hub.as_ref()?;
        let services = hub.services.as_ref()?;
        let keycloak = hub.spec.keycloak.as_ref()?;
        objects.iter().find(|object| *object == "hub")?;
        let name = keycloak.database.name.as_ref();
        let name = name.map_or("keycloak", ObjectName::as_str);
        let fill = [("cluster", services.cluster.as_str()), ("database", name)];
        let mut database = step("database", StepKind::Hand, &fill);
        database.scripts = vec![hand(format!(
            "psql -c 'create role {name} login password …' -c 'create database {name} owner {name}'"
        ))];
        Some(database)
    }

    /// What an issuer that is not the hub's Keycloak has to know.
    fn clients(&self, services: &HubServices) -> Option<ReportStep> {
        let sign_in = services.sign_in.as_ref()?;
        sign_in.spec.issuer.as_ref()?;
        let mut clients = step(
            "clients",
            StepKind::Hand,
            &[("issuer", sign_in.issuer.as_str())],
        );
        let own = services.services.iter().filter_map(|service| {
            let name = service.kind.client(&sign_in.spec.clients)?;
            let back = format!("`https://{}{}`", service.host, service.kind.callback());
            Some(ReportFact::new(name, back))
        });
        let of_clusters = argocd_clients(self.fleet.resolved());
        let of_clusters = of_clusters.iter().map(|client| {
            let back = client.callbacks().join("`, `");
            ReportFact::new(client.client.as_str(), format!("public; `{back}`"))
        });
        clients.facts = own.chain(of_clusters).collect();
        Some(clients)
    }

    /// What people do with the hub's services once they run.
    pub(super) fn services(&self) -> Vec<ReportStep> {
        let contracts = self.fleet.contracts();
        let Some(hub) = &contracts.hub else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        if let Some(cluster) = &hub.cluster {
            let mut look = step("reach", StepKind::Hand, &[("cluster", cluster.as_str())]);
            // One with a host leaves TLS to the load balancer.
            let port = if hub.spec.argocd.is_some() { 80 } else { 443 };
            look.scripts = vec![hand(format!(
                "kubectl -n argocd get applications\nkubectl -n argocd port-forward service/argocd-server 8080:{port}",
            ))];
            steps.push(look);
        }
        let Some(services) = &hub.services else {
            return steps;
        };
        let balancers = contracts.clusters.get(&services.cluster);
        let group = balancers.and_then(|cluster| {
            let balancers = &cluster.load_balancers;
            balancers.iter().find(|it| !it.hub_hosts.is_empty())
        });
        if let Some(balancer) = group {
            let hosts = balancer.hub_hosts.iter().map(ToString::to_string);
            steps.push(records(&balancer.group, hosts.collect()));
        }
        if let (Some(keycloak), Some(host)) =
            (&hub.spec.keycloak, services.host(HubServiceKind::Keycloak))
        {
            let address = format!("https://{host}");
            let fill = [("address", address.as_str()), ("realm", keycloak.realm())];
            steps.push(step("groups", StepKind::Hand, &fill));
        }
        steps.extend(self.clients(services));
        let argocd = hub.spec.argocd.as_ref();
        if let (Some(sign_in), Some(host), Some(argocd)) = (
            &services.sign_in,
            services.host(HubServiceKind::ArgoCd),
            argocd,
        ) {
            let admins = sign_in.spec.groups.admins.iter();
            let admins: Vec<String> = admins.map(|group| format!("`{group}`")).collect();
            let admins = admins.join(", ");
            let address = format!("https://{host}");
            if argocd.admin_user == AdminUser::Enabled && !admins.is_empty() {
                let fill = [("address", address.as_str()), ("admins", admins.as_str())];
                steps.push(step("sign-in", StepKind::Hand, &fill));
            }
        }
        steps
    }
}

/// Hosts that are to lead to a load balancer.
pub(super) fn records(group: &str, hosts: Vec<String>) -> ReportStep {
    let mut records = step("records", StepKind::Hand, &[("group", group)]);
    let hosts = hosts.into_iter();
    records.facts = hosts
        .map(|host| ReportFact::new(host, "an alias of the load balancer"))
        .collect();
    records
}
