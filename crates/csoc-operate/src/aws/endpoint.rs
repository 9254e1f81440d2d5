//! Where a child on this machine asks who it is, as a container does of what runs it: what it gets is renewed for as long
//! as it works, and no key is in its surroundings.
//!
//! It listens on the loopback address alone, and gives a session in a role to who shows the token of that role. A child
//! that outlives us goes on with the session that it has.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::error::AwsError;
use super::roles::{ON_THE_WAY, Role, Roles, Session};
use crate::digest::Digest;
use crate::listen;
use crate::random::random;
use crate::run::Variables;

/// The path under which a session is asked for.
const PATH: &str = "/session";

/// A file of settings in which there is nothing.
const NOTHING: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// Where children ask who they are.
pub(super) struct Endpoint {
    address: SocketAddr,
    tokens: Arc<Tokens>,
}

/// Which token is of which role. Digests are compared: how long that takes says nothing about a token.
#[derive(Default)]
struct Tokens(Mutex<BTreeMap<Digest, Role>>);

impl Endpoint {
    /// One that answers for as long as the runtime that this is called in.
    pub(super) async fn open(roles: Arc<Roles>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let tokens = Arc::new(Tokens::default());
        let known = Arc::clone(&tokens);
        let service = service_fn(move |request| {
            let (roles, known) = (Arc::clone(&roles), Arc::clone(&known));
            async move { Ok::<_, Infallible>(answer(&roles, &known, &request).await) }
        });
        tokio::spawn(listen::serve(listener, service));
        Ok(Self { address, tokens })
    }

    /// Tells a child where to ask for a role. It reads no file of settings: a profile there would be somebody else.
    pub(super) fn tell(&self, role: &Role, variables: &mut Variables) -> Result<(), AwsError> {
        let token = random().map_err(AwsError::Endpoint)?;
        let mut tokens = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(Digest::of(token.as_bytes()), role.clone());
        let place = format!("http://{}{PATH}", self.address);
        variables.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", place);
        variables.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", token);
        variables.set("AWS_CONFIG_FILE", NOTHING);
        variables.set("AWS_SHARED_CREDENTIALS_FILE", NOTHING);
        Ok(())
    }
}

impl Tokens {
    /// The role of which a request shows the token.
    fn role(&self, request: &Request<Incoming>) -> Option<Role> {
        let shown = request.headers().get(AUTHORIZATION)?;
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(&Digest::of(shown.as_bytes())).cloned()
    }
}

async fn answer(roles: &Roles, tokens: &Tokens, request: &Request<Incoming>) -> Response<String> {
    if request.method() != Method::GET || request.uri().path() != PATH {
        return refusal(StatusCode::NOT_FOUND, "NotFound", "there is nothing here");
    }
    let Some(role) = tokens.role(request) else {
        let why = "the token is of no role";
        return refusal(StatusCode::UNAUTHORIZED, "Unauthorized", why);
    };
    match roles.session(&role, ON_THE_WAY).await {
        Ok(session) => given(&session),
        // Not a fault of this server, which would be asked again.
        Err(error) => refusal(StatusCode::BAD_REQUEST, "NoSession", &error.said()),
    }
}

/// A session, as those who ask containers' endpoints read it.
fn given(session: &Session) -> Response<String> {
    let credentials = &session.credentials;
    let ends = Timestamp::try_from(session.ends).unwrap_or(Timestamp::MAX);
    let text = serde_json::json!({
        "AccessKeyId": credentials.access_key_id(),
        "SecretAccessKey": credentials.secret_access_key(),
        "Token": credentials.session_token(),
        "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "AccountId": session.identity.account,
    });
    response(StatusCode::OK, &text)
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response<String> {
    response(
        status,
        &serde_json::json!({ "code": code, "message": message }),
    )
}

fn response(status: StatusCode, body: &serde_json::Value) -> Response<String> {
    let mut response = Response::new(body.to_string());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let known = hyper::header::HeaderValue::from_static;
    headers.insert(CONTENT_TYPE, known("application/json"));
    headers.insert(CACHE_CONTROL, known("no-store"));
    response
}
