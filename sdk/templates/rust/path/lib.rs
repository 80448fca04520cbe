//! A plugin of Bailiwick that refuses paths which leave the provider's own network.
#![no_std]

use bailiwick::*;

/// A reason of plugin.yaml.
const PUBLIC: u16 = 1;

/// What configure leaves to judge.
struct Paths {
    /// A setting: such paths are warned of and not refused.
    warn_only: bool,
}

impl Guest for Paths {
    /// Reads the settings. It is called once.
    fn configure(_: Image<'static>, settings: Settings<'_>) -> Result<Self, Failure> {
        Ok(Paths { warn_only: settings.flag("warnOnly")?.unwrap_or(false) })
    }
}

impl PathHook for Paths {
    /// Is asked about all paths in one call: rows of the request's table paths.
    fn path<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        let paths = ask.request.table("paths")?;
        let (from, to, private) = (paths.refs("from")?, paths.refs("to")?, paths.bools("private")?);
        for row in ask.rows() {
            let ends = match (from.at(row), to.at(row)) {
                (Value(start), Value(end)) => [Arg::Site(start), Arg::Site(end)],
                _ => return Err(Failure::new(2, "a path has no ends")),
            };
            match (private.at(row), self.warn_only) {
                (Value(true) | Absent, _) => {}
                (Value(false), false) => answer.deny(row, PUBLIC, &ends),
                (Value(false), true) => answer.warn(row, PUBLIC, &ends),
                (Unknown, false) => answer.unknown(row, PUBLIC, &ends),
                (Unknown, true) => answer.possible_warning(row, PUBLIC, &ends),
            }
        }
        Ok(())
    }
}

guest!(Paths: path);
trap_on_panic!();
