//! How the numbers and times of a table are written: counted over all its rows, settled once, and what is to be said of it.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use rayon::prelude::*;

use super::custom::CustomMapped;
use super::dates::Order;
use super::form_facts::{FormFact, FormSays, MixedSide};
use super::mapping::{Mapping, keeps_text};
use super::marks::{Apart, Marks};
use super::number_census::{
    self, Count, GivenMarks, NumberCensus, NumberColumn, NumberVerdict, letter, other, read_with,
};
use super::number_files;
use super::resolve::{Mapped, text_columns};
use super::table::{Origin, TypedTable};
use super::time_census::{Against, TimeCensus};
use super::time_form::{TimeForm, exchanged};
use super::time_settle::{self, Side, TimeColumn, TimeSays, TimeVerdict};
use super::typing::time_texts;
use crate::config::mark_can_be;
use crate::config::{Aggregate, Config, CustomUnit, DecimalMark, Kind, TableConfig};
use crate::units::Currency;

/// How the columns of a file are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct WrittenForms {
    pub(crate) numbers: BTreeMap<String, NumberCensus>,
    pub(crate) times: BTreeMap<&'static str, TimeCensus>,
}

/// Under which key the values of an expression are counted: no column of a source has such a name.
pub(super) fn result_key(mapped: &Mapped) -> String {
    if mapped.is_plain { mapped.text.clone() } else { format!("\u{0}{}", mapped.key) }
}

pub(super) fn is_result(key: &str) -> bool {
    key.starts_with('\u{0}')
}

/// A column of numbers before it is counted: how messages call it, and the decimals of its currency if it holds amounts.
#[derive(Debug, Clone)]
pub(super) struct NumberUse {
    label: String,
    decimals: Option<u32>,
}

/// The columns of a source, and values of expressions, that a mapping reads as numbers.
pub(super) fn number_uses(mapping: &Mapping, currency: &Currency) -> BTreeMap<String, NumberUse> {
    let mut uses: BTreeMap<String, NumberUse> = BTreeMap::new();
    let mut add = |mapped: &Mapped, holds: Option<Kind>, label: &str| {
        let decimals = (holds == Some(Kind::Money)).then(|| currency.decimals());
        let is_number = matches!(holds, Some(Kind::Money | Kind::Number));
        if is_number {
            let own = NumberUse { label: label.to_owned(), decimals };
            uses.entry(result_key(mapped)).or_insert_with(|| own.clone()).decimals = decimals.or(own.decimals);
        }
        if !mapped.is_plain {
            let as_text = text_columns(&mapped.expression);
            // A factor may have more decimals than the currency: kilograms, a price per litre.
            let decimals = decimals.filter(|decimals| !(1..=2).contains(decimals));
            for name in mapped.reads.iter().filter(|name| !as_text.contains(name)) {
                let own = uses.entry(name.clone()).or_insert_with(|| NumberUse { label: name.clone(), decimals });
                own.decimals = own.decimals.or(decimals);
            }
        }
    };
    for (spec, mapped) in mapping.columns.iter().filter(|(spec, _)| !keeps_text(spec.kind)) {
        add(mapped, Some(spec.kind), spec.name);
    }
    for custom in &mapping.custom {
        let kind = match custom.feature.unit {
            CustomUnit::Amount => Kind::Money,
            _ if custom.feature.aggregate == Aggregate::Distinct => Kind::Text,
            _ => Kind::Number,
        };
        custom.column.iter().for_each(|mapped| add(mapped, Some(kind), &mapped.key));
    }
    let filters = mapping.custom.iter().filter_map(|custom: &CustomMapped| custom.filter.as_ref());
    mapping.filter.iter().chain(filters).for_each(|mapped| add(mapped, None, ""));
    uses
}

/// How the numbers of each file are written, by column of the source or key of an expression.
pub(super) type NumbersByFile = Vec<(String, BTreeMap<String, NumberCensus>)>;

/// Counts how texts of a source are written that are read as numbers.
pub(super) fn count_numbers(source: &DataFrame, uses: &BTreeMap<String, NumberUse>) -> BTreeMap<String, NumberCensus> {
    let count = |key: &String| Some((key.clone(), NumberCensus::of(source.column(key).ok()?.str().ok()?)));
    uses.par_iter().filter(|(key, _)| !is_result(key)).filter_map(|(key, _)| count(key)).collect()
}

/// The same file by file.
pub(super) fn count_by_file(source: &DataFrame, uses: &BTreeMap<String, NumberUse>, files: &[Origin]) -> NumbersByFile {
    by_file(files, |first, n_rows| count_numbers(&source.slice(first, n_rows), uses))
}

/// What is counted of the rows of each file: where they begin among those of the table, and how many they are.
pub(super) fn by_file(files: &[Origin], count: impl Fn(i64, usize) -> BTreeMap<String, NumberCensus>) -> NumbersByFile {
    let mut first = 0;
    let of_file = |file: &Origin| {
        let counted = count(first, file.n_rows);
        first += i64::try_from(file.n_rows).unwrap_or(i64::MAX);
        (file.path.display().to_string(), counted)
    };
    files.iter().map(of_file).collect()
}

/// Adds how the rows of a part of a file are written.
pub(super) fn count(
    rows: &DataFrame,
    mapping: &Mapping,
    (config, section): (&Config, &TableConfig),
    forms: &mut WrittenForms,
) {
    let uses = number_uses(mapping, &config.currency);
    let mut numbers = count_numbers(rows, &uses);
    for (spec, mapped) in &mapping.columns {
        let is_time = spec.kind == Kind::Time;
        if !is_time && (mapped.is_plain || !uses.contains_key(&result_key(mapped))) {
            continue;
        }
        let Some(column) = value_of(rows, mapped) else { continue };
        if let Some(texts) = time_texts(&column).filter(|_| is_time) {
            let census = TimeCensus::of(&texts, &against(config, section, spec.name));
            forms.times.entry(spec.name).or_default().add(census);
        } else {
            let texts = column.str().ok().filter(|_| !is_time);
            numbers.extend(texts.map(|texts| (result_key(mapped), NumberCensus::of(texts))));
        }
    }
    for (key, census) in numbers {
        forms.numbers.entry(key).or_default().add(census);
    }
}

/// The value of an expression where the texts of a source are texts; `None` if it needs numbers.
fn value_of(rows: &DataFrame, mapped: &Mapped) -> Option<Column> {
    if mapped.is_plain {
        return rows.column(&mapped.text).ok().cloned();
    }
    super::evaluate::evaluate(rows, mapped).ok()
}

/// What the times of a column are held against.
pub(super) fn against(config: &Config, section: &TableConfig, column: &str) -> Against {
    let given = section.time_format.as_ref().and_then(|formats| formats.of(column)).map(TimeForm::given);
    let midnight = |day: jiff::civil::Date| {
        jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).map(jiff::Timestamp::as_microsecond).ok()
    };
    Against { given, as_of: config.as_of.and_then(midnight) }
}

/// How numbers are read, by column of the source or key of an expression.
#[derive(Debug, Default)]
pub(super) struct NumberForms {
    columns: BTreeMap<String, NumberColumn>,
    marks: BTreeMap<String, Marks>,
    pub(super) facts: Vec<FormFact>,
}

impl NumberForms {
    /// How the values of a mapped column are read.
    pub(super) fn of(&self, mapped: &Mapped) -> Marks {
        self.of_key(&result_key(mapped))
    }

    pub(super) fn of_key(&self, key: &str) -> Marks {
        self.marks.get(key).copied().unwrap_or_default()
    }

    /// How numbers of columns are read that nothing maps: as those that are mapped.
    pub(super) fn common(&self) -> Marks {
        let has_comma = |marks: &&Marks| marks.decimal == DecimalMark::Comma;
        self.marks.values().find(has_comma).copied().unwrap_or_default()
    }

    /// Whether a text column of the source counts as numbers in expressions.
    pub(super) fn are_numbers(&self, name: &str) -> bool {
        self.columns.get(name).is_some_and(|column| column.census.are_numbers())
    }

    /// Settles how columns are read that were not settled before.
    pub(super) fn settle(&mut self, files: &NumbersByFile, uses: &BTreeMap<String, NumberUse>, section: &TableConfig) {
        for (key, census) in files.iter().flat_map(|(_, counted)| counted) {
            let Some(NumberUse { label, decimals }) = uses.get(key) else { continue };
            let fresh = || NumberColumn { label: label.clone(), decimals: *decimals, census: NumberCensus::default() };
            self.columns.entry(key.clone()).or_insert_with(fresh).census.add(census.clone());
        }
        let given = GivenMarks { decimal: section.decimal, thousands: section.thousands };
        // Words and ids say nothing about numbers.
        let columns: Vec<(&String, &NumberColumn)> = self
            .columns
            .iter()
            .filter(|(_, column)| column.census.numbers > 0 && column.census.are_numbers())
            .collect();
        let verdicts = number_census::settle(&columns.iter().map(|(_, column)| *column).collect::<Vec<_>>(), given);
        for ((key, column), verdict) in columns.into_iter().zip(verdicts) {
            if self.marks.insert(key.clone(), verdict.marks()).is_none() {
                let unlike = || number_files::unlike(key, (column, &verdict), files);
                let of_file = given.decimal().is_none().then(unlike).flatten();
                // A file that writes numbers otherwise than the others says why there are two forms.
                let is_explained = of_file.is_some() && matches!(verdict, NumberVerdict::Grouped(..));
                let of_all = of_numbers(column, &verdict).filter(|_| !is_explained);
                self.facts.extend(of_all.map(|fact| with_file(fact, key, files)).into_iter().chain(of_file));
            }
        }
    }
}

/// Names a file that has a comma before decimals, where others have a point.
fn with_file(mut fact: FormFact, key: &str, files: &NumbersByFile) -> FormFact {
    if let FormSays::NumbersMixed { comma_file, .. } = &mut fact.says
        && files.len() > 1
    {
        *comma_file = number_files::first_with_comma(key, files);
    }
    fact
}

pub(super) fn of_numbers(column: &NumberColumn, verdict: &NumberVerdict) -> Option<FormFact> {
    let of = column.census.numbers;
    let fact = |count, says| Some(FormFact { column: column.label.clone(), count, of, says });
    match verdict {
        NumberVerdict::Plain(_) => None,
        NumberVerdict::Proved(marks, example) => {
            let value = read_with(example, marks.decimal);
            fact(of, FormSays::NumbersRead { example: example.clone(), value, decimal: letter(marks.decimal) })
        }
        NumberVerdict::Open(mark, Count { n, example }) => {
            let (as_decimal, as_thousands) = (read_with(example, *mark), read_with(example, other(*mark)));
            fact(*n, FormSays::NumbersOpen { example: example.clone(), as_decimal, as_thousands, mark: letter(*mark) })
        }
        NumberVerdict::Grouped(marks, cents, thousands) => {
            let (cents, example) = (cents.example.clone(), thousands.example.clone());
            fact(thousands.n, FormSays::NumbersGrouped { cents, example, mark: letter(marks.decimal) })
        }
        NumberVerdict::Mixed(point, comma) => {
            let (n, n_comma) = (point.n + comma.n, comma.n);
            fact(
                n,
                FormSays::NumbersMixed {
                    point: point.example.clone(),
                    comma: comma.example.clone(),
                    n_comma,
                    comma_file: None,
                },
            )
        }
    }
}

/// Signs and codes of other currencies than that of the config beside amounts that are used. A filter may leave them out.
pub(super) fn other_currencies(
    (read, source): (&TypedTable, &DataFrame),
    numbers: &NumberForms,
    currency: &Currency,
) -> Vec<FormFact> {
    let is_other = |mark: &str| !mark_can_be(mark, currency.code());
    let columns = numbers.columns.iter().filter(|(key, column)| {
        column.decimals.is_some() && !is_result(key) && column.census.currencies.keys().any(|mark| is_other(mark))
    });
    let of_column = |(key, column): (&String, &NumberColumn)| {
        let texts = source.column(key).ok()?.str().ok()?.rechunk();
        let of_row = |row: usize| Apart::new(texts.get(row)?)?.currency.filter(|mark| is_other(mark));
        let found: Vec<&str> = read.used_rows().filter_map(of_row).collect();
        let marks: BTreeSet<String> = found.iter().map(|mark| (*mark).to_owned()).collect();
        let says = FormSays::OtherCurrency { marks: marks.into_iter().collect(), currency: currency.code().to_owned() };
        let (count, of) = (found.len() as u64, column.census.numbers);
        (count > 0).then(|| FormFact { column: column.label.clone(), count, of, says })
    };
    columns.filter_map(of_column).collect()
}

/// How the times of a table are read, and what is to be said of it.
pub(super) fn settle_times(
    columns: &[TimeColumn],
    n_times: usize,
) -> (BTreeMap<&'static str, TimeForm>, Vec<FormFact>) {
    let (mut forms, mut facts) = (BTreeMap::new(), Vec::new());
    for (column, verdict) in columns.iter().zip(time_settle::settle(columns)) {
        facts.extend(of_times(column, &verdict, n_times));
        forms.insert(column.name, verdict.form);
    }
    (forms, facts)
}

pub(super) fn of_times(column: &TimeColumn, verdict: &TimeVerdict, n_times: usize) -> Option<FormFact> {
    let of = column.files.iter().map(|(_, census)| census.values).sum();
    let fact = |count, says| Some(FormFact { column: column.name.to_owned(), count, of, says });
    let line = |form: &str| {
        if n_times == 1 {
            format!("time_format = \"{form}\"")
        } else {
            format!("time_format = {{ {} = \"{form}\" }}", column.name)
        }
    };
    match verdict.says.clone()? {
        TimeSays::Proved(Count { n, example }) => {
            let value = shown(&example, &verdict.form);
            fact(n, FormSays::TimesRead { example, value, line: line(&verdict.form.to_string()) })
        }
        TimeSays::Open(Count { n, example }) => {
            let as_order = |order| shown(&example, &TimeForm::Dates(order));
            let (day_first, month_first) = (as_order(Order::DayFirst), as_order(Order::MonthFirst));
            let lines = [line("day_first"), line("month_first")];
            fact(n, FormSays::TimesOpen { example, day_first, month_first, lines })
        }
        TimeSays::Mixed(one, other) => {
            let n = one.count.n + other.count.n;
            fact(n, FormSays::TimesMixed { sides: [mixed_side(one), mixed_side(other)] })
        }
        TimeSays::Exchanged(one, other) => {
            let n = one.count.n;
            fact(n, FormSays::TimesExchanged { sides: [mixed_side(one), mixed_side(other)] })
        }
        TimeSays::Missed(Count { n, example }, better) => {
            let given = column.given.as_ref()?;
            let is_exchanged = better.order().is_some() && given.order().is_some() && better.order() != given.order();
            let mended = match given {
                TimeForm::Pattern(format) if is_exchanged => {
                    exchanged(format).filter(|format| TimeForm::given(format).read(&example).is_some())
                }
                _ => None,
            };
            let line = line(&mended.unwrap_or_else(|| better.to_string()));
            fact(n, FormSays::TimesMissed { example, given: given.to_string(), line, is_exchanged })
        }
    }
}

fn mixed_side(Side { form, count, file }: Side) -> MixedSide {
    MixedSide { form: form.to_string(), count: count.n, example: count.example, file }
}

/// The day and time that a text is read as.
fn shown(text: &str, form: &TimeForm) -> String {
    let instant = form.read(text.trim()).and_then(|written| jiff::Timestamp::from_microsecond(written.clock).ok());
    instant.map_or_else(
        || "nothing".to_owned(),
        |instant| instant.strftime("%Y-%m-%d %H:%M").to_string().replace(" 00:00", ""),
    )
}
