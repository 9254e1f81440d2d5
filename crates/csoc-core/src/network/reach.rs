//! How many addresses a list of networks lets in, and whether it lets in all of another network.
//!
//! What is listed twice counts once, and neighbours count as the network that they make: a list is as wide as all of it.

use ipnet::IpNet;

/// The widest networks of IPv4 and IPv6 that somebody can answer for: what one provider gives one organization.
const WIDEST: [u8; 2] = [8, 32];
/// Networks that no request from the internet comes from, so that they make no list wider.
const PRIVATE: [&str; 5] = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
];

/// A list that lets in more addresses of a family than somebody can answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Excess {
    /// The family, as people call it.
    pub(crate) family: &'static str,
    /// The prefix of the widest network that somebody can answer for.
    pub(crate) widest: u8,
    /// As many of those networks as the list lets in, rounded up.
    pub(crate) times: u128,
}

/// The prefix of the widest network of its family that somebody can answer for.
pub(crate) const fn widest(network: IpNet) -> u8 {
    let [v4, v6] = WIDEST;
    match network {
        IpNet::V4(_) => v4,
        IpNet::V6(_) => v6,
    }
}

/// The families of which a list lets in too much, IPv4 first.
pub(crate) fn excesses(networks: impl IntoIterator<Item = IpNet>) -> Vec<Excess> {
    let public: Vec<IpNet> = networks.into_iter().filter(|it| !is_private(*it)).collect();
    let union = IpNet::aggregate(&public);
    let of = |is_v4: bool| {
        let blocks = union
            .iter()
            .filter(move |network| matches!(network, IpNet::V4(_)) == is_v4);
        let all = blocks.map(size).fold(0, u128::saturating_add);
        let (family, bits, widest) = if is_v4 {
            ("IPv4", 32, WIDEST[0])
        } else {
            ("IPv6", 128, WIDEST[1])
        };
        let limit = 1u128 << (bits - u32::from(widest));
        (all > limit).then(|| Excess {
            family,
            widest,
            times: all.div_ceil(limit),
        })
    };
    [true, false].into_iter().filter_map(of).collect()
}

/// Whether a list lets in all of a network, by one entry or by several together.
pub(crate) fn covers(networks: impl IntoIterator<Item = IpNet>, network: IpNet) -> bool {
    let all: Vec<IpNet> = networks.into_iter().collect();
    IpNet::aggregate(&all)
        .iter()
        .any(|part| part.contains(&network))
}

/// Whether a list lets in everyone of a family, by one entry or by several together. What is no network counts nothing.
pub(crate) fn is_everyone<'a>(networks: impl IntoIterator<Item = &'a str>) -> bool {
    let parsed = networks.into_iter().filter_map(|text| text.parse().ok());
    let all: Vec<IpNet> = parsed.collect();
    IpNet::aggregate(&all)
        .iter()
        .any(|part| part.prefix_len() == 0)
}

/// Whether somebody may come from a network over the internet: part of it at least is no private one.
pub(crate) fn is_public(network: IpNet) -> bool {
    !is_private(network)
}

fn is_private(network: IpNet) -> bool {
    let ranges = PRIVATE.iter().filter_map(|text| text.parse().ok());
    ranges
        .into_iter()
        .any(|range: IpNet| range.contains(&network))
}

/// The addresses of a network; all of IPv6 are one more than can be counted.
fn size(network: &IpNet) -> u128 {
    let host_bits = u32::from(network.max_prefix_len() - network.prefix_len());
    1u128.checked_shl(host_bits).unwrap_or(u128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn times(texts: &[&str]) -> Vec<(&'static str, u128)> {
        let all = excesses(networks(texts)).into_iter();
        all.map(|excess| (excess.family, excess.times)).collect()
    }

    #[test]
    fn a_list_is_as_wide_as_all_of_it() {
        assert_eq!(times(&["0.0.0.0/1", "128.0.0.0/1"]), [("IPv4", 256)]);
        assert_eq!(times(&["::/1", "8000::/1"]).len(), 1);
        assert_eq!(times(&["203.0.0.0/8"]), []);
        assert_eq!(times(&["203.0.0.0/8", "198.51.100.7/32"]), [("IPv4", 2)]);
        assert_eq!(
            times(&["203.0.0.0/8", "203.0.0.0/8", "203.0.113.0/24"]),
            [],
            "twice counts once"
        );
        let eighths: Vec<String> = (1..=221).map(|at| format!("{at}.0.0.0/8")).collect();
        let eighths: Vec<&str> = eighths.iter().map(String::as_str).collect();
        assert_eq!(
            times(&eighths),
            [("IPv4", 220)],
            "10.0.0.0/8 comes from nowhere"
        );
        assert_eq!(
            times(&[
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "2001:db8::/32"
            ]),
            []
        );
        assert_eq!(
            times(&["0.0.0.0/7", "2001:db8::/31"]),
            [("IPv4", 2), ("IPv6", 2)]
        );
        assert_eq!(times(&[]), []);
    }

    #[test]
    fn halves_are_everyone() {
        assert!(is_everyone(["0.0.0.0/0"]));
        assert!(is_everyone(["0.0.0.0/1", "192.0.0.0/2", "128.0.0.0/2"]));
        assert!(is_everyone(["192.0.2.0/24", "::/0"]));
        assert!(!is_everyone(["0.0.0.0/1", "8000::/1", "var.cidr"]));
    }

    #[test]
    fn halves_let_in_what_the_whole_does() {
        let list = networks(&["198.51.100.0/25", "198.51.100.128/25"]);
        assert!(covers(list.clone(), "198.51.100.0/24".parse().unwrap()));
        assert!(!covers(list, "198.51.0.0/16".parse().unwrap()));
    }
}
