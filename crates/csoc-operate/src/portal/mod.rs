//! What a portal drives runs by: the six routes of gen3-admin's runner, in front of plans that are looked at and applied once.
//!
//! Its words stay (`operation`, `work_dir`, `message`, `error`, `done`); what stands behind them does not. A plan makes a
//! bundle; an apply applies the last bundle that somebody was shown for that directory, and nothing else. Everything is
//! behind a token, and nothing that a request says reaches a command line.

mod answer;
mod engine;
mod execution;
mod executions;
mod operation;
mod request;
mod routes;
mod token;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

pub use engine::{MakeSessions, PortalEngine, PortalTask, TerraformEngine};
pub use token::{Token, TokenError};

use crate::listen;
use crate::run::Limits;
use crate::terraform::Interrupt;
use executions::Executions;

/// How often it is looked whether the server is to stop.
const TICK: Duration = Duration::from_millis(100);

/// The six routes, ready to be served.
pub struct Portal {
    engine: Arc<dyn PortalEngine>,
    token: Arc<Token>,
    /// How many executions may run at once.
    limits: Limits,
}

impl Portal {
    /// Serves what an engine does to whoever has the token; so many executions may run at once.
    pub fn new(engine: Arc<dyn PortalEngine>, token: Token, limits: Limits) -> Self {
        Self {
            engine,
            token: Arc::new(token),
            limits,
        }
    }

    /// Serves until somebody asks to stop, then waits for what runs; whoever asks twice does not wait.
    ///
    /// `ready` is told the address, of which the port may have been 0.
    ///
    /// # Errors
    ///
    /// The address cannot be had, or there is no runtime.
    pub fn serve(
        self,
        address: SocketAddr,
        interrupt: &Interrupt,
        ready: impl FnOnce(SocketAddr),
    ) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let executions = Arc::new(Executions::new(self.limits));
        let routes = routes::routes(self.engine, self.token, Arc::clone(&executions));
        let served = runtime.block_on(async {
            let listener = TcpListener::bind(address).await?;
            ready(listener.local_addr()?);
            // Streams of runs that go on would keep a server that waits for its connections.
            tokio::select! {
                served = listen::serve(listener, TowerToHyperService::new(routes)) => served,
                () = stopped(interrupt) => Ok(()),
            }
        });
        executions.stop_all();
        while !executions.are_done() {
            if interrupt.is_detached() {
                executions.detach_all();
                break;
            }
            std::thread::sleep(TICK);
        }
        runtime.shutdown_timeout(TICK);
        served
    }
}

/// Ends once somebody asks to stop.
async fn stopped(interrupt: &Interrupt) {
    while !interrupt.is_stopped() {
        tokio::time::sleep(TICK).await;
    }
}

#[cfg(test)]
mod tests;
