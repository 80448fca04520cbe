//! Uses all capabilities there are, and std: see TestCapabilities.
use bailiwick::*;

struct Capable(Vec<String>);

impl Guest for Capable {
    fn configure(_: Image<'static>, _: Settings<'_>) -> Result<Self, Failure> {
        Ok(Capable(vec!["it is".to_string()]))
    }
}

impl SiteHook for Capable {
    fn site<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure> {
        let mut bytes = [0; 4];
        capability::random(&mut bytes);
        self.0.push(format!("{}", capability::time()));
        capability::log(&self.0.join(" "));
        for row in ask.rows() {
            answer.warn(row, 1, &[i32::from(bytes[0]).into(), keep(&self.0[1]).into()]);
        }
        Ok(())
    }
}

guest!(Capable: site);
