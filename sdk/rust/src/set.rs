use crate::bounds::at;
use crate::Row;

/// A set of rows of one table, as a bit set that is read where it lies.
#[derive(Clone, Copy)]
pub struct Set<'a> {
    bytes: &'a [u8],
    rows: u32,
}

impl<'a> Set<'a> {
    /// The bytes that a set over so many rows takes.
    pub(crate) fn bytes(rows: u32) -> usize {
        (rows as usize + 63) / 64 * 8
    }

    pub(crate) fn new(bytes: &'a [u8], rows: u32) -> Set<'a> {
        Set { bytes, rows }
    }

    /// How many rows there are to be in the set or not.
    pub fn over(&self) -> u32 {
        self.rows
    }

    /// Whether a row is in the set. There must be such a row.
    #[inline]
    pub fn has(&self, row: Row) -> bool {
        bit(self.bytes, row)
    }

    /// How many rows are in the set.
    pub fn count(&self) -> u32 {
        self.bytes.iter().map(|b| b.count_ones()).sum()
    }

    /// The rows in the set, ascending.
    pub fn iter(&self) -> SetRows<'a> {
        SetRows { bytes: self.bytes, at: 0, left: self.bytes.first().copied().unwrap_or(0) }
    }
}

/// Whether a row's bit is set.
#[inline]
pub(crate) fn bit(bytes: &[u8], row: Row) -> bool {
    at(bytes, row as usize / 8) >> (row % 8) & 1 != 0
}

impl<'a> IntoIterator for Set<'a> {
    type Item = Row;
    type IntoIter = SetRows<'a>;
    fn into_iter(self) -> SetRows<'a> {
        self.iter()
    }
}

/// The rows of a [`Set`], ascending.
#[derive(Clone)]
pub struct SetRows<'a> {
    bytes: &'a [u8],
    at: usize,
    left: u8, // of the byte at `at`
}

impl Iterator for SetRows<'_> {
    type Item = Row;

    #[inline]
    fn next(&mut self) -> Option<Row> {
        while self.left == 0 {
            self.at += 1;
            self.left = *self.bytes.get(self.at)?;
        }
        let bit = self.left.trailing_zeros();
        self.left &= self.left - 1;
        Some(self.at as u32 * 8 + bit)
    }
}
