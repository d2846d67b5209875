//! Tests that need something the machine may lack skip with a line, but not where everything is said to be there.

/// Fails where `RETAIN_NO_SKIP` is set: there, what is missing was meant to be installed.
pub(crate) fn allowed(what: &str) {
    assert!(std::env::var_os("RETAIN_NO_SKIP").is_none(), "{what}: missing, and RETAIN_NO_SKIP is set");
}
