//! Judges and scores sites by what a kilowatt-hour that computers use there emits: the electricity's grams of CO2
//! equivalent, times the site's PUE.
#![no_std]

use bailiwick::*;

/// No PUE is less: what computers use is part of what the site uses.
const LEAST_PUE: f64 = 1.0;

/// No PUE that a catalogue can state is more.
const MOST_PUE: f64 = 10.0;

/// Codes of the manifest's reasons.
const ABOVE: u16 = 1;
const ABOVE_WHATEVER_PUE: u16 = 2;
const UNKNOWN_GRAMS: u16 = 3;
const UNKNOWN_PUE: u16 = 4;
const OLD: u16 = 5;
const UNKNOWN_YEAR: u16 = 6;

/// Status of failures: settings that make no sense.
const BAD_SETTINGS: i32 = 2;

struct CarbonAware {
    location: Numbers<'static, f64>, // g CO2e/kWh
    market: Numbers<'static, f64>,
    pue: Numbers<'static, f64>,
    year: Numbers<'static, i32>,
    basis: &'static str,
    ceiling: f64, // g CO2e/kWh; infinite without one
    zero_score: f64,
    most_pue: f64,
    max_age: Option<f64>, // years
}

impl Guest for CarbonAware {
    fn configure(snapshot: Image<'static>, settings: Settings<'_>) -> Result<Self, Failure> {
        let sites = snapshot.table("sites")?;
        // 0 stands for none, as does a setting that is missing.
        let number = |path| match settings.number(path)? {
            Some(v) if v < 0.0 => Err(Failure::of(BAD_SETTINGS, &["setting ", path, ": must not be less than 0"])),
            v => Ok(v.filter(|&v| v > 0.0)),
        };
        Ok(CarbonAware {
            location: sites.float64s("carbon.gridGramsPerKWh")?,
            market: sites.float64s("carbon.marketGramsPerKWh")?,
            pue: sites.float64s("carbon.pue")?,
            year: sites.int32s("carbon.year")?,
            basis: match settings.text("basis")? {
                None | Some("location") => "location",
                Some("market") => "market",
                Some(other) => {
                    return Err(Failure::of(
                        BAD_SETTINGS,
                        &["setting basis: ", other, " is neither location nor market"],
                    ))
                }
            },
            ceiling: number("ceilingGramsPerKWh")?.unwrap_or(f64::INFINITY),
            zero_score: number("zeroScoreGramsPerKWh")?.unwrap_or(1000.0),
            most_pue: match number("mostPUE")? {
                Some(most) if most < LEAST_PUE => {
                    return Err(Failure::new(BAD_SETTINGS, "setting mostPUE: must not be less than 1"))
                }
                most => most.unwrap_or(MOST_PUE),
            },
            max_age: number("maxAgeYears")?,
        })
    }
}

impl SiteHook for CarbonAware {
    fn site<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        let judge = Judge {
            basis: ask.request.carbon_basis().unwrap_or(self.basis),
            ceiling: ask.request.carbon_ceiling().map_or(self.ceiling, |own| own.min(self.ceiling)),
            zero_score: self.zero_score,
            most_pue: self.most_pue,
        };
        let grams = if judge.basis == "market" { &self.market } else { &self.location };
        let this_year = year_of(ask.request.day());
        for site in ask.rows() {
            match grams.at(site) {
                Value(g) => {
                    judge.site(site, g, self.pue.at(site).value(), answer);
                    self.date(site, this_year, answer);
                }
                // The catalogue leaves no figure out on purpose, so one that is left out is one that nobody knows.
                Absent | Unknown if judge.ceiling < f64::INFINITY => {
                    answer.unknown(site, UNKNOWN_GRAMS, &[Arg::Site(site), judge.basis.into(), judge.ceiling.into()])
                }
                Absent | Unknown => {}
            }
        }
        Ok(())
    }
}

impl CarbonAware {
    /// Warns of a figure that is old.
    fn date(&self, site: Row, this_year: Option<i32>, answer: &mut Answer) {
        if let (Some(now), Some(max)) = (this_year, self.max_age) {
            match self.year.at(site) {
                Value(year) if f64::from(now - year) > max => answer.warn(site, OLD, &[Arg::Site(site), year.into()]),
                Value(_) => {}
                Absent | Unknown => answer.possible_warning(site, UNKNOWN_YEAR, &[Arg::Site(site)]),
            }
        }
    }
}

/// What one call judges by.
struct Judge<'a> {
    basis: &'a str,
    ceiling: f64,
    zero_score: f64,
    most_pue: f64,
}

impl<'a> Judge<'a> {
    fn site(&self, site: Row, grams: f64, pue: Option<f64>, answer: &mut Answer<'a>) {
        let (at, basis, ceiling) = (Arg::Site(site), Arg::from(self.basis), Arg::from(self.ceiling));
        match pue {
            Some(pue) => {
                answer.score(site, 100.0 * (1.0 - (grams * pue / self.zero_score).min(1.0)));
                if grams * pue > self.ceiling {
                    answer.deny(site, ABOVE, &[at, (grams * pue).into(), grams.into(), basis, pue.into(), ceiling]);
                }
            }
            None if grams * LEAST_PUE > self.ceiling => {
                answer.deny(site, ABOVE_WHATEVER_PUE, &[at, grams.into(), basis, ceiling])
            }
            None if grams * self.most_pue > self.ceiling => {
                answer.unknown(site, UNKNOWN_PUE, &[at, grams.into(), basis, ceiling])
            }
            None => {}
        }
    }
}

/// The year of a day such as 2026-11-01.
fn year_of(day: &str) -> Option<i32> {
    day.bytes().take_while(|b| *b != b'-').try_fold(0, |year, b| match b {
        b'0'..=b'9' => Some(year * 10 + i32::from(b - b'0')),
        _ => None,
    })
}

guest!(CarbonAware: site);
trap_on_panic!();
