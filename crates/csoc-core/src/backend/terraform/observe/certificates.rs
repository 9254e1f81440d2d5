//! Which hosts certificates are for, and who reaches them.

use super::observer::Observer;
use super::resource::scope_of;
use super::statement::Texts;
use crate::graph::{Relation, Target, ThingId, ThingKind};
use crate::hcl::{Block, evaluate};

impl Observer<'_, '_> {
    /// Which hosts a certificate is for.
    pub(super) fn covers(&mut self, own: Option<ThingId>, label: &str, block: &Block) {
        let Some(scope) = scope_of(ThingKind::Certificate, block, self.instance) else {
            return;
        };
        let unknown = || Target::Undecidable("the names of the certificate are not known".into());
        let Some(own) = own else {
            let own = ThingId::new(ThingKind::Certificate, scope, label);
            self.edge(&own, Relation::Covers, unknown(), block.origin);
            return;
        };
        let main = Target::Pattern(own.name.clone());
        self.edge(&own, Relation::Covers, main, block.origin);
        if let Some(others) = block.body.get("subject_alternative_names") {
            let others = evaluate(others, self.scope).node;
            let others = Texts::of(Some(&others));
            for name in others.known {
                let target = Target::Pattern(name.into());
                self.edge(&own, Relation::Covers, target, block.origin);
            }
            if others.unknown {
                self.edge(&own, Relation::Covers, unknown(), block.origin);
            }
        }
    }

    /// Who reaches a host: the sets whose addresses a rule does not block.
    pub(super) fn admits(&mut self, rule: &Block) {
        let conditions = rule
            .body
            .blocks_of("statement")
            .flat_map(|statement| statement.body.blocks_of("and_statement"))
            .flat_map(|all| all.body.blocks_of("statement"));
        let mut host = None;
        let mut sets = Vec::new();
        for condition in conditions {
            for plain in condition.body.blocks_of("byte_match_statement") {
                host = host.or(self.text(plain, "search_string"));
            }
            let excepted = condition
                .body
                .blocks_of("not_statement")
                .flat_map(|not| not.body.blocks_of("statement"))
                .flat_map(|inner| inner.body.blocks_of("ip_set_reference_statement"));
            sets.extend(excepted.filter_map(|set| self.referred(set.body.get("arn")?)));
        }
        if let Some(host) = host {
            let host = ThingId::new(ThingKind::Hostname, "world", host);
            for set in sets {
                self.edge(&host, Relation::Admits, Target::Exact(set), rule.origin);
            }
        }
    }
}
