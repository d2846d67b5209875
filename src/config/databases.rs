//! Databases that a table comes from or a list goes to: a query or a schema, and the environment variable that holds the
//! address. The address itself has a password in it and never stands in the config.

use super::catalogue::Key;
use super::error::Violation;
use super::keys::is_name;
use super::knobs;
use super::raw_lists::RawOutputPostgres;
use super::raw_tables::RawTable;
use super::settings_lists::PostgresOutput;
use super::table_settings::PostgresQuery;
use super::values::Check;

impl Check<'_> {
    /// The query of a table.
    pub(super) fn query(&mut self, section: &str, query: &str, raw: &RawTable) -> Option<PostgresQuery> {
        if raw.path.is_some() {
            let place = self.place(section, knobs::POSTGRES.name);
            let (why, instead) = ("`path` is given too".to_owned(), "leave one of the two out");
            self.violations.push(Violation::Refused { place, why, instead });
        }
        let query = self.text(section, &knobs::POSTGRES, Some(query));
        let url_env = self.variable(section, &knobs::URL_ENV, raw.url_env.as_deref());
        Some(PostgresQuery { query: query?, url_env: url_env? })
    }

    /// The database of the lists.
    pub(super) fn output_postgres(&mut self, raw: &RawOutputPostgres) -> Option<PostgresOutput> {
        let section = "output.postgres";
        let schema = self.written(section, &knobs::OUTPUT_SCHEMA, raw.schema.as_deref())?.to_owned();
        if !is_name(&schema) {
            return self.unsuitable(section, &knobs::OUTPUT_SCHEMA, &schema);
        }
        let url_env = self.variable(section, &knobs::URL_ENV, raw.url_env.as_deref())?;
        Some(PostgresOutput { schema, url_env })
    }

    /// The name of an environment variable. What is none may be an address with a password, and is not repeated.
    pub(super) fn variable(&mut self, section: &str, key: &Key, came: Option<&str>) -> Option<String> {
        let name = self.written(section, key, came)?;
        let is_variable = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name.is_empty() || !is_variable(name) {
            let place = self.place(section, key.name);
            let why = "it is no name of an environment variable".to_owned();
            let instead =
                "put the address into an environment variable, such as RETAIN_DATABASE_URL, and give its name";
            self.violations.push(Violation::Refused { place, why, instead });
            return None;
        }
        Some(name.to_owned())
    }
}
