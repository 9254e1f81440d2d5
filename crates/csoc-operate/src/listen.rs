//! Connections: so many at once, and none that says nothing for long.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How many connections there may be: others wait until one of them ends.
const CONNECTIONS: usize = 256;

/// How long the head of a request may take, the token included: whoever sends none makes room.
const HEAD: Duration = Duration::from_secs(10);

/// How long it is waited where the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers whoever connects, for ever.
pub(crate) async fn serve<S>(listener: TcpListener, service: S) -> io::Result<()>
where
    S: HttpService<Incoming, Error: Error + Send + Sync, Future: Send> + Clone + Send + 'static,
    S::ResBody: Body<Data: Send, Error: Error + Send + Sync> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return Ok(());
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) if is_of_one(&error) => continue,
            Err(_) => {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let service = service.clone();
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(HEAD);
            // How a connection ends is nobody's business but its own.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
            drop(place);
        });
    }
}

/// Whether it is of that connection alone.
fn is_of_one(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
