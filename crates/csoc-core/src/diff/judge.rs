//! How dangerous a change is by what it is about, and why.

use super::change::Action;
use super::danger::Danger;
use super::kind::ChangeKind;
use crate::model::version::ReleaseTag;

/// What is to be judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) kind: ChangeKind,
    pub(super) subject: &'a str,
    pub(super) action: Action,
    pub(super) old: Option<&'a str>,
    pub(super) new: Option<&'a str>,
}

/// The danger of a change and its reason, where the place it was found at told none.
pub(super) fn judge(case: Case<'_>) -> (Danger, String) {
    let (danger, reason) = verdict(case);
    (danger, reason.to_owned())
}

#[expect(clippy::too_many_lines, reason = "a table: one kind after the other")]
fn verdict(case: Case<'_>) -> (Danger, &'static str) {
    use ChangeKind as K;
    use Danger as D;
    let (old, new) = (case.old.unwrap_or_default(), case.new.unwrap_or_default());
    let grows = number(new) > number(old);
    match case.kind {
        K::Environment | K::Cluster | K::Account => match case.action {
            Action::Removed => (
                D::DataLoss,
                "what it holds is no longer looked after, and goes with it",
            ),
            _ => (D::Cost, "all that it is made of is created"),
        },
        K::Lifecycle => match new {
            "active" | "" => (D::Harmless, "it stays"),
            _ => (
                D::DataLoss,
                "it is on its way out: its Application cascades, and its files go once it is retired",
            ),
        },
        K::Management => match new {
            "external" | "observed" => (D::Harmless, "nothing of it is written here any more"),
            "adopt" => (
                D::Harmless,
                "it is taken over: a plan that creates, replaces or destroys is refused",
            ),
            _ => (
                D::Outage,
                "from now on it is what is rendered here, whatever was there",
            ),
        },
        // It runs where it ran: what was told so is gone, or new.
        K::Placement if case.subject == "account" && has_one_side(case) => (
            D::Harmless,
            "it is said, or is said no more, to another chart",
        ),
        K::Placement => (
            D::DataLoss,
            "it starts empty in another place: nothing moves data there",
        ),
        K::State => (
            D::DataLoss,
            "its state lies elsewhere: Terraform knows nothing of what it made, and creates it again",
        ),
        K::Tier => (
            D::Outage,
            "another profile: copies, budgets and pruning are those of the tier",
        ),
        K::Size if size(new) >= size(old) => (D::Cost, "more of everything"),
        K::Size => (D::Outage, "less room for the same load"),
        K::Profiles => (D::Harmless, "the services say what comes and goes"),
        K::Frontend => (D::Outage, "users meet another front end"),
        K::Service if new == "on" => (
            D::Harmless,
            "it starts, and needs its secrets and its database first",
        ),
        K::Service => (D::Outage, "it stops, and what asks it fails"),
        K::Release if is_older(new, old) => (
            D::Outage,
            "an older release does not read what a newer one migrated",
        ),
        K::Release => (D::Harmless, "pods restart one by one; migrations run once"),
        K::Image => image(case.subject, old, new),
        K::Replicas if new == "0" => (D::Outage, "no copy is left"),
        K::Replicas if grows => (D::Cost, "more copies"),
        K::Replicas => (D::Harmless, "fewer copies share the load"),
        K::Resources => resources(case.old, case.new),
        K::Availability if matches!(new, "false" | "") => {
            (D::Outage, "maintenance may stop all copies at once")
        }
        K::Availability => (D::Harmless, "maintenance leaves copies running"),
        K::Host => (
            D::Outage,
            "users must take another address, and all that names this one must follow",
        ),
        K::Cutover if case.subject == "preview" => (
            D::Harmless,
            "another host leads to it, or no longer does: the one that users know stays",
        ),
        K::Cutover => (
            D::Outage,
            "users meet another environment, with the data, the users and the sessions that that one has",
        ),
        K::Certificate => (
            D::Outage,
            "until the new certificate is valid browsers refuse the page",
        ),
        K::LoadBalancer => (
            D::Outage,
            "another load balancer has another address: DNS must follow",
        ),
        K::Scheme
            if new.to_ascii_lowercase().contains("internal")
                && !new.to_ascii_lowercase().contains("internet") =>
        {
            (D::Outage, "the internet no longer reaches it")
        }
        K::Scheme => (D::Exposure, "the internet reaches it"),
        K::WebAcl => (D::Exposure, "what a web ACL keeps out is another"),
        K::AllowList => allow_list(case.old, case.new),
        K::Origins if !matches!(new, "" | "[]" | "[…]") => (
            D::Exposure,
            "more sites may call it with the user's cookies",
        ),
        K::Origins => (
            D::Outage,
            "sites that called it with the user's cookies are refused",
        ),
        K::PublicData if new == "true" => (
            D::Exposure,
            "everybody sees the data that is marked as open",
        ),
        K::PublicData => (D::Outage, "data that was open asks for a sign-in"),
        K::TierAccess if case.subject == "limit" => {
            if grows {
                (D::Harmless, "smaller counts are hidden")
            } else {
                (D::Exposure, "smaller counts are shown")
            }
        }
        K::TierAccess if openness(new) > openness(old) => {
            (D::Exposure, "those without access are shown more")
        }
        K::TierAccess => (D::Outage, "those without access are shown less"),
        K::Classification if closeness(new) < closeness(old) => {
            (D::Exposure, "rules about closer data no longer hold")
        }
        K::Classification => (D::Harmless, "stricter rules hold"),
        K::NetworkPolicy if new == "true" => {
            (D::Outage, "a service that a policy forgets is cut off")
        }
        K::NetworkPolicy => (D::Exposure, "every pod reaches every other"),
        K::Users => (D::Exposure, "other people may do other things"),
        K::AccessRequests => (D::Outage, "users ask for access elsewhere"),
        K::IdentityProvider => (
            D::Identity,
            "who vouches for users is another: they may be strangers to fence",
        ),
        K::Parent => (
            D::Identity,
            "users sign in elsewhere, and identifiers are looked up there",
        ),
        K::Secret if case.subject.ends_with("seeder") => (D::Harmless, "somebody else fills it"),
        K::Secret => (
            D::Outage,
            "the new name must be filled before readers restart",
        ),
        K::Role | K::Trust => (D::Identity, "what the cloud lets it do is another"),
        K::Name if case.subject == "namespace" => (
            D::DataLoss,
            "it starts anew in another namespace: volumes and Secrets stay in the old one",
        ),
        K::Name if case.subject == "environmentId" => (
            D::DataLoss,
            "it is the prefix of buckets, queues and secrets: they are made anew, empty",
        ),
        K::Name if case.subject == "cluster" && has_one_side(case) => (
            D::Harmless,
            "it is said, or is said no more, to another chart",
        ),
        K::Name => (
            D::Outage,
            "Argo CD takes it for something new, and makes it beside the old one",
        ),
        K::Naming => (D::Identity, "names that are made by it change"),
        K::IndexPrefix => (
            D::Identity,
            "it is minted into permanent identifiers: old ones keep the old prefix for good",
        ),
        K::Dictionary => (
            D::Outage,
            "data that does not fit the dictionary is refused",
        ),
        K::Database if case.subject == "databaseSetup" => {
            (D::Outage, "somebody else makes databases")
        }
        K::Database if case.subject.is_empty() || case.subject == "cluster" => (
            D::DataLoss,
            "it starts with another database, which is empty",
        ),
        K::Database if case.action == Action::Removed => (
            D::DataLoss,
            "the database cluster is no longer looked after",
        ),
        K::Database => (D::Outage, "the database restarts"),
        K::Search => (D::Outage, "its indices are built anew"),
        K::Explorer => (
            D::Outage,
            "until its indices are there the explorer is empty",
        ),
        K::DataBucket if case.action == Action::Added => {
            (D::Exposure, "fence signs for files of one more bucket")
        }
        K::DataBucket => (
            D::DataLoss,
            "files stay in the old bucket: nothing moves them",
        ),
        K::Workspaces if case.subject == "hotNode" => (
            D::Cost,
            "a node is kept ready for the next notebook, or no longer",
        ),
        K::Workspaces => (D::Outage, "running notebooks are left behind"),
        K::Content => (D::Harmless, "the application shows other content"),
        K::Chart if moves(new) => (
            D::Outage,
            "a revision that moves changes what runs without anybody's doing",
        ),
        K::Chart if is_older(new, old) => (
            D::Outage,
            "an older chart does not know what a newer one set up: its jobs, keys and databases",
        ),
        K::Chart => (D::Harmless, "other templates: read its release notes"),
        K::Sync if case.subject == "prune" && new == "true" => {
            (D::Outage, "what is no longer rendered is deleted")
        }
        K::Sync => (D::Harmless, "Argo CD keeps it in step otherwise"),
        K::Maintenance if matches!(new, "true" | "on") => (D::Outage, "users see the banner"),
        K::Maintenance => (D::Harmless, "users see the commons again"),
        K::Addon if case.subject.contains(' ') => (D::Harmless, "the add-on restarts"),
        K::Addon if new == "false" || case.action == Action::Removed => {
            (D::Outage, "what relies on it stops")
        }
        K::Addon => (D::Harmless, "the add-on restarts"),
        K::Kubernetes => (
            D::Outage,
            "nodes are replaced one by one, and there is no way back",
        ),
        K::Network => (
            D::DataLoss,
            "a network cannot be changed in place: all that is in it is made anew",
        ),
        K::Nodes => (D::Cost, "other machines"),
        K::Application if !case.subject.is_empty() => (
            D::Identity,
            "what Argo CD may deploy, and where, is another",
        ),
        K::Application => (D::Outage, "Argo CD makes it something else"),
        K::Resource => (D::Outage, "Terraform changes it"),
        K::TerraformPart | K::Input => (D::Harmless, "nothing is made of it by itself"),
        K::Value => (
            D::Harmless,
            "a value of the chart that nothing else is said of",
        ),
    }
}

/// Whether only one side says it.
fn has_one_side(case: Case<'_>) -> bool {
    case.old.is_none() != case.new.is_none()
}

/// Requests and limits, where one number of them changes.
fn resources(old: Option<&str>, new: Option<&str>) -> (Danger, &'static str) {
    match (old.and_then(quantity), new.and_then(quantity)) {
        (Some(old), Some(new)) if new > old => (Danger::Cost, "pods take more of their nodes"),
        (Some(old), Some(new)) if new < old => (
            Danger::Harmless,
            "pods restart with less: look after those that need more",
        ),
        _ => (Danger::Harmless, "pods restart with other requests"),
    }
}

/// A quantity of Kubernetes: `500m`, `1.5Gi`.
fn quantity(text: &str) -> Option<f64> {
    let end = text.find(|char: char| !char.is_ascii_digit() && char != '.');
    let (digits, unit) = text.split_at(end.unwrap_or(text.len()));
    let factor = match unit {
        "" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    digits.parse::<f64>().ok().map(|number| number * factor)
}

fn image(subject: &str, old: &str, new: &str) -> (Danger, &'static str) {
    if subject == "policy" {
        return (Danger::Harmless, "other tags are allowed");
    }
    if subject.ends_with("repository") || subject == "registry" {
        return (
            Danger::Outage,
            "images come from elsewhere: nodes must be let in there",
        );
    }
    let tag = |text: &str| {
        text.rsplit_once(':')
            .filter(|(_, tag)| !tag.contains('/'))
            .map_or(text, |(_, tag)| tag)
            .to_owned()
    };
    let (old, new) = (tag(old), tag(new));
    if moves(&new) {
        return (
            Danger::Outage,
            "a tag that moves changes what runs without anybody's doing",
        );
    }
    if is_older(&new, &old) {
        return (
            Danger::Outage,
            "an older image does not read what a newer one migrated",
        );
    }
    (Danger::Harmless, "pods restart one by one")
}

fn allow_list(old: Option<&str>, new: Option<&str>) -> (Danger, &'static str) {
    // What both lists have is not told item by item.
    let is_empty = |text: Option<&str>| text.is_none_or(|text| text == "[]");
    let has_own = |text: Option<&str>| !matches!(text, None | Some("[]" | "[…]"));
    match (is_empty(old), is_empty(new)) {
        (_, true) => (Danger::Exposure, "everybody reaches it"),
        (true, false) => (Danger::Outage, "only those on the list reach it"),
        _ if has_own(new) => (Danger::Exposure, "more networks reach it"),
        _ => (Danger::Outage, "networks that reached it are shut out"),
    }
}

/// A number, or 0 where it is none.
fn number(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

fn size(text: &str) -> u8 {
    match text {
        "medium" => 1,
        "large" => 2,
        _ => 0,
    }
}

fn openness(text: &str) -> u8 {
    match text {
        "libre" => 2,
        "regular" => 1,
        _ => 0,
    }
}

fn closeness(text: &str) -> u8 {
    match text {
        "open" => 0,
        "phi" => 2,
        _ => 1,
    }
}

/// Whether a tag or revision is a branch's: it has neither a number nor a digest in it.
fn moves(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether one release or version is older than another.
fn is_older(new: &str, old: &str) -> bool {
    let release = |text: &str| text.parse::<ReleaseTag>().is_ok();
    if release(new) != release(old) {
        return false;
    }
    if release(new) {
        return new < old;
    }
    let parts = |text: &str| -> Option<Vec<u64>> {
        text.trim_start_matches('v')
            .split('.')
            .map(|part| part.parse().ok())
            .collect()
    };
    matches!((parts(new), parts(old)), (Some(new), Some(old)) if new.len() > 1 && new < old)
}
