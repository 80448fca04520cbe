//! Guests of Bailiwick, ABI `bailiwick/1`: WebAssembly modules that judge sites, paths or whole placements.
//!
//! A guest is a type. [`Guest::configure`] makes it once, from the snapshot of the topology and the settings; its
//! hooks then answer for all candidates in one call. Everything is read where the host mapped it: an [`Image`] is
//! tables of typed columns, opened by name, and a cell is a [`State`]: a value, absent, or unknown.
//!
//! ```ignore
//! #![no_std]
//! use bailiwick::*;
//!
//! struct Ceiling { grams: Numbers<'static, f64>, ceiling: f64 }
//!
//! impl Guest for Ceiling {
//!     fn configure(snapshot: Image<'static>, settings: Settings) -> Result<Self, Failure> {
//!         Ok(Ceiling {
//!             grams: snapshot.table("sites")?.float64s("carbon.gridGramsPerKWh")?,
//!             ceiling: settings.number("ceiling")?.unwrap_or(300.0),
//!         })
//!     }
//! }
//!
//! impl SiteHook for Ceiling {
//!     fn site<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
//!         for site in ask.rows() {
//!             match self.grams.at(site) {
//!                 Value(g) if g > self.ceiling => answer.deny(site, 1, &[Arg::Site(site), g.into()]),
//!                 Value(_) | Absent => {}
//!                 Unknown => answer.unknown(site, 2, &[]),
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! guest!(Ceiling: site);
//! trap_on_panic!();
//! ```
//!
//! The crate needs neither `std` nor an allocator, and has no dependencies. What does not fit a borrow can be kept
//! with [`keep`] and [`room`]. A guest that wants `std` leaves out `#![no_std]` and [`trap_on_panic!`].

#![no_std]
#![deny(missing_docs)]
#![warn(unsafe_op_in_unsafe_fn)]

#[cfg(not(target_arch = "wasm32"))]
extern crate std;

#[cfg(target_endian = "big")]
compile_error!("images are little-endian and are read in place");

pub mod abi;
mod answer;
mod ask;
mod bounds;
pub mod capability;
mod column;
mod failure;
mod guest;
mod image;
mod keep;
mod request;
mod rtt;
mod set;
mod settings;
mod state;
mod table;

pub use answer::{Answer, Arg};
pub use ask::{Ask, Rows};
pub use column::{BitSets, Bools, Cells, Column, Lists, Matrix, Numbers, Refs, Relation, Strings, Texts, Type};
pub use failure::{Failure, Missing};
pub use guest::{Guest, PathHook, PlacementHook, SiteHook};
pub use image::{Image, Malformed};
pub use keep::{joined, keep, room};
pub use request::Request;
pub use rtt::{Rtt, RttTable, Span};
pub use set::Set;
pub use settings::Settings;
pub use state::State::{self, Absent, Unknown, Value};
pub use table::Table;

/// A row number of a table, from 0.
pub type Row = u32;
