//! The linker: from the fleet to who runs as what, trusts whom, reads which secret, bucket, queue and key.
//!
//! Backends take these facts from here only; so Terraform, Helm values and
//! Argo CD applications cannot disagree.

mod account;
mod cluster;
mod cutover;
mod delivery;
mod eks;
mod environment;
mod facts;
mod grants;
mod hosts;
mod hub;
mod hub_services;
mod identity;
mod linker;
mod module;
mod namer;
mod observability;
mod pool;
mod pusher;
mod secret;
mod services;
mod storage;
mod store;
mod watch;

pub(crate) use account::{
    ACCESS_ROLES, AUDIT_KEY, AccountContract, BREAKGLASS_ROLE, CONTROLLER_ROLE, DEPLOY_ROLE,
    PLAN_ROLE, PLANNER_ROLE, SEEDER_ROLE, TRAIL_ROLE, VOLUME_KEY, access_log_bucket,
    keeps_access_logs,
};
pub(crate) use cluster::{AllowList, ClusterContract, Guarded, LoadBalancerContract};
pub(crate) use cutover::{
    CUTOVER_STATE, CutoverContract, Entrance, MORE_HOSTS, RECORD_IDENTIFIER, entrance,
};
pub(crate) use delivery::{
    ARGO_CD, CredentialContract, DeliveryContract, argocd_entrance, delivery,
};
pub(crate) use eks::{ClusterRole, ClusterRolePurpose, EksContract};
pub(crate) use environment::{
    BucketContract, BucketPurpose, EnvironmentContract, IdentityContract, Ingress, QueueContract,
    QueuePurpose, RoleAttachment, RoleOwner,
};
#[cfg(test)]
pub(crate) use facts::facts;
pub(crate) use facts::{environment_facts, facts_by_object, role_of};
pub(crate) use grants::{Grant, KeyPurpose, Resource};
pub(crate) use hosts::{FleetHost, Leads, hosts, telemetry_group};
pub(crate) use hub::{
    ALERTS_KEY, ALERTS_TOPIC, BootstrapContract, GuardrailContract, HubContract, Member,
    ParentZone, STATE_KEY,
};
pub(crate) use hub_services::{
    HUB_SECRETS, HubSecret, HubServiceKind, HubServices, NOTIFICATIONS, SignInContract,
    argocd_clients, asked_services, hub_services, sign_in,
};
pub(crate) use linker::{Contracts, choose, link};
pub(crate) use module::{ModuleContract, ModuleValue};
pub(crate) use observability::{
    MONITORING, ObservabilityContract, Store, StoreKind, hub_cluster, keeps, observability,
    profile, unobservable,
};
pub(crate) use pool::Pool;
pub(crate) use pusher::Login;
pub(crate) use secret::{Phase, SecretContract};
pub(crate) use services::{ServiceContract, Wants};
pub(crate) use store::{StoreUse, matters};
pub(crate) use watch::{TELEMETRY_PASSWORD, TELEMETRY_SECRET, Watch};
