//! Policies of roles: those that stand in them, and those that are attached to them.

use super::observer::Observer;
use super::statement::{Statements, Texts};
use crate::graph::{ANY, Relation, Target, ThingId, ThingKind};
use crate::hcl::{Block, Expression, ExpressionKind, Step, evaluate};
use crate::value::{Kind, Node, Origin};

/// What stands for the users and groups of an account.
const USERS: &str = "users and groups";

/// Policies of the cloud itself that allow nothing on secrets, keys, buckets and queues.
const HARMLESS: [&str; 11] = [
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSServicePolicy",
    "AmazonEKSVPCResourceController",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonRDSEnhancedMonitoringRole",
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
];

/// Whom a policy is attached to.
enum Holder {
    /// That role, or every role of an account.
    Role(ThingId),
    /// A role of this root whose name is not known: nothing else is said of it.
    Nameless,
}

impl Observer<'_, '_> {
    /// What a resource that ties policies to roles says.
    pub(super) fn attached(&mut self, kind: &str, block: &Block) {
        let (roles, policies) = match kind {
            "aws_iam_policy_attachment" => ("roles", "policy_arn"),
            "aws_iam_role_policy_attachments_exclusive" => ("role_name", "policy_arns"),
            "aws_iam_role_policy" => ("role", "policy"),
            _ => ("role", "policy_arn"),
        };
        let Some(policy) = block.body.get(policies) else {
            return;
        };
        let to_others = ["users", "groups"].map(|it| block.body.get(it).is_some());
        if to_others.contains(&true) {
            self.of_users(block);
        }
        let roles = block.body.get(roles);
        for holder in roles.map_or_else(Vec::new, |roles| self.holders(roles, block)) {
            let Holder::Role(role) = holder else { continue };
            if kind == "aws_iam_role_policy" {
                Statements::of(policy, self.scope).allows(&role, self);
            } else {
                self.attach(&role, policy, block.origin);
            }
        }
    }

    /// What users and groups may do: whoever has their keys may send to a queue.
    pub(super) fn of_users(&mut self, block: &Block) {
        let account = self.instance.places.of(block);
        let account = account.map_or("", |place| &place.account);
        let account = if account.is_empty() { ANY } else { account };
        let users = ThingId::new(ThingKind::Role, account, USERS);
        if let Some(policy) = block.body.get("policy") {
            Statements::of(policy, self.scope).allows(&users, self);
        }
        if let Some(arn) = block.body.get("policy_arn") {
            self.attach(&users, arn, block.origin);
        }
    }

    /// A module that is not in the tree may grant anything to the roles that it is told of.
    pub(super) fn unread(&mut self, call: &Block) {
        let mut told = Vec::new();
        for argument in call.body.attributes() {
            let value = evaluate(&argument.value, self.scope).node;
            texts(&value, &mut told);
        }
        let all = self.policies;
        for role in &all.roles {
            let name = role.name.rsplit('/').next().unwrap_or_default();
            let end = format!(":role/{}", role.name);
            if told.iter().any(|text| text == name || text.ends_with(&end)) {
                self.elsewhere(role, call.origin);
            }
        }
    }

    /// What a role says of itself: its own policies, and those that it names.
    pub(super) fn inside(&mut self, role: &ThingId, block: &Block) {
        for inline in block.body.blocks_of("inline_policy") {
            if let Some(policy) = inline.body.get("policy") {
                Statements::of(policy, self.scope).allows(role, self);
            }
        }
        for inline in block.body.blocks_of("dynamic") {
            if inline.label(0) == Some("inline_policy") {
                self.elsewhere(role, inline.origin);
            }
        }
        if let Some(attached) = block.body.get("managed_policy_arns") {
            self.attach(role, attached, attached.origin);
        }
    }

    /// Ties one policy, or several, to a role.
    fn attach(&mut self, role: &ThingId, policies: &Expression, origin: Origin) {
        let arns = evaluate(policies, self.scope).node;
        let arns = Texts::of(Some(&arns));
        if arns.unknown {
            self.elsewhere(role, origin);
        }
        let known = self.policies;
        for arn in arns.known {
            let name = arn.rsplit('/').next().unwrap_or_default();
            let is_clouds = arn.contains(":iam::aws:policy/");
            match known.get(arn) {
                Some(statements) => statements.allows(role, self),
                None if is_clouds && HARMLESS.contains(&name) => {}
                None if is_clouds && name == "AdministratorAccess" => self.everything(role, origin),
                None => self.elsewhere(role, origin),
            }
        }
    }

    /// Whoever administers an account may do all of it.
    fn everything(&mut self, role: &ThingId, origin: Origin) {
        for relation in [Relation::Allows, Relation::Sends, Relation::Receives] {
            self.edge(role, relation, Target::Pattern("*".into()), origin);
        }
    }

    /// A policy that is not in the root may allow anything.
    fn elsewhere(&mut self, role: &ThingId, origin: Origin) {
        for relation in [Relation::Allows, Relation::Sends, Relation::Receives] {
            let target = Target::Undecidable(
                "a policy that its root does not make is attached to a role".into(),
            );
            self.edge(role, relation, target, origin);
        }
    }

    /// The roles that an expression names, one or several.
    fn holders(&self, expression: &Expression, block: &Block) -> Vec<Holder> {
        if let ExpressionKind::List(items) = &expression.bare().kind {
            return items.iter().map(|item| self.holder(item, block)).collect();
        }
        vec![self.holder(expression, block)]
    }

    fn holder(&self, expression: &Expression, block: &Block) -> Holder {
        if let Some(role) = self.referred(expression) {
            return Holder::Role(role);
        }
        let account = self.instance.places.of(block);
        let account = account.map_or("", |place| &place.account);
        let account = if account.is_empty() { ANY } else { account };
        let name = match &expression.bare().kind {
            ExpressionKind::Reference(kind, _) if kind == "aws_iam_role" => {
                return Holder::Nameless;
            }
            // What a module makes that is not in the tree, no file of it names.
            ExpressionKind::Reference(kind, steps) if kind == "module" && self.is_unread(steps) => {
                return Holder::Nameless;
            }
            ExpressionKind::Reference(kind, steps) if kind == "data" => self.looked_up(steps),
            _ => self.text_of(expression),
        };
        let name = name.unwrap_or_else(|| ANY.to_owned());
        Holder::Role(ThingId::new(ThingKind::Role, account, name))
    }

    /// Whether a reference leads into a module that is not in the tree.
    fn is_unread(&self, steps: &[Step]) -> bool {
        let Some(Step::Attribute(name)) = steps.first() else {
            return false;
        };
        let mut unread = self.instance.unread.iter();
        unread.any(|call| call.label(0) == Some(name))
    }

    /// The name of a role that is looked up by its name.
    fn looked_up(&self, steps: &[Step]) -> Option<String> {
        let [Step::Attribute(kind), Step::Attribute(label), ..] = steps else {
            return None;
        };
        let mut data = self.instance.module.declared("data");
        let block = data.find(|block| block.is("data", &[kind, label]))?;
        (*kind == "aws_iam_role").then(|| self.text(block, "name"))?
    }
}

/// Adds all texts of a value.
fn texts(node: &Node, found: &mut Vec<String>) {
    match &node.kind {
        Kind::Scalar(scalar) => found.push(scalar.text.to_string()),
        Kind::List(items) => items.iter().for_each(|item| texts(item, found)),
        Kind::Map(entries) => entries.iter().for_each(|entry| texts(&entry.node, found)),
        Kind::Pending(_) => {}
    }
}
