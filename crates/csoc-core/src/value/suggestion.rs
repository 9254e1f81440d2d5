//! The word that was probably meant.

/// The closest of the candidates: the same but for case, dashes and underscores, the same
/// letters in another order, or at most two typing errors away (one in short words).
pub(crate) fn closest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let plain = simplified(word);
    let letters = sorted(&plain);
    let allowed = match word.chars().count() {
        0 => return None,
        1..=2 => 0,
        3..=4 => 1,
        _ => 2,
    };
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = simplified(candidate);
            let distance = if other == plain {
                0
            } else if plain.len() > 2 && sorted(&other) == letters {
                1
            } else {
                distance(&plain, &other, allowed)?
            };
            Some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn simplified(word: &str) -> Vec<char> {
    word.chars()
        .filter(|char| !matches!(char, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

fn sorted(letters: &[char]) -> Vec<char> {
    let mut letters = letters.to_vec();
    letters.sort_unstable();
    letters
}

/// The number of letters added, left out, changed, or swapped with their neighbour; `None` past `limit`.
fn distance(one: &[char], two: &[char], limit: usize) -> Option<usize> {
    if one.len().abs_diff(two.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=two.len()).collect();
    let mut over = None;
    for (a, mut left) in one.iter().zip(1_usize..) {
        let mut line = vec![left];
        let mut beside = None;
        let mut swaps = before.iter();
        for ([diagonal, up], b) in above.array_windows().zip(two) {
            let changed = diagonal.saturating_add(usize::from(a != b));
            let mut cost = changed.min(up.saturating_add(1).min(left.saturating_add(1)));
            // The first letters have none before them to be swapped with.
            if let Some(swapped) = beside.and_then(|_| swaps.next())
                && beside == Some(a)
                && over == Some(b)
            {
                cost = cost.min(swapped.saturating_add(1));
            }
            line.push(cost);
            left = cost;
            beside = Some(b);
        }
        over = Some(a);
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("host_name", Some("hostname"))]
    #[case("hostnmae", Some("hostname"))]
    #[case("hostnme", Some("hostname"))]
    #[case("Cluster", Some("cluster"))]
    #[case("teir", Some("tier"))]
    #[case("prd", Some("prod"))]
    #[case("x", None)]
    #[case("", None)]
    #[case("bananas", None)]
    fn suggests(#[case] word: &str, #[case] expected: Option<&str>) {
        assert_eq!(
            closest(word, ["hostname", "cluster", "tier", "prod", "id"]),
            expected
        );
    }
}
