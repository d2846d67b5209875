//! `retain explain`: one customer, as text or JSON.

use std::fmt::Write;

use super::job::{self, Today, print};
use crate::cli::{Explain, Job, Talk};
use crate::error::Failure;
use crate::pipeline::{self, CustomerStory};
use crate::registry::{CHAMPION, Registry};
use crate::text::{shortened, wrapped};
use crate::units::Timestamp;

/// Features, orders and complaints shown in the text.
const SHOWN: usize = 12;

pub(super) fn run(arguments: &Explain, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    let job = Job {
        config: arguments.config.clone(),
        as_of: arguments.as_of,
        out: arguments.out.clone(),
        threads: arguments.threads,
    };
    let config = job::configure(&Job { threads: None, ..job.copied() })?;
    let version = Registry::new(&config.models.dir, &config.name).load(CHAMPION)?;
    let (session, log) = job::start(&job, talk, now, Today::AfterTheData)?;
    let scored = pipeline::score(&session.config, &log, &version, session.as_of, &session.watch)?;
    let whom = (session.as_of, arguments.customer.as_str());
    let story = pipeline::story(&session.config, &log, (&version, &scored.list), whom)?;
    let _stages = session.watch.finish();
    if arguments.json {
        // Plain numbers and texts can always be written as JSON.
        return print(&(serde_json::to_string_pretty(&story).unwrap_or_default() + "\n"));
    }
    print(&page(&story, session.config.currency.code()))
}

fn page(story: &CustomerStory, currency: &str) -> String {
    let mut page = format!(
        "{} at {}: rank {} of {}, model {}\n\nchurn {:.1} %, value at stake {currency} {:.2}, confidence {}\n",
        story.customer_id,
        story.as_of,
        story.rank.0,
        story.rank.1,
        story.model_version,
        100.0 * story.churn_probability,
        story.value_at_stake,
        story.confidence
    );
    for reason in &story.reasons {
        for (position, line) in wrapped(reason, 76).iter().enumerate() {
            let _ = writeln!(page, "{}{line}", if position == 0 { "  - " } else { "    " });
        }
    }
    let _ = writeln!(page, "\n{:36} {:>12} {:>12} {:>10}", "feature", "customer", "shop median", "log-odds");
    let _ = writeln!(page, "{:36} {:>12} {:>12} {:>10.3}", "(everyone at this day)", "", "", story.base_log_odds);
    for feature in story.features.iter().take(SHOWN) {
        let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        let (value, median) = (shown(feature.value), shown(feature.shop_median));
        let _ =
            writeln!(page, "{:36} {value:>12} {median:>12} {:>+10.3}", shortened(&feature.name, 36), feature.log_odds);
    }
    let rest: f64 = story.features.iter().skip(SHOWN).map(|feature| feature.log_odds).sum();
    let n_rest = story.features.len().saturating_sub(SHOWN);
    let _ = writeln!(page, "{:36} {:>12} {:>12} {rest:>+10.3}", format!("({n_rest} more)"), "", "");
    let _ = writeln!(page, "\norders, the latest first ({}):", story.orders.len());
    for (at, amount) in story.orders.iter().rev().take(SHOWN) {
        let _ = writeln!(page, "  {at}  {currency} {amount:.2}");
    }
    let _ = writeln!(page, "\ncomplaints, the latest first ({}):", story.complaints.len());
    for complaint in story.complaints.iter().rev().take(SHOWN) {
        let state = if complaint.is_open { "open" } else { "resolved" };
        let _ = writeln!(page, "  {}  {state}", complaint.opened_at);
    }
    page
}
