//! Every metric, declared once, at zero from the start.
//!
//! Two kinds: *process* metrics count as things happen; *service* metrics are read from the store at scrape.
//! Labels come from closed sets only, never from an account, an address or a name.

use crate::model::account::{AccountState, Platform, Tier};
use crate::model::finding::{Level, Rule};
use crate::model::incident::State;
use crate::model::moment::to_ms;
use crate::model::visit::{Failure, OutcomeKind};
use crate::notify::mail::SendErrorKind;
use crate::store::figures::Figures;
use chrono::{DateTime, Utc};
use prometheus::{
    Encoder, Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

/// Why a case was not mailed; the label of `notifications_suppressed_total`.
pub const SUPPRESSED: &[&str] = &["inhibited"];

/// What became of a picture; the label of `screenshots_total`.
pub const SCREENSHOTS: &[&str] = &["taken", "failed", "left_out"];

/// Transactions by name; the label of `store_transaction_seconds`.
pub const TRANSACTIONS: &[&str] = &["lease", "commit"];

macro_rules! metrics {
    ($($(#[doc = $help:literal])+ $field:ident: $kind:ident $(($($label:literal),+))? $(@ $buckets:expr)?;)+) => {
        /// Every metric; the field's name is the metric's name behind `xunwang_`.
        #[derive(Debug, Clone)]
        pub struct Metrics {
            registry: Registry,
            $($(#[doc = $help])+ pub $field: $kind,)+
        }

        impl Metrics {
            /// Names of all metrics, for the test that compares dashboards with what exists.
            pub const NAMES: &'static [&'static str] = &[$(concat!("xunwang_", stringify!($field))),+];

            /// All metrics at zero.
            pub fn new() -> Result<Self, prometheus::Error> {
                let registry = Registry::new();
                $(let $field = metrics!(@make $kind, concat!("xunwang_", stringify!($field)), [$($help),+], [$($($label),+)?] $(, $buckets)?);
                registry.register(Box::new($field.clone()))?;)+
                let metrics = Self { registry, $($field),+ };
                metrics.start_at_zero();
                Ok(metrics)
            }
        }
    };
    (@make IntCounter, $name:expr, [$($help:literal),+], []) => { IntCounter::with_opts(Opts::new($name, concat!($($help),+).trim()))? };
    (@make IntGauge, $name:expr, [$($help:literal),+], []) => { IntGauge::with_opts(Opts::new($name, concat!($($help),+).trim()))? };
    (@make Gauge, $name:expr, [$($help:literal),+], []) => { Gauge::with_opts(Opts::new($name, concat!($($help),+).trim()))? };
    (@make IntCounterVec, $name:expr, [$($help:literal),+], [$($label:literal),+]) => {
        IntCounterVec::new(Opts::new($name, concat!($($help),+).trim()), &[$($label),+])?
    };
    (@make IntGaugeVec, $name:expr, [$($help:literal),+], [$($label:literal),+]) => {
        IntGaugeVec::new(Opts::new($name, concat!($($help),+).trim()), &[$($label),+])?
    };
    (@make HistogramVec, $name:expr, [$($help:literal),+], [$($label:literal),+], $buckets:expr) => {
        HistogramVec::new(HistogramOpts::new($name, concat!($($help),+).trim()).buckets($buckets.to_vec()), &[$($label),+])?
    };
}

const VISIT_SECONDS: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
const STORE_SECONDS: [f64; 9] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

metrics! {
    /// Looks at accounts by platform and outcome.
    visits_total: IntCounterVec("platform", "outcome");
    /// Time of one look, from the first byte sent to the last byte read.
    visit_duration_seconds: HistogramVec("platform") @ VISIT_SECONDS;
    /// Bytes of pages read, decompressed.
    fetch_bytes_total: IntCounter;
    /// Looks that gave nothing, by platform and class.
    failures_total: IntCounterVec("platform", "class");
    /// Accounts due now.
    due_accounts: IntGauge;
    /// How late the account longest due is: the health number.
    oldest_due_seconds: Gauge;
    /// Accounts whose lease was lost to another worker; what was learnt about them was dropped.
    leases_lost_total: IntCounter;
    /// Accounts kept apart because looking at them failed in our own hands again and again.
    quarantined_accounts: IntGauge;
    /// Remaining seconds for which sites are left alone, the longest.
    site_cooldown_seconds: Gauge;
    /// Accounts by platform, level and state.
    accounts: IntGaugeVec("platform", "level", "state");
    /// Accounts that break the original-content rule.
    accounts_no_original: IntGaugeVec("platform");
    /// Accounts that could not be verified.
    unverified_accounts: IntGaugeVec("platform");
    /// Suspected impostors by platform and state of their case.
    suspected_impostors: IntGaugeVec("platform", "state");
    /// Bridges suspected of serving only what they had, by the platform they read.
    bridges_suspected: IntGaugeVec("platform");
    /// 1 while our own line is down and nobody is judged.
    blind: IntGauge;
    /// Posts never seen before.
    posts_new_total: IntCounterVec("platform");
    /// Cases opened by rule and level.
    findings_total: IntCounterVec("rule", "level");
    /// Cases by rule and state.
    incidents: IntGaugeVec("rule", "state");
    /// Mails written down to be sent, one per recipient.
    notifications_total: IntCounterVec("channel");
    /// Tries to send a mail.
    notification_attempts_total: IntCounterVec("channel");
    /// Tries that failed, by reason.
    notifications_failed_total: IntCounterVec("channel", "reason");
    /// Times a case was not mailed, by reason.
    notifications_suppressed_total: IntCounterVec("reason");
    /// Mails owed.
    outbox_pending: IntGauge;
    /// Age of the oldest mail owed.
    outbox_oldest_seconds: Gauge;
    /// Mails that will never arrive.
    outbox_dead: IntGauge;
    /// Time of a transaction by its name.
    store_transaction_seconds: HistogramVec("name") @ STORE_SECONDS;
    /// Pictures of pages on which cases rest, by what became of them; none without a browser.
    screenshots_total: IntCounterVec("outcome");
    /// Transactions tried again after a passing trouble of the database.
    store_retries_total: IntCounter;
    /// 1 when the last reading of the configuration succeeded.
    config_last_reload_successful: IntGauge;
    /// When the configuration was last read without a mistake.
    config_last_reload_success_timestamp_seconds: Gauge;
    /// Tasks that panicked, whose accounts the lease brings back, and checks of content that did.
    panics_total: IntCounter;
    /// 1, labelled with the version that runs.
    build_info: IntGaugeVec("version");
}

impl Metrics {
    /// Touches every label value so that "never happened" and "not there" differ.
    fn start_at_zero(&self) {
        for platform in Platform::ALL.iter().map(|it| it.as_str()) {
            for outcome in OutcomeKind::ALL {
                self.visits_total.with_label_values(&[platform, outcome.as_str()]);
            }
            for failure in Failure::ALL {
                self.failures_total.with_label_values(&[platform, failure.class()]);
            }
            for state in State::ALL {
                self.suspected_impostors.with_label_values(&[platform, state.as_str()]);
            }
            self.visit_duration_seconds.with_label_values(&[platform]);
            self.posts_new_total.with_label_values(&[platform]);
        }
        for rule in Rule::ALL {
            for level in Level::ALL {
                self.findings_total.with_label_values(&[rule.as_str(), level.as_str()]);
            }
        }
        for channel in ["smtp", "directory"] {
            self.notifications_total.with_label_values(&[channel]);
            self.notification_attempts_total.with_label_values(&[channel]);
            for kind in SendErrorKind::ALL {
                self.notifications_failed_total.with_label_values(&[channel, kind.as_str()]);
            }
        }
        for reason in SUPPRESSED {
            self.notifications_suppressed_total.with_label_values(&[reason]);
        }
        for outcome in SCREENSHOTS {
            self.screenshots_total.with_label_values(&[outcome]);
        }
        for name in TRANSACTIONS {
            self.store_transaction_seconds.with_label_values(&[name]);
        }
        self.build_info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        self.show(&Figures::default(), DateTime::UNIX_EPOCH);
    }

    /// Takes over what the store counted; every label value that it does not mention is zero.
    pub fn show(&self, figures: &Figures, now: DateTime<Utc>) {
        for platform in Platform::ALL.iter().map(|it| it.as_str()) {
            for level in Tier::ALL {
                for state in AccountState::ALL {
                    self.accounts.with_label_values(&[platform, level.as_str(), state.as_str()]).set(0);
                }
            }
            self.accounts_no_original.with_label_values(&[platform]).set(0);
            self.unverified_accounts.with_label_values(&[platform]).set(0);
            self.bridges_suspected.with_label_values(&[platform]).set(0);
        }
        for platform in &figures.stale_bridges {
            self.bridges_suspected.with_label_values(&[platform.as_str()]).inc();
        }
        for (platform, level, state, count) in &figures.accounts {
            self.accounts
                .with_label_values(&[platform.as_str(), level.as_str(), state.as_str()])
                .set(i64::from(*count));
            if *state == AccountState::Unverified {
                self.unverified_accounts.with_label_values(&[platform.as_str()]).add(i64::from(*count));
            }
        }
        for (platform, count) in &figures.no_original {
            self.accounts_no_original.with_label_values(&[platform.as_str()]).set(i64::from(*count));
        }
        for rule in Rule::ALL {
            for state in State::ALL {
                self.incidents.with_label_values(&[rule.as_str(), state.as_str()]).set(0);
            }
        }
        for (rule, state, count) in &figures.incidents {
            self.incidents.with_label_values(&[rule.as_str(), state.as_str()]).set(i64::from(*count));
        }
        self.due_accounts.set(i64::from(figures.due));
        self.oldest_due_seconds.set(age_seconds(figures.oldest_due, now));
        let cooling = figures.cooling_until.map_or(0, |until| (to_ms(until) - to_ms(now)).max(0));
        self.site_cooldown_seconds.set(seconds(cooling));
        self.quarantined_accounts.set(i64::from(figures.quarantined));
        self.outbox_pending.set(i64::from(figures.outbox_pending));
        self.outbox_oldest_seconds.set(age_seconds(figures.outbox_oldest, now));
        self.outbox_dead.set(i64::from(figures.outbox_dead));
    }

    /// Everything in the text format of Prometheus.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        let mut bytes = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut bytes)?;
        // The encoder writes UTF-8 only.
        Ok(String::from_utf8(bytes).unwrap_or_default())
    }
}

/// Seconds since an instant, 0 when there is none or it lies ahead.
fn age_seconds(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    seconds(since.map_or(0, |at| (to_ms(now) - to_ms(at)).max(0)))
}

/// Milliseconds as the seconds Prometheus wants.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "milliseconds of any real date fit a double exactly")]
pub fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_stands_at_zero_from_the_start() {
        let text = Metrics::new().unwrap().text().unwrap();
        for name in Metrics::NAMES {
            assert!(text.contains(&format!("# TYPE {name} ")), "{name} is missing");
            assert!(text.lines().any(|line| line.starts_with(name)), "{name} has no series");
        }
    }

    #[test]
    fn a_state_that_nobody_is_in_any_more_goes_back_to_zero() {
        let metrics = Metrics::new().unwrap();
        let figures = Figures {
            accounts: vec![(Platform::Weibo, Tier::City, AccountState::Zombie, 3)],
            ..Figures::default()
        };
        let series = |metrics: &Metrics| {
            let text = metrics.text().unwrap();
            text.lines()
                .find(|line| line.contains("level=\"city\",platform=\"weibo\",state=\"zombie\""))
                .unwrap()
                .to_owned()
        };
        metrics.show(&figures, DateTime::UNIX_EPOCH);
        assert!(series(&metrics).ends_with(" 3"));
        metrics.show(&Figures::default(), DateTime::UNIX_EPOCH);
        assert!(series(&metrics).ends_with(" 0"));
    }
}
