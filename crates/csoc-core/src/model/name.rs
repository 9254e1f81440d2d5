//! Names that people give to the parts of a fleet, and names that Kubernetes takes.

use super::text::{TextError, is_dns_label, is_label, text_type};

text_type! {
    /// The short name of a fleet, an organization, an account, a cluster, a commons or an environment.
    ///
    /// One to 32 lower-case letters, digits and dashes, starting with a letter:
    /// it becomes part of bucket, role and directory names.
    ObjectName, example = "midrc",
    check = |text| {
        if is_label(text, 32) {
            Ok(())
        } else {
            Err(TextError::new("1 to 32 lower-case letters, digits and dashes that start with a letter and do not end in a dash"))
        }
    }
}

text_type! {
    /// The name of a Kubernetes namespace, service account or release: an RFC 1123 label.
    KubernetesName, example = "midrcprod-helm",
    check = |text| {
        if is_dns_label(text) {
            Ok(())
        } else {
            Err(TextError::new("1 to 63 lower-case letters, digits and dashes that start and end with a letter or digit"))
        }
    }
}

text_type! {
    /// The name of one Gen3 chart service as the umbrella chart calls it: `fence`, `frontend-framework`.
    ChartName, example = "fence",
    check = |text| {
        if is_dns_label(text) { Ok(()) } else { Err(TextError::new("the name of a chart: lower-case letters, digits and dashes")) }
    }
}

text_type! {
    /// A directory below the GitOps repository's cluster directory: one path segment.
    DirectoryName, example = "data.midrc.org",
    check = |text| {
        let bytes = text.as_bytes();
        let holds = (1..=128).contains(&bytes.len())
            && bytes[0].is_ascii_alphanumeric()
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        if holds { Ok(()) } else { Err(TextError::new("one directory name of letters, digits, dots, dashes and underscores")) }
    }
}

text_type! {
    /// The name of a YAML file beside others: one path segment.
    FileName, example = "values.yaml",
    check = |text| {
        let stem = text.strip_suffix(".yaml").or_else(|| text.strip_suffix(".yml")).unwrap_or_default();
        if DirectoryName::check(stem).is_ok() { Ok(()) } else { Err(TextError::new("the name of a file: letters, digits, dots, dashes and underscores, with `.yaml` or `.yml` behind")) }
    }
}

text_type! {
    /// A file below the fleet's `content/` directory, by its path there.
    ContentPath, example = "midrc/etl-mapping.yaml",
    check = |text| {
        let holds = !text.is_empty()
            && text.len() <= 512
            && !text.contains(['\\', '\0'])
            && text.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if holds { Ok(()) } else { Err(TextError::new("a path below `content/`, without `..` and not starting with `/`")) }
    }
}

text_type! {
    /// A pattern of text and `{variable}` that names are made by.
    NamePattern, example = "{vpc}--{namespace}--{service}",
    check = |text| {
        if text.is_empty() { Err(TextError::new("a pattern of text and `{variable}`")) } else { Ok(()) }
    }
}

text_type! {
    /// Where a value is in the Helm values or in the model: keys joined by dots, odd ones quoted.
    KeyPath, example = "fence.autoscaling.minReplicas",
    check = |text| {
        if text.is_empty() { Err(TextError::new("keys joined by dots")) } else { Ok(()) }
    }
}
