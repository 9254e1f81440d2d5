//! Networks, hosts and addresses on the net.

use std::net::IpAddr;

use super::text::{TextError, is_dns_label, text_type};

text_type! {
    /// A fully qualified host name (RFC 1123) in lower case, without a final dot.
    Hostname, example = "demo.example.org",
    check = |text| {
        let labels = text.split('.').collect::<Vec<_>>();
        let holds = text.len() <= 253
            && labels.len() >= 2
            && labels.iter().all(|label| is_dns_label(label))
            && labels.last().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
        if holds { Ok(()) } else {
            let error = TextError::new("a full host name in lower case, such as `data.example.org`");
            let lower = text.trim_end_matches('.').to_ascii_lowercase();
            let bare = lower.strip_prefix("https://").unwrap_or(&lower).split('/').next().unwrap_or("").to_owned();
            Err(if bare != text && Self::check(&bare).is_ok() { error.help(format!("write `{bare}`")) } else { error })
        }
    }
}

impl Hostname {
    /// Whether this host is `domain` or below it.
    pub fn is_within(&self, domain: &Hostname) -> bool {
        self.as_str()
            .strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

text_type! {
    /// A network in CIDR notation with no host bits set, IPv4 or IPv6.
    Cidr, example = "10.20.0.0/16",
    check = |text| {
        let wrong = || TextError::new("a network in CIDR notation, such as `10.20.0.0/16`");
        let (address, length) = text.split_once('/').ok_or_else(|| {
            let error = wrong();
            match text.parse::<IpAddr>() {
                Ok(IpAddr::V4(_)) => error.help(format!("for the single address write `{text}/32`")),
                Ok(IpAddr::V6(_)) => error.help(format!("for the single address write `{text}/128`")),
                Err(_) => error,
            }
        })?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let length: u8 = length.parse().map_err(|_| wrong())?;
        let network = ipnet::IpNet::new(address, length).map_err(|_| wrong())?;
        if network.trunc() == network {
            Ok(())
        } else {
            Err(TextError::new("a network: bits behind the prefix are set").help(format!("write `{}`", network.trunc())))
        }
    }
}

impl Cidr {
    /// The network.
    pub fn network(&self) -> ipnet::IpNet {
        self.as_str().parse().expect("checked when it was made")
    }

    /// Whether the two share an address.
    pub fn overlaps(&self, other: &Cidr) -> bool {
        let (a, b) = (self.network(), other.network());
        a.contains(&b) || b.contains(&a)
    }
}

text_type! {
    /// An address that starts with `https://`.
    HttpsUrl, example = "https://example.org/dictionary/v1/schema.json",
    check = |text| {
        let holds = text.strip_prefix("https://").is_some_and(|rest| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            let name = host.split_once(':').map_or(host, |(name, _)| name);
            !rest.contains(char::is_whitespace) && !host.contains('@') && name.split('.').all(is_dns_label)
        });
        if holds { Ok(()) } else { Err(TextError::new("an address that starts with `https://`")) }
    }
}

text_type! {
    /// Where a git repository is: `https://…` or `git@host:path` or `ssh://…`, without credentials.
    RepositoryUrl, example = "https://github.com/example/fleet-gitops",
    check = |text| {
        let wrong = || TextError::new("a repository: `https://HOST/PATH`, `ssh://git@HOST/PATH` or `git@HOST:PATH`, without credentials");
        if text.contains(char::is_whitespace) || text.len() > 512 { return Err(wrong()); }
        let holds = if let Some(rest) = text.strip_prefix("https://") {
            let host = rest.split('/').next().unwrap_or("");
            !host.contains('@') && host.contains('.')
        } else if let Some(rest) = text.strip_prefix("ssh://") {
            !rest.split('/').next().unwrap_or("").contains(':') && rest.contains('/')
        } else {
            text.strip_prefix("git@").is_some_and(|rest| rest.split_once(':').is_some_and(|(host, path)| host.contains('.') && !path.is_empty()))
        };
        if holds { Ok(()) } else { Err(wrong()) }
    }
}

text_type! {
    /// An object of S3 by its address.
    S3Url, example = "s3://example-users/demo/user.yaml",
    check = |text| {
        let holds = text.strip_prefix("s3://").and_then(|rest| rest.split_once('/')).is_some_and(|(bucket, key)| super::cloud::BucketName::check(bucket).is_ok() && !key.is_empty());
        if holds { Ok(()) } else { Err(TextError::new("an object of S3: `s3://BUCKET/KEY`")) }
    }
}

impl S3Url {
    /// The bucket in it.
    pub fn bucket(&self) -> &str {
        self.as_str()
            .trim_start_matches("s3://")
            .split('/')
            .next()
            .unwrap_or("")
    }

    /// The key in it.
    pub fn key(&self) -> &str {
        self.as_str()
            .trim_start_matches("s3://")
            .split_once('/')
            .map_or("", |(_, key)| key)
    }
}

text_type! {
    /// An e-mail address by its shape.
    Email, example = "admin@example.org",
    check = |text| {
        let holds = text.len() <= 254 && text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace) && domain.split('.').all(|part| !part.is_empty()) && !domain.contains('@'));
        if holds { Ok(()) } else { Err(TextError::new("an e-mail address")) }
    }
}

text_type! {
    /// The name of a container registry, with a path but without an image: `quay.io/cdis`.
    Registry, example = "quay.io/cdis",
    check = |text| {
        let host = text.split('/').next().unwrap_or("");
        let holds = !text.contains("://") && !text.ends_with('/') && host.contains('.') && !text.contains(char::is_whitespace)
            && text.split('/').all(|part| !part.is_empty());
        if holds { Ok(()) } else { Err(TextError::new("a registry such as `quay.io/cdis`, without `https://` and without an image")) }
    }
}
