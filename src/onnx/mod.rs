//! Owns the form of an ONNX file: a graph of operations on columns of numbers, which other programs run. It knows no model.
//!
//! # Source
//! ONNX 1.11 (2022), `onnx.proto` (IR version 8), operators of `ai.onnx` 15 and `ai.onnx.ml` 3.

mod graph;
mod wire;

pub use graph::{Attribute, Graph, Kind, Tensor, Value};
