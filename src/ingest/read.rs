//! From the config to typed tables: opening, mapping, filtering, typing, and setting duplicates aside.

use std::collections::BTreeSet;
use std::path::PathBuf;

use polars::prelude::*;

use super::account::Reason;
use super::collect::{Collected, MEMORY, Supply, collect};
use super::custom_cells::CustomCells;
use super::duplicates::repeated_rows;
use super::error::IngestError;
use super::evaluate::{answer, evaluate};
use super::facts::{Example, Fact, FactRule};
use super::forms::{self, NumberForms};
use super::id_rules::IdRules;
use super::lookup::Lookups;
use super::mapping::Mapping;
use super::numeric::{self, Numbers};
use super::overlap::{Others, overlap};
use super::parts::Parts;
use super::rates::Rates;
use super::raw::Raw;
use super::resolve::{Available, Mapped};
use super::sections::{Section, mapping_of, sections};
use super::source::InputFile;
use super::table::TypedTable;
use super::typed_columns::{Setting, numbers_of_results, type_columns};
use super::typing::Typed;
use super::values::Values;
use super::versions::Latest;
use super::watched::Unread;
use super::words::Words;
use super::{
    carried, compared, custom_values, engine, first_lines, found_currency, lacking, paths, sources, table_files,
    watched,
};
use crate::config::{ColumnSpec, Config, Duplicates, Kind, Table};

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The tables of the config: purchases first, then the others that the shop has.
    pub tables: Vec<TypedTable>,
    /// The files they came from.
    pub files: Vec<PathBuf>,
}

/// Reads all tables of the config.
///
/// # Errors
/// The first `IngestError`, naming table, file, column or expression.
pub fn read(config: &Config) -> Result<Read, IngestError> {
    let mut read = Read { tables: Vec::new(), files: Vec::new() };
    let mut all_found = Vec::new();
    for (table, section) in sections(config) {
        all_found.push((table, table_files::found(config, (table, section))?));
    }
    let files_of = |table| files_of(&all_found, table);
    let config = &*found_currency::completed(config, &files_of);
    for ((table, section), (_, paths::Found { files, facts })) in sections(config).into_iter().zip(all_found.clone()) {
        let lookups = Lookups::read(table, section)?;
        let typed = read_table((table, section), config, Supply::Files(&files), &lookups);
        let mut typed = typed.map_err(|error| lacking::told_of_others(error, &files))?;
        lookups.check()?;
        read.files.extend(lookups.files());
        typed.facts.extend(facts);
        read.tables.push(typed);
        read.files.extend(files.into_iter().map(|file| file.path));
    }
    refuse_words(&read.tables)?;
    Ok(read)
}

/// The files of a table.
pub(super) fn files_of(all: &[(Table, paths::Found)], table: Table) -> Vec<InputFile> {
    let found = all.iter().find(|(known, _)| *known == table);
    found.map_or_else(Vec::new, |(_, found)| found.files.clone())
}

/// Reads a part of the customers, all tables of the config.
///
/// # Errors
/// As [`read`].
pub fn read_part(config: &Config, parts: &Parts, part: usize) -> Result<Read, IngestError> {
    let config = &*parts.completed(config);
    let of = |(table, section): Section<'_>| {
        let supply = Supply::Part(parts.files_of(table), part);
        read_table((table, section), config, supply, &Lookups::default())
    };
    Ok(Read { tables: sections(config).into_iter().map(of).collect::<Result<_, _>>()?, files: Vec::new() })
}

/// Reads the tables of the config from columns in memory instead of its paths; a table without any is one that the shop
/// does not have.
///
/// # Errors
/// As [`read`], and `IngestError::NoFiles` without purchases.
pub fn read_frames(config: &Config, frames: &[(Table, DataFrame)]) -> Result<Read, IngestError> {
    let frame_of = |table| frames.iter().find(|(known, _)| *known == table).map(|(_, frame)| frame);
    let given = sections(config).into_iter().filter_map(|section| Some((section, frame_of(section.0)?)));
    let tables = given.map(|(section, frame)| {
        let lookups = Lookups::read(section.0, section.1)?;
        let typed = read_table(section, config, Supply::Frame(frame), &lookups)?;
        lookups.check().map(|()| typed)
    });
    let tables = tables.collect::<Result<Vec<_>, _>>()?;
    refuse_words(&tables)?;
    if tables.iter().any(|table| table.table() == Table::Purchases) {
        return Ok(Read { tables, files: Vec::new() });
    }
    let (table, path) = (Table::Purchases.name(), MEMORY.to_owned());
    Err(IngestError::NoFiles { table, path, allowed: sources::allowed_names() })
}

/// Refuses columns of custom features that hold words in all rows.
fn refuse_words(tables: &[TypedTable]) -> Result<(), IngestError> {
    tables.iter().try_for_each(|table| CustomCells::refuse_words(&table.custom_cells))
}

/// Reads one table: filter first, then what cannot be read, then duplicates; a row is rejected for the first reason.
fn read_table(
    (table, section): Section<'_>,
    config: &Config,
    supply: Supply<'_>,
    lookups: &Lookups,
) -> Result<TypedTable, IngestError> {
    let own = |available: &Available| mapping_of(config, table, available);
    let unread = unread(supply, (table, config), own);
    let mapped = |available: &Available| Ok(Mapping { watched: unread.watched.clone(), ..own(available)? });
    let Collected { mut source, mut words, mut mapping, origins, facts, hashes } =
        collect(table, mapped, supply, lookups)?;
    let ids = IdRules::of(section);
    let setting = Setting { config, section, known: supply.written() };
    let compared = compared::of_rows(&source, &mapping, (table, section))?;
    let uses = forms::number_uses(&mapping, &config.currency);
    let mut written = NumberForms::default();
    let counted = || forms::count_by_file(&source, &uses, &origins);
    written.settle(&setting.known_numbers(false).unwrap_or_else(counted), &uses, section);
    let marks = written.common();
    let watched = engine::ask(|| watched::taken(&mut source, &mapping, (marks, config.currency.decimals())));
    let watched = watched.map_err(IngestError::engine("looking at columns that are not mapped"))?;
    let failed = || IngestError::engine("comparing rows");
    let is_compared = !matches!(section.duplicates, Duplicates::Keep | Duplicates::Latest);
    let keys = is_compared.then(|| engine::ask(|| keys(&source, &words))).transpose().map_err(failed())?;
    let numbers = engine::ask(|| numeric::derive(&mut source, &mut mapping, &written))
        .map_err(IngestError::engine("reading numbers"))?;
    let mut read = TypedTable::new(table, source.height(), origins);
    read.facts = facts;
    read.watched = watched;
    read.beside = unread.beside;
    read.compared = compared;
    read.currency_source = section.columns.get("currency").cloned();
    read.mapped = mapped_columns(&source, &mut words, &mapping)?;
    if let Some(filter) = &mapping.filter {
        apply_filter(&mut read, (&source, &mapping), filter, &numbers)?;
    }
    let counted = || numbers_of_results(&read, &mapping);
    written.settle(&setting.known_numbers(true).unwrap_or_else(counted), &uses, section);
    // Columns are read side by side and settled one after the other, because a row is rejected for its first fault.
    let typed = type_columns(&mut read, (&mapping, &written), &setting)?;
    if !supply.tells() {
        read.forms.clear();
    }
    for ((spec, mapped), typed) in mapping.columns.iter().zip(typed) {
        if let Some(mut typed) = typed.or_else(|| read.type_words(spec, ids)) {
            typed.values = with_rules(typed.values, spec, ids);
            settle_column(&mut read, (spec, mapped), typed, &numbers);
        }
    }
    let others = forms::other_currencies((&read, &source), &written, &config.currency);
    read.forms.extend(others);
    let rates = Rates::of(&read, config, section);
    if let Some(rates) = &rates {
        rates.apply(&mut read);
    }
    let latest = Latest::of(section, &source, &mapping)?;
    read.reject(latest.superseded(&read), Reason::SUPERSEDED);
    if let Some(keys) = keys {
        set_repetitions_aside(&mut read, &keys, section.duplicates, supply.others(&hashes))?;
    }
    if section.fill_down.as_ref().is_none_or(|columns| !columns.is_empty()) {
        first_lines::notice(&mut read, &source, &mapping)?;
    }
    carried::read_all(&mut read, &source, &mapping)?;
    let amounts = (setting.decimals(), rates.as_ref());
    custom_values::read_all(&mut read, (&source, &mapping), (&numbers, &written), amounts)?;
    Ok(read)
}

/// What the columns that the mapping does not read say of it.
fn unread(
    supply: Supply<'_>,
    (table, config): (Table, &Config),
    mapped: impl Fn(&Available) -> Result<Mapping, IngestError>,
) -> Unread {
    match supply {
        Supply::Files(files) => watched::of_files(table, (files, config.currency.decimals()), mapped),
        Supply::Part(files, _) => files.first().map_or_else(Unread::default, |file| file.unread.clone()),
        Supply::Frame(_) => Unread::default(),
    }
}

/// The ids of customers as the config has them written.
fn with_rules(values: Values, spec: &ColumnSpec, ids: IdRules) -> Values {
    match values {
        Values::Words(words) if spec.name == "customer_id" => Values::Words(ids.of_words(words)),
        other => other,
    }
}

/// Rejects rows that repeat others, as the config says.
fn set_repetitions_aside(
    read: &mut TypedTable,
    keys: &DataFrame,
    policy: Duplicates,
    others: Others<'_>,
) -> Result<(), IngestError> {
    if policy == Duplicates::Overlap {
        let (dropped, mut repeats) = overlap(keys, &read.origins, others)?;
        read.reject(dropped, Reason::OVERLAP);
        repeats.differing.retain(|row| read.verdicts.is_used(*row));
        repeats.far.retain(|row| read.verdicts.is_used(*row));
        read.repeats = repeats;
    } else {
        let repeated = engine::ask(|| repeated_rows(keys)).map_err(IngestError::engine("comparing rows"))?;
        read.reject(repeated, Reason::DUPLICATE);
    }
    Ok(())
}

/// What rows are compared by. Words are equal where their codes are.
fn keys(source: &DataFrame, words: &[(String, Words)]) -> PolarsResult<DataFrame> {
    let codes = words.iter().map(|(name, words)| Column::new(name.as_str().into(), words.codes.as_slice()));
    DataFrame::new(source.height(), source.columns().iter().cloned().chain(codes).collect())
}

/// Our columns as they come out of the mapping. The words of complaints are left out: no later step shall see them.
fn mapped_columns(
    source: &DataFrame,
    words: &mut Vec<(String, Words)>,
    mapping: &Mapping,
) -> Result<Vec<(&'static str, Raw)>, IngestError> {
    let shown = mapping.columns.iter().filter(|(spec, _)| spec.name != "text");
    let raw = |(spec, mapped): &(&'static ColumnSpec, Mapped)| {
        let place = words.iter().position(|(name, _)| mapped.is_plain && *name == mapped.text);
        Ok((
            spec.name,
            match place {
                Some(place) => Raw::Words(words.swap_remove(place).1),
                None => Raw::Column(evaluate(source, mapped)?),
            },
        ))
    };
    shown.map(raw).collect()
}

/// Sets rows aside for which the filter is not true. If it is unknown because a text is no number, or because a lookup gave
/// nothing, that is the reason.
fn apply_filter(
    read: &mut TypedTable,
    (source, mapping): (&DataFrame, &Mapping),
    filter: &Mapped,
    numbers: &Numbers,
) -> Result<(), IngestError> {
    let answer = answer(source, filter)?;
    let unknown = numbers.lost_by(filter).into_iter().filter(|row| answer.get(*row).is_none());
    read.reject(unknown, Reason::of_row("unreadable_number"));
    for name in filter.reads.iter().filter(|name| mapping.is_given(name)) {
        let given = source.column(name).map_err(IngestError::engine(format!("looking at `{name}`")))?.is_null();
        let rows = (0..source.height()).filter(|row| answer.get(*row).is_none() && given.get(*row) == Some(true));
        read.reject(rows, Reason::NOT_LOOKED_UP);
    }
    read.reject((0..source.height()).filter(|row| answer.get(*row) != Some(true)), Reason::FILTER);
    Ok(())
}

/// Takes a typed column over; rows without a value that is required are rejected.
fn settle_column(
    read: &mut TypedTable,
    (spec, mapped): (&'static ColumnSpec, &Mapped),
    typed: Typed,
    numbers: &Numbers,
) {
    let mut unreadable = typed.unreadable;
    unreadable.extend(numbers.lost_by(mapped).into_iter().filter(|row| typed.values.is_absent(*row)));
    unreadable.sort_unstable();
    unreadable.dedup();
    if typed.spreadsheet.count > 0 {
        let (count, examples) = (typed.spreadsheet.count, typed.spreadsheet.examples);
        let examples = examples.into_iter().map(Example::of_text).collect();
        read.facts.push(Fact { rule: FactRule::SpreadsheetIds, place: spec.name.to_owned(), count, examples });
    }
    settle(read, spec, &typed.values, unreadable);
    read.columns.insert(spec.name, typed.values);
}

/// Decides about rows whose value is absent or unreadable.
fn settle(read: &mut TypedTable, spec: &'static ColumnSpec, values: &Values, unreadable: Vec<usize>) {
    // A row whose recorded time, or beginning, cannot be read would be known too early.
    if spec.required || matches!(spec.name, "recorded_at" | "valid_from") {
        read.reject(unreadable, Reason::of_column(unreadable_rule(spec.kind), spec.name));
    } else {
        let rows: Vec<usize> = unreadable.into_iter().filter(|row| read.verdicts.is_used(*row)).collect();
        if !rows.is_empty() {
            let (place, count) = (spec.name.to_owned(), rows.len() as u64);
            let (rule, examples) = if spec.kind == Kind::Flag {
                let words: BTreeSet<String> = rows.iter().map(|row| read.cell(spec.name, *row)).collect();
                (FactRule::UnreadableFlag, words.into_iter().take(Example::SHOWN).map(Example::of_text).collect())
            } else {
                let cell = |row: &usize| read.example(*row, read.cell(spec.name, *row));
                (FactRule::Unreadable, rows.iter().take(Example::SHOWN).map(cell).collect())
            };
            read.facts.push(Fact { rule, place, count, examples });
        }
    }
    if spec.required {
        let absent: Vec<usize> = (0..read.n_rows()).filter(|row| values.is_absent(*row)).collect();
        read.verdicts.reject(absent.iter().copied(), Reason::of_column("missing", spec.name));
        if spec.name == "customer_id" {
            read.verdicts.change_reason(absent, Reason::FILTER, Reason::FILTER_WITHOUT_CUSTOMER);
        }
    }
}

const fn unreadable_rule(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => "unreadable_time",
        Kind::Flag => "unreadable_flag",
        Kind::Money | Kind::Number => "unreadable_number",
        Kind::Id | Kind::Text => "unreadable_text",
    }
}
