use crate::bounds::check;
use crate::column::{BitSets, Bools, Column, Lists, Matrix, Numbers, Refs, Relation, Strings, Type};
use crate::failure::Missing;
use crate::image::Image;

/// A table of an image.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    image: Image<'a>,
    at: u32, // offset of its entry
}

impl<'a> Table<'a> {
    pub(crate) fn new(image: Image<'a>, at: u32) -> Table<'a> {
        Table { image, at }
    }

    /// The image it is of.
    pub fn image(&self) -> Image<'a> {
        self.image
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.image.string(self.image.u32(self.at))
    }

    /// How many rows it has.
    pub fn rows(&self) -> u32 {
        self.image.u32(self.at + 4)
    }

    /// How many columns it has.
    pub fn columns(&self) -> u32 {
        self.image.u32(self.at + 12)
    }

    /// The column of that number, from 0, in the order of their names. There must be one.
    pub fn column_at(&self, number: u32) -> Column<'a> {
        check(number, self.columns());
        Column::new(*self, self.image.u32(40) + 32 * (self.image.u32(self.at + 8) + number))
    }

    /// The column of that name, of whatever type.
    pub fn column<'n>(&self, name: &'n str) -> Result<Column<'a>, Missing<'n>>
    where
        'a: 'n,
    {
        let first = self.image.u32(40) + 32 * self.image.u32(self.at + 8);
        self.image
            .find(name)
            .and_then(|id| self.image.entry(first, self.columns(), 32, id))
            .map(|at| Column::new(*self, at))
            .ok_or_else(|| self.missing(name, ""))
    }

    /// The column of that name and type.
    #[inline(never)]
    fn typed(&self, name: &str, kind: u8) -> Option<Column<'a>> {
        self.column(name).ok().filter(|c| c.kind().0 == kind)
    }

    fn missing<'n>(&self, column: &'n str, wanted: &'n str) -> Missing<'n>
    where
        'a: 'n,
    {
        Missing { image: self.image.kind(), table: self.name(), column, wanted }
    }
}

macro_rules! columns {
    ($($(#[$doc:meta])* $method:ident, $make:ident, $of:ty, $kind:literal;)*) => {
        impl<'a> Table<'a> {
            $($(#[$doc])*
            pub fn $method<'n>(&self, name: &'n str) -> Result<$of, Missing<'n>>
            where
                'a: 'n,
            {
                match self.typed(name, $kind) {
                    Some(c) => Ok(c.$make()),
                    None => Err(self.missing(name, Type($kind).name())),
                }
            })*
        }
    };
}

columns! {
    /// The column of strings of that name.
    strings, strings, Strings<'a>, 1;
    /// The column of bytes of that name.
    uint8s, numbers, Numbers<'a, u8>, 2;
    /// The column of 32-bit integers of that name.
    int32s, numbers, Numbers<'a, i32>, 3;
    /// The column of 64-bit integers of that name.
    int64s, numbers, Numbers<'a, i64>, 4;
    /// The column of floating-point numbers of that name.
    float64s, numbers, Numbers<'a, f64>, 5;
    /// The column of truth values of that name.
    bools, bools, Bools<'a>, 6;
    /// The column of that name whose cells are rows of another table.
    refs, refs, Refs<'a>, 7;
    /// The column of that name whose cells are ascending rows of another table.
    relation, relation, Relation<'a>, 8;
    /// The column of that name whose cells are lists of strings.
    lists, lists, Lists<'a>, 9;
    /// The column of that name whose cells are bit sets over another table.
    bits, bits, BitSets<'a>, 10;
    /// The column of that name whose cells are rows of a matrix, one number for each row of another table.
    matrix, matrix, Matrix<'a>, 11;
}
