//! A plugin of Bailiwick that refuses sites whose electricity emits too much.
#![no_std]

use bailiwick::*;

/// A reason of plugin.yaml.
const TOO_MUCH: u16 = 1;

/// What configure leaves to judge.
struct Grids {
    ceiling: f64,
    grid: Numbers<'static, f64>,
}

impl Guest for Grids {
    /// Reads the settings and finds the columns of the snapshot. It is called once.
    fn configure(snapshot: Image<'static>, settings: Settings<'_>) -> Result<Self, Failure> {
        let ceiling = settings.number("ceiling")?.unwrap_or(300.0);
        if ceiling < 0.0 {
            return Err(Failure::new(2, "setting ceiling: must not be less than 0"));
        }
        Ok(Grids { ceiling, grid: snapshot.table("sites")?.float64s("carbon.gridGramsPerKWh")? })
    }
}

impl SiteHook for Grids {
    /// Is asked about all candidates in one call, and finds what configure left.
    fn site<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        for site in ask.rows() {
            match self.grid.at(site) {
                Value(grams) if grams > self.ceiling => {
                    answer.deny(site, TOO_MUCH, &[Arg::Site(site), grams.into(), self.ceiling.into()])
                }
                Value(_) | Absent => {}
                Unknown => answer.doubt(site),
            }
        }
        Ok(())
    }
}

guest!(Grids: site);
trap_on_panic!();
