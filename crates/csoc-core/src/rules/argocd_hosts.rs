//! Rules about the hosts of clusters' own Argo CDs: whether each can have its host, and who reaches it.

use super::allow_lists::{is_written_empty, item_place, networks};
use super::context::FleetContext;
use crate::contract::{LoadBalancerContract, argocd_entrance, asked_services, sign_in};
use crate::diagnostic::Diagnostics;
use crate::model::argocd::ArgoCd;
use crate::model::cluster::{Cluster, Delivery, Scheme};
use crate::model::hub::{AdminUser, AllowedNetwork};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::network::covers;

/// A cluster whose Argo CD is to have a host.
struct Subject<'a> {
    name: &'a ObjectName,
    spec: &'a Cluster,
    argocd: &'a ArgoCd,
    host: &'a Hostname,
}

impl<'a> Subject<'a> {
    fn path(&self, field: &'static str) -> [&'a str; 4] {
        ["clusters", self.name.as_str(), "argocd", field]
    }

    /// The load balancer that it is behind; none where it cannot have its host.
    fn balancer(&self, context: &FleetContext<'a>) -> Option<&'a LoadBalancerContract> {
        let entrance = argocd_entrance(context.fleet, self.name, self.spec)?;
        let mut balancers = context
            .contracts
            .clusters
            .get(self.name)?
            .load_balancers
            .iter();
        balancers.find(|it| entrance.balancer.is_none_or(|name| *name == it.name))
    }

    /// Who else has the host.
    fn twin(&self, context: &FleetContext<'a>) -> Option<String> {
        let environment = context.environment_of(self.host);
        let hub = context.fleet.spec.hub.as_ref();
        let services = hub.map(asked_services).unwrap_or_default();
        let service = services
            .into_iter()
            .find(|(_, host)| host.as_ref() == Some(self.host));
        let cluster = subjects(context).find(|it| it.name < self.name && it.host == self.host);
        let environment = environment.map(|at| format!("the environment `{at}`"));
        environment
            .or_else(|| service.map(|(kind, _)| format!("{} of the hub", kind.title())))
            .or_else(|| cluster.map(|it| format!("the Argo CD of the cluster `{}`", it.name)))
    }

    /// Why it cannot have its host, and what to do.
    fn obstacle(&self, context: &FleetContext<'a>) -> Option<(String, String)> {
        let host = self.host;
        let account = context.fleet.account(self.spec.account.as_str());
        let domain = account.and_then(|account| account.domain.as_ref());
        let hub = context.fleet.spec.hub.as_ref();
        let is_hub =
            hub.is_some_and(|hub| hub.cluster.as_ref() == Some(self.name) && hub.argocd.is_some());
        let because = |why: &str, help: &str| Some((why.to_owned(), help.to_owned()));
        if let Some(twin) = self.twin(context) {
            return Some((
                format!("`{host}` is also the host of {twin}"),
                "give each a host of its own".to_owned(),
            ));
        }
        if self.balancer(context).is_some() {
            return None;
        }
        if self.spec.delivery == Delivery::HubPush {
            return because(
                "the hub's Argo CD delivers to this cluster, which has none of its own",
                "take the host out; that of the hub's is `hub.argocd.host`",
            );
        }
        if is_hub {
            return because(
                "the Argo CD of the hub's cluster has the host that `hub.argocd` says",
                "say the host there, and who reaches it in `hub.allowLists.argocd`",
            );
        }
        match domain {
            Some(domain) if host.is_within(domain) => because(
                "no load balancer of AWS that we know leads to an Argo CD that we install in this cluster",
                "it takes a cluster on EKS whose Terraform and applications are ours, with a load balancer `public`, or only one, that is no controller's",
            ),
            Some(domain) => Some((
                format!(
                    "`{host}` is not below the account's domain `{domain}`, so that no certificate can be proved for it"
                ),
                format!("name a host such as `argocd.{domain}`"),
            )),
            None => because(
                "the cluster's account has no domain, so that no certificate can be proved",
                "give the account its domain, or take the host out",
            ),
        }
    }
}

fn subjects<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let clusters = context.fleet.clusters.iter();
    clusters.filter_map(|(name, cluster)| {
        let argocd = cluster.spec.argocd.as_ref()?;
        Some(Subject {
            name,
            spec: &cluster.spec,
            argocd,
            host: argocd.host.as_ref()?,
        })
    })
}

/// The lists of clusters' own Argo CDs that the internet reaches.
pub(super) fn public_lists<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a ObjectName, &'a [AllowedNetwork])> {
    let public = subjects(context).filter(|subject| {
        let balancer = subject.balancer(context);
        balancer.is_some_and(|balancer| balancer.scheme == Scheme::InternetFacing)
    });
    public.map(|subject| (subject.name, subject.argocd.allow_list.as_slice()))
}

/// A host is one that the cluster's Argo CD can have.
pub(crate) fn argocd_host_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some((message, help)) = subject.obstacle(context) else {
            continue;
        };
        let path = subject.path("host");
        found.push(
            context
                .finding(&path, message)
                .help(help)
                .label(context.place(&path), "this host"),
        );
    }
}

/// Argo CD is for those who run the cluster.
pub(crate) fn argocd_allow_list_empty(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let is_public = subject
            .balancer(context)
            .is_some_and(|balancer| balancer.scheme == Scheme::InternetFacing);
        let path = subject.path("allowList");
        let is_said = is_written_empty(context, &path);
        if !is_public || is_said || !subject.argocd.allow_list.is_empty() {
            continue;
        }
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "the whole internet reaches `{}`: the allow-list of the cluster's Argo CD is empty",
                        subject.host
                    ),
                )
                .help("list the networks of those who use it, with who answers for each: { cidr: 198.51.100.0/24, owner: who@example.org, expires: 2027-03-31 }, or put it behind an internal load balancer")
                .label(context.place(&subject.path("host")), "reached by everyone"),
        );
    }
}

/// A list is held to by a web ACL.
pub(crate) fn argocd_allow_list_unenforced(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let balancer = subject.balancer(context);
        let Some(balancer) = balancer.filter(|it| it.web_acl.is_none()) else {
            continue;
        };
        if subject.argocd.allow_list.is_empty() {
            continue;
        }
        let path = subject.path("allowList");
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "nothing enforces the allow-list of the cluster's Argo CD: the load balancer `{}` has no web ACL",
                        balancer.name
                    ),
                )
                .help("give the load balancer one: webAcl: managed")
                .label(context.place(&path), "has no effect"),
        );
    }
}

/// No list leaves out those who run the fleet.
pub(crate) fn argocd_operators_locked_out(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let operators = context.fleet.spec.hub.iter().flat_map(|hub| &hub.operators);
    let operators: Vec<_> = operators.enumerate().collect();
    for subject in subjects(context) {
        let list = &subject.argocd.allow_list;
        if list.is_empty() {
            continue;
        }
        let path = subject.path("allowList");
        for (at, operator) in &operators {
            if covers(networks(list), operator.cidr.network()) {
                continue;
            }
            let place = item_place(context, &["hub", "operators"], *at, "cidr");
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the allow-list of the cluster's Argo CD leaves out `{}`, from where {} runs the fleet",
                            operator.cidr, operator.owner
                        ),
                    )
                    .help("add the network to the list, or take it out of `hub.operators`")
                    .label(context.place(&path), "does not hold it")
                    .label(place, "an operator's network"),
            );
        }
    }
}

/// Somebody can change a cluster's Argo CD.
pub(crate) fn argocd_admin_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let sign_in = sign_in(context.fleet);
    let has_admins = sign_in.is_some_and(|it| !it.spec.groups.admins.is_empty());
    let clusters = context.fleet.clusters.iter();
    let disabled = clusters.filter_map(|(name, cluster)| {
        let argocd = cluster.spec.argocd.as_ref()?;
        (argocd.admin_user == AdminUser::Disabled).then_some((name, argocd))
    });
    for (name, argocd) in disabled {
        let why = match argocd.host {
            None => "nobody signs in where it has no host",
            Some(_) if has_admins => continue,
            Some(_) => "no group is one of admins",
        };
        let path = ["clusters", name.as_str(), "argocd", "adminUser"];
        found.push(
            context
                .finding(
                    &path,
                    format!("nobody can change the Argo CD of `{name}`: its user `admin` is disabled, and {why}"),
                )
                .help("name a host and a group: hub: { signIn: { groups: { admins: [platform] } } }, sign in as one of it, and disable the user then")
                .label(context.place(&path), "disabled"),
        );
    }
}
