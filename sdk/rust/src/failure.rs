use crate::keep::{joined, keep};

/// Why a call fails. There is then no decision: the text goes to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    pub(crate) status: i32,
    pub(crate) text: &'static str,
}

impl Failure {
    /// The status of failures that this crate finds: of something missing, or of a setting of another type.
    pub const SDK: i32 = 1;

    /// A failure with a number of the guest's own, not 0, and a text that says what went wrong.
    pub fn new(status: i32, text: &str) -> Failure {
        Failure { status: if status == 0 { Failure::SDK } else { status }, text: keep(text) }
    }

    /// A failure whose text is put together from parts.
    pub fn of(status: i32, parts: &[&str]) -> Failure {
        Failure { text: joined(parts), ..Failure::new(status, "") }
    }

    /// The text.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// The number.
    pub fn status(&self) -> i32 {
        self.status
    }
}

/// A table or column that an image does not have. `?` makes it a [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing<'n> {
    pub(crate) image: &'n str,
    pub(crate) table: &'n str,
    pub(crate) column: &'n str,
    pub(crate) wanted: &'n str,
}

impl From<Missing<'_>> for Failure {
    fn from(m: Missing<'_>) -> Failure {
        if m.column.is_empty() {
            return Failure::of(Failure::SDK, &["the ", m.image, " has no table ", m.table]);
        }
        let of = if m.wanted.is_empty() { "" } else { " of type " };
        Failure::of(Failure::SDK, &["table ", m.table, " of the ", m.image, " has no column ", m.column, of, m.wanted])
    }
}
