//! The catalogue of error codes: one meaning for each, in the order of the rooms that they come from. How the process ends is
//! the error's own; tests hold this page against the errors.

/// A code that an error may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// `E`, the digit of its group, and two more.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub meaning: &'static str,
}

/// The groups of codes by their first digit.
pub const ERROR_GROUPS: &[(char, &str)] = &[
    ('1', "Command line and config"),
    ('2', "Data"),
    ('3', "Features"),
    ('4', "Learning and evaluation"),
    ('5', "Customer value"),
    ('6', "Models on disk"),
    ('7', "Files, databases, memory, threads"),
    ('8', "Simulation"),
];

/// Every code, in ascending order.
pub const ERROR_CODES: &[ErrorCode] = &[
    code("E101", "The config file or the playbook is not TOML"),
    code(
        "E102",
        "Entries of the config are unknown, missing or out of range; all of them are listed, each with its line",
    ),
    code("E103", "Files were given for a table that the config does not map"),
    code(
        "E104",
        "Entries of the playbook are unknown, missing, out of range or speak against each other; all of them are listed",
    ),
    code("E105", "The playbook cannot be read"),
    code("E111", "The config file cannot be read"),
    code("E112", "A number of threads that cannot be meant"),
    code("E113", "A file would be replaced, and `--force` was not given"),
    code("E114", "The proposal of `retain inspect` cannot be put into a copy of the config"),
    code("E115", "An output would replace an input"),
    code("E116", "An output would be read as an input by the next run"),
    code("E117", "An output would lie among the models"),
    code("E118", "`SOURCE_DATE_EPOCH` is no number of seconds"),
    code("E119", "None of the files given to `init` or `inspect` can be told to hold purchases"),
    code("E120", "The day of a run has not come"),
    code("E201", "A path of the config leads nowhere"),
    code("E202", "A folder or glob holds no file that can be read"),
    code("E203", "The name of a file does not say how to read it"),
    code("E204", "The machine does not give the file"),
    code("E205", "A file is not what its name says"),
    code("E206", "A file is empty: it has not even a header"),
    code("E207", "A text file cannot be split into lines: its quotes do not match"),
    code("E208", "A mapping or filter reads a column that the file does not have"),
    code("E209", "A mapping or filter is neither a column nor valid SQL for the columns of the file"),
    code("E210", "An expression looks at other rows than its own"),
    code("E211", "A column or expression is of a type that cannot be used there"),
    code("E212", "The table engine failed"),
    code("E213", "Rows were lost on the way: a bug"),
    code("E214", "A custom feature reads a column that became known later than its row"),
    code("E215", "A table has more rows than can be numbered"),
    code("E219", "A spreadsheet has no sheet of the name that the config gives"),
    code("E221", "Checks of the data found errors; all of them are listed"),
    code("E222", "The last purchase is too long before the day of the run"),
    code("E223", "An expression could take memory or time without end"),
    code("E224", "An expression calls a function that is not allowed"),
    code("E225", "A compressed or Parquet file holds far more than its size allows"),
    code("E226", "A line or a cell is longer than any value of a shop"),
    code("E227", "A file has too many columns"),
    code("E228", "A folder or glob leads through too many files and folders"),
    code("E229", "What lies at a path is no file: a pipe, a socket or a device"),
    code("E230", "Examples are to be hashed, and the environment has no salt"),
    code("E231", "Practically nothing was sold in the days before the day of the run"),
    code("E232", "The shop is silent for longer than ever before, up to the day of the run"),
    code("E236", "A lookup gives a column that the rows of its table have already"),
    code("E237", "A key stands in several rows of a lookup, and they differ"),
    code("E238", "No row of a table finds its key in a lookup"),
    code("E241", "There is no purchase to start from"),
    code("E243", "A query of a database gives columns or values that cannot be used"),
    code("E249", "More cutoffs are asked for than are possible"),
    code("E301", "Columns of one table differ in length: a bug, or wrong use of the library"),
    code("E302", "A table is too long for the event log"),
    code("E303", "A table names a customer who does not exist: a bug, or wrong use of the library"),
    code("E311", "Features that the model uses are not what they were in training"),
    code("E312", "A stored feature is not known to this version"),
    code("E313", "The shop has no feature and no family of that name"),
    code("E314", "The name of a custom feature is taken"),
    code("E315", "The tables have no column for a custom feature"),
    code("E401", "All training rows have the same label"),
    code("E402", "There is no training row"),
    code("E403", "A feature is infinite: a bug"),
    code("E404", "The model needs a feature that the data do not have"),
    code("E405", "A learner did not converge"),
    code("E406", "The library of the logistic regression refused the data"),
    code("E407", "The library of gradient boosting refused the data"),
    code("E408", "The contributions of a prediction do not add up: a bug"),
    code("E411", "No customer is eligible at any test cutoff"),
    code("E412", "A column of the evaluation has the wrong length: a bug"),
    code("E413", "A number of the evaluation is not finite: a bug"),
    code("E414", "A probability lies outside 0 to 1: a bug"),
    code("E415", "A learner has no predictions at a test cutoff: a bug"),
    code("E416", "A learner has predictions twice at a test cutoff: a bug"),
    code("E417", "There is no baseline to compare with"),
    code("E418", "Too few resamples for an interval"),
    code("E419", "A slice of customers is given twice: a bug"),
    code("E421", "No test cutoff has labels yet"),
    code("E422", "A test cutoff of the config has no labels yet"),
    code("E423", "No training cutoff has labels yet: the history is too short"),
    code("E424", "Nobody is eligible on the day of the list"),
    code(
        "E425",
        "The new model did not pass the gate, or is worse than the champion; the list comes from the champion or, without one, from a simple rule",
    ),
    code("E426", "The customer is not on the list"),
    code("E427", "The contributions of a customer do not add up: a bug"),
    code("E428", "Numbers do not fill a matrix: a damaged model, or a bug"),
    code("E429", "A part of the manifest cannot be written as JSON: a bug"),
    code("E431", "The data give away who leaves: the guard against leaks found facts that must be looked at first"),
    code("E432", "A gate before the list found what must be looked at first: nothing is published"),
    code("E501", "A purchase history that cannot be"),
    code("E502", "A parameter of a value model is out of range"),
    code("E503", "There is nobody to fit a value model on"),
    code("E504", "Nobody has bought again, so that nothing can be learned about coming back"),
    code("E505", "No value model could be fitted"),
    code("E506", "Columns of a value model differ in length"),
    code("E507", "An amount is not a number, or out of range"),
    code("E508", "Too few customers with repeat purchases of a positive amount"),
    code("E509", "The value model has no rate that a covariate could shift"),
    code("E510", "The regularity of a value model is out of range"),
    code("E601", "No model has been promoted yet"),
    code("E602", "There is no such version"),
    code("E603", "A stored file is damaged or was changed"),
    code("E604", "A version was written by a `retain` with another format"),
    code("E605", "Another run is writing to the models of the shop"),
    code("E606", "There was no champion before the present one"),
    code("E607", "The model was trained under another config; each changed key is named"),
    code("E608", "A new model has numbers that could not be read again: a bug"),
    code("E609", "A simple rule cannot be the champion"),
    code("E610", "The folder of the champion is gone"),
    code("E701", "A file or folder cannot be written"),
    code("E702", "A table cannot be written"),
    code("E703", "A file cannot be read"),
    code("E704", "Standard output cannot be written to"),
    code("E705", "Another run is writing to the same folder"),
    code("E706", "The system gives no more threads"),
    code("E707", "The system gives no more memory"),
    code("E708", "A folder is needed where a file is"),
    code("E709", "A bug in `retain`"),
    code("E710", "The page of a run cannot be made"),
    code("E711", "A folder does not have what the page of a run is made from"),
    code("E712", "The environment variable with the address of a database is not set, or holds none"),
    code("E713", "A database cannot be connected to"),
    code("E714", "A database refused a statement, or the connection was lost; nothing was changed in it"),
    code("E715", "A column of a table in a database is of another type than the list needs"),
    code("E801", "Parameters of a simulated shop are out of range"),
];

const fn code(code: &'static str, meaning: &'static str) -> ErrorCode {
    ErrorCode { code, meaning }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_each_once_and_in_a_group() {
        assert!(ERROR_CODES.is_sorted_by(|a, b| a.code < b.code));
        for ErrorCode { code, meaning } in ERROR_CODES {
            assert!(ERROR_GROUPS.iter().any(|(digit, _)| code[1..].starts_with(*digit)), "{code}");
            assert!(meaning.len() > 10 && !meaning.ends_with('.'), "{code}");
        }
    }
}
