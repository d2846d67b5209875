//! Owns what came of the customers ranked first on the lists of past days: never back, quiet, last order, staying; and how
//! much of the margin of those who were lost they held.

use std::fmt;

use serde::Serialize;

use super::bootstrap::{Customers, Draws, Interval, Resampling, bootstrap};
use super::grade::decimal;
use crate::label::Outcome;
use crate::text::{counted, shortened, wrapped};

const WIDTH: usize = 80;
const NAME_WIDTH: usize = 30;
/// Sums of a group: rows and margin of each outcome.
const N_SUMS: usize = 2 * Outcome::ALL.len();

/// Customers of the list of a past day, and what came of them.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeTest {
    /// The cutoff.
    pub cutoff: String,
    /// The number of each customer, ascending.
    pub customer: Vec<u32>,
    /// What came of each.
    pub outcome: Vec<Outcome>,
    /// Margin of each in the 365 days before the cutoff, in major units.
    pub margin: Vec<f64>,
    /// Orders of all rows or some, each with a name; the same names at every cutoff, the list's own first.
    pub rankings: Vec<(&'static str, Vec<usize>)>,
}

/// What came of those ranked first.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ListOutcomes {
    /// Who was on the list, in words.
    pub population: String,
    /// The cutoffs whose follow-up had ended.
    pub cutoffs: Vec<String>,
    /// Customers and cutoffs.
    pub n_rows: usize,
    /// Different customers.
    pub n_customers: usize,
    /// By what the rows are ranked; the list's own order first.
    pub rankings: Vec<RankingOutcomes>,
    /// Resamples of customers drawn for each interval; models and lists are held fixed.
    pub n_bootstrap: u32,
}

/// What came of those whom one ranking has first.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RankingOutcomes {
    /// What rows are ranked by.
    pub ranked_by: String,
    /// Everyone eligible, the first 50, 100 and as many as a tenth of everyone, of each cutoff.
    pub groups: Vec<OutcomeGroup>,
}

/// Some rows by what came of them.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct OutcomeGroup {
    /// Which rows, in words.
    pub name: String,
    /// How many, all cutoffs together.
    pub n_rows: usize,
    /// Share of the group's rows, by outcome.
    pub share: ByOutcome,
    /// Share of the margin that all rows of the outcome had in the past year which those of the group had.
    pub margin_held: ByOutcome,
}

/// A figure for each outcome; `None` where it is not defined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ByOutcome {
    /// Bought nothing, neither in the label window nor in the follow-up.
    pub never: Option<Interval>,
    /// Bought nothing in the label window and came back in the follow-up.
    pub quiet: Option<Interval>,
    /// Bought in the label window and nothing in the follow-up.
    pub last: Option<Interval>,
    /// Bought in both.
    pub staying: Option<Interval>,
}

impl ByOutcome {
    fn of(figure: impl Fn(usize) -> Option<Interval>) -> Self {
        let [never, quiet, last, staying] = std::array::from_fn(figure);
        Self { never, quiet, last, staying }
    }
}

/// Rows of each cutoff that are looked at together.
struct Group {
    name: &'static str,
    rows: Vec<Vec<usize>>,
}

/// How many rows of a list of so many a group has.
type Size = fn(usize) -> usize;

/// The groups of every ranking: a name, and how many of so many rows come first.
const GROUPS: [(&str, Size); 4] =
    [("all", |n| n), ("first 50", |n| n.min(50)), ("first 100", |n| n.min(100)), ("first tenth", |n| n.div_ceil(10))];

impl Group {
    fn all_of(tests: &[OutcomeTest], ranking: usize) -> Vec<Self> {
        let first = |size: Size| {
            let of_test = |test: &OutcomeTest| -> Vec<usize> {
                let ranked = test.rankings.get(ranking).map_or(&[][..], |(_, rows)| rows);
                ranked.iter().take(size(test.customer.len())).copied().collect()
            };
            tests.iter().map(of_test).collect()
        };
        let everyone = tests.iter().map(|test| (0..test.customer.len()).collect()).collect();
        let [_, firsts @ ..] = GROUPS;
        let firsts = firsts.map(|(name, size)| Self { name, rows: first(size) });
        std::iter::once(Self { name: GROUPS[0].0, rows: everyone }).chain(firsts).collect()
    }

    /// Rows and margin of each outcome in a resample.
    fn sums(&self, test: &OutcomeTest, cutoff: usize, weights: &[u32]) -> [f64; N_SUMS] {
        let mut sums = [0.0; N_SUMS];
        for row in &self.rows[cutoff] {
            let (weight, outcome) = (f64::from(weights[*row]), test.outcome[*row] as usize);
            sums[2 * outcome] += weight;
            sums[2 * outcome + 1] += weight * test.margin[*row];
        }
        sums
    }

    /// The figures of the group from draws in which its sums begin at a place, and those of everyone at another.
    fn figures(&self, draws: &Draws, own: usize, everyone: usize) -> OutcomeGroup {
        let n_rows = self.rows.iter().map(Vec::len).sum();
        OutcomeGroup {
            name: self.name.to_owned(),
            n_rows,
            share: ByOutcome::of(|outcome| draws.ratio(own + 2 * outcome, own + N_SUMS)),
            margin_held: ByOutcome::of(|outcome| draws.ratio(own + 2 * outcome + 1, everyone + 2 * outcome + 1)),
        }
    }
}

impl ListOutcomes {
    /// Counts what came of those ranked first; `None` without any customer.
    #[must_use]
    pub fn of(tests: &[OutcomeTest], population: &str, resampling: Resampling) -> Option<Self> {
        let ids: Vec<&[u32]> = tests.iter().map(|test| test.customer.as_slice()).collect();
        let customers = Customers::new(&ids).filter(|customers| !customers.is_empty())?;
        let names: Vec<&str> = tests.first()?.rankings.iter().map(|(name, _)| *name).collect();
        let groups: Vec<Group> = (0..names.len()).flat_map(|ranking| Group::all_of(tests, ranking)).collect();
        // Of each group the sums, then its rows.
        let figures = |cutoff: usize, weights: &[u32]| -> Vec<Option<f64>> {
            let of_group = |group: &Group| {
                let sums = group.sums(&tests[cutoff], cutoff, weights);
                let rows = sums.iter().step_by(2).sum();
                sums.into_iter().chain([rows]).map(Some)
            };
            groups.iter().flat_map(of_group).collect()
        };
        let draws = bootstrap(&customers, resampling, figures);
        let start = |group: usize| group * (N_SUMS + 1);
        let ranking = |(ranking, name): (usize, &&str)| {
            let first = ranking * GROUPS.len();
            let of_ranking = groups.iter().enumerate().skip(first).take(GROUPS.len());
            let groups = of_ranking.map(|(place, group)| group.figures(&draws, start(place), start(first))).collect();
            RankingOutcomes { ranked_by: (*name).to_owned(), groups }
        };
        Some(Self {
            population: population.to_owned(),
            cutoffs: tests.iter().map(|test| test.cutoff.clone()).collect(),
            n_rows: ids.iter().map(|ids| ids.len()).sum(),
            n_customers: customers.len() as usize,
            rankings: names.iter().enumerate().map(ranking).collect(),
            n_bootstrap: resampling.n_replicates,
        })
    }
}

/// Writes the list's own order as a table, at most 80 columns wide.
impl fmt::Display for ListOutcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, customers) = (counted(self.n_rows as u64, "row"), counted(self.n_customers as u64, "customer"));
        let cutoffs = self.cutoffs.join(", ");
        let head = format!("What came of {}: {rows} of {customers} at {cutoffs}", self.population);
        wrapped(&head, WIDTH).iter().try_for_each(|line| writeln!(f, "{line}"))?;
        writeln!(
            f,
            "{:NAME_WIDTH$}{:>8}{:>8}{:>8}{:>9}{:>9}{:>8}",
            "customers", "never", "quiet", "last", "staying", "m.never", "m.last"
        )?;
        for (place, ranking) in self.rankings.iter().enumerate() {
            // Of the list's own order everything, of others the first 50 to compare.
            let groups = ranking.groups.iter().filter(|group| place == 0 || group.name == GROUPS[1].0);
            groups.map(|group| group.line(&ranking.ranked_by)).try_for_each(|line| writeln!(f, "{line}"))?;
        }
        Ok(())
    }
}

impl OutcomeGroup {
    /// Its line in the table.
    fn line(&self, ranked_by: &str) -> String {
        let shown = |figure: Option<Interval>| figure.map_or_else(|| "-".to_owned(), |found| decimal(found.estimate));
        let ByOutcome { never, quiet, last, staying } = self.share;
        let [never, quiet, last, staying] = [never, quiet, last, staying].map(shown);
        let (of_never, of_last) = (shown(self.margin_held.never), shown(self.margin_held.last));
        let name = if self.name == GROUPS[0].0 { self.name.clone() } else { format!("{} by {ranked_by}", self.name) };
        let name = shortened(&name, NAME_WIDTH);
        format!("{name:NAME_WIDTH$}{never:>8}{quiet:>8}{last:>8}{staying:>9}{of_never:>9}{of_last:>8}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Resampling = Resampling { seed: 5, n_replicates: 100 };

    /// Two hundred customers: the first ten never came back, the next ten bought for the last time, then 100 were quiet.
    fn test(cutoff: &str) -> OutcomeTest {
        let outcome = |row: u32| match row {
            0..10 => Outcome::Never,
            10..20 => Outcome::Last,
            20..120 => Outcome::Quiet,
            _ => Outcome::Staying,
        };
        OutcomeTest {
            cutoff: cutoff.to_owned(),
            customer: (0..200).collect(),
            outcome: (0..200).map(outcome).collect(),
            margin: (0..200).map(|row| if row == 0 { 11.0 } else { 1.0 }).collect(),
            rankings: vec![("list", (0..200).collect()), ("backwards", (0..200).rev().collect())],
        }
    }

    #[test]
    fn shares_and_margin_by_hand() {
        let found = ListOutcomes::of(&[test("2024-01-01"), test("2024-02-01")], "all", PLAN).unwrap();
        let group = |ranking: usize, group: usize| &found.rankings[ranking].groups[group];
        let estimate = |figure: Option<Interval>| figure.unwrap().estimate;
        assert_eq!((found.n_rows, found.n_customers, group(0, 1).n_rows), (400, 200, 100));
        let shares = |group: &OutcomeGroup| {
            let ByOutcome { never, quiet, last, staying } = group.share;
            [never, quiet, last, staying].map(estimate)
        };
        let are = |found: &[f64], expected: &[f64]| found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(are(&shares(group(0, 0)), &[0.05, 0.5, 0.05, 0.4]));
        assert!(are(&shares(group(0, 1)), &[0.2, 0.6, 0.2, 0.0]));
        assert!(are(&shares(group(0, 3)), &[0.5, 0.0, 0.5, 0.0]), "a tenth of 200 is 20");
        assert!(are(&[estimate(group(0, 3).margin_held.never), estimate(group(1, 2).margin_held.never)], &[1.0, 0.0]));
        let half = OutcomeTest { rankings: vec![("list", (1..200).chain([0]).collect())], ..test("2024-01-01") };
        let found = ListOutcomes::of(&[half], "all", PLAN).unwrap();
        assert!(are(&[estimate(found.rankings[0].groups[1].margin_held.never)], &[9.0 / 20.0]), "money, not heads");
        assert_eq!(ListOutcomes::of(&[], "all", PLAN), None);
    }

    #[test]
    fn the_table_fits_80_columns() {
        let text = ListOutcomes::of(&[test("2024-01-01")], "everyone", PLAN).unwrap().to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 80 && !line.ends_with(' ')), "{text}");
        assert!(text.starts_with("What came of everyone: 200 rows of 200 customers at 2024-01-01\n"), "{text}");
    }
}
