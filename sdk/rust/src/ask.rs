use crate::image::Image;
use crate::request::Request;
use crate::set::{Set, SetRows};
use crate::Row;

/// What a hook is asked: which rows to judge, for which request.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The snapshot of the topology.
    pub snapshot: Image<'static>,
    /// The request.
    pub request: Request<'a>,
    /// The component that is asked about, a row of the request's `components`; none if the call is about no single
    /// one.
    pub component: Option<Row>,
    /// The rows to judge, among all: of the snapshot's `sites`, or of the request's `paths` or `placements`.
    pub selection: Set<'a>,
}

/// The rows to judge, ascending.
pub type Rows<'a> = SetRows<'a>;

impl<'a> Ask<'a> {
    /// The rows to judge, ascending.
    pub fn rows(&self) -> Rows<'a> {
        self.selection.iter()
    }
}
