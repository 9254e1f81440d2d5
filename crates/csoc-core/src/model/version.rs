//! Versions, releases and revisions.

use super::text::{TextError, text_type};

text_type! {
    /// The tag of a Gen3 monthly release: `YYYY.MM`. A string, since as a number `2025.10` would be `2025.1`.
    ReleaseTag, example = "2026.07",
    check = |text| {
        let holds = text.len() == 7 && text.as_bytes()[4] == b'.' && text.bytes().enumerate().all(|(at, byte)| at == 4 || byte.is_ascii_digit())
            && matches!(text[5..].parse::<u8>(), Ok(1..=12)) && text.starts_with("20");
        if holds { Ok(()) } else { Err(TextError::new("a monthly release: `YYYY.MM`").help("write it in quotes: release: \"2026.07\"")) }
    }
}

text_type! {
    /// The tag of a container image.
    ImageTag, example = "2026.07",
    check = |text| {
        let bytes = text.as_bytes();
        let holds = (1..=128).contains(&bytes.len())
            && (bytes[0].is_ascii_alphanumeric() || bytes[0] == b'_')
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        if holds { Ok(()) } else { Err(TextError::new("an image tag: up to 128 letters, digits, dots, dashes and underscores")) }
    }
}

text_type! {
    /// The digest of a container image, which no push changes: `sha256:` and 64 digits.
    ImageDigest, example = "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
    check = |text| {
        let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        let digits = text.strip_prefix("sha256:").unwrap_or_default();
        if digits.len() == 64 && digits.bytes().all(is_hex) {
            Ok(())
        } else {
            Err(TextError::new("the digest of an image: `sha256:` with 64 digits and letters from `a` to `f`").help("`docker buildx imagetools inspect IMAGE:TAG` prints it"))
        }
    }
}

impl ImageDigest {
    /// The digits alone.
    pub(crate) fn digits(&self) -> &str {
        self.as_str().trim_start_matches("sha256:")
    }
}

text_type! {
    /// A container image without its tag: `quay.io/cdis/fence`.
    ImageRepository, example = "quay.io/cdis/fence",
    check = |text| {
        let holds = !text.is_empty() && !text.contains("://") && !text.contains(char::is_whitespace)
            && text.split('/').all(|part| !part.is_empty())
            && !text.rsplit('/').next().unwrap_or("").contains([':', '@']);
        if holds { Ok(()) } else { Err(TextError::new("an image without its tag, such as `quay.io/cdis/fence`")) }
    }
}

text_type! {
    /// Container images with their tags: one, or by `*` and `{username}` as many as they stand for.
    ImagePattern, example = "quay.io/biocontainers/*",
    check = |text| {
        let holds = !text.is_empty() && text.len() <= 512 && !text.contains("://")
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@*{}".contains(&byte))
            && text.split('/').all(|part| !part.is_empty());
        if holds { Ok(()) } else { Err(TextError::new("images with their tags, such as `quay.io/biocontainers/*`")) }
    }
}

text_type! {
    /// A range of versions as Terraform writes it: `~> 5.100`, `>= 1.11, < 2.0`.
    VersionRange, example = "~> 5.100",
    check = |text| {
        let part = |part: &str| {
            let part = part.trim();
            let version = ["~>", ">=", "<=", "!=", "=", ">", "<"].iter().find_map(|operator| part.strip_prefix(operator)).unwrap_or(part).trim();
            is_dotted(version)
        };
        if !text.is_empty() && text.split(',').all(part) { Ok(()) } else { Err(TextError::new("a range of versions, such as `~> 5.100` or `>= 1.11, < 2.0`")) }
    }
}

/// Whether a text is one to three numbers joined by dots, with an optional pre-release.
fn is_dotted(text: &str) -> bool {
    let number = text.split_once('-').map_or(text, |(number, _)| number);
    let parts: Vec<&str> = number.split('.').collect();
    (1..=3).contains(&parts.len())
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

text_type! {
    /// An exact version: `1.35`, `0.16.2`, `v3.30.3`.
    Version, example = "0.16.2",
    check = |text| {
        if is_dotted(text.strip_prefix('v').unwrap_or(text)) { Ok(()) } else { Err(TextError::new("a version, such as `0.16.2`").help("write it in quotes")) }
    }
}

text_type! {
    /// A branch, tag or commit of git, or a version of a chart.
    Revision, example = "v1.4.0",
    check = |text| {
        let holds = !text.is_empty() && text.len() <= 255 && !text.contains("..") && !text.starts_with(['-', '/']) && !text.ends_with('/')
            && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"~^:?*[\\ {}".contains(&byte));
        if holds { Ok(()) } else { Err(TextError::new("a branch, a tag, a commit or a chart version")) }
    }
}

impl Revision {
    /// Whether it can be expected to stay what it is: a commit or something with a version number.
    pub fn is_pinned(&self) -> bool {
        let text = self.as_str();
        let commit =
            matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let tail = text.rsplit(['/', '-']).find(|part| {
            part.trim_start_matches('v')
                .starts_with(|c: char| c.is_ascii_digit())
        });
        commit
            || tail
                .is_some_and(|part| is_dotted(part.trim_start_matches('v')) && part.contains('.'))
    }
}

text_type! {
    /// A commit of git, whole: a short one may come to mean another, and a branch moves.
    Commit, example = "51c47bf9a7cc2bcb57823d3e84ab703ceb2a5475",
    check = |text| {
        let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        if text.len() == 40 && text.bytes().all(is_hex) {
            Ok(())
        } else {
            Err(TextError::new("a whole commit: 40 digits and letters from `a` to `f`").help("write what `git rev-parse` prints for the tag or branch, in quotes"))
        }
    }
}

text_type! {
    /// A day as `YYYY-MM-DD`.
    Date, example = "2027-03-31",
    check = |text| {
        let wrong = || TextError::new("a day as `YYYY-MM-DD`");
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(wrong()) };
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) { return Err(wrong()); }
        let (year, month, day): (u32, u32, u32) = (year.parse().unwrap_or(0), month.parse().unwrap_or(0), day.parse().unwrap_or(0));
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month { 2 => 28 + u32::from(leap), 4 | 6 | 9 | 11 => 30, 1..=12 => 31, _ => 0 };
        if (1..=days).contains(&day) { Ok(()) } else { Err(wrong()) }
    }
}

text_type! {
    /// The name of a set of product defaults that never change: `2026.11`.
    Edition, example = "2026.11",
    check = |text| if text == "2026.11" { Ok(()) } else { Err(TextError::new("an edition that this version knows: `2026.11`").help("write edition: \"2026.11\", in quotes")) }
}
