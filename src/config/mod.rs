//! Owns every knob: its unit, default and range. `RawConfig` is the file as written, [`Config`] is what has passed
//! every check; nothing behind this room sees an unchecked value.

mod allowed;
mod books;
mod bridge;
mod catalogue;
mod check;
mod check_lists;
mod check_tables;
mod consent;
mod consent_words;
mod contacts;
mod currencies;
mod currency_marks;
mod currency_sizes;
mod custom;
mod databases;
mod draft;
mod edit;
mod encodings;
mod error;
mod expressions;
mod found;
mod guess;
mod headers;
mod keys;
mod knobs;
mod layout;
mod lexicon;
mod looks;
mod lookup;
mod mail_names;
mod name_words;
#[cfg(feature = "tables")]
mod no_day;
mod paid_words;
pub mod playbook;
mod proposal;
mod raw;
mod raw_day;
mod raw_lists;
mod raw_tables;
mod reference;
mod renamed;
mod returned;
mod sections;
mod sensitive;
mod settings;
mod settings_lists;
mod sorting;
mod synonyms;
mod table_settings;
pub mod tables;
mod tax_words;
mod templates;
mod time_zones;
mod values;

pub use allowed::Allowed;
#[cfg(feature = "tables")]
pub(crate) use bridge::{BUYER, BridgeFile, bridge, column_of};
#[cfg(feature = "tables")]
pub(crate) use consent::{Consent, Values};
#[cfg(feature = "tables")]
pub(crate) use consent_words::{NO, YES};
pub use currencies::is_currency_code;
#[cfg(feature = "tables")]
pub(crate) use currency_marks::{is_currency_mark, mark_can_be};
pub use custom::{Aggregate, CustomFeature, CustomTable, CustomUnit};
pub use draft::{DraftChurn, draft};
pub use edit::with_churn;
pub use error::{ConfigError, Place, Violation};
pub use found::DraftFile;
pub use found::{
    BesideMinus, DayBeside, DiscountForm, DraftColumn, FoundKey, FoundZone, GivenMoney, LineDiscount, LineValue,
    NumberedAnew, Peek, Reading, TakenOff, ValueCount, WhatIsLeft,
};
#[cfg(feature = "tables")]
pub(crate) use guess::{FEWEST_PERSONS, gathers_persons, is_unit_price};
pub use layout::{Layout, Quote, Sheets};
#[cfg(feature = "tables")]
pub(crate) use lexicon::{means, speaks_of_money, speaks_of_pieces};
pub use lookup::LookupConfig;
#[cfg(feature = "tables")]
pub(crate) use mail_names::is_mail_of_persons;
#[cfg(feature = "tables")]
pub(crate) use name_words::in_words;
#[cfg(feature = "tables")]
pub(crate) use no_day::{is_day_of_nothing, is_never_filled};
#[cfg(feature = "tables")]
pub(crate) use paid_words::is_paid_on;
pub use playbook::Playbook;
pub use proposal::{DraftInput, DraftTable};
pub use raw::RawConfig;
pub use raw_tables::TimeFormats;
pub use reference::{reference, schema_json};
pub use settings::{
    BacktestConfig, ChurnConfig, Config, Examples, FeaturesConfig, GateConfig, LeakGuardConfig, LearnersConfig,
    LeftOut, LowestGrade, PanelConfig, PanelWeights, PlaceholderIds, PrivacyConfig, ReadableModel, SelectionConfig,
    SilentOptOuts, TuningConfig, Unstable, ValidateConfig, ValueConfig, WholeAmounts,
};
pub use settings_lists::{
    CsvFlavour, DecideConfig, ModelsConfig, OutputConfig, OwnersConfig, PostgresOutput, SegmentsConfig,
};
pub use sorting::{Unsorted, sorted};
pub use table_settings::{
    AmountIs, DecimalMark, DiscountIs, Duplicates, IdCase, IdTrim, NegativeAmounts, PostgresQuery, TableConfig,
    ThousandsMark,
};
pub use tables::{ColumnSpec, Kind, Table};
#[cfg(feature = "tables")]
pub(crate) use tax_words::{TAXES, WITH_OR_WITHOUT, is_before_tax, is_with_its_tax};
pub use templates::products;
