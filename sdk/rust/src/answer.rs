use crate::bounds::outside;
use crate::failure::Failure;
use crate::set::Set;
use crate::Row;

/// What a hook answers. A row of which nothing is said is permitted.
pub struct Answer<'a> {
    pub(crate) denials: &'a mut [u8],
    pub(crate) unknowns: &'a mut [u8],
    pub(crate) scored: &'a mut [u8],
    pub(crate) scores: &'a mut [f64],
    pub(crate) reasons: &'a mut [Reason],
    pub(crate) arguments: &'a mut [Argument],
    pub(crate) written: u32, // reasons
    pub(crate) used: u32,    // arguments
    pub(crate) missed: u32,  // reasons that found no room
    pub(crate) fault: Option<Failure>,
}

/// A reason as it lies in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Reason {
    pub(crate) row: u32,
    pub(crate) code: u16,
    pub(crate) kind: u8,
    pub(crate) count: u8,
    pub(crate) first: u32,
    pub(crate) reserved: u32,
}

/// An argument as it lies in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Argument {
    pub(crate) kind: u32,
    pub(crate) length: u32,
    pub(crate) value: u64,
}

/// An argument of a reason's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arg<'a> {
    /// A number, finite.
    Number(f64),
    /// An integer.
    Integer(i64),
    /// A string of the snapshot, by its id.
    SnapshotString(u32),
    /// A string of the request, by its id.
    RequestString(u32),
    /// A text, which must outlive the call; [`keep`](crate::keep()) it if it would not.
    Text(&'a str),
    /// A row of the snapshot's `sites`: shown as the site's id.
    Site(Row),
}

impl From<f64> for Arg<'_> {
    fn from(v: f64) -> Self {
        Arg::Number(v)
    }
}

impl From<i64> for Arg<'_> {
    fn from(v: i64) -> Self {
        Arg::Integer(v)
    }
}

impl From<i32> for Arg<'_> {
    fn from(v: i32) -> Self {
        Arg::Integer(v.into())
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(v: &'a str) -> Self {
        Arg::Text(v)
    }
}

impl Arg<'_> {
    fn lay(self) -> Argument {
        let (kind, length, value) = match self {
            Arg::Number(v) => (1, 0, v.to_bits()),
            Arg::Integer(v) => (2, 0, v as u64),
            Arg::SnapshotString(id) => (3, 0, id.into()),
            Arg::RequestString(id) => (4, 0, id.into()),
            Arg::Text(t) => (5, t.len() as u32, t.as_ptr() as usize as u64),
            Arg::Site(row) => (6, 0, row.into()),
        };
        Argument { kind, length, value }
    }
}

const DENIAL: u8 = 1;
const WARNING: u8 = 2;
const OBLIGATION: u8 = 3;
const POSSIBLE: u8 = 128;
const MOST_ARGUMENTS: usize = 8;

impl<'a> Answer<'a> {
    /// Refuses a row, whatever is not known, and says why: a code of the manifest's `reasons`, and its arguments,
    /// at most eight.
    pub fn deny(&mut self, row: Row, code: u16, args: &[Arg<'a>]) {
        self.refuse(row);
        self.reason(row, code, DENIAL, args);
    }

    /// Says that a row may be refused: whether it is hangs on a fact that is unknown.
    pub fn unknown(&mut self, row: Row, code: u16, args: &[Arg<'a>]) {
        self.doubt(row);
        self.reason(row, code, DENIAL | POSSIBLE, args);
    }

    /// Refuses a row without a reason of its own; it is shown with the manifest's title.
    pub fn refuse(&mut self, row: Row) {
        set(self.denials, row);
    }

    /// Says without a reason that a row may be refused.
    pub fn doubt(&mut self, row: Row) {
        set(self.unknowns, row);
    }

    /// Gives a row a score from 0 to 100; higher is better.
    pub fn score(&mut self, row: Row, score: f64) {
        *place(self.scores, row as usize) = score;
        set(self.scored, row);
    }

    /// Warns of a row.
    pub fn warn(&mut self, row: Row, code: u16, args: &[Arg<'a>]) {
        self.reason(row, code, WARNING, args);
    }

    /// Warns of a row, if an unknown fact is such.
    pub fn possible_warning(&mut self, row: Row, code: u16, args: &[Arg<'a>]) {
        self.reason(row, code, WARNING | POSSIBLE, args);
    }

    /// Says what must be done if the row is chosen.
    pub fn oblige(&mut self, row: Row, code: u16, args: &[Arg<'a>]) {
        self.reason(row, code, OBLIGATION, args);
    }

    /// Says what must be done if the row is chosen and an unknown fact is such.
    pub fn possible_obligation(&mut self, row: Row, code: u16, args: &[Arg<'a>]) {
        self.reason(row, code, OBLIGATION | POSSIBLE, args);
    }

    /// Whether anybody reads reasons. If not, what is worked out only for them can be left out; they may be given
    /// all the same.
    pub fn wants_reasons(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// Writes a reason with its arguments, or leaves it out whole and counts it.
    fn reason(&mut self, row: Row, code: u16, kind: u8, args: &[Arg<'a>]) {
        if args.len() > MOST_ARGUMENTS {
            self.fault = Some(Failure::new(Failure::SDK, "a reason has more than 8 arguments"));
            return;
        }
        let (at, first) = (self.written as usize, self.used as usize);
        if at >= self.reasons.len() || self.arguments.len() - first < args.len() {
            self.missed += 1;
            return;
        }
        *place(self.reasons, at) = Reason { row, code, kind, count: args.len() as u8, first: self.used, reserved: 0 };
        for arg in args {
            *place(self.arguments, self.used as usize) = arg.lay();
            self.used += 1;
        }
        self.written += 1;
    }
}

fn set(bits: &mut [u8], row: Row) {
    *place(bits, row as usize / 8) |= 1 << (row % 8);
}

fn place<T>(values: &mut [T], index: usize) -> &mut T {
    match values.get_mut(index) {
        Some(v) => v,
        None => outside(),
    }
}

/// The bytes of a bit set over so many rows.
pub(crate) fn set_bytes(rows: u32) -> usize {
    Set::bytes(rows)
}
