//! Looking again and again: when each cluster is asked the next time, and what it said the last time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::expected::{Expectation, ExpectedCluster};
use super::snapshot::{Seen, Snapshot};
use super::unread::Unread;

/// How long a cluster that cannot be read is left alone at most.
const LONGEST: Duration = Duration::from_mins(5);

/// When each cluster is asked the next time, and what it said the last time.
///
/// One that cannot be read is asked half as often each time, down to once in five minutes.
#[derive(Debug)]
pub struct Rounds {
    every: Duration,
    said: BTreeMap<String, Result<Seen, Unread>>,
    next: BTreeMap<String, (Instant, Duration)>,
}

impl Rounds {
    /// Each cluster after that time again; all of them at first.
    pub const fn new(every: Duration) -> Self {
        Self {
            every,
            said: BTreeMap::new(),
            next: BTreeMap::new(),
        }
    }

    /// The clusters that are to be asked now.
    pub fn due<'e>(&self, expectation: &'e Expectation) -> Vec<&'e ExpectedCluster> {
        let now = Instant::now();
        let is_due = |it: &&ExpectedCluster| {
            let next = self.next.get(&it.name);
            next.is_none_or(|(at, _)| *at <= now)
        };
        expectation.instances().filter(is_due).collect()
    }

    /// How long none of them is to be asked.
    pub fn pause(&self, expectation: &Expectation) -> Duration {
        let now = Instant::now();
        let until = expectation.instances().map(|it| {
            let next = self.next.get(&it.name);
            next.map_or(Duration::ZERO, |(at, _)| at.saturating_duration_since(now))
        });
        until.min().unwrap_or(self.every)
    }

    /// Takes what some clusters said; gives what all of them said last.
    #[must_use]
    pub fn take(&mut self, snapshot: Snapshot) -> Snapshot {
        let now = Instant::now();
        for (cluster, said) in snapshot.clusters {
            let before = self
                .next
                .get(&cluster)
                .map_or(self.every, |(_, wait)| *wait);
            let wait = match &said {
                Ok(_) => self.every,
                // Twice as long each time, and never less often than somebody wants to know of it.
                Err(_) => before.saturating_mul(2).min(LONGEST.max(self.every)),
            };
            self.next.insert(cluster.clone(), (now + wait, wait));
            self.said.insert(cluster, said);
        }
        Snapshot::new(snapshot.at, self.said.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::Rounds;
    use crate::cluster::{
        Expectation, ExpectedApplication, ExpectedCluster, Scope, Seen, Snapshot, Unread,
    };

    #[test]
    fn what_is_not_read_is_asked_less_and_less_often() {
        let of = |name: &str| ExpectedApplication {
            cluster: name.to_owned(),
            ..ExpectedApplication::default()
        };
        let named = |name: &str| ExpectedCluster {
            name: name.to_owned(),
            ..ExpectedCluster::default()
        };
        let expectation = Expectation {
            clusters: vec![named("down"), named("up")],
            applications: vec![of("down"), of("up")],
            ..Expectation::default()
        };
        let minute = Duration::from_mins(1);
        let mut rounds = Rounds::new(minute);
        assert_eq!(rounds.due(&expectation).len(), 2);
        assert_eq!(rounds.pause(&expectation), Duration::ZERO);
        let up = || ("up".to_owned(), Ok(Seen::new(&[], Scope::Everywhere)));
        let down = || ("down".to_owned(), Err(Unread::Refused));
        for minutes in [2, 4, 5, 5] {
            let all = rounds.take(Snapshot::new(Timestamp::UNIX_EPOCH, [down()]));
            assert_eq!(all.clusters["down"], Err(Unread::Refused));
            assert_eq!(rounds.next["down"].1, minute * minutes);
        }
        let all = rounds.take(Snapshot::new(Timestamp::UNIX_EPOCH, [up()]));
        assert_eq!(all.clusters.len(), 2);
        assert!(rounds.due(&expectation).is_empty());
        let pause = rounds.pause(&expectation);
        assert!(pause <= minute && pause > minute / 2, "{pause:?}");
    }
}
