//! What reading has to say of how numbers and times are written; `validate` finds words for it.

/// Something to be said of how a column is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormFact {
    /// The column: ours, or one of the source that an expression reads.
    pub(crate) column: String,
    /// How many values it is about.
    pub(crate) count: u64,
    /// Values with numbers or times in the column.
    pub(crate) of: u64,
    /// What is said.
    pub(crate) says: FormSays,
}

/// What is to be said of how a column is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormSays {
    /// Numbers are read with a mark that their values prove.
    NumbersRead { example: String, value: String, decimal: char },
    /// Numbers can be read in two ways.
    NumbersOpen { example: String, as_decimal: String, as_thousands: String, mark: char },
    /// Some numbers have a point before decimals, others a comma.
    NumbersMixed { point: String, comma: String, n_comma: u64, comma_file: Option<String> },
    /// Some numbers have a mark before two decimals, others before three digits, which may be thousands.
    NumbersGrouped { cents: String, example: String, mark: char },
    /// Numbers of one file can be read in another way than those of the others.
    NumbersOfFile { file: String, example: String, as_read: String, otherwise: String, decimal: char },
    /// Signs or codes of other currencies than that of the config stand beside numbers.
    OtherCurrency { marks: Vec<String>, currency: String },
    /// Times are read in a form that their values prove.
    TimesRead { example: String, value: String, line: String },
    /// Day and month can stand in both orders.
    TimesOpen { example: String, day_first: String, month_first: String, lines: [String; 2] },
    /// Times are in two forms.
    TimesMixed { sides: [MixedSide; 2] },
    /// Times of the first form seem to have day and month exchanged.
    TimesExchanged { sides: [MixedSide; 2] },
    /// The format of the config cannot read times that another form reads.
    TimesMissed { example: String, given: String, line: String, is_exchanged: bool },
}

/// The times of one form among those of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MixedSide {
    /// What the form is.
    pub(crate) form: String,
    /// How many times have it.
    pub(crate) count: u64,
    /// One of them.
    pub(crate) example: String,
    /// A file that has no time of the other form.
    pub(crate) file: Option<String>,
}
