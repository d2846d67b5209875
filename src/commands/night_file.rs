//! The file of a night: what a run leaves for the gates of those after it.

use std::path::Path;

use crate::checked::Checked;
use crate::files::read_short;
use crate::monitor::Night;

/// What a night leaves for those after it.
pub(super) const NIGHT: &str = "monitor.json";

/// Bytes of a file of a night at most.
const MOST_BYTES: u64 = 64 << 20;

/// What a night left in a folder; `None` if it is missing, damaged or of another version.
pub(super) fn night_of(folder: &Path) -> Option<Night> {
    let night = serde_json::from_slice::<Night>(&bytes_of(&folder.join(NIGHT))?).ok()?;
    night.check().is_ok().then_some(night)
}

/// The bytes of a file, if there are not too many.
pub(super) fn bytes_of(path: &Path) -> Option<Vec<u8>> {
    read_short(path, MOST_BYTES).ok()
}
