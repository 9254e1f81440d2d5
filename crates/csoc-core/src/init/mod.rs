//! New fleets and new objects: the few answers that cannot be derived, and the files that hold them.

mod add;
mod answers;
mod insert;
mod templates;

pub use add::{AddError, Addition, NewAccount, NewCluster, NewCommons, NewEnvironment};
pub use answers::{Answers, AnswersError, QUESTIONS, Question};
pub(crate) use insert::insert_entry;

use camino::Utf8PathBuf;

use crate::catalog::Versions;
use crate::model::environment::{Classification, Size};
use templates::{Context, render};

/// The files of a new fleet, by path, from the answers. It checks clean, and its render leaves only outputs pending.
pub fn new_fleet(answers: &Answers) -> Vec<(Utf8PathBuf, String)> {
    let versions = Versions::embedded();
    let name = answers.name.as_str();
    let title = answers
        .title
        .clone()
        .unwrap_or_else(|| format!("{} Data Commons", capitalized(name)));
    let organization = answers
        .organization
        .as_ref()
        .unwrap_or(&answers.name)
        .as_str();
    let gitops = answers.gitops_repository.as_ref().map_or_else(
        || format!("https://github.com/{organization}/{name}-gitops"),
        ToString::to_string,
    );
    let hostname = answers
        .hostname
        .as_ref()
        .map_or_else(|| default_hostname(answers), ToString::to_string);
    let tier = answers.tier;
    let fleet = render(
        "fleet.yaml",
        Context::new()
            .with("title", &title)
            .with("name", name)
            .with("organization", organization)
            .with("gitops", &gitops)
            .with(
                "state_bucket",
                &format!("{organization}-{}-terraform-state", answers.account_id),
            )
            .with("region", answers.region.as_str())
            .with("chart_repository", &versions.chart_repository)
            .with("gen3_chart", &versions.gen3)
            .with("cluster_chart", &versions.cluster_level_resources),
    );
    let account = NewAccount {
        name: answers.name.clone(),
        id: answers.account_id.clone(),
        region: answers.region.clone(),
        domain: Some(answers.domain.clone()),
        contacts: answers.administrators.clone(),
    };
    let cluster = NewCluster {
        name: answers.name.clone(),
        account: answers.name.clone(),
        cidr: Some(first_network()),
    };
    let commons = NewCommons {
        name: answers.name.clone(),
        title,
        owner: answers.administrators.first().cloned(),
        dictionary: answers.dictionary.clone(),
        indexd_prefix: answers.indexd_prefix.clone(),
        identity_provider: answers.identity_provider,
        discovery_url: answers.discovery_url.clone(),
        client_id: answers.client_id.clone(),
        client_secret: answers.client_secret.clone(),
        administrators: answers.administrators.clone(),
        classification: answers.classification.unwrap_or(Classification::Controlled),
        allow_list: answers.allow_list.clone(),
    };
    let environment = NewEnvironment {
        commons: answers.name.clone(),
        name: tier.as_str().parse().expect("a tier's name is a name"),
        tier,
        cluster: answers.name.clone(),
        hostname: hostname.parse().expect("checked, or made of checked parts"),
        release: answers
            .release
            .clone()
            .unwrap_or_else(|| versions.release.clone()),
        size: answers.size.unwrap_or(Size::Small),
    };
    vec![
        ("fleet.yaml".into(), fleet),
        (format!("accounts/{name}.yaml").into(), account.text()),
        (format!("clusters/{name}.yaml").into(), cluster.text()),
        (format!("commons/{name}.yaml").into(), commons.text()),
        (
            format!(
                "commons/{name}/environments/{tier}.yaml",
                tier = tier.as_str()
            )
            .into(),
            environment.text(),
        ),
        (
            "README.md".into(),
            render(
                "README.md",
                Context::new()
                    .with("name", name)
                    .with("title", &commons.title),
            ),
        ),
    ]
}

/// `NAME.DOMAIN` in production, `NAME-TIER.DOMAIN` below.
fn default_hostname(answers: &Answers) -> String {
    match answers.tier {
        crate::model::Tier::Prod => format!("{}.{}", answers.name, answers.domain),
        tier => format!("{}-{}.{}", answers.name, tier.as_str(), answers.domain),
    }
}

fn first_network() -> crate::model::network::Cidr {
    "10.20.0.0/16".parse().expect("a network")
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
