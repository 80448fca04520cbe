use crate::set::bit;
use crate::Row;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<T> {
    /// A value.
    Value(T),
    /// Known not to apply, or left out of the request.
    Absent,
    /// The fact exists, and the image does not have it. A guest that needs it must say so: silence is a permit.
    Unknown,
}

use State::{Absent, Unknown, Value};

impl<T> State<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Value(v) => Some(v),
            _ => None,
        }
    }

    /// Whether the fact exists and is not known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Unknown)
    }

    /// Whether it is known that there is nothing.
    pub fn is_absent(&self) -> bool {
        matches!(self, Absent)
    }

    /// The same state of what `f` makes of the value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> State<U> {
        match self {
            Value(v) => Value(f(v)),
            Absent => Absent,
            Unknown => Unknown,
        }
    }
}

/// The two bit sets that tell the states of a column's cells. One that is left out, since all are set, is empty.
#[derive(Clone, Copy)]
pub(crate) struct States<'a> {
    pub known: &'a [u8],
    pub present: &'a [u8],
}

impl<'a> States<'a> {
    /// The cell's state, with what `value` gives if it holds one.
    #[inline]
    pub fn of<T>(&self, row: Row, value: impl FnOnce() -> T) -> State<T> {
        if !self.known.is_empty() && !bit(self.known, row) {
            Unknown
        } else if !self.present.is_empty() && !bit(self.present, row) {
            Absent
        } else {
            Value(value())
        }
    }
}
