use crate::column::{BitSets, Matrix, Numbers, Refs};
use crate::failure::Failure;
use crate::image::Image;
use crate::state::State::Value;
use crate::Row;

/// Round-trip times between sites, as the snapshot has them. Open it once, in
/// [`Guest::configure`](crate::Guest::configure).
#[derive(Clone, Copy)]
pub struct RttTable<'a> {
    kind: Numbers<'a, u8>, // of sites
    region: Refs<'a>,      // of sites
    site: Refs<'a>,        // of regions, ascending
    between: Matrix<'a>,
    measured: BitSets<'a>,
    link_from: Refs<'a>, // links are sorted by from, then to
    link_to: Refs<'a>,
    link: Numbers<'a, i32>,
    span_from: Refs<'a>,
    span_to: Refs<'a>,
    span: Numbers<'a, i32>,
}

/// A round-trip time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rtt {
    /// Whole microseconds.
    pub micros: i32,
    /// Whether it was measured; else a model fills it in.
    pub measured: bool,
}

/// Two regions that are taken to be joined directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Rows of `sites`.
    pub ends: (Row, Row),
    /// The mean of their two measured times, in whole microseconds.
    pub micros: i32,
}

const REGION: u8 = 0;
const AVAILABILITY_ZONE: u8 = 1;
const REGIONAL_EDGE_CACHE: u8 = 6;

impl<'a> RttTable<'a> {
    /// Opens the snapshot's columns.
    pub fn open(snapshot: Image<'a>) -> Result<RttTable<'a>, Failure> {
        let (sites, regions) = (snapshot.table("sites")?, snapshot.table("regions")?);
        let (links, backbone) = (snapshot.table("links")?, snapshot.table("backbone")?);
        Ok(RttTable {
            kind: sites.uint8s("kind")?,
            region: sites.refs("region")?,
            site: regions.refs("site")?,
            between: regions.matrix("rtt")?,
            measured: regions.bits("measured")?,
            link_from: links.refs("from")?,
            link_to: links.refs("to")?,
            link: links.int32s("rtt")?,
            span_from: backbone.refs("from")?,
            span_to: backbone.refs("to")?,
            span: backbone.int32s("rtt")?,
        })
    }

    /// The time from one site to another, both rows of `sites`: what a link between the two says, else that between
    /// their regions, with a link's from a Local Zone, Wavelength Zone or Outpost to its region on top. `None` where
    /// the snapshot does not have it: the host may still model such a time from a distance.
    pub fn between(&self, from: Row, to: Row) -> Option<Rtt> {
        if let Some(micros) = self.linked(from, to) {
            return Some(Rtt { micros, measured: true });
        }
        let (home, away) = (self.region.at(from).value()?, self.region.at(to).value()?);
        let (a, b) = (self.site.search(home)?, self.site.search(away)?);
        let micros = self.between.at(a, b);
        if micros < 0 {
            return None;
        }
        Some(Rtt {
            micros: micros + self.leg(from, home)? + self.leg(to, away)?,
            measured: self.measured.at(a).has(b) && (a != b || from == to),
        })
    }

    /// The pairs of regions that are taken to be joined directly.
    pub fn backbone(&self) -> impl Iterator<Item = Span> + 'a {
        let table = *self;
        (0..table.span.rows()).filter_map(move |i| {
            let (from, to) = (table.span_from.at(i).value()?, table.span_to.at(i).value()?);
            let ends = (table.site.at(from).value()?, table.site.at(to).value()?);
            Some(Span { ends, micros: table.span.at(i).value()? })
        })
    }

    /// The time between a site and its region: nothing for those that stand on its ground.
    fn leg(&self, site: Row, region: Row) -> Option<i32> {
        match self.kind.at(site) {
            Value(REGION | AVAILABILITY_ZONE | REGIONAL_EDGE_CACHE) => Some(0),
            _ => self.linked(site, region),
        }
    }

    fn linked(&self, from: Row, to: Row) -> Option<i32> {
        let (mut low, mut high) = (0, self.link.rows());
        while low < high {
            let middle = low + (high - low) / 2;
            let pair = (self.link_from.at(middle).value()?, self.link_to.at(middle).value()?);
            match pair.cmp(&(from, to)) {
                core::cmp::Ordering::Equal => return self.link.at(middle).value(),
                core::cmp::Ordering::Less => low = middle + 1,
                core::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}
