//! The columns of a table in their types: how numbers and times are written is settled over all rows, and then they are read.

use polars::prelude::StringChunked;
use rayon::prelude::*;

use super::engine;
use super::error::IngestError;
use super::forms::{self, NumberForms, NumbersByFile, WrittenForms};
use super::mapping::Mapping;
use super::number_census::NumberCensus;
use super::raw::Raw;
use super::resolve::Mapped;
use super::table::TypedTable;
use super::time_census::TimeCensus;
use super::time_form::TimeForm;
use super::time_settle::TimeColumn;
use super::typing::{Rules, TypeProblem, Typed, time_texts, typed};
use super::values::Values;
use super::zone::LocalClock;
use crate::config::{ColumnSpec, Config, Kind, TableConfig};

/// What is known of a table before its columns are typed.
pub(super) struct Setting<'a> {
    pub(super) config: &'a Config,
    pub(super) section: &'a TableConfig,
    /// How the whole table is written, file by file, where these are not all its rows.
    pub(super) known: Option<Vec<(String, WrittenForms)>>,
}

impl Setting<'_> {
    /// How all rows of the table write the numbers of source columns, or the values of expressions.
    pub(super) fn known_numbers(&self, of_results: bool) -> Option<NumbersByFile> {
        let of_file = |(file, forms): &(String, WrittenForms)| {
            let own = forms.numbers.iter().filter(|(key, _)| forms::is_result(key) == of_results);
            (file.clone(), own.map(|(key, census)| (key.clone(), census.clone())).collect())
        };
        Some(self.known.as_ref()?.iter().map(of_file).collect())
    }

    /// Decimals of the units in which amounts are read: more than those of the currency where they are converted.
    pub(super) fn decimals(&self) -> u32 {
        let own = self.config.currency.decimals();
        if self.section.rates.is_empty() { own } else { own.max(super::rates::DECIMALS) }
    }

    fn time_column(&self, name: &'static str, files: Vec<(String, TimeCensus)>) -> TimeColumn {
        TimeColumn { name, given: forms::against(self.config, self.section, name).given, files }
    }

    /// The columns of times as they are known to be written.
    fn known_times(&self, mapping: &Mapping) -> Vec<TimeColumn> {
        let files = self.known.as_deref().unwrap_or_default();
        let of = |name: &'static str| {
            let counted = |(file, forms): &(String, WrittenForms)| Some((file.clone(), forms.times.get(name)?.clone()));
            self.time_column(name, files.iter().filter_map(counted).collect())
        };
        times(mapping).map(|(spec, _)| of(spec.name)).filter(|column| !column.files.is_empty()).collect()
    }

    /// The columns of times as the rows of a table write them.
    fn counted_times(&self, read: &TypedTable, mapping: &Mapping) -> Vec<TimeColumn> {
        let of = |(spec, _): &(&'static ColumnSpec, Mapped)| {
            let Some(Raw::Column(column)) = read.raw(spec.name) else { return None };
            let texts = time_texts(column)?;
            let (against, mut first) = (forms::against(self.config, self.section, spec.name), 0);
            let mut files = Vec::new();
            for origin in &read.origins {
                let own = texts.slice(first, origin.n_rows);
                first += i64::try_from(origin.n_rows).unwrap_or(i64::MAX);
                files.push((origin.path.display().to_string(), TimeCensus::of(&own, &against)));
            }
            Some(self.time_column(spec.name, files))
        };
        times(mapping).filter_map(of).collect()
    }
}

fn times(mapping: &Mapping) -> impl Iterator<Item = &(&'static ColumnSpec, Mapped)> {
    mapping.columns.iter().filter(|(spec, _)| spec.kind == Kind::Time)
}

/// How the values of expressions that are texts write numbers.
pub(super) fn numbers_of_results(read: &TypedTable, mapping: &Mapping) -> NumbersByFile {
    let is_result = |(spec, mapped): &&(&'static ColumnSpec, Mapped)| {
        matches!(spec.kind, Kind::Money | Kind::Number) && !mapped.is_plain
    };
    let texts = |(spec, mapped): &(&'static ColumnSpec, Mapped)| match read.raw(spec.name)? {
        Raw::Column(column) => Some((forms::result_key(mapped), column.str().ok()?.clone())),
        Raw::Words(_) | Raw::AsTyped => None,
    };
    let results: Vec<(String, StringChunked)> = mapping.columns.iter().filter(is_result).filter_map(texts).collect();
    let of_file = |first, n_rows| {
        let count =
            |(key, texts): &(String, StringChunked)| (key.clone(), NumberCensus::of(&texts.slice(first, n_rows)));
        results.iter().map(count).collect()
    };
    forms::by_file(&read.origins, of_file)
}

/// Types the mapped columns of a table; those that were not mapped or are words already are `None`.
///
/// # Errors
/// `IngestError::WrongType` or `Engine`, naming the key.
pub(super) fn type_columns(
    read: &mut TypedTable,
    (mapping, numbers): (&Mapping, &NumberForms),
    setting: &Setting<'_>,
) -> Result<Vec<Option<Typed>>, IngestError> {
    let clock = LocalClock::new(&setting.config.timezone);
    let n_times = times(mapping).count();
    let (mut settled, mut facts) = forms::settle_times(&setting.known_times(mapping), n_times);
    let given = |name: &str| forms::against(setting.config, setting.section, name).given.unwrap_or(TimeForm::Iso);
    let of_column = |read: &TypedTable, spec: &'static ColumnSpec, mapped: &Mapped, time: &TimeForm| {
        let rules = Rules { clock: &clock, time, marks: numbers.of(mapped), decimals: setting.decimals() };
        type_column(read, (spec, mapped), &rules)
    };
    let all: Vec<Result<Option<Typed>, IngestError>> = mapping
        .columns
        .par_iter()
        .map(|(spec, mapped)| {
            let time = settled.get(spec.name).cloned().unwrap_or_else(|| given(spec.name));
            of_column(read, spec, mapped, &time)
        })
        .collect();
    let mut all = all.into_iter().collect::<Result<Vec<_>, _>>()?;
    let is_unread = |typed: &Option<Typed>| {
        typed.as_ref().is_some_and(|typed| matches!(typed.values, Values::Times(_)) && !typed.unreadable.is_empty())
    };
    // Usual times are looked at once; others are counted, settled and read anew.
    if setting.known.is_none() && all.iter().any(is_unread) {
        (settled, facts) = forms::settle_times(&setting.counted_times(read, mapping), n_times);
        for ((spec, mapped), typed) in mapping.columns.iter().zip(&mut all) {
            if let Some(form) = settled.get(spec.name).filter(|form| **form != given(spec.name)) {
                *typed = of_column(read, spec, mapped, form)?;
            }
        }
    }
    read.forms.extend(numbers.facts.iter().cloned());
    read.forms.extend(facts);
    Ok(all)
}

/// Types one of our columns, if it was mapped and is not words already.
fn type_column(
    read: &TypedTable,
    (spec, mapped): (&'static ColumnSpec, &Mapped),
    rules: &Rules<'_>,
) -> Result<Option<Typed>, IngestError> {
    let Some(Raw::Column(column)) = read.raw(spec.name) else { return Ok(None) };
    let doing = || format!("reading `{}`", mapped.key);
    let typed = engine::ask(|| Ok(typed(column, spec, rules))).map_err(IngestError::engine(doing()))?;
    let typed = typed.map_err(|problem| match problem {
        TypeProblem::WrongType(allowed) => IngestError::WrongType {
            key: mapped.key.clone(),
            expression: mapped.text.clone(),
            dtype: column.dtype().to_string(),
            allowed,
        },
        TypeProblem::Engine(error) => IngestError::engine(doing())(error),
    })?;
    Ok(Some(typed))
}
