//! A shop of 240 customers with an order in each month of a year, as exports in many forms, and how a newcomer gets one in: the
//! draft, `check`, and the lines that its hints name.

use std::path::Path;

use crate::shop::retain;

/// 240 customers with an order in each of twelve months.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) number: usize,
    pub(super) customer: usize,
    pub(super) month: usize,
}

impl Order {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..2_880).map(|n| Self { number: 50_000 + n, customer: n % 240 + 1, month: n / 240 + 1 })
    }

    pub(super) fn day(self) -> String {
        format!("2024-{:02}-{:02}", self.month, self.customer % 28 + 1)
    }

    pub(super) const fn cents(self) -> usize {
        401 + (self.number * 7_919) % 8_700
    }

    pub(super) fn euros(self) -> String {
        format!("{}.{:02}", self.cents() / 100, self.cents() % 100)
    }
}

/// A file of lines below a header.
pub(super) fn file(header: &str, line: impl Fn(Order) -> String) -> String {
    let lines: Vec<String> = Order::all().map(line).collect();
    format!("{header}\n{}\n", lines.join("\n"))
}

/// The config that `init` drafts of a file, with what only a person can know filled in.
pub(super) fn drafted(text: &str) -> (tempfile::TempDir, String) {
    drafted_of("orders.csv", text)
}

/// The same of a file of that name.
pub(super) fn drafted_of(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    retain().current_dir(folder.path()).args(["init", name]).assert().success();
    let config = std::fs::read_to_string(folder.path().join("retain.toml")).unwrap();
    let config =
        config.replace("currency = \"\"", "currency = \"EUR\"").replace("horizon_days = 0", "horizon_days = 30");
    std::fs::write(folder.path().join("retain.toml"), &config).unwrap();
    (folder, config)
}

pub(super) fn check(folder: &Path, code: i32) -> String {
    let said = retain().current_dir(folder).args(["check", "--as-of", "2025-01-01"]).assert().code(code);
    let output = said.get_output();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub(super) fn saying(folder: &Path, code: i32, words: &[&str]) -> String {
    let said = check(folder, code);
    for word in words {
        assert!(said.contains(word), "{word} is not said:\n{said}");
    }
    said
}

/// Puts the first line that a hint names into its section, as a person would paste it.
pub(super) fn paste(folder: &Path, said: &str, key: &str) {
    let start = said.find(&format!("`{key} = ")).unwrap() + 1;
    let rest = &said[start..];
    let (line, rest) = rest.split_once("` in `[").unwrap();
    let section = format!("[{}", rest.split_once('`').unwrap().0);
    let path = folder.join("retain.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let is_old = |old: &&str| !old.starts_with(&format!("{key} = "));
    let config: Vec<&str> = config.lines().filter(is_old).collect();
    let config = config.join("\n").replacen(&format!("{section}\n"), &format!("{section}\n{line}\n"), 1);
    std::fs::write(path, config).unwrap();
}

/// Takes the filter that the draft proposes, as a person would who has read it.
pub(super) fn take_filter(folder: &Path) {
    let path = folder.join("retain.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    assert!(config.contains("# filter = "), "{config}");
    std::fs::write(path, config.replace("# filter = ", "filter = ")).unwrap();
}

pub(super) const USUAL: &str = "order_no,customer_no,order_date,total";

/// Changes the config.
pub(super) fn edit(folder: &Path, change: impl Fn(String) -> String) {
    let path = folder.join("retain.toml");
    std::fs::write(&path, change(std::fs::read_to_string(&path).unwrap())).unwrap();
}
