//! The probe of docs/abi-kit.md in Rust.
#![no_std]

use bailiwick::*;

struct Probe {
    snapshot: u64, // digests
    settings: u64,
    fail_hook: Option<&'static str>,
    spin: f64,
    calls: u32,
}

impl Guest for Probe {
    fn configure(snapshot: Image<'static>, settings: Settings<'_>) -> Result<Self, Failure> {
        if let Some(text) = settings.text("fail")? {
            return Err(Failure::new(7, text));
        }
        Ok(Probe {
            snapshot: digest(snapshot),
            settings: digest(settings.image()),
            fail_hook: settings.text("failHook")?.map(keep),
            spin: settings.number("spin")?.unwrap_or(0.0),
            calls: 0,
        })
    }
}

impl SiteHook for Probe {
    fn site<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        self.judge(ask, answer, true)
    }
}

impl PathHook for Probe {
    fn path<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        self.judge(ask, answer, false)
    }
}

impl PlacementHook for Probe {
    fn placement<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        self.judge(ask, answer, false)
    }
}

impl Probe {
    fn judge<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>, sites: bool) -> Result<(), Failure> {
        if self.calls != 0 {
            return Err(Failure::new(11, "not fresh"));
        }
        self.calls += 1;
        if let Some(text) = self.fail_hook {
            return Err(Failure::new(9, text));
        }
        spin(self.spin);
        let request = digest(*ask.request);
        for row in ask.rows() {
            match row % 5 {
                0 => answer.deny(row, 2, &[(f64::from(row) / 4.0).into(), "row".into(), i64::from(row).into()]),
                1 => answer.unknown(row, 3, &[]),
                2 => {
                    let score = f64::from(row % 101);
                    answer.score(row, if score > 0.0 { score - 0.25 } else { 0.0 });
                }
                3 => {
                    let (snapshot, request) = (ask.snapshot.strings(), ask.request.strings());
                    let mut args = [Arg::Integer(0); 2];
                    let mut count = 0;
                    if snapshot > 0 {
                        args[count] = Arg::SnapshotString(row % snapshot);
                        count += 1;
                    }
                    if request > 0 {
                        args[count] = Arg::RequestString(row % request);
                        count += 1;
                    }
                    answer.warn(row, 4, &args[..count]);
                }
                _ => {
                    let arg = if sites { Arg::Site(row) } else { Arg::Integer(-i64::from(row)) };
                    answer.oblige(row, 5, &[arg]);
                    answer.possible_warning(row, 6, &[]);
                }
            }
        }
        if let Some(row) = ask.rows().next() {
            let component = ask.component.map_or(-1, i64::from);
            let digests = [self.snapshot, self.settings, request].map(|d| Arg::Integer(d as i64));
            answer.warn(row, 1, &[digests[0], digests[1], digests[2], Arg::Integer(component)]);
        }
        Ok(())
    }
}

/// Turns a loop so many times; each turn reads and writes memory, which the compiler must not leave out.
fn spin(turns: f64) {
    let mut turn = 0.0;
    // SAFETY: turn is a variable of its own.
    while unsafe { core::ptr::read_volatile(&turn) } < turns {
        unsafe { core::ptr::write_volatile(&mut turn, turn + 1.0) };
    }
}

struct Fnv(u64);

impl Fnv {
    fn feed(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x100000001B3);
        }
    }

    fn text(&mut self, text: &str) {
        self.feed(text.as_bytes());
        self.feed(&[0]);
    }

    fn rows(&mut self, count: u32, rows: impl Iterator<Item = Row>) {
        self.feed(&count.to_le_bytes());
        rows.for_each(|r| self.feed(&r.to_le_bytes()));
    }

    /// A cell that has a state, and what `value` feeds if it has a value.
    fn state<T>(&mut self, state: State<T>, value: impl FnOnce(&mut Fnv, T)) {
        match state {
            Value(v) => {
                self.feed(&[0]);
                value(self, v);
            }
            Absent => self.feed(&[1]),
            Unknown => self.feed(&[2]),
        }
    }
}

fn digest(image: Image) -> u64 {
    let mut fnv = Fnv(0xCBF29CE484222325);
    for t in 0..image.tables() {
        let table = image.table_at(t);
        fnv.text(table.name());
        fnv.feed(&table.rows().to_le_bytes());
        for c in 0..table.columns() {
            let column = table.column_at(c);
            fnv.text(column.name());
            fnv.feed(&[column.kind().0]);
            fnv.text(column.target().map_or("", |t| t.name()));
            let cells = column.cells();
            for row in 0..table.rows() {
                cell(&mut fnv, &cells, row);
            }
        }
    }
    fnv.0
}

fn cell(fnv: &mut Fnv, cells: &Cells, row: Row) {
    match cells {
        Cells::Strings(c) => fnv.state(c.at(row), |fnv, v| fnv.text(v)),
        Cells::Uint8s(c) => fnv.state(c.at(row), |fnv, v| fnv.feed(&[v])),
        Cells::Int32s(c) => fnv.state(c.at(row), |fnv, v| fnv.feed(&v.to_le_bytes())),
        Cells::Int64s(c) => fnv.state(c.at(row), |fnv, v| fnv.feed(&v.to_le_bytes())),
        Cells::Float64s(c) => fnv.state(c.at(row), |fnv, v| fnv.feed(&v.to_le_bytes())),
        Cells::Bools(c) => fnv.state(c.at(row), |fnv, v| fnv.feed(&[u8::from(v)])),
        Cells::Refs(c) => fnv.state(c.at(row), |fnv, v| fnv.feed(&v.to_le_bytes())),
        Cells::Relation(c) => fnv.rows(c.at(row).len() as u32, c.at(row).iter().copied()),
        Cells::Lists(c) => {
            let list = c.at(row);
            fnv.feed(&(list.ids().len() as u32).to_le_bytes());
            list.iter().for_each(|text| fnv.text(text));
        }
        Cells::Bits(c) => fnv.rows(c.at(row).count(), c.at(row).iter()),
        Cells::Matrix(c) => c.row(row).iter().for_each(|n| fnv.feed(&n.to_le_bytes())),
        Cells::Other => {}
    }
}

guest!(Probe: site, path, placement);
trap_on_panic!();
