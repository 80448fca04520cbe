//! A plugin of Bailiwick that refuses placements at fewer sites than are wanted, whatever fails.
#![no_std]

use bailiwick::*;

/// A reason of plugin.yaml.
const TOO_FEW: u16 = 1;

/// What configure leaves to judge.
struct Enough {
    /// How many sites have to be left.
    least: f64,
}

impl Guest for Enough {
    /// Reads the settings. It is called once.
    fn configure(_: Image<'static>, settings: Settings<'_>) -> Result<Self, Failure> {
        let least = settings.number("sites")?.unwrap_or(2.0);
        if least < 1.0 {
            return Err(Failure::new(2, "setting sites: must not be less than 1"));
        }
        Ok(Enough { least })
    }
}

impl PlacementHook for Enough {
    /// Is asked about all placements in one call, each as it is and in every scenario that leaves something: rows of
    /// the request's table placements.
    fn placement<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        let survivors = ask.request.table("placements")?.relation("survivors")?;
        for row in ask.rows() {
            let left = survivors.at(row).len();
            if (left as f64) < self.least {
                answer.deny(row, TOO_FEW, &[(left as i64).into(), self.least.into()]);
            }
        }
        Ok(())
    }
}

guest!(Enough: placement);
trap_on_panic!();
