//! What a run says at its end, in lines of at most 80 columns: population, churn, grade, model, the top of the list, files.

use jiff::civil::Date;

use super::decisions;
use super::items::{WIDTH, item};
use super::printing::shown;
use super::session::Session;
use crate::config::Config;
use crate::decide::no_longer_because;
use crate::pipeline::{ChangeCounts, ListRow, Lists, RankedList};
use crate::registry::Version;
use crate::text::{counted, grouped, printable, shortened, wrapped};
use crate::value::ValueReport;

/// How a shop whose list a simple rule makes gets a model.
pub(super) const WAY_ON: &str = "a simple rule makes the list until a model passes the gate: give a longer history, complaints \
                                 or facts about customers, and run again; `evaluation.json` of the refused version has its \
                                 figures";

const TOP: usize = 10;

/// The summary of a whole run; `promotion` says what became of the model that it trained.
pub(super) fn of_run(session: &Session, version: &Version, promotion: &str, lists: &Lists) -> String {
    let verdict = &version.manifest.verdict;
    let tests = &verdict.population;
    let churned = if tests.n_rows == 0 { 0.0 } else { 100.0 * tests.n_churned as f64 / tests.n_rows as f64 };
    let mut page = String::new();
    item(&mut page, "Shop", &format!("{}, as of {}", session.config.name, lists.list.as_of));
    let eligible = counted(lists.n_eligible() as u64, "customer");
    item(&mut page, "Population", &format!("{eligible}: {}", lists.list.population));
    let question = &version.manifest.training.question;
    let expected = 100.0 * lists.mean_churn_probability();
    item(&mut page, "Churn", &format!("{question}: {churned:.1} % at the test cutoffs, {expected:.1} % expected now"));
    item(&mut page, "Grade", &verdict.to_string());
    item(&mut page, "Model", &version.manifest.model_version());
    item(&mut page, "Promotion", promotion);
    if version.manifest.simple_rule.is_some() {
        item(&mut page, "Way on", WAY_ON);
    }
    page.push('\n');
    page + &of_lists(session, version, lists)
}

/// The top of the list, and where the files are.
pub(super) fn of_lists(session: &Session, version: &Version, lists: &Lists) -> String {
    let Lists { list, winback } = lists;
    let mut page = format!(
        "{:>4}  {:20} {:>8} {:>12} {:>10}  {}\n",
        "rank", "customer", "leaving", "at stake", "net gain", "action"
    );
    for (rank, row) in (1..).zip(list.rows.iter().take(TOP)) {
        page.push_str(&line(rank, row, list));
    }
    page.push('\n');
    let amounts = format!(
        "First those to contact, by expected net gain in {}; then the others, by probability of leaving x value at stake, the \
         margin of the coming {} that leaving destroys. {} on the list; {} with a probability above one half of having left \
         already on the win-back list. Model {}.",
        list.currency.code(),
        session.config.value.horizon_days,
        counted(list.rows.len() as u64, "customer"),
        counted(winback.rows.len() as u64, "customer"),
        version.manifest.model_version()
    );
    for line in wrapped(&amounts, WIDTH) {
        page.push_str(&line);
        page.push('\n');
    }
    page.push('\n');
    page.push_str(&decisions::page(lists, &session.config));
    item(&mut page, "Changes", &changes(session.changes.as_ref()));
    page.push('\n');
    for path in &session.written {
        page.push_str(&format!("{}\n", shown(path)));
    }
    page
}

fn line(rank: usize, row: &ListRow, list: &RankedList) -> String {
    let (prospect, currency, action) = (&row.prospect, &list.currency, list.action_name(row));
    let gain = row.decision.action.map_or_else(|| "-".to_owned(), |action| currency.major_digits(action.net_gain));
    let figures = format!(
        "{rank:>4}  {:20} {:>6.1} % {:>12} {gain:>10}  {}\n",
        shortened(&printable(&row.customer_id), 20),
        100.0 * prospect.outcome.leaving,
        currency.major_digits(prospect.value_at_stake),
        shortened(action.unwrap_or("-"), 18)
    );
    let reasons = list.reasons_of(row);
    let first = reasons.first().map(|reason| {
        let lines = wrapped(&printable(reason), WIDTH - 6);
        lines.iter().flat_map(|line| ["      ", line, "\n"]).collect::<String>()
    });
    figures + &first.unwrap_or_default()
}

/// What changed since an earlier list.
fn changes(found: Option<&(Date, ChangeCounts)>) -> String {
    let Some((since, counts)) = found else {
        return "no earlier list in the folder of runs to compare with".to_owned();
    };
    let n = |word: &str| counts.customers.get(word).copied().unwrap_or(0);
    let because: Vec<String> =
        counts.no_longer_because.iter().map(|(why, n)| format!("{} {}", grouped(*n), no_longer_because(why))).collect();
    let left: u64 = counts.no_longer_because.values().sum();
    let because = if because.is_empty() { String::new() } else { format!(" ({})", because.join(", ")) };
    format!(
        "since the list of {since}: {} to contact who were not then; {} who were then, and no longer{because}; {} on neither list \
         before, {} on neither any more; {} riskier and {} safer by ten points or more",
        counted(counts.asked_anew, "customer"),
        grouped(left),
        grouped(n("new")),
        grouped(n("gone")),
        grouped(n("riskier")),
        grouped(n("safer"))
    )
}

/// What value at stake means in a run.
pub(super) fn value_in_words(config: &Config, value: &Result<ValueReport, String>) -> String {
    match value {
        Ok(report) => format!(
            "margin expected within {} of a customer who is still active, discounted at {} a year, by {} and Gamma-Gamma",
            config.value.horizon_days,
            config.value.discount_rate,
            report.models.purchases.steps.last().map_or("", |step| step.model.as_str())
        ),
        Err(why) => format!("margin of the past 365 days, because {why}"),
    }
}
