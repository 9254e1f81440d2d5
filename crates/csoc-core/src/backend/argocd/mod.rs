//! Argo CD applications.
