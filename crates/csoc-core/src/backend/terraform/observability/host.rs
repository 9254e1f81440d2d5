//! The certificate of the host that other clusters send metrics, logs and traces to.

use super::Alarms;
use crate::backend::terraform::dns;
use crate::backend::terraform::variables::Variable;
use crate::hcl::Body;
use crate::model::stack::OutputKind;

/// The label of the certificate.
const TELEMETRY: &str = "telemetry";

impl Alarms {
    /// The certificate, and the records that prove the domain. The load balancer finds it by its host.
    pub(super) fn host(&self, body: Body) -> Body {
        let Some(host) = &self.host else {
            return body;
        };
        let body = body
            .comment("What other clusters send to. The load balancer is made in the cluster, and finds the certificate by its host.")
            .blank();
        let zone = Variable::reference(OutputKind::ZoneId.as_str());
        dns::wait(dns::certificate(body, TELEMETRY, &[host], zone), TELEMETRY).0
    }
}
