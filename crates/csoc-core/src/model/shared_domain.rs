//! The domain that hosts lie in together, which a cookie must name to reach all of them.

/// Second labels of country domains below which anybody may register: `co.uk`, `ac.jp`.
const REGISTRIES: [&str; 8] = ["ac", "co", "com", "edu", "gov", "net", "or", "org"];

/// The longest domain that all of the hosts are, or lie below; none where browsers take no cookie for it.
///
/// A browser refuses cookies of what a registry hands out. Registries that
/// have more rules than country domains have are not known here.
pub(crate) fn shared_domain<'h>(hosts: impl IntoIterator<Item = &'h str>) -> Option<String> {
    let mut hosts = hosts.into_iter();
    let mut shared: Vec<&str> = hosts.next()?.rsplit('.').collect();
    for host in hosts {
        let same = shared
            .iter()
            .zip(host.rsplit('.'))
            .take_while(|(one, two)| *one == two)
            .count();
        shared.truncate(same);
    }
    let is_registry = match &*shared {
        [] | [_] => true,
        [country, second] => country.len() == 2 && REGISTRIES.contains(second),
        _ => false,
    };
    if is_registry {
        return None;
    }
    shared.reverse();
    Some(shared.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_reach_all_hosts_of_a_domain_that_somebody_owns() {
        for (hosts, domain) in [
            (
                &["hub.example.org", "a.hub.example.org"][..],
                Some("hub.example.org"),
            ),
            (
                &["atlas.example.org", "genomes.example.org"],
                Some("example.org"),
            ),
            (&["hub.example.org"], Some("hub.example.org")),
            (
                &["a.example.org", "b.a.example.org", "c.example.org"],
                Some("example.org"),
            ),
            (&["atlas.example.org", "atlas.example.com"], None),
            (&["atlas.org", "genomes.org"], None),
            (&["atlas.ac.uk", "genomes.ac.uk"], None),
            (&["a.atlas.ac.uk", "b.atlas.ac.uk"], Some("atlas.ac.uk")),
            (&["xhub.org", "hub.org"], None),
        ] {
            assert_eq!(
                shared_domain(hosts.iter().copied()).as_deref(),
                domain,
                "{hosts:?}"
            );
        }
    }
}
