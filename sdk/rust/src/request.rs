use core::ops::Deref;

use crate::image::Image;
use crate::table::Table;

/// The request that a hook is asked about: an [`Image`], whose tables docs/abi.md lists, with its one row of
/// general facts.
#[derive(Clone, Copy)]
pub struct Request<'a>(Image<'a>);

impl<'a> Deref for Request<'a> {
    type Target = Image<'a>;
    fn deref(&self) -> &Image<'a> {
        &self.0
    }
}

impl<'a> Request<'a> {
    /// Reads an image of kind `request`.
    pub fn new(image: Image<'a>) -> Request<'a> {
        Request(image)
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.text("name").unwrap_or("")
    }

    /// The decision time, RFC 3339.
    pub fn at(&self) -> &'a str {
        self.text("at").unwrap_or("")
    }

    /// The day of the decision in UTC, such as `2026-11-01`.
    pub fn day(&self) -> &'a str {
        self.text("day").unwrap_or("")
    }

    /// Whether sites whose verdict hangs on an unknown fact may be chosen all the same.
    pub fn assumes_unknown(&self) -> bool {
        self.text("unknown") == Some("assume")
    }

    /// `location` or `market`, if the request speaks of carbon.
    pub fn carbon_basis(&self) -> Option<&'a str> {
        self.text("carbon.basis")
    }

    /// The most grams of CO2 equivalent a kilowatt-hour, if there is a ceiling.
    pub fn carbon_ceiling(&self) -> Option<f64> {
        self.number("carbon.maxGramsPerKWh")
    }

    /// The largest price index, if there is a ceiling.
    pub fn cost_ceiling(&self) -> Option<f64> {
        self.number("cost.maxIndex")
    }

    fn row(&self) -> Option<Table<'a>> {
        self.0.table("request").ok()
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.row()?.strings(name).ok()?.at(0).value()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.row()?.float64s(name).ok()?.at(0).value()
    }
}
