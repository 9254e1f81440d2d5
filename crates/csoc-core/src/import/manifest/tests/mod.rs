//! Manifests of cloud-automation: own fixtures, and the recorded ones beside real Helm values.

mod agreement;
mod documented;
mod own;
