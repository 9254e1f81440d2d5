//! An environment's Application, with what the fleet writes over it.

use crate::contract::EnvironmentContract;
use crate::model::cluster::Delivery;
use crate::model::network::RepositoryUrl;
use crate::resolve::EnvironmentRef;
use crate::rules::context::{FleetContext, is_rendered};
use crate::value::Node;

/// The cluster that an Argo CD runs in, by its address and by its name there.
pub(super) const HERE: [&str; 2] = ["https://kubernetes.default.svc", "in-cluster"];
/// Where an environment writes over its Application.
pub(super) const FIELDS: [&str; 2] = ["application", "fields"];

/// An environment's Application, with what the fleet writes over it.
pub(super) struct Subject<'a> {
    pub(super) at: &'a EnvironmentRef,
    pub(super) contract: &'a EnvironmentContract,
    pub(super) delivery: Delivery,
    pub(super) fields: Option<&'a Node>,
}

/// Every Application of an environment that is ours to write, in order.
pub(super) fn subjects<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let fleet = context.fleet;
    let ours = context
        .linked()
        .filter(|(_, contract)| is_rendered(contract.spec.management.applications));
    ours.filter_map(move |(at, contract)| {
        let layers = &fleet.environments.get(at)?.layers;
        Some(Subject {
            at,
            contract,
            delivery: fleet.cluster(contract.cluster.as_str())?.spec.delivery,
            fields: layers.merged.path(&FIELDS),
        })
    })
}

/// Every one that the fleet writes over.
pub(super) fn changed<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    subjects(context).filter(Subject::is_changed)
}

impl<'a> Subject<'a> {
    /// Whether the fleet writes over it.
    fn is_changed(&self) -> bool {
        let application = &self.contract.spec.application;
        self.fields.is_some() || application.project.is_some()
    }

    /// What stands in a field that nothing is derived for, or that is derived as `ours`.
    fn text(&self, path: &[&str], ours: Option<&'a str>) -> Option<&'a str> {
        if let Some(written) = self.fields.and_then(|fields| fields.path(path)) {
            return written.text().filter(|text| !text.is_empty());
        }
        let dotted = path.join(".");
        let mut omitted = self.contract.spec.application.omit.iter();
        let is_omitted = omitted.any(|omitted| {
            let below = dotted.strip_prefix(omitted.as_str());
            below.is_some_and(|below| below.is_empty() || below.starts_with('.'))
        });
        ours.filter(|_| !is_omitted)
    }

    /// Whether the hub's Argo CD delivers it.
    pub(super) fn is_pushed(&self) -> bool {
        self.delivery == Delivery::HubPush
    }

    /// The name of the cluster in the destination.
    pub(super) fn name(&self) -> Option<&'a str> {
        let ours = self.is_pushed().then(|| self.contract.cluster.as_str());
        self.text(&["spec", "destination", "name"], ours)
    }

    /// The address of the cluster in the destination.
    pub(super) fn server(&self) -> Option<&'a str> {
        let ours = (!self.is_pushed()).then_some(HERE[0]);
        self.text(&["spec", "destination", "server"], ours)
    }

    /// The namespace in the destination.
    pub(super) fn namespace(&self) -> Option<&'a str> {
        let ours = Some(self.contract.namespace.as_str());
        self.text(&["spec", "destination", "namespace"], ours)
    }

    /// The project that bounds it.
    pub(super) fn project(&self) -> Option<&'a str> {
        let project = self.contract.spec.application.project.as_ref();
        let commons = self.at.commons.as_str();
        let ours = project.map_or(commons, |project| project.as_str());
        self.text(&["spec", "project"], Some(ours))
    }

    /// Its name in Argo CD.
    pub(super) fn application(&self) -> Option<&'a str> {
        let ours = Some(self.contract.application.name.as_str());
        self.text(&["metadata", "name"], ours)
    }

    /// What the destination says twice: a name and an address.
    pub(super) fn twice(&self) -> Option<(&'a str, &'a str)> {
        Some((self.name()?, self.server()?))
    }

    /// The cluster that it goes to; nothing where only its Argo CD knows.
    pub(super) fn target(&self) -> Option<&'a str> {
        match (self.name(), self.server()) {
            (Some(name), _) if name != HERE[1] => Some(name),
            (None, Some(server)) if server.trim_end_matches('/') != HERE[0] => None,
            (None, None) => None,
            _ => Some(self.contract.application.instance.as_str()),
        }
    }

    /// Whether it goes where the environment is, as far as can be told.
    pub(super) fn stays(&self) -> bool {
        let target = self.target();
        target.is_none_or(|target| target == self.contract.cluster.as_str())
    }

    /// The repositories that it takes charts and values from.
    pub(super) fn repositories(&self, context: &FleetContext<'a>) -> Vec<(&'a str, &'static str)> {
        let spec = self.fields.and_then(|fields| fields.get("spec"));
        let sources = spec.and_then(|spec| spec.get("sources")).map(Node::items);
        let source = spec.and_then(|spec| spec.get("source"));
        let written = sources.map(|list| (list, "sources"));
        let written = written.or_else(|| Some((std::slice::from_ref(source?), "source")));
        if let Some((list, field)) = written {
            let addresses = list.iter().filter_map(|one| one.get("repoURL")?.text());
            return addresses.map(|address| (address, field)).collect();
        }
        let ours = own_repositories(context, self.contract);
        ours.map(|address| (address, "sources")).collect()
    }
}

/// The repositories of an environment's chart and of its values, as we write them.
pub(super) fn own_repositories<'a>(
    context: &FleetContext<'a>,
    contract: &'a EnvironmentContract,
) -> impl Iterator<Item = &'a str> {
    let own = contract.spec.chart.as_ref();
    let own = own.and_then(|chart| chart.repository.as_ref());
    let fleet = &context.fleet.spec;
    let chart = own.or_else(|| Some(&fleet.charts.gen3.as_ref()?.repository));
    let gitops = fleet.gitops.as_ref().map(|gitops| &gitops.repository);
    chart.into_iter().chain(gitops).map(RepositoryUrl::as_str)
}
