//! What the first look at a source tells: its columns, and keys that its section of the config needs.

use super::tables::Table;

/// A source as it was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peek {
    /// Its columns, in their order.
    pub columns: Vec<DraftColumn>,
    /// Keys to be written into the section of its table.
    pub found: Vec<FoundKey>,
    /// Rows that were looked at.
    pub n_rows: usize,
}

/// One column of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is found apart from the others")]
pub struct DraftColumn {
    /// Its name in the source.
    pub name: String,
    /// Its type as the source states it, for example `f64`, `str`, `datetime[us]`; columns of text files are `str`.
    pub dtype: String,
    /// A value of it; empty if there is none.
    pub example: String,
    /// Different values among the rows that were looked at; 0 if none were.
    pub n_distinct: usize,
    /// Rows without a value.
    pub n_empty: usize,
    /// Rows that were looked at; 0 if nobody looked.
    pub n_rows: usize,
    /// The values, the most frequent first, where there are few; an empty list where there are many.
    pub values: Vec<ValueCount>,
    /// Whether one of them says that a row is no purchase, such as `cancelled`, or most rows have a state of an order.
    pub holds_states: bool,
    /// Whether all of them say what became of a row or what kind of row it is, such as `Rechnung` and `Gutschrift`.
    pub are_states: bool,
    /// The lowest hashes of its values, ascending: by them ids of two sources are held against each other.
    pub sketch: Vec<u64>,
    /// What its values are of, where it has money and they give it away.
    pub line_value: Option<LineValue>,
    /// Where it has money: whether it is above zero, or below, where the quantity of that name is below zero.
    pub beside_minus: Option<BesideMinus>,
    /// Where it has money: the column that is what is left of it less a discount or without its tax.
    pub left: Option<WhatIsLeft>,
    /// Where it is the price of a piece before a discount: what is to be taken off.
    pub less: Option<LineDiscount>,
    /// Where it is a discount of orders: the columns of money that are before it.
    pub off_order: Vec<String>,
    /// Where it has e-mail addresses of customers: the columns of ids of which one address has several.
    pub gathers: Option<Vec<String>>,
    /// The columns of ids that tell persons better than its addresses do: they come again, and one has several addresses.
    pub told_by: Vec<String>,
    /// Whether another column gathers its addresses, as a firm does those of its people.
    pub is_of_firms: bool,
    /// Where it may number orders, and is not the only one that may: values that stand in rows of several customers, or of many days.
    pub n_mixed: Option<usize>,
    /// Where it numbers orders and starts anew: what has to stand beside it.
    pub anew: Option<NumberedAnew>,
    /// Values of it with which rows give something back while no minus says so, such as `Credit note`.
    pub given_back: Vec<String>,
    /// The money that those rows have in a column of its own.
    pub given_money: Option<GivenMoney>,
    /// The time zone that its times give away.
    pub zone: Option<FoundZone>,
    /// Where it may tell of contacts: the days of nothing that it has, as written, such as `0000-00-00`.
    pub no_days: Vec<String>,
    /// Where it has money: the numbers within which it adds up to nothing, as the postings of a journal do.
    pub balances: Option<String>,
    /// Whether its values stand on lines of their own, as headings of the rows below them.
    pub is_heading: bool,
}

/// What has to stand beside a number that starts anew each day, till or store, for it to be of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedAnew {
    /// The day, if it has to.
    pub day: Option<DayBeside>,
    /// The columns of tills or stores.
    pub places: Vec<String>,
}

/// The day in a column of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayBeside {
    /// The column.
    pub column: String,
    /// What stands between the day and the time, where the time is to be left out.
    pub mark: Option<char>,
}

/// A time zone that the times of a column give away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundZone {
    /// Its name, or that of another with the same clocks.
    pub zone: String,
    /// Whether its midnights are written as times of UTC; else the offsets of the times are those of its clocks.
    pub is_of_midnights: bool,
}

/// Whether money is of a line or of one piece, as the rows show beside their quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineValue {
    /// The column of the quantity.
    pub quantity: String,
    /// Whether it is of the line, else it is the price of a piece.
    pub is_of_line: bool,
    /// The column within whose values it shows; `None`: it shows without any.
    pub within: Option<String>,
    /// The column that is this one less a discount on each row.
    pub net: Option<String>,
}

/// The sign of money where the quantity has a minus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BesideMinus {
    /// The column of the quantity.
    pub quantity: String,
    /// Whether the money has none there.
    pub is_above: bool,
}

/// Money that rows give back in a column of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenMoney {
    /// The column.
    pub column: String,
    /// Columns of money that have nothing in those rows.
    pub lacking: Vec<String>,
}

/// What is left of an amount on each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIsLeft {
    /// The column of it.
    pub column: String,
    /// What it is less.
    pub less: TakenOff,
}

/// What is taken off an amount, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenOff {
    /// The discount or the tax in a column.
    Column(String),
    /// A tax that no column has.
    Tax,
    /// Fees in columns, which the shop pays: the amount is that before them.
    Fees(Vec<String>),
}

/// A discount to be taken from the price of a piece times the quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDiscount {
    /// Its column.
    pub column: String,
    /// How it is written.
    pub form: DiscountForm,
    /// Whether it has a minus.
    pub is_negative: bool,
}

/// How discounts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscountForm {
    /// As money of the line.
    Amount,
    /// As per cent of the line.
    Percent,
    /// As a share of the line, between 0 and 1.
    Share,
    /// As per cents or as money, of the line or of its order: the values do not say, and a person must.
    Open,
}

/// A value of a column and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The value as written.
    pub value: String,
    /// Rows with it.
    pub rows: usize,
}

/// A key that reading found to be needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKey {
    /// Its name within the table's section, for example `delimiter` or `time_format`.
    pub key: &'static str,
    /// The column of the source that it is about; it is written only if the mapping reads that column. `None`: it is about
    /// the source as a whole and always written.
    pub column: Option<String>,
    /// The table that it is meant for; `None`: any that has the key.
    pub table: Option<Table>,
    /// What it may be: one value that is written, or several among which a person must choose. The likeliest comes first.
    pub readings: Vec<Reading>,
    /// Why, in a few words, for the comment behind it.
    pub why: String,
}

/// A value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The value as TOML, for example `";"` with its quotes or `2`.
    pub toml: String,
    /// What follows from it, for example "`01/02/2024` is 1 February"; empty where nothing is open.
    pub means: String,
}

impl FoundKey {
    /// A key with one value.
    #[must_use]
    pub fn settled(key: &'static str, toml: impl Into<String>, why: impl Into<String>) -> Self {
        let reading = Reading { toml: toml.into(), means: String::new() };
        Self { key, column: None, table: None, readings: vec![reading], why: why.into() }
    }

    /// Whether it names no sheets in general.
    #[must_use]
    pub(super) fn names_one(&self) -> bool {
        self.readings.iter().all(|reading| reading.toml != "\"*\"")
    }

    /// The same, for one table.
    #[must_use]
    pub fn of_table(self, table: Table) -> Self {
        Self { table: Some(table), ..self }
    }

    /// The same, about one column of the source.
    #[must_use]
    pub fn of_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }
}

impl Peek {
    /// The same with what another file of the table tells. A key that one file leaves open may be settled by the other.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.n_rows += other.n_rows;
        for theirs in other.columns {
            if let Some(own) = self.columns.iter_mut().find(|own| own.name == theirs.name) {
                own.add(theirs);
            }
        }
        self.without_layout_of_one(&other.found);
        let mut theirs_left = Self { found: other.found, ..Self::default() };
        theirs_left.without_layout_of_one(&self.found);
        for theirs in theirs_left.found {
            let is_same =
                |own: &&mut FoundKey| (own.key, &own.column, own.table) == (theirs.key, &theirs.column, theirs.table);
            match self.found.iter_mut().find(is_same) {
                Some(own) => own.narrow(theirs),
                None => self.found.push(theirs),
            }
        }
        self
    }
}

/// Keys of how files are written, which is detected in each file, and those of numbers, which go with them.
const LAYOUT: &[&str] = &["delimiter", "quote", "encoding", "skip_rows"];
const NUMBERS: &[&str] = &["decimal", "thousands"];

impl Peek {
    /// Leaves out what holds for one of two files alone: written down, it would be taken for all.
    fn without_layout_of_one(&mut self, others: &[FoundKey]) {
        let of = |found: &[FoundKey], key: &str| {
            found.iter().find(|found| found.key == key).map(|found| found.readings.clone())
        };
        let differs = |found: &[FoundKey], key: &str| of(found, key) != of(others, key);
        let is_of_one = LAYOUT.iter().any(|key| differs(&self.found, key));
        let found = self.found.clone();
        self.found.retain(|own| {
            let is_layout = LAYOUT.contains(&own.key) || (is_of_one && NUMBERS.contains(&own.key));
            !(is_layout && differs(&found, own.key))
        });
    }
}

impl FoundKey {
    /// Leaves the readings that another file allows too; where none is left, both say theirs and a person chooses.
    fn narrow(&mut self, other: Self) {
        if self.table == Some(Table::Complaints) {
            return self.join(other);
        }
        let is_allowed = |reading: &Reading| other.readings.iter().any(|theirs| theirs.toml == reading.toml);
        if self.readings.iter().any(is_allowed) {
            self.readings.retain(is_allowed);
        } else {
            self.readings.extend(other.readings);
        }
    }

    /// Makes one condition of those of two files: what is no complaint in one of them is none in the other.
    fn join(&mut self, other: Self) {
        for (own, theirs) in self.readings.iter_mut().zip(other.readings) {
            let (Some(first), Some(second)) = (own.toml.strip_suffix('"'), theirs.toml.strip_prefix('"')) else {
                continue;
            };
            if own.toml != theirs.toml {
                own.toml = format!("{first} AND {second}");
            }
        }
    }
}

impl DraftColumn {
    /// Adds the rows of another file.
    fn add(&mut self, other: Self) {
        let was_listed = self.lists_values() && other.lists_values();
        self.n_rows += other.n_rows;
        self.n_empty += other.n_empty;
        self.n_distinct = self.n_distinct.max(other.n_distinct);
        self.are_states &= other.are_states;
        self.zone = match (self.zone.take(), other.zone) {
            (Some(own), Some(theirs)) => Some(own).filter(|own| *own == theirs),
            (own, theirs) => own.or(theirs),
        };
        self.line_value = match (self.line_value.take(), other.line_value) {
            (Some(own), Some(theirs)) => Some(own).filter(|own| own.is_of_line == theirs.is_of_line),
            (own, theirs) => own.or(theirs),
        };
        if self.example.is_empty() {
            self.example = other.example;
        }
        self.less = self.less.take().filter(|own| other.less.as_ref().is_none_or(|theirs| theirs == own));
        self.off_order.retain(|own| other.n_rows == other.n_empty || other.off_order.contains(own));
        self.gathers = self.gathers.take().zip(other.gathers).map(|(own, theirs)| [own, theirs].concat());
        self.told_by.extend(other.told_by);
        self.is_of_firms |= other.is_of_firms;
        self.left = self.left.take().or(other.left);
        self.beside_minus = self.beside_minus.take().or(other.beside_minus);
        self.given_money = self.given_money.take().or(other.given_money);
        self.anew = self.anew.take().or(other.anew);
        self.n_mixed = self.n_mixed.zip(other.n_mixed).map(|(own, theirs)| own + theirs);
        self.balances = self.balances.take().filter(|_| other.balances.is_some());
        self.is_heading &= other.is_heading;
        self.no_days.extend(other.no_days);
        self.no_days.sort_unstable();
        self.no_days.dedup();
        self.given_back.extend(other.given_back);
        self.given_back.sort_unstable();
        self.given_back.dedup();
        for theirs in other.values {
            match self.values.iter_mut().find(|own| own.value == theirs.value) {
                Some(own) => own.rows += theirs.rows,
                None => self.values.push(theirs),
            }
        }
        if !was_listed || self.values.len() > Self::FEW {
            self.values.clear();
        }
        self.n_distinct = self.n_distinct.max(self.values.len());
        self.values.sort_unstable_by(|one, two| two.rows.cmp(&one.rows).then_with(|| one.value.cmp(&two.value)));
        self.sketch.extend(other.sketch);
        self.sketch.sort_unstable();
        self.sketch.dedup();
        self.sketch.truncate(Self::SKETCH);
    }

    /// Different values up to which a column's values are listed.
    pub const FEW: usize = 12;

    /// Hashes that are kept of a column at most.
    pub const SKETCH: usize = 2048;

    /// Whether its values are few enough to be listed.
    const fn lists_values(&self) -> bool {
        self.n_distinct <= Self::FEW
    }

    /// The share of its different values that another column has too, estimated from both sketches; nothing without any.
    #[must_use]
    pub fn share_in(&self, other: &Self) -> f64 {
        // Beyond the last hash of a full sketch nothing is known.
        let end = |column: &Self| {
            let is_full = column.sketch.len() == Self::SKETCH;
            column.sketch.last().copied().filter(|_| is_full).unwrap_or(u64::MAX)
        };
        let end = end(self).min(end(other));
        let own: Vec<&u64> = self.sketch.iter().filter(|hash| **hash <= end).collect();
        let met = own.iter().filter(|hash| other.sketch.binary_search(hash).is_ok()).count();
        if own.is_empty() { 0.0 } else { met as f64 / own.len() as f64 }
    }

    /// Whether no row that was looked at has a value.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.n_rows > 0 && self.n_empty == self.n_rows
    }
}

/// A file as it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFile {
    /// The path as it shall be written in the config: absolute, or relative to the folder of the config file.
    pub path: String,
    /// What the first look at it told.
    pub peek: Peek,
}

/// A file that has more about the rows of a table.
pub(super) struct DraftLookup {
    pub(super) name: &'static str,
    pub(super) paths: Vec<String>,
    pub(super) key: String,
    /// What the file calls the key, where it calls it otherwise.
    pub(super) their_key: Option<String>,
    pub(super) columns: Vec<String>,
    /// What the one column is called for the mapping, where the table has its name already.
    pub(super) called: Option<&'static str>,
}
