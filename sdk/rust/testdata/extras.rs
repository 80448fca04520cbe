//! Tells what the SDK makes of things that the probe does not ask it for: see TestExtras.
#![no_std]

use bailiwick::*;

struct Extras {
    rtt: RttTable<'static>,
    settings: [Arg<'static>; 8],
    too_many: bool,
    kept: &'static mut [u64],
}

impl Guest for Extras {
    fn configure(snapshot: Image<'static>, settings: Settings<'_>) -> Result<Self, Failure> {
        let list = settings.list("list")?.ok_or_else(|| Failure::new(3, "no list"))?;
        let under = settings.under("weights").fold("", |all, name| joined(&[all, "/", name]));
        let kept = room(100_000, 7u64);
        kept[99_999] = 8;
        Ok(Extras {
            rtt: RttTable::open(snapshot)?,
            settings: [
                settings.text("text")?.map_or("none", keep).into(),
                settings.text("missing")?.map_or("none", keep).into(),
                settings.number("null")?.unwrap_or(-1.0).into(),
                i64::from(settings.flag("flag")?.unwrap_or(false)).into(),
                joined(&[
                    list.iter().last().unwrap_or(""),
                    if list.has("b") { " has b" } else { "" },
                    if list.has("c") { " has c" } else { "" },
                ])
                .into(),
                under.into(),
                settings.length("rows")?.map_or(-1, i64::from).into(),
                settings.number(Settings::element("rows", 10))?.unwrap_or(-1.0).into(),
            ],
            too_many: settings.flag("tooMany")?.unwrap_or(false),
            kept,
        })
    }
}

impl SiteHook for Extras {
    fn site<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        let first = match ask.rows().next() {
            Some(first) => first,
            None => return Ok(()),
        };
        for site in ask.rows() {
            let (micros, measured) = self.rtt.between(first, site).map_or((-1, false), |t| (t.micros, t.measured));
            answer.warn(site, 1, &[micros.into(), i32::from(measured).into()]);
        }
        answer.warn(first, 2, &self.settings);
        let r = ask.request;
        let number = |v: Option<f64>| Arg::from(v.unwrap_or(-1.0));
        let text = |v: Option<&'a str>| Arg::from(v.unwrap_or("none"));
        answer.warn(
            first,
            3,
            &[
                r.name().into(),
                r.at().into(),
                r.day().into(),
                i32::from(r.assumes_unknown()).into(),
                text(r.carbon_basis()),
                number(r.carbon_ceiling()),
                number(r.cost_ceiling()),
            ],
        );
        let spans = self.rtt.backbone().fold([0i64; 4], |[n, a, b, t], s| {
            [n + 1, a + i64::from(s.ends.0), b + i64::from(s.ends.1), t + i64::from(s.micros)]
        });
        answer.warn(first, 4, &spans.map(Arg::from));
        if self.kept.iter().sum::<u64>() != 700_001 {
            return Err(Failure::new(4, "what was kept is another"));
        }
        if self.too_many {
            answer.oblige(first, 5, &[Arg::Integer(0); 9]);
        }
        Ok(())
    }
}

guest!(Extras: site);
trap_on_panic!();
