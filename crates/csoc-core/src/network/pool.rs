//! Free networks in a pool: the first of a size, and how many there are.

use ipnet::Ipv4Net;

/// The first network of that prefix in the pool that touches nothing taken.
pub(crate) fn first_free(pool: &[Ipv4Net], taken: &[Ipv4Net], prefix: u8) -> Option<Ipv4Net> {
    pool.iter()
        .find_map(|range| first_in(*range, taken, prefix))
}

/// How many networks of that prefix the pool has left.
pub(crate) fn count_free(pool: &[Ipv4Net], taken: &[Ipv4Net], prefix: u8) -> u64 {
    pool.iter()
        .map(|range| {
            let touching: Vec<Ipv4Net> = taken
                .iter()
                .filter(|other| overlaps(*range, **other))
                .copied()
                .collect();
            free_in(*range, &touching, prefix)
        })
        .sum()
}

/// How many networks of that prefix the pool has in all.
pub(crate) fn count(pool: &[Ipv4Net], prefix: u8) -> u64 {
    count_free(pool, &[], prefix)
}

/// Whether two networks share an address.
pub(crate) fn overlaps(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other) || other.contains(&one)
}

/// Goes from network to network, and behind whatever is taken: as many steps as there is taken, however large the range.
fn first_in(range: Ipv4Net, taken: &[Ipv4Net], prefix: u8) -> Option<Ipv4Net> {
    if range.prefix_len() > prefix || prefix > 32 {
        return None;
    }
    let size = 1u64 << (32 - prefix);
    let end = u64::from(u32::from(range.broadcast()));
    let mut start = u64::from(u32::from(range.network()));
    while start <= end {
        let candidate = Ipv4Net::new(u32::try_from(start).ok()?.into(), prefix).ok()?;
        let Some(in_the_way) = taken.iter().find(|other| overlaps(candidate, **other)) else {
            return Some(candidate);
        };
        let behind = u64::from(u32::from(in_the_way.broadcast())) + 1;
        start = behind.div_ceil(size) * size;
    }
    None
}

/// Halves the range until each half is free or taken.
fn free_in(range: Ipv4Net, taken: &[Ipv4Net], prefix: u8) -> u64 {
    if range.prefix_len() > prefix || prefix > 32 {
        return 0;
    }
    if taken.is_empty() {
        return 1u64 << (prefix - range.prefix_len());
    }
    if range.prefix_len() == prefix || taken.iter().any(|other| other.contains(&range)) {
        return 0;
    }
    let Ok(halves) = range.subnets(range.prefix_len() + 1) else {
        return 0;
    };
    halves
        .map(|half| {
            let touching: Vec<Ipv4Net> = taken
                .iter()
                .filter(|other| overlaps(half, **other))
                .copied()
                .collect();
            free_in(half, &touching, prefix)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nets(texts: &[&str]) -> Vec<Ipv4Net> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_first_free_network_is_behind_what_is_taken() {
        let pool = nets(&["10.0.0.0/14"]);
        let first = |taken: &[&str], prefix| first_free(&pool, &nets(taken), prefix);
        assert_eq!(first(&[], 16).unwrap().to_string(), "10.0.0.0/16");
        let taken = ["10.0.0.0/16", "10.1.128.0/20", "10.3.0.0/24"];
        assert_eq!(first(&taken, 16).unwrap().to_string(), "10.2.0.0/16");
        assert_eq!(first(&taken, 20).unwrap().to_string(), "10.1.0.0/20");
        assert_eq!(first(&["10.0.0.0/8"], 16), None);
        assert_eq!(first(&[], 13), None);
        let last = nets(&["255.255.0.0/16"]);
        assert_eq!(first_free(&last, &last, 16), None);
        assert_eq!(count_free(&pool, &nets(&taken), 16), 1);
        assert_eq!(count(&pool, 16), 4);
    }

    proptest! {
        #[test]
        fn taking_the_first_free_takes_all_that_is_counted(
            taken in prop::collection::vec((0u32..=0x3_ffff, 14u8..=24), 0..12), prefix in 15u8..=20,
        ) {
            let pool = nets(&["10.0.0.0/14"]);
            let mut taken: Vec<Ipv4Net> = taken
                .into_iter()
                .map(|(at, length)| Ipv4Net::new((0x0a00_0000 + at).into(), length).unwrap().trunc())
                .collect();
            let mut left = count_free(&pool, &taken, prefix);
            while let Some(next) = first_free(&pool, &taken, prefix) {
                prop_assert!(taken.iter().all(|other| !overlaps(*other, next)));
                taken.push(next);
                prop_assert!(left > 0);
                left -= 1;
            }
            prop_assert_eq!(left, 0);
        }
    }
}
