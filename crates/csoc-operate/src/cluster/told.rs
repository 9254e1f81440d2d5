//! A page in words: what it comes to, and the cells of its rows. Columns, colours and frames are of whoever shows it.

use jiff::Timestamp;

use super::page::{ObjectRow, StatusPage};
use super::problem::Problem;

impl StatusPage {
    /// What it comes to, in a line.
    pub fn headline(&self) -> String {
        let tally = &self.tally;
        let mut text = count(tally.clusters, "cluster");
        if tally.unread > 0 {
            text = format!("{text}, {} of them not read", tally.unread);
        }
        text = format!(
            "{text}; {}, {} as rendered and well",
            count(tally.applications, "application"),
            tally.well
        );
        if tally.missing > 0 {
            text = format!("{text}, {} not there", tally.missing);
        }
        if tally.foreign > 0 {
            text = format!("{text}; {} that nobody rendered", tally.foreign);
        }
        let partly = self.clusters.iter().filter(|row| row.is_partly_seen);
        match partly.count() {
            0 => text,
            partly => format!(
                "{text}; {} seen in part, since we may not list all namespaces",
                count(partly, "cluster")
            ),
        }
    }

    /// Whether another page says anything else, but for the time.
    pub fn differs(&self, other: &Self) -> bool {
        let all = |page: &Self| {
            (
                page.tally,
                page.clusters.clone(),
                page.objects.clone(),
                page.problems.clone(),
            )
        };
        all(self) != all(other)
    }
}

impl ObjectRow {
    /// What its cells are called.
    pub const COLUMNS: [&str; 7] = [
        "object", "cluster", "sync", "health", "chart", "images", "problems",
    ];

    /// What it says, as people read it at that time.
    pub fn cells(&self, now: Timestamp) -> [String; 7] {
        [
            self.object.clone(),
            self.cluster.clone(),
            self.sync.map_or("-", |it| it.as_str()).to_owned(),
            self.health.map_or("-", |it| it.as_str()).to_owned(),
            self.told_chart(),
            self.told_images(),
            match (self.problems, self.since) {
                (0, _) => String::new(),
                (number, None) => number.to_string(),
                (number, Some(since)) => format!("{number}, since {}", age(since, now)),
            },
        ]
    }

    /// The chart's version, and the one that is wanted where that is another.
    fn told_chart(&self) -> String {
        match &self.chart {
            None => String::new(),
            Some(chart) if chart.found.as_ref() == Some(&chart.wanted) => chart.wanted.clone(),
            Some(chart) => {
                let found = chart.found.as_deref().unwrap_or("none");
                format!("{found}, not {}", chart.wanted)
            }
        }
    }

    /// The tag of the images, and how many have another.
    fn told_images(&self) -> String {
        match &self.images {
            None => String::new(),
            Some(images) if images.other == 0 => images.wanted.clone().unwrap_or_default(),
            Some(images) => format!("{} of {} other", images.other, images.running),
        }
    }
}

impl Problem {
    /// What its cells are called.
    pub const COLUMNS: [&str; 4] = ["since", "cluster", "application", "problem"];

    /// What it says, as people read it at that time.
    pub fn cells(&self, now: Timestamp) -> [String; 4] {
        let since = self.since.map(|since| format!("{} ago", age(since, now)));
        [
            since.unwrap_or_else(|| "-".to_owned()),
            self.cluster.clone(),
            self.application.clone(),
            self.message.clone(),
        ]
    }
}

/// How long ago: `3 d`, `2 h`, `5 min`.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins().max(0);
    for (unit, minutes_of) in [("d", 1440), ("h", 60)] {
        if minutes >= minutes_of {
            return format!("{} {unit}", minutes / minutes_of);
        }
    }
    format!("{minutes} min")
}

/// `1 cluster`, `2 clusters`.
fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}
