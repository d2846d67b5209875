//! The graph: inputs, constants, operations and outputs, each named once. Every value is a column with an entry for each row,
//! or a table with a row for each.

use super::wire::Message;

/// Versions of the format, of the operators, and of those of machine learning: `onnxruntime` reads them from 1.11 on.
const IR_VERSION: i64 = 8;
const OPERATORS: i64 = 15;
const LEARNT_OPERATORS: i64 = 3;
const LEARNT_DOMAIN: &str = "ai.onnx.ml";

/// What the numbers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Single precision.
    Single,
    /// Whole numbers.
    Whole,
    /// Double precision.
    Double,
}

impl Kind {
    /// Its number in `TensorProto.DataType`.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Single => 1,
            Self::Whole => 7,
            Self::Double => 11,
        }
    }
}

/// Something that a graph computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(String);

/// Numbers that are part of a graph.
#[derive(Debug, Clone, PartialEq)]
pub enum Tensor {
    /// One number.
    Scalar(f64),
    /// Numbers of double precision.
    Doubles(Vec<f64>),
    /// Whole numbers.
    Wholes(Vec<i64>),
    /// One whole number.
    Whole(i64),
}

/// What an operation is told beside its inputs.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// A whole number.
    Whole(i64),
    /// Whole numbers.
    Wholes(Vec<i64>),
    /// A text.
    Text(&'static str),
    /// Texts.
    Texts(Vec<&'static str>),
    /// Numbers.
    Tensor(Tensor),
}

/// A graph that is being built.
#[derive(Debug, Default)]
pub struct Graph {
    message: Message,
    n_values: usize,
}

impl Graph {
    /// A column that whoever runs the graph has to give.
    pub fn input(&mut self, name: &str, kind: Kind) -> Value {
        self.add(|message| message.message(11, &column(name, kind)));
        Value(name.to_owned())
    }

    /// Numbers that are part of the graph.
    pub fn constant(&mut self, tensor: &Tensor) -> Value {
        let value = self.unnamed();
        let named = tensor.message().text(8, &value.0);
        self.add(|message| message.message(5, &named));
        value
    }

    /// One number of double precision.
    pub fn scalar(&mut self, number: f64) -> Value {
        self.constant(&Tensor::Scalar(number))
    }

    /// What an operation makes of values.
    pub fn apply(&mut self, operator: &str, inputs: &[&Value]) -> Value {
        self.apply_with(operator, inputs, &[])
    }

    /// The same with attributes.
    pub fn apply_with(&mut self, operator: &str, inputs: &[&Value], attributes: &[(&str, Attribute)]) -> Value {
        self.node((operator, ""), inputs, attributes)
    }

    /// What a learnt operation, such as trees, makes of values.
    pub fn apply_learnt(&mut self, operator: &str, inputs: &[&Value], attributes: &[(&str, Attribute)]) -> Value {
        self.node((operator, LEARNT_DOMAIN), inputs, attributes)
    }

    fn node(&mut self, (operator, domain): (&str, &str), inputs: &[&Value], attributes: &[(&str, Attribute)]) -> Value {
        let value = self.unnamed();
        let mut node = inputs.iter().fold(Message::default(), |node, input| node.text(1, &input.0));
        node = node.text(2, &value.0).text(3, &format!("{operator}_{}", value.0)).text(4, operator).text(7, domain);
        node = attributes.iter().fold(node, |node, (name, attribute)| node.message(5, &attribute.message(name)));
        self.add(|message| message.message(1, &node));
        value
    }

    /// Gives a column a name under which it is handed out.
    pub fn output(&mut self, name: &str, kind: Kind, value: &Value) {
        let node = Message::default().text(1, &value.0).text(2, name).text(3, name).text(4, "Identity");
        self.add(|message| message.message(1, &node).message(12, &column(name, kind)));
    }

    /// The bytes of the file; `says` has names and texts for whoever opens it.
    #[must_use]
    pub fn into_file(self, name: &str, says: &[(&str, String)]) -> Vec<u8> {
        let operators = |domain, version| Message::default().text(1, domain).number(2, version);
        let file = Message::default()
            .number(1, IR_VERSION)
            .text(2, "retain")
            .text(3, env!("CARGO_PKG_VERSION"))
            .message(7, &self.message.text(2, name))
            .message(8, &operators("", OPERATORS))
            .message(8, &operators(LEARNT_DOMAIN, LEARNT_OPERATORS));
        let said = |file: Message, (key, text): &(&str, String)| {
            file.message(14, &Message::default().text(1, key).text(2, text))
        };
        says.iter().fold(file, said).into_bytes()
    }

    fn add(&mut self, change: impl FnOnce(Message) -> Message) {
        self.message = change(std::mem::take(&mut self.message));
    }

    /// A name that no column of a shop has.
    fn unnamed(&mut self) -> Value {
        self.n_values += 1;
        Value(format!("_{}", self.n_values))
    }
}

/// The description of a column with as many entries as there are rows.
fn column(name: &str, kind: Kind) -> Message {
    let shape = Message::default().message(1, &Message::default().text(2, "rows"));
    let tensor = Message::default().number(1, kind.code()).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

impl Tensor {
    fn message(&self) -> Message {
        let bytes_of = |numbers: &[i64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        let (kind, length, bytes) = match self {
            Self::Scalar(number) => (Kind::Double, None, number.to_le_bytes().to_vec()),
            Self::Doubles(numbers) => {
                (Kind::Double, Some(numbers.len()), numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
            }
            Self::Wholes(numbers) => (Kind::Whole, Some(numbers.len()), bytes_of(numbers)),
            Self::Whole(number) => (Kind::Whole, None, bytes_of(&[*number])),
        };
        let lengths = length.map(|length| i64::try_from(length).unwrap_or(i64::MAX));
        let message = lengths.iter().fold(Message::default(), |message, length| message.number(1, *length));
        message.number(2, kind.code()).raw(9, &bytes)
    }
}

impl Attribute {
    fn message(&self, name: &str) -> Message {
        let message = Message::default().text(1, name);
        let all = |field, numbers: &[i64]| numbers.iter().fold(Message::default(), |all, one| all.number(field, *one));
        let (kind, more) = match self {
            Self::Whole(number) => (2, all(3, &[*number])),
            Self::Text(text) => (3, Message::default().text(4, text)),
            Self::Tensor(tensor) => (4, Message::default().message(5, &tensor.message())),
            Self::Wholes(numbers) => (7, all(8, numbers)),
            Self::Texts(texts) => (8, texts.iter().fold(Message::default(), |all, text| all.text(9, text))),
        };
        message.then(more).number(20, kind)
    }
}
