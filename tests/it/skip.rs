//! Tests that need something the machine may lack skip with a line, but not where everything is said to be there.

/// Says that a test is skipped for lack of something; fails where `RETAIN_NO_SKIP` is set: there, what is missing was meant to
/// be installed. `RETAIN_NOT_INSTALLED` names what could not be had from the registries.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) fn skipped(what: &str) {
    let not_had = std::env::var("RETAIN_NOT_INSTALLED").unwrap_or_default();
    let is_known = not_had.split_whitespace().any(|tool| what.to_lowercase().contains(tool));
    assert!(is_known || std::env::var_os("RETAIN_NO_SKIP").is_none(), "{what}: missing, and RETAIN_NO_SKIP is set");
    eprintln!("SKIPPED: {what}: missing");
}
