//! What machines, images and add-ons of a cluster are called in the cloud.

use super::text::{TextError, text_type};

/// Whether a text is a family and a size: `m7i.xlarge`.
fn is_machine(text: &str) -> bool {
    let part = |part: &str, first_is_letter: bool| {
        !part.is_empty()
            && part.len() <= 24
            && part.starts_with(|first: char| !first_is_letter || first.is_ascii_lowercase())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.split_once('.')
        .is_some_and(|(family, size)| part(family, true) && part(size, false))
}

text_type! {
    /// A type of virtual machines: its family and its size.
    InstanceType, example = "m7i.xlarge",
    check = |text| {
        if is_machine(text) { Ok(()) } else { Err(TextError::new("a type of machines: a family, a dot and a size")) }
    }
}

text_type! {
    /// A type of machines that databases run on.
    DatabaseInstanceClass, example = "db.r7g.large",
    check = |text| {
        if text.strip_prefix("db.").is_some_and(is_machine) { Ok(()) } else {
            Err(TextError::new("a class of database machines: `db.`, a family, a dot and a size"))
        }
    }
}

text_type! {
    /// A type of machines that search domains run on.
    SearchInstanceType, example = "r7g.large.search",
    check = |text| {
        if text.strip_suffix(".search").is_some_and(is_machine) { Ok(()) } else {
            Err(TextError::new("a type of search machines: a family, a size and `.search`, joined by dots"))
        }
    }
}

text_type! {
    /// A build of an add-on that EKS runs.
    AddonBuild, example = "v1.20.4-eksbuild.2",
    check = |text| {
        let version = text.strip_prefix('v').unwrap_or_default();
        let (version, build) = version.split_once("-eksbuild.").unwrap_or((version, ""));
        let numbers = |text: &str| text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        let holds = version.split('.').count() == 3 && numbers(version) && !build.is_empty() && numbers(build);
        if holds { Ok(()) } else {
            Err(TextError::new("a build of an EKS add-on: `v`, three numbers and `-eksbuild.` with a number")
                .help("write it as `aws eks describe-addon-versions` lists it: `v1.20.4-eksbuild.2`"))
        }
    }
}

text_type! {
    /// A release of the images that EKS gives to nodes: the Kubernetes version and a day.
    ImageRelease, example = "1.35.0-20261105",
    check = |text| {
        let numbers = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let holds = text.split_once('-').is_some_and(|(version, day)| {
            version.split('.').count() == 3 && version.split('.').all(numbers) && day.len() == 8 && numbers(day)
        });
        if holds { Ok(()) } else { Err(TextError::new("a release of node images: a Kubernetes version of three numbers, a dash and a day as `YYYYMMDD`")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_cloud_have_their_shape() {
        for (holds, text) in [
            (InstanceType::check("m7i.xlarge").is_ok(), "m7i.xlarge"),
            (InstanceType::check("u-6tb1.metal").is_ok(), "u-6tb1.metal"),
            (
                DatabaseInstanceClass::check("db.r7g.2xlarge").is_ok(),
                "db.r7g.2xlarge",
            ),
            (
                SearchInstanceType::check("t3.small.search").is_ok(),
                "t3.small.search",
            ),
            (
                AddonBuild::check("v1.20.4-eksbuild.2").is_ok(),
                "v1.20.4-eksbuild.2",
            ),
            (
                ImageRelease::check("1.35.0-20261105").is_ok(),
                "1.35.0-20261105",
            ),
        ] {
            assert!(holds, "{text}");
        }
        for (refused, text) in [
            (InstanceType::check("xlarge").is_err(), "xlarge"),
            (InstanceType::check("M7i.xlarge").is_err(), "M7i.xlarge"),
            (
                DatabaseInstanceClass::check("r7g.large").is_err(),
                "r7g.large",
            ),
            (SearchInstanceType::check("r7g.large").is_err(), "r7g.large"),
            (AddonBuild::check("1.20.4").is_err(), "1.20.4"),
            (
                AddonBuild::check("v1.20-eksbuild.1").is_err(),
                "v1.20-eksbuild.1",
            ),
            (ImageRelease::check("latest").is_err(), "latest"),
        ] {
            assert!(refused, "{text}");
        }
    }
}
