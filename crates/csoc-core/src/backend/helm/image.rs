//! Images: the release's where the chart would take a moving tag.

use super::Subject;
use super::values::Values;
use crate::catalog::RepositoryFacts;

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

fn services(subject: &Subject<'_>, values: &mut Values) {
    let spec = &subject.input.contract.spec;
    for service in &subject.input.contract.services {
        let Some(facts) = service.facts.image.as_ref().filter(|_| service.enabled) else {
            continue;
        };
        let name = service.name;
        let given = service.settings.image.as_ref();
        let given_repository = given.and_then(|given| given.repository.as_ref());
        let by_hand = format!("services.{name}.image");
        let elsewhere = spec.image_repositories.get(&facts.name);
        if let Some(repository) = given_repository {
            values.set(
                &[name, "image", "repository"],
                repository.as_str(),
                "image of the model",
                &[&by_hand],
            );
        } else if let Some(repository) = elsewhere {
            let input = format!("imageRepositories.{}", facts.name);
            values.set(
                &[name, "image", "repository"],
                repository.as_str(),
                "repository of the model",
                &[&input],
            );
        } else if facts.repository == RepositoryFacts::Registry {
            values.set(
                &[name, "image", "repository"],
                format!("{}/{}", subject.input.registry, facts.name),
                "registry and image name",
                &["registry", "/registry"],
            );
        }
        if let Some(policy) = given.and_then(|given| given.pull_policy) {
            values.set(
                &[name, "image", "pullPolicy"],
                policy.as_str(),
                "image of the model",
                &[&by_hand],
            );
        }
        let images = format!("images.{}", facts.name);
        let (tag, rule, input) = match (
            given.and_then(|given| given.tag.as_ref()),
            spec.images.get(&facts.name),
        ) {
            (Some(tag), _) => (tag.as_str(), "image of the model", by_hand.as_str()),
            (None, Some(tag)) => (tag.as_str(), "image tag", images.as_str()),
            (None, None) if facts.tag == "release" => (spec.release.as_str(), "release", "release"),
            (None, None) => (facts.tag.as_str(), "the image's own version", ""),
        };
        values.set(&[name, "image", "tag"], tag, rule, &[input]);
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
