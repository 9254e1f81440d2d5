//! When Argo CD may sync, and who is asked: windows of time, groups and channels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schedule::CronSchedule;
use super::text::{TextError, text_type};

text_type! {
    /// A group of people, as whoever signs them in names it.
    GroupName, example = "demo-operators",
    check = |text| {
        let holds = (1..=255).contains(&text.len()) && text.trim() == text
            && text.chars().all(|letter| !letter.is_control() && !matches!(letter, ',' | '"'));
        if holds { Ok(()) } else { Err(TextError::new("the name of a group: up to 255 letters without commas, quotes and line breaks")) }
    }
}

text_type! {
    /// How long a window is open, in hours and minutes.
    WindowDuration, example = "8h",
    check = |text| {
        let wrong = || TextError::new("how long a window is open, in hours and minutes: `8h`, `90m` or `1h30m`");
        let (hours, minutes) = match text.split_once('h') {
            Some((hours, minutes)) => (hours, minutes),
            None => ("", text),
        };
        let number = |text: &str| (text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u32>().ok()).flatten();
        let minutes = if minutes.is_empty() { Some(0) } else { minutes.strip_suffix('m').and_then(number) };
        let hours = if hours.is_empty() && !text.contains('h') { Some(0) } else { number(hours) };
        let (Some(hours), Some(minutes)) = (hours, minutes) else { return Err(wrong()) };
        let all = hours.saturating_mul(60).saturating_add(minutes);
        if (1..=7 * 24 * 60).contains(&all) { Ok(()) } else { Err(wrong().help("a window is open for a minute at least, and for a week at most")) }
    }
}

text_type! {
    /// A time zone by its name in the tz database.
    TimeZone, example = "America/Chicago",
    check = |text| {
        let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'));
        let holds = text == "UTC" || text.len() <= 64 && text.contains('/') && text.split('/').all(part)
            && text.starts_with(|letter: char| letter.is_ascii_uppercase());
        if holds { Ok(()) } else { Err(TextError::new("a time zone by its name in the tz database, such as `America/Chicago`").help("write `UTC`, or an area and a city; short names such as `CST` mean more than one")) }
    }
}

text_type! {
    /// A channel of Slack, without its `#`.
    SlackChannel, example = "demo-deployments",
    check = |text| {
        let holds = (1..=80).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.'));
        if holds {
            Ok(())
        } else {
            let error = TextError::new("a channel of Slack: up to 80 lower-case letters, digits, dashes and underscores");
            Err(match text.strip_prefix('#') { Some(bare) => error.help(format!("write it without `#`: `{bare}`")), None => error })
        }
    }
}

/// A window of time in which an environment is synced, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SyncWindow {
    /// Whether syncs run in it, and at no other time, or do not.
    pub kind: SyncWindowKind,
    /// When it opens.
    pub schedule: CronSchedule,
    /// How long it is open.
    pub duration: WindowDuration,
    /// The time zone of the schedule. Default: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZone>,
    /// Who is held by it.
    #[serde(default)]
    pub holds: HeldSyncs,
}

/// What a window does to syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SyncWindowKind {
    /// They run in it, and at no other time.
    Allow,
    /// They do not run in it.
    Deny,
}

impl SyncWindowKind {
    /// Its name in fleet files, and Argo CD's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// Which syncs a window holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum HeldSyncs {
    /// Those that Argo CD starts; a person may start one at any time.
    #[default]
    Automated,
    /// Those that a person starts, too.
    All,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_hours_and_minutes() {
        for text in ["8h", "90m", "1h30m", "168h", "24h0m"] {
            assert!(WindowDuration::check(text).is_ok(), "{text}");
        }
        for text in [
            "", "h", "m", "0h", "8", "8 h", "1d", "169h", "-1h", "1h30", "99999h", "1m1h", "é",
        ] {
            assert!(WindowDuration::check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn zones_are_an_area_and_a_city() {
        for text in [
            "UTC",
            "America/Chicago",
            "America/Argentina/Buenos_Aires",
            "Etc/GMT+5",
        ] {
            assert!(TimeZone::check(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "CST",
            "America/",
            "/Chicago",
            "america/chicago",
            "America/New York",
            "../etc",
        ] {
            assert!(TimeZone::check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn channels_and_groups_are_names() {
        assert!(SlackChannel::check("gen3-alerts").is_ok());
        assert!(SlackChannel::check("#gen3-alerts").is_err());
        assert!(GroupName::check("consortium:platform team").is_ok());
        assert!(GroupName::check("a,b").is_err());
        assert!(GroupName::check(" a").is_err());
    }
}
