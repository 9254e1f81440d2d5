//! Names and numbers that clouds give: accounts, regions, ARNs, buckets, roles, secrets.

use super::text::{TextError, is_label, text_type};

text_type! {
    /// The number of an AWS account: twelve digits, a string since it may start with zero.
    AccountId, example = "111122223333",
    check = |text| {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(())
        } else {
            Err(TextError::new("the number of a cloud account: twelve digits").help("write all twelve digits in quotes: id: \"012345678901\""))
        }
    }
}

text_type! {
    /// The name of a cloud region by its shape; whether there is such a region is a rule's question.
    Region, example = "us-east-1",
    check = |text| {
        let parts: Vec<&str> = text.split('-').collect();
        let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
        let tail = parts.last().is_some_and(|part| part.bytes().last().is_some_and(|byte| byte.is_ascii_digit()) && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        if parts.len() >= 2 && parts[..parts.len() - 1].iter().all(letters) && tail && text.len() <= 32 {
            Ok(())
        } else {
            Err(TextError::new("the name of a region, such as `us-east-1`"))
        }
    }
}

text_type! {
    /// The name of an availability zone by its shape.
    Zone, example = "us-east-1a",
    check = |text| {
        let bytes = text.as_bytes();
        let holds = (6..=32).contains(&bytes.len())
            && bytes[bytes.len() - 1].is_ascii_lowercase()
            && bytes[bytes.len() - 2].is_ascii_digit()
            && Region::check(&text[..text.len() - 1]).is_ok();
        if holds { Ok(()) } else { Err(TextError::new("the name of an availability zone, such as `us-east-1a`")) }
    }
}

text_type! {
    /// An Amazon resource name.
    Arn, example = "arn:aws:iam::111122223333:role/ci",
    check = |text| {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().unwrap_or("");
        let (prefix, partition, service, _region, account, resource) = (next(), next(), next(), next(), next(), next());
        let account_holds = account.is_empty() || account == "aws" || AccountId::check(account).is_ok();
        let holds = prefix == "arn"
            && matches!(partition, "aws" | "aws-us-gov" | "aws-cn" | "aws-eusc")
            && !service.is_empty()
            && account_holds
            && !resource.is_empty()
            && !text.contains(char::is_whitespace);
        if holds { Ok(()) } else { Err(TextError::new("an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`")) }
    }
}

impl Arn {
    /// The account in it, where there is one.
    pub fn account(&self) -> Option<AccountId> {
        self.as_str()
            .split(':')
            .nth(4)
            .and_then(|text| text.parse().ok())
    }

    /// The region in it, where there is one.
    pub fn region(&self) -> Option<Region> {
        self.as_str()
            .split(':')
            .nth(3)
            .and_then(|text| text.parse().ok())
    }
}

text_type! {
    /// The name of an S3 bucket.
    BucketName, example = "demodev-111122223333-upload",
    check = |text| {
        let bytes = text.as_bytes();
        let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let holds = (3..=63).contains(&bytes.len())
            && edge(&bytes[0])
            && edge(&bytes[bytes.len() - 1])
            && bytes.iter().all(|byte| edge(byte) || matches!(byte, b'.' | b'-'))
            && !text.contains("..")
            && text.parse::<std::net::Ipv4Addr>().is_err();
        if holds { Ok(()) } else { Err(TextError::new("a bucket name: 3 to 63 lower-case letters, digits, dots and dashes")) }
    }
}

text_type! {
    /// The name of an IAM role.
    RoleName, example = "demo--demodev-helm--fence",
    check = |text| {
        let holds = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte));
        if holds { Ok(()) } else { Err(TextError::new("a role name: 1 to 64 letters, digits and `+=,.@_-`").help("give the name, not the ARN")) }
    }
}

text_type! {
    /// The name of a secret in the cloud's secret manager.
    SecretName, example = "demodev-fence-config",
    check = |text| {
        let holds = (1..=512).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte));
        if holds { Ok(()) } else { Err(TextError::new("a secret name: letters, digits and `/_+=.@-`")) }
    }
}

text_type! {
    /// Where a secret is, never the secret: `secretsmanager:NAME` or `secretsmanager:NAME#KEY`.
    SecretReference, example = "secretsmanager:demodev-google-client#client_secret",
    check = |text| {
        let wrong = || TextError::new("a reference to a secret: `secretsmanager:NAME` or `secretsmanager:NAME#KEY`")
            .help("put the value into the secret manager and name it here; a fleet holds no secrets");
        let rest = text.strip_prefix("secretsmanager:").ok_or_else(wrong)?;
        let (name, key) = rest.split_once('#').unwrap_or((rest, "value"));
        if SecretName::check(name).is_ok() && !key.is_empty() { Ok(()) } else { Err(wrong()) }
    }
}

impl SecretReference {
    /// The name in the secret manager.
    pub fn name(&self) -> &str {
        let rest = self
            .as_str()
            .strip_prefix("secretsmanager:")
            .unwrap_or(self.as_str());
        rest.split_once('#').map_or(rest, |(name, _)| name)
    }

    /// The key in the secret; none where all of it is meant.
    pub fn key(&self) -> Option<&str> {
        self.as_str().split_once('#').map(|(_, key)| key)
    }
}

text_type! {
    /// The identifier of a VPC.
    VpcId, example = "vpc-0a1b2c3d4e5f60718",
    check = |text| {
        if is_resource_id(text, "vpc-") { Ok(()) } else { Err(TextError::new("the identifier of a VPC: `vpc-` and 8 or 17 lower-case hexadecimal digits")) }
    }
}

text_type! {
    /// The identifier of a transit gateway.
    TransitGatewayId, example = "tgw-0a1b2c3d4e5f60718",
    check = |text| {
        if is_resource_id(text, "tgw-") { Ok(()) } else { Err(TextError::new("the identifier of a transit gateway: `tgw-` and 8 or 17 lower-case hexadecimal digits")) }
    }
}

/// Whether a text is a prefix and the digits that EC2 puts behind it.
fn is_resource_id(text: &str, prefix: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix(prefix)
        .is_some_and(|rest| matches!(rest.len(), 8 | 17) && rest.bytes().all(is_digit))
}

text_type! {
    /// The name of a service that another account offers through `PrivateLink`.
    EndpointService, example = "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718",
    check = |text| {
        let holds = text.strip_prefix("com.amazonaws.vpce.").and_then(|rest| rest.split_once('.'))
            .is_some_and(|(region, service)| Region::check(region).is_ok() && is_resource_id(service, "vpce-svc-"));
        if holds { Ok(()) } else { Err(TextError::new("the name of an endpoint service: `com.amazonaws.vpce.REGION.vpce-svc-ID`")) }
    }
}

impl EndpointService {
    /// The region in it.
    pub fn region(&self) -> &str {
        let rest = self.as_str().strip_prefix("com.amazonaws.vpce.");
        rest.and_then(|rest| rest.split('.').next()).unwrap_or("")
    }
}

text_type! {
    /// The identifier of an AWS organization.
    OrganizationId, example = "o-a1b2c3d4e5",
    check = |text| {
        let holds = text.strip_prefix("o-").is_some_and(|rest| (10..=32).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        if holds { Ok(()) } else { Err(TextError::new("the identifier of an AWS organization: `o-` and 10 to 32 lower-case letters and digits")) }
    }
}

text_type! {
    /// The identifier of the root or of a unit of an AWS organization.
    OrganizationUnitId, example = "ou-a1b2-c3d4e5f6",
    check = |text| {
        let part = |text: &str, least: usize| (least..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let holds = text.strip_prefix("r-").is_some_and(|root| part(root, 4))
            || text.strip_prefix("ou-").and_then(|rest| rest.split_once('-')).is_some_and(|(root, unit)| part(root, 4) && part(unit, 8));
        if holds { Ok(()) } else { Err(TextError::new("the identifier of a root or unit of an AWS organization: `r-a1b2` or `ou-a1b2-c3d4e5f6`")) }
    }
}

text_type! {
    /// The name that people sign in to an account by; no other account of AWS has it.
    AccountAlias, example = "example-research",
    check = |text| {
        let holds = (3..=63).contains(&text.len()) && crate::model::text::is_dns_label(text) && !text.contains("--") && AccountId::check(text).is_err();
        if holds { Ok(()) } else { Err(TextError::new("the alias of an account: 3 to 63 lower-case letters, digits and single dashes")) }
    }
}

text_type! {
    /// The name of an environment in `global.environment`: what secrets and buckets are prefixed with.
    EnvironmentId, example = "midrcprod",
    check = |text| {
        if is_label(text, 32) { Ok(()) } else { Err(TextError::new("1 to 32 lower-case letters, digits and dashes that start with a letter")) }
    }
}
