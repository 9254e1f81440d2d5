//! Images: the release's where the chart would take a moving tag.

use super::Subject;
use super::values::Values;
use crate::catalog::{ImageFacts, RepositoryFacts};

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    services(subject, values);
    jobs(subject, values);
}

impl Subject<'_> {
    /// The tag of an image: the one that `images` names, or the release.
    pub(super) fn tag(&self, image: &str) -> &str {
        let spec = &self.input.contract.spec;
        spec.images
            .get(image)
            .map_or(spec.release.as_str(), |tag| tag.as_str())
    }

    /// An image of the registry with its tag.
    pub(super) fn image(&self, image: &str) -> String {
        let repositories = &self.input.contract.spec.image_repositories;
        match repositories.get(image) {
            Some(repository) => format!("{repository}:{}", self.tag(image)),
            None => format!("{}/{image}:{}", self.input.registry, self.tag(image)),
        }
    }
}

/// Images of services: the release's and the registry's of those that run, and whatever the model says of any.
fn services(subject: &Subject<'_>, values: &mut Values) {
    for service in &subject.input.contract.services {
        let name = service.name;
        let by_hand = format!("services.{name}.image");
        let given = service.settings.image.as_ref();
        let facts = service.facts.image.as_ref().filter(|_| service.enabled);
        let repository = match given.and_then(|given| given.repository.as_ref()) {
            Some(repository) => Some((
                repository.to_string(),
                "image of the model",
                vec![by_hand.clone()],
            )),
            None => facts.and_then(|facts| repository(subject, facts)),
        };
        if let Some((repository, rule, inputs)) = repository {
            let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
            values.set(&[name, "image", "repository"], repository, rule, &inputs);
        }
        if let Some(policy) = given.and_then(|given| given.pull_policy) {
            values.set(
                &[name, "image", "pullPolicy"],
                policy.as_str(),
                "image of the model",
                &[&by_hand],
            );
        }
        let tag = match given.and_then(|given| given.tag.as_ref()) {
            Some(tag) => Some((tag.to_string(), "image of the model", by_hand)),
            None => facts.map(|facts| tag(subject, facts)),
        };
        if let Some((tag, rule, input)) = tag {
            values.set(&[name, "image", "tag"], tag, rule, &[&input]);
        }
    }
}

/// The repository of an image with the rule and the inputs that give it; none where the chart's own stays.
fn repository(
    subject: &Subject<'_>,
    facts: &ImageFacts,
) -> Option<(String, &'static str, Vec<String>)> {
    let repositories = &subject.input.contract.spec.image_repositories;
    match repositories.get(&facts.name) {
        Some(repository) => Some((
            repository.to_string(),
            "repository of the model",
            vec![format!("imageRepositories.{}", facts.name)],
        )),
        None if facts.repository == RepositoryFacts::Registry => Some((
            format!("{}/{}", subject.input.registry, facts.name),
            "registry and image name",
            vec!["registry".to_owned(), "/registry".to_owned()],
        )),
        None => None,
    }
}

/// The tag of an image with the rule and the input that give it.
fn tag(subject: &Subject<'_>, facts: &ImageFacts) -> (String, &'static str, String) {
    let spec = &subject.input.contract.spec;
    match spec.images.get(&facts.name) {
        Some(tag) => (
            tag.to_string(),
            "image tag",
            format!("images.{}", facts.name),
        ),
        None if facts.tag == "release" => {
            (spec.release.to_string(), "release", "release".to_owned())
        }
        None => (facts.tag.clone(), "the image's own version", String::new()),
    }
}

/// Images that the chart leaves on a moving tag and that are no service's own.
fn jobs(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let helper = subject.image("awshelper");
    let inputs = &["images.awshelper", "release", "registry"];
    let rule = "pinned default image";
    values.set(
        &["global", "awshelper_container_image"],
        helper.as_str(),
        rule,
        inputs,
    );
    if contract.runs("fence") {
        values.set(
            &["fence", "usersync", "custom_image"],
            helper.as_str(),
            rule,
            inputs,
        );
    }
    if contract.runs("etl") {
        values.set(
            &["etl", "esGarbageCollect", "custom_image"],
            helper.as_str(),
            rule,
            inputs,
        );
        for (part, image) in [("tube", "tube"), ("spark", "gen3-spark")] {
            let input = format!("images.{image}");
            values.set(
                &["etl", "image", part, "tag"],
                subject.tag(image),
                rule,
                &[&input, "release"],
            );
            if let Some(repository) = contract.spec.image_repositories.get(image) {
                values.set(
                    &["etl", "image", part, "repository"],
                    repository.as_str(),
                    "repository of the model",
                    &[&format!("imageRepositories.{image}")],
                );
            }
        }
    }
    values.set(
        &["tests", "image", "tag"],
        subject.tag("gen3-integration-tests"),
        rule,
        &["images.gen3-integration-tests", "release"],
    );
    if contract.runs("ssjdispatcher") {
        values.set(
            &["ssjdispatcher", "indexing"],
            subject.image("indexs3client"),
            rule,
            &["images.indexs3client", "release", "registry"],
        );
    }
    // The job that registers the client of wts in fence runs only where nobody else did.
    if contract.runs("wts") && contract.secret("wts-client-secret").is_none() {
        values.set(
            &["wts", "image", "utilImage"],
            subject.image("utilities"),
            rule,
            &["images.utilities", "release", "registry"],
        );
        values.set(
            &["global", "fence_container_image"],
            subject.image("fence"),
            rule,
            &["images.fence", "release", "registry"],
        );
    }
}
