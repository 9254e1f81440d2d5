//! Values of the two charts: as few as there can be.

use super::{Delivery, People};
use crate::backend::argocd::{PLATFORM, of_platform, root};
use crate::contract::ARGO_CD;
use crate::hcl::{Expression, Layout};
use crate::value::Node;

/// What answers people and reads repositories, by its name in the chart.
const COPIED: [&str; 3] = ["applicationSet", "repoServer", "server"];
/// What asks other clusters for something.
const PUSHING: [&str; 3] = ["applicationSet", "controller", "server"];
/// Where people find it that has no host of its own: `kubectl port-forward`.
const ADDRESS: &str = "https://localhost:8080";
/// Seconds that a sync may last, with all its waiting for health and all its tries: longer than a cluster takes to come up.
/// Without an end Argo CD applies no commit to an Application that waits for what that commit would mend. What was given up
/// is begun anew by the next commit, or by a person.
const SYNC_TIMEOUT: u32 = 7200;
/// When an Application is healthy: as it says itself, and where a person has yet to sync it for the first time. Without this,
/// waves of Applications do not wait for each other, or would wait for somebody.
const APPLICATION_HEALTH: &str = "\
local health = obj.status and obj.status.health or {}
local policy = obj.spec and obj.spec.syncPolicy or {}
if health.status == \"Missing\" and not policy.automated then
  return { status = \"Healthy\", message = \"a person syncs it\" }
end
return { status = health.status or \"Progressing\", message = health.message or \"\" }
";

impl Delivery {
    /// Values of the chart argo-cd.
    pub(super) fn values(&self) -> Expression {
        let off = || Expression::object([("enabled", Expression::from(false))]);
        let people = self.people.as_deref();
        let address = people.map(|people| people.address.as_str());
        let mut settings = vec![
            (
                "resource.customizations.health.argoproj.io_Application",
                Expression::from(APPLICATION_HEALTH).layout(Layout::Heredoc),
            ),
            ("url", address.unwrap_or(ADDRESS).into()),
        ];
        settings.extend(people.into_iter().flat_map(People::settings));
        settings.sort_by_key(|(name, _)| *name);
        let settings = Expression::object(settings).layout(Layout::Broken);
        let parameters = people.map(|_| People::parameters());
        let parameters = [("controller.sync.timeout.seconds", SYNC_TIMEOUT.into())]
            .into_iter()
            .chain(parameters);
        let mut configs = vec![("cm", settings), ("params", Expression::object(parameters))];
        configs.extend(people.map(|people| ("rbac", people.roles())));
        let configs = Expression::object(configs).layout(Layout::Broken);
        let notifications = people.and_then(People::notifications);
        let mut values = vec![
            ("configs", configs),
            ("dex", off()),
            ("notifications", notifications.unwrap_or_else(off)),
        ];
        for part in ["applicationSet", "controller", "repoServer", "server"] {
            let fields = self.part(part);
            if !fields.is_empty() {
                values.push((part, Expression::object(fields)));
            }
        }
        values.sort_by_key(|(name, _)| *name);
        Expression::object(values).layout(Layout::Broken)
    }

    /// What is said of a part of Argo CD.
    fn part(&self, part: &str) -> Vec<(&'static str, Expression)> {
        let mut fields = Vec::new();
        if COPIED.contains(&part) && self.contract.replicas > 1 {
            let budget = Expression::object([
                ("enabled", Expression::from(true)),
                ("minAvailable", Expression::from(1)),
            ]);
            fields.push(("pdb", budget));
            fields.push((
                "replicas",
                Expression::from(u32::from(self.contract.replicas)),
            ));
        }
        // Sets of environments that are synced tier by tier are: Argo CD does it only where it is told to.
        if part == "applicationSet" && self.pusher.is_some() {
            let arguments = Expression::list(["--enable-progressive-syncs"]);
            fields.push(("extraArgs", arguments));
        }
        if let Some(role) = self.pusher.as_deref().filter(|_| PUSHING.contains(&part)) {
            let annotations = Expression::object([("eks.amazonaws.com/role-arn", role.into())]);
            fields.push((
                "serviceAccount",
                Expression::object([("annotations", annotations)]),
            ));
        }
        fields
    }

    /// Values of the chart argocd-apps: the root and the project that it is in, as the tree holds them.
    pub(super) fn root(&self) -> Expression {
        let (name, root) = root(self.cluster.as_str(), &self.gitops);
        let named = |name: &str, spec: Node| {
            let mut object = Node::map();
            object.insert("namespace", ARGO_CD.into());
            for entry in spec.entries() {
                object.insert(entry.key.clone(), entry.node.clone());
            }
            let mut objects = Node::map();
            objects.insert(name, object);
            objects
        };
        let mut values = Node::map();
        values.insert("applications", named(&name, root));
        values.insert("projects", named(PLATFORM, of_platform(&self.platform)));
        Expression::try_from(&values).expect("texts and switches of ours are known")
    }
}
