//! Keeps us out of private networks: in comes an address somebody wrote or a server redirected to, out goes
//! leave to ask it or [`Failure::Private`].
//!
//! A name is judged by what it resolves to at the very moment of connecting, so that an answer of DNS cannot
//! change between the check and the use. It must never let a connection start to an address it did not see.

use crate::model::page::Miss;
use crate::model::visit::Failure;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Decides which addresses may be asked; a handle that is cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Guard(Arc<Allowed>);

#[derive(Debug)]
struct Allowed {
    networks: Vec<IpNet>,
    proxy: Option<Box<str>>,
}

/// A name that leads only to private addresses.
#[derive(Debug, thiserror::Error)]
#[error("{0} resolves to private addresses only")]
pub(super) struct Blocked(String);

/// A name that leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("{name} does not resolve: {error}")]
pub(super) struct Unresolved {
    name: String,
    error: io::Error,
}

impl Guard {
    /// Allows public addresses, those of `networks`, and whatever the configured proxy's name resolves to.
    pub(super) fn new(networks: Vec<IpNet>, proxy: Option<&Url>) -> Self {
        let proxy = proxy.and_then(Url::host_str).map(Box::from);
        Self(Arc::new(Allowed { networks, proxy }))
    }

    /// Whether `url` may be asked at all. Addresses written as numbers never pass through DNS and are judged
    /// here; names are judged when they are resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), Miss> {
        let refuse = |why| Err(Miss::new(Failure::Private, why));
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("neither http nor https");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("an address with credentials in it");
        }
        let literal = match url.host() {
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            None => return refuse("no host"),
        };
        if self.admits(literal) { Ok(()) } else { refuse("a private address") }
    }

    /// Whether a connection to `address` is allowed.
    fn admits(&self, address: IpAddr) -> bool {
        let address = inner(address);
        is_public(address) || self.0.networks.iter().any(|network| network.contains(&address))
    }

    async fn resolve_name(
        &self,
        name: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let trusted = self.0.proxy.as_deref() == Some(name);
        let found = tokio::net::lookup_host((name, 0))
            .await
            .map_err(|error| Unresolved { name: name.to_owned(), error })?;
        let mut addresses: Vec<SocketAddr> = found.collect();
        addresses.retain(|address| trusted || self.admits(address.ip()));
        if addresses.is_empty() {
            return Err(Box::new(Blocked(name.to_owned())));
        }
        Ok(addresses)
    }
}

impl Guard {
    /// What a name resolves to, private addresses left out; none when it resolves to nothing that may be asked.
    pub(super) async fn addresses(&self, name: &str) -> Option<Vec<IpAddr>> {
        let found = self.resolve_name(name).await.ok()?;
        Some(found.into_iter().map(|address| address.ip()).collect())
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses = guard.resolve_name(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The address a connection would really reach: what is embedded by IPv4-mapped (RFC 4291), NAT64 (RFC 6052)
/// and 6to4 (RFC 3056) addresses.
fn inner(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => embedded(high, low),
        _ => address,
    }
}

/// Whether the address is globally reachable unicast, after the special-purpose registries of IANA (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        // This host and network, private use (RFC 1918), loopback, multicast and all above.
        [0 | 10 | 127 | 224.., ..]
        // Shared space of carriers (RFC 6598).
        | [100, 64..=127, ..]
        // Link-local, where clouds serve their secrets.
        | [169, 254, ..]
        // Private use (RFC 1918).
        | [172, 16..=31, ..]
        | [192, 168, ..]
        // Protocol assignments, documentation, the old 6to4 relays.
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        // Benchmarking, documentation.
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => false,
        _ => true,
    }
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments with Teredo, documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Everything else that was ever given out as global unicast.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guard(networks: &[&str]) -> Guard {
        Guard::new(networks.iter().map(|network| network.parse().unwrap()).collect(), None)
    }

    fn check(guard: &Guard, url: &str) -> Result<(), Failure> {
        guard.check(&url.parse().unwrap()).map_err(|miss| miss.failure)
    }

    #[test]
    fn private_numbers_are_refused_in_every_spelling() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://0.0.0.0/",
            "http://10.1.2.3/",
            "http://100.64.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://172.16.0.1/",
            "http://172.31.255.255/",
            "http://192.0.0.1/",
            "http://192.168.1.1/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::]/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:a00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::10.0.0.1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:1::]/",
            "http://[2001:db8::1]/",
            "http://[fc00::1]/",
            "http://[fd12:3456::1]/",
            "http://[fe80::1]/",
            "http://[ff02::1]/",
        ] {
            assert_eq!(check(&guard(&[]), url), Err(Failure::Private), "{url}");
        }
    }

    #[test]
    fn public_numbers_and_all_names_may_be_asked() {
        for url in [
            "http://1.1.1.1/",
            "https://100.63.255.255/",
            "https://172.32.0.1/",
            "http://[2400:3200::1]/",
            "http://[64:ff9b::1.1.1.1]/",
            "http://www.chenghu.gov.cn/",
            "http://localhost/",
        ] {
            assert_eq!(check(&guard(&[]), url), Ok(()), "{url}");
        }
    }

    #[test]
    fn only_the_web_without_credentials_may_be_asked() {
        for url in [
            "ftp://1.1.1.1/",
            "file:///etc/passwd",
            "weixin://dl/business",
            "data:text/html,x",
            "http://user@1.1.1.1/",
            "http://:secret@www.chenghu.gov.cn/",
        ] {
            assert_eq!(check(&guard(&["0.0.0.0/0"]), url), Err(Failure::Private), "{url}");
        }
    }

    #[test]
    fn a_network_named_in_the_configuration_is_allowed_and_no_other() {
        let guard = guard(&["10.20.0.0/16", "fd00::/8"]);
        for url in ["http://10.20.30.40/", "http://[::ffff:10.20.1.1]/", "http://[fd00::1]/"] {
            assert_eq!(check(&guard, url), Ok(()), "{url}");
        }
        for url in ["http://10.21.0.1/", "http://127.0.0.1/", "http://[fc00::1]/"] {
            assert_eq!(check(&guard, url), Err(Failure::Private), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_blocked_unless_home_is_allowed() {
        let error = guard(&[]).resolve_name("localhost").await.unwrap_err();
        assert!(error.is::<Blocked>(), "{error}");
        let addresses = guard(&["127.0.0.0/8"]).resolve_name("localhost").await.unwrap();
        assert!(addresses.iter().all(|address| address.ip().to_canonical() == Ipv4Addr::LOCALHOST));
    }

    #[tokio::test]
    async fn the_proxy_the_operator_named_may_live_inside() {
        let proxy = "http://localhost:3128".parse().unwrap();
        let guard = Guard::new(Vec::new(), Some(&proxy));
        assert!(guard.resolve_name("localhost").await.is_ok());
    }

    proptest! {
        #[test]
        fn what_the_standard_library_calls_private_is_never_public(bits: u32) {
            let address = Ipv4Addr::from(bits);
            let private = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_broadcast() || address.is_documentation() || address.is_multicast()
                || address.is_unspecified();
            prop_assert!(!(private && is_public_v4(address)));
            prop_assert_eq!(is_public(inner(address.to_ipv6_mapped().into())), is_public_v4(address));
        }
    }
}
