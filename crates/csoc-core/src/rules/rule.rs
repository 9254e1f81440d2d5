//! What a rule is.

use super::context::FleetContext;
use super::gitops::GitopsContext;
use super::policy::PolicyContext;
use super::rendered::RenderedContext;
use super::terraform::TerraformContext;
use crate::diagnostic::{Code, CodeFacts, Control, Diagnostics, Severity};
use crate::model::Tier;

/// A check with its code, severity and page.
pub(crate) struct Rule {
    /// The stable name of what it finds.
    pub(crate) code: Code,
    /// The version of the product that has it first.
    pub(crate) since: &'static str,
    /// How much it matters, by tier.
    pub(crate) severity: PerTier,
    /// Controls of outside catalogs that it evidences.
    pub(crate) controls: &'static [Control],
    /// What it says, in one sentence, for lists.
    pub(crate) summary: &'static str,
    /// The check.
    pub(crate) check: Check,
}

impl Rule {
    /// What is to be known of its code.
    pub(crate) const fn facts(&self) -> CodeFacts {
        CodeFacts {
            code: self.code,
            since: self.since,
            severity: self.severity.prod,
            controls: self.controls,
            summary: self.summary,
        }
    }
}

/// What a rule looks at.
pub(crate) enum Check {
    /// The fleet and its contracts.
    Fleet(fn(&FleetContext<'_>, &mut Diagnostics)),
    /// A GitOps repository, ours or foreign.
    Gitops(fn(&GitopsContext<'_>, &mut Diagnostics)),
    /// What Helm made of one deployment.
    Rendered(fn(&RenderedContext<'_>, &mut Diagnostics)),
    /// The resources of one directory of Terraform.
    Terraform(fn(&TerraformContext<'_>, &mut Diagnostics)),
    /// The same defect in a fleet and in a repository.
    Both {
        /// In the fleet.
        fleet: fn(&FleetContext<'_>, &mut Diagnostics),
        /// In a repository.
        gitops: fn(&GitopsContext<'_>, &mut Diagnostics),
    },
    /// What the fleet's policy did to the findings of all other rules.
    Policy(fn(&PolicyContext<'_>, &mut Diagnostics)),
}

impl Rule {
    /// A rule that is as severe everywhere.
    pub(crate) const fn everywhere(
        code: Code,
        severity: Severity,
        controls: &'static [Control],
        summary: &'static str,
        check: Check,
    ) -> Self {
        Self {
            code,
            since: "0.1.0",
            severity: PerTier::all(severity),
            controls,
            summary,
            check,
        }
    }
}

/// A severity for each tier. Findings about no environment count as production's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PerTier {
    pub(crate) dev: Severity,
    pub(crate) test: Severity,
    pub(crate) staging: Severity,
    pub(crate) prod: Severity,
    /// Where nobody says which tier it is: in foreign trees.
    pub(crate) unknown: Severity,
}

impl PerTier {
    /// The same everywhere.
    pub(crate) const fn all(severity: Severity) -> Self {
        Self {
            dev: severity,
            test: severity,
            staging: severity,
            prod: severity,
            unknown: severity,
        }
    }

    /// An error in production, a warning in staging, a remark below.
    pub(crate) const fn rising() -> Self {
        Self {
            dev: Severity::Info,
            test: Severity::Info,
            staging: Severity::Warning,
            prod: Severity::Error,
            unknown: Severity::Warning,
        }
    }

    /// One for production, another below.
    pub(crate) const fn prod(prod: Severity, below: Severity) -> Self {
        Self {
            dev: below,
            test: below,
            staging: below,
            prod,
            unknown: below,
        }
    }

    /// The same with another severity where nobody says which tier it is.
    pub(crate) const fn unknown(mut self, severity: Severity) -> Self {
        self.unknown = severity;
        self
    }

    /// The severity for a tier.
    pub(crate) const fn of(self, tier: Option<Tier>) -> Severity {
        match tier {
            Some(Tier::Dev) => self.dev,
            Some(Tier::Test) => self.test,
            Some(Tier::Staging) => self.staging,
            Some(Tier::Prod) | None => self.prod,
        }
    }
}
