use crate::column::{Column, Texts};
use crate::failure::Failure;
use crate::image::Image;
use crate::keep::joined;
use crate::table::Table;

/// The settings in force, by path: `ceiling`, `weights.EU`. They are gone after
/// [`Guest::configure`](crate::Guest::configure); [`keep`](crate::keep()) the texts that matter.
///
/// A setting that is missing or null is `None`; one of another type is an error that says so.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    image: Image<'a>,
    table: Option<Table<'a>>,
}

impl<'a> Settings<'a> {
    /// Reads an image of kind `settings`.
    pub fn new(image: Image<'a>) -> Settings<'a> {
        Settings { image, table: image.table("settings").ok() }
    }

    /// The image they are in.
    pub fn image(&self) -> Image<'a> {
        self.image
    }

    /// A text.
    pub fn text(&self, path: &str) -> Result<Option<&'a str>, Failure> {
        Ok(self.get(path, 1, "a text")?.and_then(|c| c.strings().at(0).value()))
    }

    /// A number.
    pub fn number(&self, path: &str) -> Result<Option<f64>, Failure> {
        Ok(self.get(path, 5, "a number")?.and_then(|c| c.numbers().at(0).value()))
    }

    /// True or false.
    pub fn flag(&self, path: &str) -> Result<Option<bool>, Failure> {
        Ok(self.get(path, 6, "true or false")?.and_then(|c| c.bools().at(0).value()))
    }

    /// A list of texts.
    pub fn list(&self, path: &str) -> Result<Option<Texts<'a>>, Failure> {
        Ok(self.get(path, 9, "a list of texts")?.map(|c| c.lists().at(0)))
    }

    /// The length of a list that is not one of texts. Its elements are at [`Settings::element`].
    pub fn length(&self, path: &str) -> Result<Option<u32>, Failure> {
        let length = self.get(joined(&[path, ".length"]), 3, "a list")?.and_then(|c| c.numbers::<i32>().at(0).value());
        Ok(length.map(|n| n as u32))
    }

    /// The path of an element of a list that is not one of texts, from 0.
    pub fn element(path: &str, index: u32) -> &'static str {
        let mut digits = [0; 10];
        let (mut at, mut left) = (digits.len(), index);
        loop {
            at -= 1;
            digits[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        joined(&[path, ".", digits.get(at..).and_then(|d| core::str::from_utf8(d).ok()).unwrap_or("")])
    }

    /// The rest of each path that begins with `path` and a dot, in order.
    pub fn under<'p>(&self, path: &'p str) -> impl Iterator<Item = &'a str> + 'p
    where
        'a: 'p,
    {
        let table = self.table;
        (0..table.map_or(0, |t| t.columns()))
            .filter_map(move |i| table?.column_at(i).name().strip_prefix(path)?.strip_prefix('.'))
    }

    /// The setting's column, which is of that type; none if it is missing or null.
    #[inline(never)]
    fn get(&self, path: &str, kind: u8, what: &str) -> Result<Option<Column<'a>>, Failure> {
        let column = match self.table.and_then(|t| t.column(path).ok()) {
            Some(c) => c,
            None => return Ok(None),
        };
        match column.kind().0 {
            1 if column.strings().at(0).is_absent() => Ok(None), // null
            k if k == kind => Ok(Some(column)),
            _ => Err(Failure::of(Failure::SDK, &["setting ", path, ": must be ", what])),
        }
    }
}
