//! The image of a container, by digest.

use std::fmt;
use std::str::FromStr;

/// An image by digest: `docker.io/hashicorp/terraform@sha256:…`.
///
/// A tag may be another image tomorrow, and what plans and applies must be what was looked at: there is no other way
/// to name one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image(Box<str>);

/// Text that names no image by digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no image by digest; it must be NAME@sha256:DIGEST, with 64 hexadecimal digits")]
pub struct NoImage(Box<str>);

impl Image {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its name without registry, tag and digest: `terraform`.
    pub(crate) fn name(&self) -> &str {
        let name = self.0.split('@').next().unwrap_or_default();
        let last = name.rsplit('/').next().unwrap_or_default();
        last.split(':').next().unwrap_or_default()
    }
}

impl FromStr for Image {
    type Err = NoImage;

    fn from_str(text: &str) -> Result<Self, NoImage> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte);
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_image = text.split_once("@sha256:").is_some_and(|(name, digest)| {
            // What starts with a dash would be an option.
            name.starts_with(|char: char| char.is_ascii_alphanumeric())
                && name.bytes().all(is_plain)
                && digest.len() == 64
                && digest.bytes().all(is_hex)
        });
        if is_image {
            Ok(Self(text.into()))
        } else {
            Err(NoImage(text.into()))
        }
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Image;

    #[test]
    fn only_a_digest_names_an_image() {
        let digest = "0123456789abcdef".repeat(4);
        let good = format!("registry.example.org:5000/hashicorp/terraform:1.11@sha256:{digest}");
        let image: Image = good.parse().expect("it is one");
        assert_eq!((image.as_str(), image.name()), (&*good, "terraform"));
        for bad in [
            "hashicorp/terraform".to_owned(),
            "hashicorp/terraform:1.11".to_owned(),
            format!("terraform@sha256:{}", &digest[1..]),
            format!("--privileged@sha256:{digest}"),
            format!("a b@sha256:{digest}"),
            format!("terraform@sha256:{}", digest.to_uppercase()),
        ] {
            let error = bad.parse::<Image>().expect_err("it is none").to_string();
            assert!(error.contains("must be NAME@sha256:DIGEST"), "{error}");
        }
    }
}
