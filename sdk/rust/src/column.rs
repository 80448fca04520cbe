use crate::bounds::{at, check, part};
use crate::image::{Image, Plain};
use crate::set::Set;
use crate::state::{State, States};
use crate::table::Table;
use crate::Row;

/// A column's type, by its number in the image format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type(pub u8);

impl Type {
    /// Its name, or an empty text for a type of a later version.
    pub fn name(self) -> &'static str {
        match self.0 {
            1 => "string",
            2 => "uint8",
            3 => "int32",
            4 => "int64",
            5 => "float64",
            6 => "bool",
            7 => "ref",
            8 => "relation",
            9 => "list",
            10 => "bits",
            11 => "matrix",
            _ => "",
        }
    }
}

/// A column, of whatever type.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    table: Table<'a>,
    at: u32, // offset of its entry
}

/// A column's cells, by type.
#[derive(Clone, Copy)]
pub enum Cells<'a> {
    /// Strings.
    Strings(Strings<'a>),
    /// Bytes.
    Uint8s(Numbers<'a, u8>),
    /// 32-bit integers.
    Int32s(Numbers<'a, i32>),
    /// 64-bit integers.
    Int64s(Numbers<'a, i64>),
    /// Floating-point numbers.
    Float64s(Numbers<'a, f64>),
    /// Truth values.
    Bools(Bools<'a>),
    /// A row of another table each.
    Refs(Refs<'a>),
    /// Rows of another table each.
    Relation(Relation<'a>),
    /// A list of strings each.
    Lists(Lists<'a>),
    /// A bit set over another table each.
    Bits(BitSets<'a>),
    /// A row of numbers each.
    Matrix(Matrix<'a>),
    /// Of a type that a later version of the format adds.
    Other,
}

impl<'a> Column<'a> {
    pub(crate) fn new(table: Table<'a>, at: u32) -> Column<'a> {
        Column { table, at }
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.image().string(self.field(0))
    }

    /// Its type.
    pub fn kind(&self) -> Type {
        Type(self.field(4) as u8)
    }

    /// The table it refers to, if it refers to one.
    pub fn target(&self) -> Option<Table<'a>> {
        match self.field(8) {
            u32::MAX => None,
            number => Some(self.image().table_at(number)),
        }
    }

    /// Its cells.
    pub fn cells(&self) -> Cells<'a> {
        match self.kind().0 {
            1 => Cells::Strings(self.strings()),
            2 => Cells::Uint8s(self.numbers()),
            3 => Cells::Int32s(self.numbers()),
            4 => Cells::Int64s(self.numbers()),
            5 => Cells::Float64s(self.numbers()),
            6 => Cells::Bools(self.bools()),
            7 => Cells::Refs(self.refs()),
            8 => Cells::Relation(self.relation()),
            9 => Cells::Lists(self.lists()),
            10 => Cells::Bits(self.bits()),
            11 => Cells::Matrix(self.matrix()),
            _ => Cells::Other,
        }
    }

    pub(crate) fn strings(&self) -> Strings<'a> {
        Strings { image: self.image(), ids: self.data(1), states: self.states() }
    }

    pub(crate) fn numbers<T: Plain>(&self) -> Numbers<'a, T> {
        Numbers { numbers: self.data(1), states: self.states() }
    }

    pub(crate) fn bools(&self) -> Bools<'a> {
        Bools { values: Set::new(self.rowset(12), self.table.rows()), states: self.states() }
    }

    pub(crate) fn refs(&self) -> Refs<'a> {
        Refs { rows: self.data(1), states: self.states() }
    }

    pub(crate) fn relation(&self) -> Relation<'a> {
        Relation(self.lanes())
    }

    pub(crate) fn lists(&self) -> Lists<'a> {
        Lists { image: self.image(), lanes: self.lanes() }
    }

    pub(crate) fn bits(&self) -> BitSets<'a> {
        let over = self.width();
        BitSets { bytes: self.data(Set::bytes(over)), rows: self.table.rows(), over }
    }

    pub(crate) fn matrix(&self) -> Matrix<'a> {
        let width = self.width();
        Matrix { numbers: self.data(width as usize), rows: self.table.rows(), width }
    }

    fn image(&self) -> Image<'a> {
        self.table.image()
    }

    fn field(&self, at: u32) -> u32 {
        self.image().u32(self.at + at)
    }

    /// `each` values for each row.
    fn data<T: Plain>(&self, each: usize) -> &'a [T] {
        self.image().slice(self.field(12), (self.table.rows() as usize).saturating_mul(each))
    }

    /// The bit set over the rows whose offset stands in the entry; empty if there is none.
    fn rowset(&self, at: u32) -> &'a [u8] {
        match self.field(at) {
            0 => &[],
            from => self.image().slice(from, Set::bytes(self.table.rows())),
        }
    }

    fn states(&self) -> States<'a> {
        States { known: self.rowset(24), present: self.rowset(28) }
    }

    fn width(&self) -> u32 {
        self.target().map_or(0, |t| t.rows())
    }

    fn lanes(&self) -> Lanes<'a> {
        Lanes {
            starts: self.image().slice(self.field(20), self.table.rows() as usize + 1),
            elements: self.image().slice(self.field(12), self.field(16) as usize / 4),
        }
    }
}

/// A column of strings.
#[derive(Clone, Copy)]
pub struct Strings<'a> {
    image: Image<'a>,
    ids: &'a [u32],
    states: States<'a>,
}

impl<'a> Strings<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.ids.len() as u32
    }

    /// The row's string.
    pub fn at(&self, row: Row) -> State<&'a str> {
        self.id(row).map(|id| self.image.string(id))
    }

    /// The row's string by its id in the image.
    #[inline]
    pub fn id(&self, row: Row) -> State<u32> {
        let id = at(self.ids, row as usize);
        self.states.of(row, || id)
    }

    /// The first row that has that string.
    pub fn row_of(&self, text: &str) -> Option<Row> {
        let id = self.image.find(text)?;
        self.ids.iter().position(|&i| i == id).map(|row| row as Row)
    }
}

/// A column of numbers.
#[derive(Clone, Copy)]
pub struct Numbers<'a, T> {
    numbers: &'a [T],
    states: States<'a>,
}

impl<'a, T: Copy> Numbers<'a, T> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.numbers.len() as u32
    }

    /// The row's number.
    #[inline]
    pub fn at(&self, row: Row) -> State<T> {
        let number = at(self.numbers, row as usize);
        self.states.of(row, || number)
    }
}

/// A column of truth values.
#[derive(Clone, Copy)]
pub struct Bools<'a> {
    values: Set<'a>,
    states: States<'a>,
}

impl<'a> Bools<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.values.over()
    }

    /// Whether it is true of the row.
    #[inline]
    pub fn at(&self, row: Row) -> State<bool> {
        let value = self.values.has(row);
        self.states.of(row, || value)
    }
}

/// A column whose cells are rows of another table.
#[derive(Clone, Copy)]
pub struct Refs<'a> {
    rows: &'a [u32],
    states: States<'a>,
}

impl<'a> Refs<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The row that the row refers to.
    #[inline]
    pub fn at(&self, row: Row) -> State<Row> {
        let target = at(self.rows, row as usize);
        self.states.of(row, || target)
    }

    /// The first row that refers to that one, by binary search in a column that ascends and has every value.
    pub(crate) fn search(&self, target: Row) -> Option<Row> {
        self.rows.binary_search(&target).ok().map(|i| i as Row)
    }
}

/// Elements by row.
#[derive(Clone, Copy)]
struct Lanes<'a> {
    starts: &'a [u32],
    elements: &'a [u32],
}

impl<'a> Lanes<'a> {
    fn at(&self, row: Row) -> &'a [u32] {
        let row = row as usize;
        part(self.elements, at(self.starts, row) as usize, at(self.starts, row + 1) as usize)
    }

    fn rows(&self) -> u32 {
        self.starts.len() as u32 - 1
    }
}

/// A column whose cells are sets of rows of another table.
#[derive(Clone, Copy)]
pub struct Relation<'a>(Lanes<'a>);

impl<'a> Relation<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.0.rows()
    }

    /// The rows that the row is related to, ascending.
    pub fn at(&self, row: Row) -> &'a [Row] {
        self.0.at(row)
    }

    /// Whether the row is related to that one.
    pub fn has(&self, row: Row, target: Row) -> bool {
        self.at(row).binary_search(&target).is_ok()
    }
}

/// A column whose cells are lists of strings.
#[derive(Clone, Copy)]
pub struct Lists<'a> {
    image: Image<'a>,
    lanes: Lanes<'a>,
}

impl<'a> Lists<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.lanes.rows()
    }

    /// The row's strings, in the order given.
    pub fn at(&self, row: Row) -> Texts<'a> {
        Texts { image: self.image, ids: self.lanes.at(row) }
    }
}

/// A list of strings of an image.
#[derive(Clone, Copy)]
pub struct Texts<'a> {
    image: Image<'a>,
    ids: &'a [u32],
}

impl<'a> Texts<'a> {
    /// Their ids in the image.
    pub fn ids(&self) -> &'a [u32] {
        self.ids
    }

    /// The strings.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        let image = self.image;
        self.ids.iter().map(move |&id| image.string(id))
    }

    /// Whether a string is among them.
    pub fn has(&self, text: &str) -> bool {
        self.image.find(text).map_or(false, |id| self.ids.contains(&id))
    }
}

/// A column whose cells are bit sets over another table.
#[derive(Clone, Copy)]
pub struct BitSets<'a> {
    bytes: &'a [u8],
    rows: u32,
    over: u32,
}

impl<'a> BitSets<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The row's set.
    pub fn at(&self, row: Row) -> Set<'a> {
        check(row, self.rows);
        let size = Set::bytes(self.over);
        Set::new(part(self.bytes, row as usize * size, (row as usize + 1) * size), self.over)
    }
}

/// A column whose cells are rows of numbers, one for each row of another table.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    numbers: &'a [i32],
    rows: u32,
    width: u32,
}

impl<'a> Matrix<'a> {
    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The row's numbers.
    pub fn row(&self, row: Row) -> &'a [i32] {
        check(row, self.rows);
        let from = row as usize * self.width as usize;
        part(self.numbers, from, from + self.width as usize)
    }

    /// The number in a row and a column.
    pub fn at(&self, row: Row, column: Row) -> i32 {
        at(self.row(row), column as usize)
    }
}
