//! Fits that trainings on one dataset share: a fold of a training is, as a rule, all that an earlier one learnt from. A fit
//! depends on nothing but what its key names, so that shared ones change no figure.

use std::collections::HashMap;
use std::sync::Mutex;

use super::boosted_model::Grown;
use super::feature_selection::FeatureSelection;
use super::log_odds::OutOfTime;
use super::target::Target;
use crate::timeline::Cutoff;

/// What trainings on one dataset, under one policy, have fitted so far.
#[derive(Debug, Default)]
pub struct SharedFits {
    pub(super) selections: Shared<FeatureSelection>,
    pub(super) trees: Shared<Grown>,
    pub(super) paths: Shared<Vec<OutOfTime>>,
}

/// Fits of one kind.
#[derive(Debug)]
pub(super) struct Shared<T> {
    fits: Mutex<HashMap<FitKey, T>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { fits: Mutex::default() }
    }
}

impl<T: Clone> Shared<T> {
    /// A fit that there is.
    pub(super) fn get(&self, key: &FitKey) -> Option<T> {
        self.fits.lock().ok()?.get(key).cloned()
    }

    /// Keeps a fit for other trainings, unless the one that there is will do.
    pub(super) fn keep_unless(&self, key: FitKey, fit: &T, will_do: impl Fn(&T) -> bool) {
        // After a panic elsewhere nobody reads on.
        if let Ok(mut fits) = self.fits.lock()
            && !fits.get(&key).is_some_and(will_do)
        {
            fits.insert(key, fit.clone());
        }
    }

    /// The fit that there is, or the one that is made and kept.
    ///
    /// # Errors
    /// That of making it.
    pub(super) fn get_or<E>(&self, key: FitKey, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(fit) = self.get(&key) {
            return Ok(fit);
        }
        let fit = make()?;
        self.keep_unless(key, &fit, |_| true);
        Ok(fit)
    }
}

/// All that a fit depends on, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FitKey([u8; 32]);

impl FitKey {
    /// The key of fits of one kind, before anything else is named.
    pub(super) fn new(kind: &str) -> Self {
        Self(*blake3::hash(kind.as_bytes()).as_bytes())
    }

    /// With what is predicted.
    pub(super) fn target(self, target: Target) -> Self {
        self.with([*blake3::hash(target.name().as_bytes()).as_bytes()])
    }

    /// With rows that it learns from, or predicts.
    pub(super) fn rows(self, rows: &[usize]) -> Self {
        self.with(rows.iter().map(|row| (*row as u64).to_le_bytes()))
    }

    /// With the day at which labels are read.
    pub(super) fn as_of(self, cutoff: Cutoff) -> Self {
        self.with([cutoff.at().0.to_le_bytes()])
    }

    /// With numbers: settings, or weights of rows.
    pub(super) fn numbers(self, numbers: impl IntoIterator<Item = f64>) -> Self {
        self.with(numbers.into_iter().map(|number| number.to_bits().to_le_bytes()))
    }

    /// With features, in their order.
    pub(super) fn features(self, features: &[String]) -> Self {
        features.iter().fold(self.with([(features.len() as u64).to_le_bytes()]), |key, feature| {
            key.with([*blake3::hash(feature.as_bytes()).as_bytes()])
        })
    }

    fn with<const N: usize>(self, parts: impl IntoIterator<Item = [u8; N]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0);
        let mut n_parts = 0_u64;
        for part in parts {
            hasher.update(&part);
            n_parts += 1;
        }
        hasher.update(&n_parts.to_le_bytes());
        Self(*hasher.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_in_every_part_and_its_place() {
        let key = || FitKey::new("trees");
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let all = [
            key(),
            FitKey::new("paths"),
            key().rows(&[1, 2]),
            key().rows(&[1]).rows(&[2]),
            key().rows(&[2, 1]),
            key().numbers([1.0, 2.0]),
            key().features(&names(&["a", "b"])),
            key().features(&names(&["ab"])),
            key().features(&names(&["b", "a"])),
        ];
        let distinct: std::collections::HashSet<FitKey> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(key().rows(&[1, 2]), key().rows(&[1, 2]));
    }

    #[test]
    fn a_fit_is_made_once() {
        let shared = Shared::<u32>::default();
        let key = FitKey::new("a");
        assert_eq!(shared.get_or(key, || Err("not made")), Err("not made"));
        assert_eq!(shared.get_or(key, || Ok::<u32, &str>(7)), Ok(7));
        assert_eq!(shared.get_or(key, || Err("made again")), Ok(7));
    }
}
