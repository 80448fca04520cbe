use core::mem::{align_of, size_of};

use crate::bounds::{check, outside};
use crate::failure::Missing;
use crate::table::Table;

/// An image: tables of typed columns in one run of bytes, read where it lies. The snapshot is one, and so are the
/// settings and the request. It is a small value; copying it copies no bytes.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    bytes: &'a [u8],
}

/// Why bytes are no image this crate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

const MAGIC: [u8; 8] = *b"\x89BWI\r\n\x1a\n";
const HEADER: usize = 128;

impl<'a> Image<'a> {
    /// Opens an image that somebody else vouches for, as the host does for what it maps.
    ///
    /// # Safety
    ///
    /// Its kind and its strings must be UTF-8, and it must lie at a multiple of 8. Whatever else is wrong with it ends the call
    /// at worst.
    pub unsafe fn trusted(bytes: &'a [u8]) -> Image<'a> {
        Image { bytes }
    }

    /// Opens an image after checking its header, where its sections lie and its strings. The digest is not compared.
    pub fn open(bytes: &'a [u8]) -> Result<Image<'a>, Malformed> {
        if bytes.len() < HEADER || bytes[..8] != MAGIC {
            return Err(Malformed("no image: it does not begin as one does"));
        }
        if bytes.as_ptr() as usize % 8 != 0 {
            return Err(Malformed("the image does not lie at a multiple of 8"));
        }
        let image = Image { bytes };
        if u16::from_le_bytes([bytes[8], bytes[9]]) != 1 {
            return Err(Malformed("an image of another major version than 1"));
        }
        if image.u32(12) as usize != bytes.len() {
            return Err(Malformed("the image is not as long as it says"));
        }
        let room =
            |at: u32, count: u32, width: u64| u64::from(image.u32(at)) + u64::from(count) * width <= bytes.len() as u64;
        let strings = u64::from(image.u32(52)) + 1;
        if !room(32, image.u32(36), 16)
            || !room(40, image.u32(44), 32)
            || u64::from(image.u32(48)) + strings * 4 > bytes.len() as u64
            || !room(56, image.u32(60), 1)
        {
            return Err(Malformed("a section of the image lies outside it"));
        }
        if !bytes[16..32].is_ascii() {
            return Err(Malformed("the image's kind is not of ASCII characters"));
        }
        for id in 0..image.strings() {
            let (from, to) = (image.start(id), image.start(id + 1));
            if from > to || to > image.u32(60) || core::str::from_utf8(image.raw(id)).is_err() {
                return Err(Malformed("a string of the image is not UTF-8"));
            }
        }
        Ok(image)
    }

    /// The bytes of the image.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What it is: `topology`, `request` or `settings`.
    pub fn kind(&self) -> &'a str {
        let kind = self.slice::<u8>(16, 16);
        let kind = kind.split(|&b| b == 0).next().unwrap_or(kind);
        // SAFETY: a kind is of letters, digits and hyphens, as was checked or vouched for.
        unsafe { core::str::from_utf8_unchecked(kind) }
    }

    /// Its SHA-256, which names it.
    pub fn digest(&self) -> &'a [u8] {
        self.slice(96, 32)
    }

    /// How many strings there are; their ids run from 0, in the order of their bytes.
    pub fn strings(&self) -> u32 {
        self.u32(52)
    }

    /// The string of that id. There must be one.
    pub fn string(&self, id: u32) -> &'a str {
        check(id, self.strings());
        // SAFETY: that strings are UTF-8 was checked or vouched for.
        unsafe { core::str::from_utf8_unchecked(self.raw(id)) }
    }

    /// The id of a string, if the image has it. Ids of one image compare as their strings do.
    pub fn find(&self, text: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.strings());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.raw(middle).cmp(text.as_bytes()) {
                core::cmp::Ordering::Equal => return Some(middle),
                core::cmp::Ordering::Less => low = middle + 1,
                core::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// How many tables there are.
    pub fn tables(&self) -> u32 {
        self.u32(36)
    }

    /// The table of that number, from 0, in the order of their names. There must be one.
    pub fn table_at(&self, number: u32) -> Table<'a> {
        check(number, self.tables());
        Table::new(*self, self.u32(32) + 16 * number)
    }

    /// The table of that name.
    pub fn table<'n>(&self, name: &'n str) -> Result<Table<'a>, Missing<'n>>
    where
        'a: 'n,
    {
        self.find(name)
            .and_then(|id| self.entry(self.u32(32), self.tables(), 16, id))
            .map(|at| Table::new(*self, at))
            .ok_or(Missing { image: self.kind(), table: name, column: "", wanted: "" })
    }

    /// Among `count` entries of `width` bytes, the offset of the one with that name.
    pub(crate) fn entry(&self, at: u32, count: u32, width: u32, name: u32) -> Option<u32> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = at + middle * width;
            let id = self.u32(entry);
            if id == name {
                return Some(entry);
            }
            if id < name {
                low = middle + 1
            } else {
                high = middle
            }
        }
        None
    }

    pub(crate) fn u32(&self, at: u32) -> u32 {
        self.slice::<u32>(at, 1).first().copied().unwrap_or(0)
    }

    /// `count` numbers at an offset. They must lie within the image, at a multiple of their size.
    pub(crate) fn slice<T: Plain>(&self, at: u32, count: usize) -> &'a [T] {
        let bytes = count
            .checked_mul(size_of::<T>())
            .and_then(|size| self.bytes.get(at as usize..(at as usize).checked_add(size)?));
        match bytes {
            Some(b) if b.as_ptr() as usize % align_of::<T>() == 0 => {
                // SAFETY: the bytes are there, aligned, borrowed for 'a, and any bytes make a T.
                unsafe { core::slice::from_raw_parts(b.as_ptr().cast(), count) }
            }
            _ => outside(),
        }
    }

    fn start(&self, id: u32) -> u32 {
        self.u32(self.u32(48) + 4 * id)
    }

    fn raw(&self, id: u32) -> &'a [u8] {
        let from = self.start(id);
        self.slice(self.u32(56) + from, (self.start(id + 1) - from) as usize)
    }
}

/// Types that any bytes make a value of.
///
/// # Safety
///
/// They must have no padding and no bytes that are no value.
pub unsafe trait Plain: Copy + 'static {}
unsafe impl Plain for u8 {}
unsafe impl Plain for u32 {}
unsafe impl Plain for i32 {}
unsafe impl Plain for i64 {}
unsafe impl Plain for f64 {}
