//! In which form the times of a column are read: what the config says, or what all its values prove.

use super::dates::Order;
use super::number_census::{Count, SLIPS};
use super::time_census::{Runs, TimeCensus};
use super::time_form::{Clock, TimeForm};

/// A column of times, with what is counted of each file in their order.
#[derive(Debug, Clone)]
pub(crate) struct TimeColumn {
    pub(crate) name: &'static str,
    pub(crate) given: Option<TimeForm>,
    pub(crate) files: Vec<(String, TimeCensus)>,
}

/// How a column is read, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimeVerdict {
    pub(crate) form: TimeForm,
    pub(crate) says: Option<TimeSays>,
}

/// What is to be said of a column of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimeSays {
    /// Its values prove the form: how many have it, and one of them.
    Proved(Count),
    /// Day and month can stand in both orders.
    Open(Count),
    /// Some values are in one form and some in another, each with a file that has it alone.
    Mixed(Side, Side),
    /// Day and month seem exchanged in all values of the first form, which have no day above 12, as those of the other have alone.
    Exchanged(Side, Side),
    /// The form of the config cannot read values that this one reads.
    Missed(Count, TimeForm),
}

/// Values of one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) form: TimeForm,
    pub(crate) count: Count,
    /// A file in which no value is of the other form.
    pub(crate) file: Option<String>,
}

/// How each of the columns of a table is read.
pub(crate) fn settle(columns: &[TimeColumn]) -> Vec<TimeVerdict> {
    let free: Vec<TimeVerdict> = columns.iter().map(|column| Sum::of(column).by_values()).collect();
    let proved = |verdict: &TimeVerdict| match (&verdict.form, &verdict.says) {
        (TimeForm::Dates(order), Some(TimeSays::Proved(_))) if *order != Order::YearFirst => Some(*order),
        _ => None,
    };
    let orders: Vec<Order> = free.iter().filter_map(proved).collect();
    // The columns of a file are written by one program.
    let common = orders.first().filter(|first| orders.iter().all(|order| order == *first)).copied();
    columns
        .iter()
        .zip(free)
        .map(|(column, free)| match (&column.given, free.says.clone(), common) {
            (Some(given), ..) => Sum::of(column).by_config(given, free),
            (None, Some(TimeSays::Open(count)), Some(order)) => {
                TimeVerdict { form: TimeForm::Dates(order), says: Some(TimeSays::Proved(count)) }
            }
            _ => free,
        })
        .collect()
}

/// The files of a column together.
struct Sum<'c> {
    column: &'c TimeColumn,
    all: TimeCensus,
}

impl<'c> Sum<'c> {
    fn of(column: &'c TimeColumn) -> Self {
        let mut all = TimeCensus::default();
        column.files.iter().for_each(|(_, census)| all.add(census.clone()));
        Self { column, all }
    }

    /// The form that the config gives, held against the values.
    fn by_config(&self, given: &TimeForm, free: TimeVerdict) -> TimeVerdict {
        let (all, own) = (&self.all, given.order());
        let (proves, contradicts) = match own {
            Some(Order::DayFirst) => (all.day_first.n, all.month_first.n),
            Some(Order::MonthFirst) => (all.month_first.n, all.day_first.n),
            _ => (0, 0),
        };
        let is_exchanged = contradicts > 0 && proves == 0;
        if let Some(exchanged) = self.exchanged() {
            return TimeVerdict { form: given.clone(), says: Some(exchanged) };
        }
        let is_systematic = all.missed.n * SLIPS > all.values || is_exchanged;
        let says = match free.says {
            _ if all.missed.n == 0 || !is_systematic => None,
            Some(TimeSays::Mixed(one, other)) => Some(TimeSays::Mixed(one, other)),
            Some(TimeSays::Open(_)) => {
                Some(TimeSays::Missed(all.missed.clone(), own.map_or(free.form, TimeForm::Dates)))
            }
            // What the config has already reads no more.
            _ if free.form == *given => None,
            _ => Some(TimeSays::Missed(all.missed.clone(), free.form)),
        };
        TimeVerdict { form: given.clone(), says }
    }

    /// The form that the values prove.
    fn by_values(&self) -> TimeVerdict {
        let all = &self.all;
        let dates = Count { n: all.dates(), example: self.a_date() };
        let mut kinds = vec![(TimeForm::Dates(self.most_common_order()), dates)];
        kinds.extend(Clock::ALL.iter().zip(&all.clocks).map(|(clock, count)| (TimeForm::Clock(*clock), count.clone())));
        kinds.retain(|(_, count)| count.n > 0);
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(count.n));
        let mut kinds = kinds.into_iter();
        let Some((form, count)) = kinds.next() else { return TimeVerdict { form: TimeForm::Iso, says: None } };
        if let Some((other, less)) = kinds.next().filter(|(_, less)| less.n * SLIPS > less.n + count.n) {
            let (one, two) = (Self::side(form.clone(), count), Self::side(other, less));
            return TimeVerdict { form, says: Some(TimeSays::Mixed(one, two)) };
        }
        match form {
            TimeForm::Dates(_) => match self.exchanged() {
                Some(exchanged) => TimeVerdict { form, says: Some(exchanged) },
                None => self.order(),
            },
            form => TimeVerdict { form, says: Some(TimeSays::Proved(count)) },
        }
    }

    /// A spreadsheet that reads dates of another country takes those that it can read for days of its own, with day and month
    /// exchanged, and leaves the others as texts: the ones have no day above 12, the others nothing else.
    fn exchanged(&self) -> Option<TimeSays> {
        let all = &self.all;
        let (more, less) = if all.day_first.n > all.month_first.n {
            (&all.day_first, &all.month_first)
        } else {
            (&all.month_first, &all.day_first)
        };
        let are_apart = all.iso_above_12 == 0 && less.n == 0 && all.either.n == 0 && all.same == 0;
        if !are_apart || all.iso.min(more.n) < LEAST_EXCHANGED {
            return None;
        }
        let read = Self::side(TimeForm::Iso, Count { n: all.iso, example: all.iso_example.clone() });
        Some(TimeSays::Exchanged(read, Self::side(TimeForm::Dates(self.most_common_order()), more.clone())))
    }

    fn a_date(&self) -> String {
        let all = &self.all;
        let counts = [&all.day_first, &all.month_first, &all.either, &all.known];
        counts.into_iter().find(|count| count.n > 0).map(|count| count.example.clone()).unwrap_or_default()
    }

    const fn most_common_order(&self) -> Order {
        if self.all.month_first.n > self.all.day_first.n { Order::MonthFirst } else { Order::DayFirst }
    }

    const fn side(form: TimeForm, count: Count) -> Side {
        Side { form, count, file: None }
    }

    /// The order of numbers with marks.
    fn order(&self) -> TimeVerdict {
        let all = &self.all;
        let proved = |order, count: &Count| TimeVerdict {
            form: TimeForm::Dates(order),
            says: Some(TimeSays::Proved(count.clone())),
        };
        let quiet = |form| TimeVerdict { form, says: None };
        if all.ordered() == 0 {
            return quiet(if all.known.n > 0 { TimeForm::Dates(Order::DayFirst) } else { TimeForm::Iso });
        }
        if all.short_years.stand_first() {
            return proved(Order::YearFirst, &Count { n: all.ordered(), example: all.short_years.example.clone() });
        }
        let (day, month) = (&all.day_first, &all.month_first);
        let (more, less) = (day.n.max(month.n), day.n.min(month.n));
        let most = self.most_common_order();
        if less * SLIPS > more + less {
            let sides = (Side::of_order(self, Order::DayFirst), Side::of_order(self, Order::MonthFirst));
            return TimeVerdict { form: TimeForm::Dates(most), says: Some(TimeSays::Mixed(sides.0, sides.1)) };
        }
        // A slip or two among hundreds that can be read in both orders prove nothing.
        if more > 0 && more * SLIPS > all.either.n {
            return proved(most, if most == Order::DayFirst { day } else { month });
        }
        if all.either.n == 0 {
            return quiet(TimeForm::Dates(Order::DayFirst));
        }
        match more_plausible(&all.days, &all.months) {
            Some(order) => proved(order, &all.either),
            None => TimeVerdict { form: TimeForm::Dates(most), says: Some(TimeSays::Open(all.either.clone())) },
        }
    }
}

impl Side {
    fn of_order(sum: &Sum<'_>, order: Order) -> Self {
        let of = |census: &TimeCensus| match order {
            Order::MonthFirst => (census.month_first.clone(), census.day_first.n),
            _ => (census.day_first.clone(), census.month_first.n),
        };
        let alone = sum.column.files.iter().find(|(_, census)| {
            let (own, other) = of(census);
            own.n > 0 && other == 0
        });
        let file = alone.map(|(file, _)| file.clone());
        Self { form: TimeForm::Dates(order), count: of(&sum.all).0, file }
    }
}

/// Values of each kind from which on no chance keeps days up to 12 and later ones apart.
const LEAST_EXCHANGED: u64 = 20;

/// Days after the as-of day that make an order implausible.
const LEAST_LATER: u64 = 3;

/// The order in which no day lies after the as-of day, or in which the file is sorted, if the other one is not so.
const fn more_plausible(days: &Runs, months: &Runs) -> Option<Order> {
    match (days.later, months.later) {
        (0, LEAST_LATER..) => return Some(Order::DayFirst),
        (LEAST_LATER.., 0) => return Some(Order::MonthFirst),
        _ => {}
    }
    match (days.is_in_order(), months.is_in_order()) {
        (Some(true), Some(false)) => Some(Order::DayFirst),
        (Some(false), Some(true)) => Some(Order::MonthFirst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::time_census::Against;

    fn column(name: &'static str, given: Option<&str>, files: &[&[&str]]) -> TimeColumn {
        let given = given.map(TimeForm::given);
        let against = Against { given: given.clone(), as_of: None };
        let census = |texts: &&[&str]| {
            TimeCensus::of(&texts.iter().map(|text| Some(*text)).collect::<polars::prelude::StringChunked>(), &against)
        };
        let files = files.iter().enumerate().map(|(n, texts)| (format!("{n}.csv"), census(texts))).collect();
        TimeColumn { name, given, files }
    }

    fn says(given: Option<&str>, texts: &[&str]) -> (String, &'static str) {
        let verdict = settle(&[column("purchased_at", given, &[texts])]).remove(0);
        let what = match verdict.says {
            None => "",
            Some(TimeSays::Proved(_)) => "proved",
            Some(TimeSays::Open(_)) => "open",
            Some(TimeSays::Mixed(..)) => "mixed",
            Some(TimeSays::Exchanged(..)) => "exchanged",
            Some(TimeSays::Missed(_, better)) => return (better.to_string(), "missed"),
        };
        (verdict.form.to_string(), what)
    }

    #[test]
    fn all_values_settle_the_form() {
        let is = |texts: &[&str], form: &str, what| assert_eq!(says(None, texts), (form.to_owned(), what), "{texts:?}");
        is(&["2024-01-01", "2024-01-02T10:00"], "iso", "");
        is(&["01.02.2024", "13.02.2024"], "day_first", "proved");
        is(&["01/02/2024", "2024-05-01", "02/13/24 1:00 PM"], "month_first", "proved");
        is(&["01/02/2024", "03/02/2024"], "day_first", "open");
        is(&["02/02/2024"], "day_first", "");
        is(&["13/02/2024", "02/13/2024"], "day_first", "mixed");
        is(&["45292", "45293.5"], "excel", "proved");
        is(&["45292", "13/02/2024"], "day_first", "mixed");
        is(&["Nov 1, 2024", "20241101"], "day_first", "");
        is(&["soon", ""], "iso", "");
        let sorted: Vec<String> =
            (1..=12).flat_map(|month| (1..=12).map(move |day| format!("{day:02}/{month:02}/2024"))).collect();
        is(&sorted.iter().map(String::as_str).collect::<Vec<_>>(), "day_first", "proved");
        let years: Vec<String> = (1..=28).map(|day| format!("{}/05/{day:02}", 23 + day % 3)).collect();
        is(&years.iter().map(String::as_str).collect::<Vec<_>>(), "year_first", "proved");
    }

    #[test]
    fn days_that_a_spreadsheet_has_read_with_the_month_first_are_told() {
        let texts = |is_exchanged: bool| -> Vec<String> {
            let day = |day: usize, month: usize| match day {
                1..=12 if is_exchanged => format!("2024-{day:02}-{month:02} 00:00:00"),
                1..=12 => format!("2024-{month:02}-{day:02}"),
                _ => format!("{day:02}.{month:02}.2024"),
            };
            let of_month = |month: usize| (1..=28).map(move |of| day(of, month));
            (1..=12).flat_map(of_month).chain((!is_exchanged).then(|| "2024-05-13".to_owned())).collect()
        };
        let said = |texts: &[String]| says(None, &texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(said(&texts(true)), ("day_first".to_owned(), "exchanged"));
        assert_eq!(said(&texts(false)), ("day_first".to_owned(), "proved"), "two systems");
        let few = ["2024-03-04", "13.05.2024", "2024-06-07"].map(str::to_owned);
        assert_eq!(said(&few), ("day_first".to_owned(), "proved"), "chance");
        let exchanged = texts(true);
        let given = says(Some("day_first"), &exchanged.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(given, ("day_first".to_owned(), "exchanged"), "whatever the config says");
    }

    #[test]
    fn a_format_of_the_config_is_held_against_the_values() {
        let is = |given, texts: &[&str], form: &str, what| {
            assert_eq!(says(Some(given), texts), (form.to_owned(), what), "{given}");
        };
        is("%m/%d/%Y", &["01/02/2024", "13/02/2024"], "day_first", "missed");
        is("%d/%m/%Y", &["01/02/2024", "13/02/2024"], "%d/%m/%Y", "");
        is("%d/%m/%Y", &["01/02/2024 10:00", "13/02/2024 11:00"], "day_first", "missed");
        is("%d/%m/%Y", &["01/02/24", "03/02/24"], "day_first", "missed");
        is("%d/%m/%Y", &["soon", "13/02/2024"], "%d/%m/%Y", "");
        is("iso", &["45292", "45293"], "excel", "missed");
        is("month_first", &["01/02/2024"], "month_first", "");
    }

    #[test]
    fn files_of_two_orders_are_named_and_columns_help_each_other() {
        let mixed = settle(&[column("purchased_at", None, &[&["01/02/2024", "13/02/2024"], &["02/13/2024"]])]);
        let Some(TimeSays::Mixed(one, other)) = &mixed[0].says else { panic!("{mixed:?}") };
        assert_eq!((one.file.as_deref(), other.file.as_deref()), (Some("0.csv"), Some("1.csv")));
        let pair = [column("opened_at", None, &[&["01/02/2024"]]), column("resolved_at", None, &[&["02/13/2024"]])];
        let verdicts = settle(&pair);
        assert_eq!(verdicts[0].form.to_string(), "month_first");
    }
}
