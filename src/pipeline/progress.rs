//! Who watches the work: a progress bar, a stopwatch, or nobody.

/// Hears how far the work is; must not change it.
pub trait Progress: Sync {
    /// A stage begins, and the one before it has ended. It has `steps` steps, or one if not countable.
    fn begin(&self, stage: &'static str, steps: usize);

    /// A step of the present stage is done.
    fn step(&self);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Progress for Nobody {
    fn begin(&self, _: &'static str, _: usize) {}

    fn step(&self) {}
}
