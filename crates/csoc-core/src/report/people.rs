//! Steps that no program of the fleet does: secrets, the repository, databases, records, signing in.

use super::bootstrap::{Writer, hand};
use super::step::{ReportFact, ReportStep, StepKind};
use super::words::step;
use crate::contract::{CredentialContract, HubServiceKind, HubServices, argocd_clients};
use crate::inventory::Secret;
use crate::model::environment::DatabaseSetup;
use crate::model::hub::AdminUser;
use crate::model::name::ObjectName;

/// A database and its owner, as somebody who may make both and is no superuser: only a member of a role may give things to it.
const DATABASE: &str = include_str!("scripts/database.sh");
/// The master user becomes a member of the users that it makes, as the chart's jobs take for granted.
const JOBS: &str = include_str!("scripts/jobs.sh");

impl Writer<'_> {
    /// What must be there when Argo CD first looks: secrets, databases, the repository, its credential.
    pub(super) fn before_delivery(&self, objects: &[String]) -> Vec<ReportStep> {
        let mut steps: Vec<ReportStep> = self.fill(objects).into_iter().collect();
        steps.extend(self.database(objects));
        steps.extend(self.jobs(objects));
        steps.extend(self.repository());
        let credentials = self.secrets.iter().filter(|secret| {
            objects.contains(&secret.object) && secret.purpose == CredentialContract::NAME
        });
        steps.extend(credentials.map(|secret| {
            let cluster = secret.object.trim_start_matches("clusters.");
            let fill = [("secret", secret.name.as_str()), ("cluster", cluster)];
            step("credential", StepKind::Hand, &fill)
        }));
        steps
    }

    /// Every secret of these objects that must be there before the first sync and that csoc or a person puts there,
    /// whoever reads it.
    fn fill(&self, objects: &[String]) -> Option<ReportStep> {
        let ours = |secret: &&Secret| {
            objects.contains(&secret.object)
                && matches!(secret.seeder, "asked" | "assembled" | "generated")
        };
        let mut secrets = step("secrets", StepKind::Hand, &[]);
        let mut seeded: Vec<&str> = Vec::new();
        for secret in self.secrets.iter().filter(ours) {
            if secret.seeder == "asked" {
                let text = format!("for {}: {}", secret.service, Self::keys(secret));
                secrets.facts.push(ReportFact::new(&secret.name, text));
            }
            if !seeded.contains(&&*secret.object) {
                seeded.push(&secret.object);
            }
        }
        if seeded.is_empty() {
            return None;
        }
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
        Some(secrets)
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
        database.scripts = vec![hand(DATABASE.replace("{name}", name))];
        Some(database)
    }

    /// What lets the chart's jobs make the databases of an environment, where they do.
    fn jobs(&self, objects: &[String]) -> Vec<ReportStep> {
        let environments = self.fleet.contracts().environments.values();
        let makes = environments.filter(|environment| {
            objects.contains(&environment.at.to_string())
                && environment.spec.database_setup == DatabaseSetup::Job
        });
        let steps = makes.filter_map(|environment| {
            let database = environment.database.as_ref()?;
            let secret = environment.master_secret.as_ref()?;
            let fill = [
                ("cluster", environment.cluster.as_str()),
                ("database", database.name.as_str()),
                ("secret", secret.as_str()),
            ];
            let mut jobs = step("jobs", StepKind::Hand, &fill);
            jobs.scripts = vec![hand(JOBS)];
            Some(jobs)
        });
        steps.collect()
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

    /// What people do with the services of the hub, whose objects these are, once they run.
    pub(super) fn services(&self, objects: &[String]) -> Vec<ReportStep> {
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
        steps.extend(self.records(objects));
        let Some(services) = &hub.services else {
            return steps;
        };
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
