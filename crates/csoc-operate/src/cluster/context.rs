//! Which context of a kubeconfig leads to which cluster of the fleet.

use std::collections::BTreeMap;

use super::expected::ExpectedCluster;
use super::unread::Unread;

/// The contexts of a kubeconfig, and which of them somebody named for a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contexts {
    /// Each context with the name and the address of the cluster that it leads to.
    known: BTreeMap<String, Leads>,
    /// The contexts that somebody named, by cluster.
    named: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Leads {
    cluster: String,
    server: Option<String>,
}

/// Whether a context leads to a cluster.
type Way<'w> = dyn Fn(&str, &Leads) -> bool + 'w;

impl Contexts {
    /// Contexts by name, each with the name and the address of the cluster that it leads to.
    pub fn new(known: impl IntoIterator<Item = (String, String, Option<String>)>) -> Self {
        let known = known.into_iter();
        Self {
            known: known
                .map(|(name, cluster, server)| (name, Leads { cluster, server }))
                .collect(),
            named: BTreeMap::new(),
        }
    }

    /// The same with the contexts that somebody named, by cluster.
    #[must_use]
    pub fn named(mut self, named: BTreeMap<String, String>) -> Self {
        self.named = named;
        self
    }

    /// The context that leads to a cluster.
    ///
    /// The one that was named; else that of its recorded address; else that of its ARN; else the one of its name. Of
    /// several equally good ones the one of the cluster's name is taken, and none where there is none such.
    pub fn of(&self, cluster: &ExpectedCluster) -> Result<&str, Unread> {
        if let Some(context) = self.named.get(&cluster.name) {
            return match self.known.get_key_value(context) {
                Some((context, _)) => Ok(context),
                None => Err(Unread::NoSuchContext {
                    context: context.clone(),
                }),
            };
        }
        let by_server = |_: &str, leads: &Leads| match (&leads.server, &cluster.server) {
            (Some(found), Some(wanted)) => address(found) == address(wanted),
            _ => false,
        };
        let by_arn = |context: &str, leads: &Leads| {
            [context, &leads.cluster]
                .into_iter()
                .any(|name| is_arn_of(name, cluster))
        };
        let by_name =
            |context: &str, leads: &Leads| context == cluster.name || leads.cluster == cluster.name;
        let ways: [&Way<'_>; 3] = [&by_server, &by_arn, &by_name];
        for way in ways {
            let known = self.known.iter();
            let found: Vec<&str> = known
                .filter(|(context, leads)| way(context, leads))
                .map(|(context, _)| &**context)
                .collect();
            match &*found {
                [] => {}
                [one] => return Ok(one),
                several => {
                    let mut own = several.iter().filter(|context| **context == cluster.name);
                    return own.next().copied().ok_or_else(|| Unread::SeveralContexts {
                        contexts: several
                            .iter()
                            .map(|context| (*context).to_owned())
                            .collect(),
                    });
                }
            }
        }
        Err(Unread::NoContext)
    }
}

/// An address without what makes no difference.
fn address(server: &str) -> String {
    let server = server.trim_end_matches('/').to_ascii_lowercase();
    let plain = server.strip_suffix(":443").unwrap_or(&server);
    plain.to_owned()
}

/// Whether a name is the ARN of a cluster on EKS, which is how AWS names contexts.
fn is_arn_of(name: &str, cluster: &ExpectedCluster) -> bool {
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    let ["arn", _, "eks", region, account, resource] = *parts else {
        return false;
    };
    let is = |known: Option<&str>, found: &str| known.is_none_or(|known| known == found);
    resource.strip_prefix("cluster/") == Some(&*cluster.name)
        && is(cluster.account.as_deref(), account)
        && is(cluster.region.as_deref(), region)
}

#[cfg(test)]
mod tests {
    use super::{Contexts, ExpectedCluster, Unread};

    fn contexts(known: &[(&str, &str, &str)]) -> Contexts {
        Contexts::new(known.iter().map(|(name, cluster, server)| {
            (
                (*name).to_owned(),
                (*cluster).to_owned(),
                Some((*server).to_owned()),
            )
        }))
    }

    fn cluster() -> ExpectedCluster {
        ExpectedCluster {
            name: "main".to_owned(),
            account: Some("111122223333".to_owned()),
            region: Some("us-east-1".to_owned()),
            server: Some("https://ABC.eks.amazonaws.com".to_owned()),
            ..ExpectedCluster::default()
        }
    }

    const ARN: &str = "arn:aws:eks:us-east-1:111122223333:cluster/main";

    #[test]
    fn the_named_one_then_the_address_then_the_arn_then_the_name() {
        let all = contexts(&[
            ("main", "x", "https://other"),
            (ARN, ARN, "https://proxy"),
            ("mine", "y", "https://abc.eks.amazonaws.com:443/"),
            ("spare", "z", "https://spare"),
        ]);
        let named = [("main".to_owned(), "spare".to_owned())].into();
        assert_eq!(all.clone().named(named).of(&cluster()), Ok("spare"));
        assert_eq!(all.of(&cluster()), Ok("mine"));
        let mut unrecorded = cluster();
        unrecorded.server = None;
        assert_eq!(all.of(&unrecorded), Ok(ARN));
        unrecorded.account = Some("444455556666".to_owned());
        assert_eq!(all.of(&unrecorded), Ok("main"));
        unrecorded.name = "gone".to_owned();
        assert_eq!(all.of(&unrecorded), Err(Unread::NoContext));
    }

    #[test]
    fn of_several_that_of_its_name_and_else_none() {
        let two = contexts(&[
            ("main", "x", "https://abc.eks.amazonaws.com"),
            ("b", "x", "https://abc.eks.amazonaws.com"),
        ]);
        assert_eq!(two.of(&cluster()), Ok("main"));
        let two = contexts(&[("a", "main", "https://1"), ("b", "main", "https://2")]);
        let several = Unread::SeveralContexts {
            contexts: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(two.of(&cluster()), Err(several));
        let named = [("main".to_owned(), "c".to_owned())].into();
        let missing = Unread::NoSuchContext {
            context: "c".to_owned(),
        };
        assert_eq!(two.named(named).of(&cluster()), Err(missing));
    }
}
