//! Alarms of a cluster: its databases, search domains and backups, and messages that nobody could work off.

use super::alarm::Alarm;
use super::{AlarmedDatabase, AlarmedSearch, Alarms};
use crate::backend::terraform::credential::Credential;
use crate::backend::terraform::place::label;
use crate::backend::terraform::root::Content;
use crate::hcl::Body;

/// Percent of the processors, or of the capacity that a database grows within.
const BUSY: u64 = 90;
/// Bytes of a machine's own disk, where a database sorts and logs: 4 GiB.
const LOCAL_SPACE: u64 = 4 << 30;
/// Bytes of a database, which may grow to 128 TiB: 100 TiB.
const VOLUME: u64 = 100 << 40;
/// Percent of the memory of a search node that its own records take.
const MEMORY: u64 = 92;
/// A day in seconds.
const DAY: u32 = 86_400;

impl Alarms {
    /// The layer's content.
    pub(in crate::backend::terraform) fn content(&self) -> Content {
        let mut alarms = Vec::new();
        for database in &self.databases {
            alarms.extend(of_database(database));
        }
        for search in &self.search {
            alarms.extend(self.of_search(search));
        }
        if let Some(vault) = &self.vault {
            alarms.push(
                Alarm::above(
                    "backups",
                    ("AWS/Backup", "NumberOfBackupJobsFailed", "Sum"),
                    0,
                    format!("A backup into {vault} failed"),
                )
                .of("BackupVaultName", vault.as_str())
                .during(DAY, 1)
                .quiet(),
            );
        }
        for queue in &self.queues {
            alarms.push(
                Alarm::above(
                    queue.label.as_str(),
                    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
                    0,
                    format!("{} holds messages that could not be worked off", queue.name),
                )
                .of("QueueName", queue.name.as_str())
                .during(300, 1)
                .quiet(),
            );
        }
        let prefix = format!("gen3-{}", self.cluster);
        let blocks = alarms
            .into_iter()
            .map(|alarm| alarm.block(&prefix, &self.topics));
        Content {
            main: self.host(self.relay(Body::new().blocks(blocks))),
            outputs: Vec::new(),
        }
    }

    /// What is shown when something is sent between clusters.
    fn relay(&self, body: Body) -> Body {
        let Some(relay) = &self.relay else {
            return body;
        };
        let body = body
            .comment("What clusters show to each other when they send metrics, logs and traces: a container only, which a person fills.")
            .blank();
        Credential {
            place: &self.place,
            cluster: &self.cluster,
            label: "passwords",
            secret: &relay.secret,
            description: format!(
                "Passwords of metrics, logs and traces between clusters, JSON: {}",
                relay.keys.join(", ")
            ),
            reader: &relay.reader,
            boundary: &relay.boundary,
            tier: relay.tier,
        }
        .blocks(body)
    }

    fn of_search(&self, search: &AlarmedSearch) -> [Alarm; 4] {
        let name = label(search.name.as_str());
        let domain = &search.domain;
        let of = |alarm: Alarm| {
            alarm
                .of("ClientId", self.place.account.as_str())
                .of("DomainName", domain.as_str())
        };
        let metric = |name, statistic| ("AWS/ES", name, statistic);
        // The metric is in MiB.
        let least = u64::from(search.volume_gib) * 1024 / 5;
        [
            of(Alarm::above(
                format!("search_{name}_red"),
                metric("ClusterStatus.red", "Maximum"),
                0,
                format!("{domain} has lost a part of its indices"),
            )
            .during(60, 1)),
            of(Alarm::below(
                format!("search_{name}_space"),
                metric("FreeStorageSpace", "Minimum"),
                least,
                format!("A node of {domain} has less than a fifth of its volume left"),
            )
            .during(60, 1)),
            of(Alarm::above(
                format!("search_{name}_blocked"),
                metric("ClusterIndexWritesBlocked", "Maximum"),
                0,
                format!("{domain} takes no writes"),
            )
            .during(300, 1)),
            of(Alarm::above(
                format!("search_{name}_memory"),
                metric("JVMMemoryPressure", "Maximum"),
                MEMORY,
                format!("A node of {domain} has hardly any memory left"),
            )
            .during(60, 3)),
        ]
    }
}

fn of_database(database: &AlarmedDatabase) -> [Alarm; 3] {
    let name = label(database.name.as_str());
    let identifier = &database.identifier;
    let metric = |name, statistic| ("AWS/RDS", name, statistic);
    let own = if database.grows {
        Alarm::above(
            format!("database_{name}_capacity"),
            metric("ACUUtilization", "Average"),
            BUSY,
            format!("{identifier} has grown to nearly all of its capacity"),
        )
    } else {
        Alarm::below(
            format!("database_{name}_space"),
            metric("FreeLocalStorage", "Minimum"),
            LOCAL_SPACE,
            format!("A machine of {identifier} has hardly any disk of its own left"),
        )
    };
    [
        Alarm::above(
            format!("database_{name}_processors"),
            metric("CPUUtilization", "Average"),
            BUSY,
            format!("{identifier} is busy"),
        ),
        own,
        Alarm::above(
            format!("database_{name}_volume"),
            metric("VolumeBytesUsed", "Maximum"),
            VOLUME,
            format!("{identifier} is near the most that it may hold"),
        ),
    ]
    .map(|alarm| alarm.of("DBClusterIdentifier", identifier.as_str()))
}
