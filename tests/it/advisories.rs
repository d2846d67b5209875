//! Known weaknesses of the crates in `Cargo.lock`, from a stored part of the database of `RustSec`, without network.

use std::collections::BTreeSet;

use semver::{Version, VersionReq};
use serde::Deserialize;

/// `tests/it/advisories.toml`.
#[derive(Deserialize)]
struct Stored {
    crates: BTreeSet<String>,
    advisory: Vec<Advisory>,
}

/// What is known of a crate, with the versions that it is not true of.
#[derive(Deserialize)]
struct Advisory {
    id: String,
    package: String,
    patched: Vec<String>,
    unaffected: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Version,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Policy {
    advisories: Accepted,
}

#[derive(Deserialize)]
struct Accepted {
    ignore: Vec<Ignored>,
}

#[derive(Deserialize)]
struct Ignored {
    id: String,
    reason: String,
}

fn read<T: for<'de> Deserialize<'de>>(file: &str) -> T {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

impl Advisory {
    /// Whether it is true of a version: none that is named as patched or as never affected.
    fn is_of(&self, version: &Version) -> bool {
        let holds = |range: &String| VersionReq::parse(range).unwrap().matches(version);
        !self.patched.iter().chain(&self.unaffected).any(holds)
    }
}

#[test]
fn no_crate_has_a_known_weakness_that_is_not_weighed_in_deny_toml() {
    let (stored, lock, policy): (Stored, Lock, Policy) =
        (read("tests/it/advisories.toml"), read("Cargo.lock"), read("deny.toml"));
    let mut found = BTreeSet::new();
    for package in lock.package.iter().filter(|package| package.source.is_some()) {
        assert!(
            stored.crates.contains(&package.name),
            "look up {} at https://rustsec.org and add it to tests/it/advisories.toml",
            package.name
        );
        let own = stored.advisory.iter().filter(|advisory| advisory.package == package.name);
        found.extend(own.filter(|advisory| advisory.is_of(&package.version)).map(|advisory| advisory.id.clone()));
    }
    let weighed: BTreeSet<String> = policy.advisories.ignore.iter().map(|ignored| ignored.id.clone()).collect();
    assert_eq!(found, weighed, "left: true of a crate in Cargo.lock; right: weighed in deny.toml");
    assert!(policy.advisories.ignore.iter().all(|ignored| ignored.reason.len() > 20));
}

#[test]
fn versions_are_held_against_what_is_patched_and_what_was_never_affected() {
    let advisory = Advisory {
        id: "RUSTSEC-2020-0071".to_owned(),
        package: "time".to_owned(),
        patched: vec![">=0.2.23".to_owned()],
        unaffected: vec!["<0.1.0".to_owned(), "=0.2.2".to_owned()],
    };
    let is_of = |version: &str| advisory.is_of(&version.parse().unwrap());
    assert_eq!(
        ["0.0.9", "0.1.0", "0.2.2", "0.2.22", "0.2.23", "1.0.0"].map(is_of),
        [false, true, false, true, false, false]
    );
}
