//! Whether customers ranked by predicted value are those who will spend: the table of `retain backtest`, on CDNOW.

use std::path::Path;

use jiff::civil::{Date, date};
use retain::config::{Config, Table};
use retain::evaluate::capture::CaptureReport;
use retain::timeline::{Cutoff, EventLog};
use retain::units::{Days, Timestamp};
use retain::value::rank_by_value;

/// CDNOW as `examples/cdnow.toml` maps it, read through the data contract; `None` where the data are not there.
fn cdnow() -> Option<(Config, EventLog)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/cdnow.toml");
    let mut config = Config::from_toml(&std::fs::read_to_string(&file).unwrap(), &file).unwrap();
    if let Some(folder) = std::env::var_os("RETAIN_SHARED_DATA") {
        config.set_paths(Table::Purchases, vec![Path::new(&folder).join("cdnow/cdnow_master.parquet")]).unwrap();
    }
    if !config.purchases.paths[0].exists() {
        crate::skip::skipped("the public data");
        return None;
    }
    let loaded = retain::validate::load(&config, Timestamp(i64::MAX)).unwrap().accepted().unwrap();
    let log = EventLog::build(loaded.tables, &config.timezone).unwrap();
    Some((config, log))
}

/// What the tenth ranked first spent, among everyone who had bought by the cutoffs.
fn everyone(config: &Config, log: &EventLog, cutoffs: &[Date]) -> CaptureReport {
    let test = |day: &Date| (Cutoff::at_start_of(*day, &config.timezone), Vec::new());
    let ranking = rank_by_value(config, log, &cutoffs.iter().map(test).collect::<Vec<_>>());
    assert!(ranking.without_model.is_empty() && ranking.on_the_list.is_none(), "{:?}", ranking.without_model);
    ranking.everyone.unwrap()
}

/// The holdout of the papers: 39 weeks from October 1997.
#[test]
fn on_the_holdout_of_the_papers_predicted_value_finds_more_than_last_year_and_rfm() {
    let Some((mut config, log)) = cdnow() else { return };
    config.churn.horizon_days = Days(273);
    let report = everyone(&config, &log, &[date(1997, 10, 1)]);
    assert_eq!(report.n_customers, 23_570);
    let names: Vec<&str> = report.rankings.iter().map(|ranking| ranking.name.as_str()).collect();
    assert_eq!(names, ["predicted value", "spend of the past year", "recency, frequency, monetary"]);
    for other in &report.rankings[1..] {
        let ahead = other.first_is_ahead_by.unwrap();
        assert!(ahead.estimate > 0.0, "{report}");
    }
    let share = report.rankings[0].share.unwrap();
    assert!(share.low < share.estimate && share.estimate < share.high && share.estimate > 0.3, "{report}");
}
