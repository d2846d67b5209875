//! From the config to typed tables: opening, mapping, filtering, typing, and setting duplicates aside.

use std::path::PathBuf;

use polars::prelude::*;
use rayon::prelude::*;

use super::account::Reason;
use super::custom;
use super::duplicates::repeated_rows;
use super::error::IngestError;
use super::facts::{Fact, FactRule};
use super::mapping::{Available, Mapped, Mapping};
use super::numeric::{self, Numbers};
use super::parts::{DealtFile, Parts};
use super::paths::{self, InputFile};
use super::source::{self, Opened};
use super::table::{Origin, TypedTable};
use super::typing::{Rules, TypeProblem, Typed, typed};
use super::values::Values;
use super::zone::LocalClock;
use crate::config::{ColumnSpec, Config, Duplicates, Kind, Table, TableConfig};

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The tables of the config: purchases first, then those of complaints, customers and surveys that the shop has.
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
    for (table, section) in sections(config) {
        let files = paths::expand(table.name(), &section.paths)?;
        read.tables.push(read_table((table, section), config, Supply::Files(&files))?);
        read.files.extend(files.into_iter().map(|file| file.path));
    }
    Ok(read)
}

/// Reads a part of the customers, all tables of the config.
///
/// # Errors
/// As [`read`].
pub fn read_part(config: &Config, parts: &Parts, part: usize) -> Result<Read, IngestError> {
    let of =
        |(table, section): Section<'_>| read_table((table, section), config, Supply::Part(parts.files_of(table), part));
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
    let tables = given.map(|(section, frame)| read_table(section, config, Supply::Frame(frame)));
    let tables = tables.collect::<Result<Vec<_>, _>>()?;
    if tables.iter().any(|table| table.table() == Table::Purchases) {
        return Ok(Read { tables, files: Vec::new() });
    }
    let (table, path) = (Table::Purchases.name(), MEMORY.to_owned());
    Err(IngestError::NoFiles { table, path, allowed: source::allowed_names() })
}

/// A table and its section of the config.
type Section<'a> = (Table, &'a TableConfig);

/// The tables that the shop has, purchases first.
pub(super) fn sections(config: &Config) -> Vec<Section<'_>> {
    let sections = [
        (Table::Purchases, Some(&config.purchases)),
        (Table::Complaints, config.complaints.as_ref()),
        (Table::Customers, config.customers.as_ref()),
        (Table::Surveys, config.surveys.as_ref()),
    ];
    sections.into_iter().filter_map(|(table, section)| Some((table, section?))).collect()
}

/// The mapping of a table, which stands first among those read from the same files.
pub(super) fn mapping_of(config: &Config, table: Table, available: &Available) -> Result<Mapping, IngestError> {
    let sections = sections(config);
    let Some(own) = sections.iter().find(|section| section.0 == table) else { return Ok(Mapping::default()) };
    let is_other = |other: &&Section<'_>| other.0 != own.0 && other.1.paths == own.1.paths;
    let together: Vec<Section<'_>> = std::iter::once(own).chain(sections.iter().filter(is_other)).copied().collect();
    let is_compared = own.1.duplicates != Duplicates::Keep;
    Mapping::with_others(&together, is_compared, &config.features.custom, available)
}

/// What columns in memory are called where a file would be named.
const MEMORY: &str = "columns in memory";

/// Where the rows of a table come from.
#[derive(Clone, Copy)]
enum Supply<'a> {
    /// All rows of its files.
    Files(&'a [InputFile]),
    /// Those of a part of the customers.
    Part(&'a [DealtFile], usize),
    /// All rows of columns in memory.
    Frame(&'a DataFrame),
}

/// Reads one table: filter first, then what cannot be read, then duplicates; a row is rejected for the first reason.
fn read_table((table, section): Section<'_>, config: &Config, supply: Supply<'_>) -> Result<TypedTable, IngestError> {
    let mapped = |available: &Available| mapping_of(config, table, available);
    let Collected { mut source, mut mapping, origins, facts } = collect(table, mapped, supply)?;
    let keys: Vec<PlSmallStr> = source.get_column_names_owned();
    let numbers = numeric::derive(&mut source, &mut mapping).map_err(IngestError::engine("reading numbers"))?;
    let mut read = TypedTable::new(table, mapped_frame(&source, &mapping)?, origins);
    read.facts = facts;
    if let Some(filter) = &mapping.filter {
        apply_filter(&mut read, &source, filter, &numbers)?;
    }
    let rules = Rules {
        clock: LocalClock::new(&config.timezone),
        time_format: section.time_format.clone(),
        currency: config.currency.clone(),
    };
    // Columns are read side by side and settled one after the other, because a row is rejected for its first fault.
    let typed: Vec<Result<Option<Typed>, IngestError>> =
        mapping.columns.par_iter().map(|(spec, mapped)| type_column(&read, (spec, mapped), &rules)).collect();
    for ((spec, mapped), typed) in mapping.columns.iter().zip(typed) {
        if let Some(typed) = typed? {
            settle_column(&mut read, (spec, mapped), typed, &numbers);
        }
    }
    if section.duplicates != Duplicates::Keep {
        let keys = source.select(keys).map_err(IngestError::engine("comparing rows"))?;
        let repeated = repeated_rows(&keys).map_err(IngestError::engine("comparing rows"))?;
        read.reject(repeated, Reason::DUPLICATE);
    }
    custom::read_all(&mut read, (&source, &mapping), &numbers, &config.currency)?;
    Ok(read)
}

/// The source columns of a table, in memory.
struct Collected {
    source: DataFrame,
    mapping: Mapping,
    origins: Vec<Origin>,
    facts: Vec<Fact>,
}

fn collect(
    table: Table,
    mapped: impl Fn(&Available) -> Result<Mapping, IngestError>,
    supply: Supply<'_>,
) -> Result<Collected, IngestError> {
    let mut mapping = None;
    let mut known = |available: &Available| -> Result<Mapping, IngestError> {
        let known: &mut Mapping = match &mut mapping {
            Some(known) => {
                Mapping::check(known, available)?;
                known
            }
            none => none.insert(mapped(available)?),
        };
        Ok(known.clone())
    };
    let (mut frames, mut origins, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    match supply {
        Supply::Files(files) => {
            for file in files {
                let mut opened = source::open(file)?;
                let available = columns_of(file, &mut opened)?;
                let frame = rows_of(file, opened.frame, &known(&available)?, opened.expected_rows)?;
                let (path, n_rows) = (file.path.clone(), frame.height());
                origins.push(Origin { path, n_rows, broken: opened.broken, numbers: None });
                facts.extend(opened.facts);
                frames.push(frame);
            }
        }
        Supply::Frame(frame) => {
            let names = frame.get_column_names().into_iter().map(ToString::to_string).collect();
            let reads = known(&Available { path: MEMORY.to_owned(), names })?.reads();
            let frame = frame.select(&reads).map_err(IngestError::engine("choosing columns"))?;
            origins.push(Origin { path: MEMORY.into(), n_rows: frame.height(), broken: Vec::new(), numbers: None });
            frames.push(frame);
        }
        Supply::Part(files, part) => {
            for file in files {
                let (frame, numbers) = file.rows(part, &known(&file.available)?.reads())?;
                let (path, n_rows) = (file.path.clone(), frame.height());
                // What is said of a file as a whole is said once, in the first part.
                let broken = if part == 0 { file.broken.clone() } else { Vec::new() };
                origins.push(Origin { path, n_rows, broken, numbers: Some(numbers) });
                facts.extend(file.facts.iter().filter(|_| part == 0).cloned());
                frames.push(frame);
            }
        }
    }
    let doing = format!("putting the files of `{}` together", table.name());
    let source = stack(frames).map_err(IngestError::engine(doing))?;
    let nothing =
        || IngestError::NoFiles { table: table.name(), path: String::new(), allowed: source::allowed_names() };
    Ok(Collected { source, mapping: mapping.ok_or_else(nothing)?, origins, facts })
}

pub(super) fn columns_of(file: &InputFile, opened: &mut Opened) -> Result<Available, IngestError> {
    let doing = format!("reading the columns of `{}`", file.path.display());
    let schema = opened.frame.collect_schema().map_err(IngestError::engine(doing))?;
    Ok(Available {
        path: file.path.display().to_string(),
        names: schema.iter_names().map(|name| name.to_string()).collect(),
    })
}

fn rows_of(
    file: &InputFile,
    frame: LazyFrame,
    mapping: &Mapping,
    expected_rows: Option<usize>,
) -> Result<DataFrame, IngestError> {
    let columns: Vec<Expr> = mapping.reads().iter().map(|name| col(name.as_str())).collect();
    let path = file.path.display().to_string();
    let frame = frame.select(columns).collect().map_err(IngestError::engine(format!("reading `{path}`")))?;
    check_lines(file, expected_rows, frame.height())?;
    Ok(frame)
}

/// Whether as many lines were read as were counted: none may be lost between the two.
pub(super) fn check_lines(file: &InputFile, expected: Option<usize>, found: usize) -> Result<(), IngestError> {
    match expected {
        Some(expected) if expected != found => {
            Err(IngestError::LinesDisagree { path: file.path.display().to_string(), expected, found })
        }
        _ => Ok(()),
    }
}

/// The rows of all files; a column that is of different types in them becomes text, or floats if all are numbers.
fn stack(frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
    let mut frames = frames.into_iter();
    let mut stacked = frames.next().unwrap_or_default();
    for mut next in frames {
        for name in stacked.get_column_names_owned() {
            let (left, right) = (stacked.column(&name)?.dtype().clone(), next.column(&name)?.dtype().clone());
            if left != right {
                let common = common_type(&left, &right);
                stacked.with_column(stacked.column(&name)?.cast(&common)?)?;
                next.with_column(next.column(&name)?.cast(&common)?)?;
            }
        }
        stacked.vstack_mut_owned(next)?;
    }
    // Columns are put in one piece when they are typed, one after the other: together they would be in memory twice.
    Ok(stacked)
}

fn common_type(left: &DataType, right: &DataType) -> DataType {
    match (left, right) {
        (DataType::Null, other) | (other, DataType::Null) => other.clone(),
        (a, b) if a.is_integer() && b.is_integer() => DataType::Int64,
        (a, b) if a.is_primitive_numeric() && b.is_primitive_numeric() => DataType::Float64,
        (DataType::Datetime(_, zone), DataType::Datetime(_, other)) if zone == other => {
            DataType::Datetime(TimeUnit::Microseconds, zone.clone())
        }
        _ => DataType::String,
    }
}

/// Our columns as they come out of the mapping. The words of complaints are left out: no later step shall see them.
fn mapped_frame(source: &DataFrame, mapping: &Mapping) -> Result<DataFrame, IngestError> {
    let shown = mapping.columns.iter().filter(|(spec, _)| spec.name != "text");
    let columns: Result<Vec<Column>, IngestError> =
        shown.map(|(spec, mapped)| evaluate(source, mapped).map(|column| column.with_name(spec.name.into()))).collect();
    DataFrame::new(source.height(), columns?).map_err(IngestError::engine("mapping columns"))
}

/// The value of an expression in every row.
pub(super) fn evaluate(source: &DataFrame, mapped: &Mapped) -> Result<Column, IngestError> {
    let n_rows = source.height();
    let bad = |error: PolarsError| IngestError::BadExpression {
        key: mapped.key.clone(),
        expression: mapped.text.clone(),
        detail: error.to_string().lines().next().unwrap_or_default().to_owned(),
        available: mapped.reads.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    if mapped.is_plain {
        return source.column(&mapped.text).cloned().map_err(bad);
    }
    let value = source.clone().lazy().select([mapped.expression.clone().alias("value")]).collect().map_err(bad)?;
    let column = value.column("value").map_err(bad)?.clone();
    match column.len() {
        n if n == n_rows => Ok(column),
        1 if mapped.reads.is_empty() => Ok(column.new_from_index(0, n_rows)),
        _ => Err(IngestError::NotRowWise { key: mapped.key.clone(), expression: mapped.text.clone() }),
    }
}

/// Sets rows aside for which the filter is not true. If it is unknown because a text is no number, that is the reason.
fn apply_filter(
    read: &mut TypedTable,
    source: &DataFrame,
    filter: &Mapped,
    numbers: &Numbers,
) -> Result<(), IngestError> {
    let answer = answer(source, filter)?;
    let unknown = numbers.lost_by(filter).into_iter().filter(|row| answer.get(*row).is_none());
    read.reject(unknown, Reason::of_row("unreadable_number"));
    read.reject((0..source.height()).filter(|row| answer.get(*row) != Some(true)), Reason::FILTER);
    Ok(())
}

/// The answer of a condition in every row.
pub(super) fn answer(source: &DataFrame, filter: &Mapped) -> Result<BooleanChunked, IngestError> {
    let answer = evaluate(source, filter)?;
    let wrong = |_| IngestError::WrongType {
        key: filter.key.clone(),
        expression: filter.text.clone(),
        dtype: answer.dtype().to_string(),
        allowed: "true or false",
    };
    Ok(answer.bool().map_err(wrong)?.rechunk().into_owned())
}

/// Types one of our columns, if it was mapped.
fn type_column(
    read: &TypedTable,
    (spec, mapped): (&'static ColumnSpec, &Mapped),
    rules: &Rules,
) -> Result<Option<Typed>, IngestError> {
    let Ok(column) = read.mapped.column(spec.name) else { return Ok(None) };
    let typed = typed(column, spec, rules).map_err(|problem| match problem {
        TypeProblem::WrongType(allowed) => IngestError::WrongType {
            key: mapped.key.clone(),
            expression: mapped.text.clone(),
            dtype: column.dtype().to_string(),
            allowed,
        },
        TypeProblem::Engine(error) => IngestError::engine(format!("reading `{}`", mapped.key))(error),
    });
    typed.map(Some)
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
        read.facts.push(Fact { rule: FactRule::SpreadsheetIds, place: spec.name.to_owned(), count, examples });
    }
    settle(read, spec, &typed.values, unreadable);
    read.columns.insert(spec.name, typed.values);
}

/// Decides about rows whose value is absent or unreadable.
fn settle(read: &mut TypedTable, spec: &'static ColumnSpec, values: &Values, unreadable: Vec<usize>) {
    // A row whose recorded time cannot be read would be known too early.
    if spec.required || spec.name == "recorded_at" {
        read.reject(unreadable, Reason::of_column(unreadable_rule(spec.kind), spec.name));
    } else {
        let rows: Vec<usize> = unreadable.into_iter().filter(|row| read.verdicts.is_used(*row)).collect();
        if !rows.is_empty() {
            let examples = rows.iter().take(3).map(|row| read.cell(spec.name, *row)).collect();
            let place = spec.name.to_owned();
            read.facts.push(Fact { rule: FactRule::Unreadable, place, count: rows.len() as u64, examples });
        }
    }
    if spec.required {
        let absent: Vec<usize> = (0..read.n_rows()).filter(|row| values.is_absent(*row)).collect();
        read.verdicts.reject(absent.iter().copied(), Reason::of_column("missing", spec.name));
        if spec.name == "customer_id" {
            read.verdicts.retell(absent, Reason::FILTER, Reason::FILTER_WITHOUT_CUSTOMER);
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
