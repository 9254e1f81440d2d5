//! How dangerous a change of Terraform is, by what it is made to.

use super::super::change::Action;
use super::super::danger::Danger;
use super::super::kind::ChangeKind;
use super::super::raw::Raw;
use super::root::Part;

/// The difference with its danger, where no argument forces a new resource.
pub(super) fn judged(raw: Raw, part: &Part) -> Raw {
    let texts = (
        raw.place.old.clone().unwrap_or_default(),
        raw.place.new.clone().unwrap_or_default(),
    );
    let at = raw.place.at.clone();
    if at.contains("deletion_protection")
        || at.contains("prevent_destroy")
        || at.contains("skip_final_snapshot")
        || at.contains("force_destroy")
    {
        let off = |text: &str| text == "false" || text.is_empty();
        let weaker = if at.contains("skip_final_snapshot") || at.contains("force_destroy") {
            off(&texts.0) && !off(&texts.1)
        } else {
            !off(&texts.0) && off(&texts.1)
        };
        return if weaker {
            raw.verdict(
                Danger::DataLoss,
                "what kept it from being destroyed is gone",
            )
        } else {
            raw.verdict(Danger::Harmless, "it is better protected")
        };
    }
    if part.kind == "terraform" && at.contains("backend") {
        let mut raw = raw.verdict(Danger::DataLoss, "its state lies elsewhere: Terraform knows nothing of what it made, and creates it again");
        raw.kind = ChangeKind::State;
        return raw;
    }
    if part.kind == "module" {
        return of_module(raw, &at);
    }
    if part.kind == "provider"
        && ["region", "account", "assume_role"]
            .iter()
            .any(|word| at.contains(word))
    {
        return raw.verdict(
            Danger::DataLoss,
            "Terraform looks for all of it in another place, finds nothing, and creates it there",
        );
    }
    if (part.of == "aws_iam_policy_document" || is_access(&part.of)) && part.kind != "variable" {
        let mut raw = raw;
        raw.kind = ChangeKind::Trust;
        let opened = has_any(&texts.1) && !has_any(&texts.0);
        return if opened && at.contains("identifiers") {
            raw.verdict(Danger::Exposure, "anybody is let in")
        } else if opened {
            raw.verdict(Danger::Exposure, "everything is allowed")
        } else {
            raw.verdict(Danger::Identity, "who may do what is another")
        };
    }
    if part.of.ends_with("ip_set") && at.ends_with(".addresses") {
        let mut raw = raw;
        raw.kind = ChangeKind::AllowList;
        raw.verdict = None;
        return raw;
    }
    if is_guard(&part.of) {
        return raw.verdict(Danger::Exposure, "what guards it is another");
    }
    if part.kind == "resource" {
        return raw.verdict(Danger::Harmless, "Terraform changes it in place");
    }
    raw.verdict(Danger::Harmless, "nothing is made of it by itself")
}

/// What a module makes is not known here.
fn of_module(raw: Raw, at: &str) -> Raw {
    match raw.action {
        Action::Removed => raw.verdict(
            Danger::DataLoss,
            "Terraform destroys all that the module made",
        ),
        Action::Added => raw.verdict(Danger::Cost, "Terraform creates all that the module makes"),
        Action::Changed if at.ends_with(".source") || at.ends_with(".version") => raw.verdict(
            Danger::Outage,
            "another module may replace what this one made: only a plan tells",
        ),
        Action::Changed => raw.verdict(
            Danger::Outage,
            "what the module makes changes: only a plan tells how",
        ),
    }
}

/// Whether one of the texts of a value is `*`.
fn has_any(text: &str) -> bool {
    text.contains("\"*\"")
        || text
            .trim_matches(['[', ']'])
            .split(", ")
            .any(|item| item == "*")
}

/// What a part is told as.
pub(super) fn kind_of(part: &Part) -> ChangeKind {
    if part.kind == "resource" {
        ChangeKind::Resource
    } else {
        ChangeKind::TerraformPart
    }
}

/// Whether a type says who may do what.
pub(super) fn is_access(of: &str) -> bool {
    of.starts_with("aws_iam_") || of.ends_with("_policy") || of.starts_with("aws_eks_access")
}

/// Whether a type keeps somebody out.
pub(super) fn is_guard(of: &str) -> bool {
    of.starts_with("aws_wafv2")
        || of.starts_with("aws_security_group")
        || of.contains("security_group_rule")
        || of.contains("public_access_block")
        || of.contains("block_public")
}
