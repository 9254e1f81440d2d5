//! Argo CD with a host, for people: its address, how they sign in, what they may do, who is told.
//!
//! Its ingress and its secrets are objects in the repository: they need outputs
//! and External Secrets, which the first installation does not have.

use std::fmt::Write as _;

use crate::contract::{HubServiceKind, SignInContract};
use crate::hcl::{Expression, Layout};
use crate::model::hub::{AdminUser, HubNotifications, IssuerName, SignInGroups};

/// What an Argo CD is to people.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct People {
    /// Where people find it.
    pub(crate) address: String,
    /// Whether it has a user of its own.
    pub(crate) admin: AdminUser,
    /// Who vouches for people, and what it is called there.
    pub(crate) sign_in: Option<(SignInContract, Client)>,
    /// Who is told, where the hub's tells somebody.
    pub(crate) notifications: Option<HubNotifications>,
}

/// What an Argo CD is called at the issuer, and what it shows there.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) enum Client {
    /// A client with a secret, which External Secrets brings.
    Confidential(String),
    /// A client without one: each sign-in proves that it is the one that was begun.
    Public(String),
}

/// What is asked of an issuer where the fleet does not say.
const SCOPES: [&str; 4] = ["openid", "profile", "email", "groups"];
/// What operators may do beside what readers may.
const OPERATOR: &str = "\
p, role:operator, applications, sync, */*, allow
p, role:operator, applications, action/*, */*, allow
g, role:operator, role:readonly
";
/// What tells one deployment from another: the revision of an Application with one source, those of one with several.
const ONCE: &str = "[app.status.operationState.syncResult?.revision, app.status.operationState.syncResult?.revisions]";
/// When somebody is told, and of what: the trigger, its condition, whether once a revision, the sentence.
const TRIGGERS: [(&str, &str, bool, &str); 3] = [
    (
        "deployed",
        "app.status.operationState != nil and app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'",
        true,
        "runs {{with .app.status.operationState.syncResult}}{{or .revision .revisions}}{{end}}",
    ),
    (
        "health-degraded",
        "app.status.health.status == 'Degraded'",
        false,
        "is degraded",
    ),
    (
        "sync-failed",
        "app.status.operationState != nil and app.status.operationState.phase in ['Error', 'Failed']",
        false,
        "could not be synced: {{.app.status.operationState.message}}",
    ),
];

fn heredoc(text: impl Into<Expression>) -> Expression {
    text.into().layout(Layout::Heredoc)
}

fn broken(entries: Vec<(String, Expression)>) -> Expression {
    Expression::object(entries).layout(Layout::Broken)
}

impl People {
    /// Settings of `argocd-cm` beside those of every Argo CD.
    pub(super) fn settings(&self) -> Vec<(&'static str, Expression)> {
        let mut settings = vec![
            ("admin.enabled", (self.admin == AdminUser::Enabled).into()),
            ("users.anonymous.enabled", false.into()),
        ];
        if let Some((sign_in, client)) = &self.sign_in {
            settings.push(("oidc.config", heredoc(oidc(sign_in, client))));
        }
        settings
    }

    /// `configs.params`: the load balancer ends TLS.
    pub(super) fn parameters() -> (&'static str, Expression) {
        ("server.insecure", Expression::from(true))
    }

    /// `configs.rbac`: who may do what; whoever is in no group, nothing.
    pub(super) fn roles(&self) -> Expression {
        let sign_in = self.sign_in.as_ref();
        let policy = sign_in.map(|(sign_in, _)| policy(&sign_in.spec.groups));
        let mut entries = Vec::new();
        if let Some(policy) = policy {
            entries.push(("policy.csv".to_owned(), heredoc(policy)));
        }
        entries.push(("policy.default".to_owned(), "".into()));
        entries.push(("scopes".to_owned(), "[groups]".into()));
        broken(entries)
    }

    /// `notifications`: services, sentences, and to whom they go.
    pub(super) fn notifications(&self) -> Option<Expression> {
        let told = self.notifications.as_ref()?;
        if told.slack.is_empty() && told.email.is_none() {
            return None;
        }
        // Whoever is told of everything; an Application names who is told of it alone.
        let recipients = recipients(told);
        let names = TRIGGERS.map(|(name, ..)| format!("on-{name}"));
        let subscription = (!recipients.is_empty()).then(|| {
            Expression::object([
                ("recipients", Expression::list(recipients)),
                ("triggers", Expression::list(names)),
            ])
        });
        let template = |(name, _, _, what): (&str, &str, bool, &str)| {
            let text = format!(
                "email:\n  subject: \"{{{{.app.metadata.name}}}}: {name}\"\nmessage: |\n  {{{{.app.metadata.name}}}} {what}\n  {{{{.context.argocdUrl}}}}/applications/{{{{.app.metadata.namespace}}}}/{{{{.app.metadata.name}}}}\n"
            );
            (format!("template.app-{name}"), heredoc(text))
        };
        let trigger = |(name, when, once, _): (&str, &str, bool, &str)| {
            let once = if once {
                format!("  oncePer: '{ONCE}'\n")
            } else {
                String::new()
            };
            let text = format!("- when: {when}\n{once}  send: [app-{name}]\n");
            (format!("trigger.on-{name}"), heredoc(text))
        };
        Some(
            Expression::object([
                ("argocdUrl", self.address.as_str().into()),
                ("enabled", Expression::from(true)),
                ("notifiers", notifiers(told)),
                // External Secrets makes it.
                (
                    "secret",
                    Expression::object([("create", Expression::from(false))]),
                ),
                ("subscriptions", Expression::list(subscription)),
                ("templates", broken(TRIGGERS.map(template).into())),
                ("triggers", broken(TRIGGERS.map(trigger).into())),
            ])
            .layout(Layout::Broken),
        )
    }
}

/// `oidc.config`.
fn oidc(sign_in: &SignInContract, client: &Client) -> String {
    let (name, proof) = match client {
        Client::Confidential(name) => {
            let secret = SignInContract::kubernetes_secret(HubServiceKind::ArgoCd);
            (name, format!("clientSecret: ${secret}:clientSecret"))
        }
        Client::Public(name) => (name, "enablePKCEAuthentication: true".to_owned()),
    };
    // The realm of the hub's own Keycloak puts groups into every token, and knows no scope for them.
    let usual = match sign_in.spec.issuer {
        Some(_) => &SCOPES[..],
        None => &SCOPES[..3],
    };
    let scopes: Vec<&str> = match &sign_in.spec.scopes[..] {
        [] => usual.to_vec(),
        scopes => scopes.iter().map(IssuerName::as_str).collect(),
    };
    format!(
        "name: {}\nissuer: {}\nclientID: \"{name}\"\n{proof}\nrequestedScopes: [{}]\n",
        sign_in.title(),
        sign_in.issuer,
        scopes.join(", "),
    )
}

fn policy(groups: &SignInGroups) -> String {
    let mut policy = OPERATOR.to_owned();
    for (role, groups) in [
        ("role:admin", &groups.admins),
        ("role:operator", &groups.operators),
        ("role:readonly", &groups.readers),
    ] {
        for group in groups {
            let _ = writeln!(policy, "g, {group}, {role}");
        }
    }
    policy
}

fn recipients(told: &HubNotifications) -> Vec<String> {
    let slack = told.slack.iter().map(|channel| format!("slack:{channel}"));
    let mail = told.email.iter().flat_map(|mail| &mail.to);
    slack
        .chain(mail.map(|address| format!("email:{address}")))
        .collect()
}

fn notifiers(told: &HubNotifications) -> Expression {
    let mut notifiers = Vec::new();
    if let Some(mail) = &told.email {
        let text = format!(
            "host: {}\nport: 465\nfrom: {}\nusername: $email-username\npassword: $email-password\n",
            mail.host, mail.from
        );
        notifiers.push(("service.email".to_owned(), heredoc(text)));
    }
    if !told.slack.is_empty() {
        notifiers.push(("service.slack".to_owned(), heredoc("token: $slack-token\n")));
    }
    broken(notifiers)
}
