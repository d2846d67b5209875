//! Owns the mathematics that several rooms share: hashes, random numbers, Cholesky factors, Newton and quasi-Newton searches,
//! logistic regression, exact tests of counts, roots, special functions, quadrature, quantiles, bounds of shares, powers of a quantity.
//!
//! Plain numbers in and out. A crate does the work where it gives the same digits as fast; where
//! ours stays, the file says why. Sums run in a fixed order, so that threads change no bit.

pub(crate) mod cholesky;
pub(crate) mod exact_tests;
pub(crate) mod hash;
pub(crate) mod lines;
pub(crate) mod logistic;
pub(crate) mod newton;
#[cfg(feature = "tables")]
pub(crate) mod powers;
pub mod proportion;
pub(crate) mod quadrature;
pub mod quantiles;
pub mod quasi_newton;
pub(crate) mod random;
pub(crate) mod roots;
pub mod special;
