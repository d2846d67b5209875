//! Protocol buffers as far as an ONNX file needs them: numbers, texts, messages in messages. A crate of theirs would bring a
//! compiler and its own description of each message for these forty lines.

/// A message that is being written; fields are numbered as in `onnx.proto`.
#[derive(Debug, Default)]
pub(super) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// With one more whole number.
    pub(super) fn number(mut self, field: u32, value: i64) -> Self {
        self.tag(field, 0);
        self.varint(value.cast_unsigned());
        self
    }

    /// With one more message.
    pub(super) fn message(self, field: u32, message: &Self) -> Self {
        self.raw(field, &message.bytes)
    }

    /// With one more text.
    pub(super) fn text(self, field: u32, text: &str) -> Self {
        self.raw(field, text.as_bytes())
    }

    /// With one more row of bytes.
    pub(super) fn raw(mut self, field: u32, bytes: &[u8]) -> Self {
        self.tag(field, 2);
        self.varint(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// With the fields of another behind its own.
    pub(super) fn then(mut self, more: Self) -> Self {
        self.bytes.extend(more.bytes);
        self
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn tag(&mut self, field: u32, kind: u8) {
        self.varint(u64::from(field) << 3 | u64::from(kind));
    }

    /// Seven bits at a time, the lowest first; all but the last say that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(low_bits(value) | 0x80);
            value >>= 7;
        }
        self.bytes.push(low_bits(value));
    }
}

/// The lowest seven bits.
const fn low_bits(value: u64) -> u8 {
    value.to_le_bytes()[0] & 0x7f
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the documentation of protocol buffers, "Encoding".
    #[test]
    fn fields_are_encoded_as_documented() {
        assert_eq!(Message::default().number(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        let text = Message::default().text(2, "testing");
        assert_eq!(text.into_bytes(), [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
        let inner = Message::default().number(1, 150);
        assert_eq!(Message::default().message(3, &inner).into_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let negative = Message::default().number(1, -2).into_bytes();
        assert_eq!(negative, [0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    }
}
