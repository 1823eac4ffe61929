//! Whether a host can be reached over IPv6.
//!
//! In: an address. Out: reachable, without an IPv6 address, or with one that takes no connection; nothing when that
//! cannot be told from here: the name did not resolve, only a proxy leads out, or our own line has never reached
//! anybody over IPv6. It never connects past the guard and sends nothing.

use super::Fetcher;
use super::guard::Guard;
use crate::model::listing::Ipv6;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use url::{Host, Url};

/// Addresses of one host that are tried.
const TRIED: usize = 3;

/// What asking over IPv6 needs.
#[derive(Debug)]
pub(super) struct Reach {
    guard: Guard,
    /// Whether only a proxy leads out, which would connect in our place.
    proxied: bool,
    patience: Duration,
    /// Whether our own line has reached anybody: before, a connection that fails says nothing about the other side.
    proven: AtomicBool,
}

impl Reach {
    pub(super) const fn new(guard: Guard, proxied: bool, patience: Duration) -> Self {
        Self { guard, proxied, patience, proven: AtomicBool::new(false) }
    }

    async fn ask(&self, url: &Url) -> Option<Ipv6> {
        if self.proxied || self.guard.check(url).is_err() {
            return None;
        }
        let port = url.port_or_known_default()?;
        let found = match url.host()? {
            Host::Ipv4(_) => return Some(Ipv6::NoAddress),
            Host::Ipv6(address) => vec![IpAddr::V6(address)],
            Host::Domain(name) => self.guard.addresses(name).await?,
        };
        let own = |address: &IpAddr| match address {
            // An IPv4 address in the clothes of IPv6 leads over IPv4.
            IpAddr::V6(address) => address.to_ipv4_mapped().is_none().then_some(*address),
            IpAddr::V4(_) => None,
        };
        let addresses: Vec<Ipv6Addr> = found.iter().filter_map(own).take(TRIED).collect();
        if addresses.is_empty() {
            return Some(Ipv6::NoAddress);
        }
        for address in addresses {
            if self.connects(SocketAddr::from((address, port))).await {
                self.proven.store(true, Ordering::Relaxed);
                return Some(Ipv6::Reachable);
            }
        }
        self.proven.load(Ordering::Relaxed).then_some(Ipv6::Unreachable)
    }

    async fn connects(&self, address: SocketAddr) -> bool {
        #[expect(clippy::disallowed_methods, reason = "sockets wait in real time, whatever the clock says")]
        let connected = tokio::time::timeout(self.patience, TcpStream::connect(address)).await;
        matches!(connected, Ok(Ok(_)))
    }
}

impl Fetcher {
    /// Whether the host of an address can be reached over IPv6; `None` when that cannot be told from here.
    pub async fn ipv6(&self, url: &Url) -> Option<Ipv6> {
        self.reach.ask(url).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    fn reach(networks: &[&str], proxied: bool) -> Reach {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        Reach::new(Guard::new(networks, None), proxied, Duration::from_secs(5))
    }

    async fn asked(reach: &Reach, url: &str) -> Option<Ipv6> {
        reach.ask(&Url::parse(url).unwrap()).await
    }

    #[tokio::test]
    async fn a_host_that_has_only_an_ipv4_address_has_no_ipv6() {
        let loopback = reach(&["127.0.0.0/8"], false);
        assert_eq!(asked(&loopback, "http://127.0.0.1:9/").await, Some(Ipv6::NoAddress));
        // localhost may lead to ::1 as well, which this guard does not admit.
        assert_eq!(asked(&loopback, "http://localhost:9/").await, Some(Ipv6::NoAddress));
    }

    #[tokio::test]
    async fn what_cannot_be_told_from_here_is_not_told() {
        let open = reach(&["127.0.0.0/8", "::1/128"], false);
        // Nobody was ever reached: a closed door may be our own.
        assert_eq!(asked(&open, "http://[::1]:9/").await, None);
        assert_eq!(asked(&open, "http://no-such-host.invalid/").await, None);
        assert_eq!(asked(&reach(&["127.0.0.0/8"], true), "http://127.0.0.1:9/").await, None);
        // A private address is none of our business.
        assert_eq!(asked(&reach(&[], false), "http://[fd00::1]/").await, None);
        assert_eq!(asked(&reach(&[], false), "http://127.0.0.1/").await, None);
    }

    #[tokio::test]
    async fn once_somebody_was_reached_a_closed_door_is_the_other_sides() {
        let Ok(listener) = TcpListener::bind("[::1]:0").await else {
            let mut err = std::io::stderr();
            let _ = std::io::Write::write_all(
                &mut err,
                b"skipped: this machine has no IPv6, not even to itself\n",
            );
            return;
        };
        let reach = reach(&["::1/128"], false);
        let address = listener.local_addr().unwrap();
        assert_eq!(asked(&reach, &format!("http://{address}/")).await, Some(Ipv6::Reachable));
        drop(listener);
        assert_eq!(asked(&reach, &format!("http://{address}/")).await, Some(Ipv6::Unreachable));
    }
}
