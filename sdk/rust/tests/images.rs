//! Reads the golden images natively, by name.

use bailiwick::*;

const DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../host/internal/image/testdata/");

/// A golden image at a multiple of 8, for good.
fn golden(name: &str) -> &'static mut [u8] {
    let bytes = std::fs::read(format!("{DIR}{name}.image")).unwrap();
    let words = room(bytes.len() / 8, 0u64);
    let aligned = unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<u8>(), bytes.len()) };
    aligned.copy_from_slice(&bytes);
    aligned
}

fn complete() -> Image<'static> {
    Image::open(golden("complete")).unwrap()
}

#[test]
fn cells_by_name() {
    let image = complete();
    assert_eq!((image.kind(), image.tables(), image.digest()[0]), ("topology", 4, 0x07));
    let site = image.table("site").unwrap();
    assert_eq!((site.name(), site.rows(), site.columns()), ("site", 5, 14));
    let all = |f: &dyn Fn(Row) -> String| (0..5).map(f).collect::<Vec<_>>().join(" ");

    let carrier = site.strings("carrier").unwrap();
    assert_eq!(all(&|r| format!("{:?}", carrier.at(r))), r#"Value("Vodafone") Value("") Absent Unknown Absent"#);
    let id = site.strings("id").unwrap();
    assert_eq!(
        (id.row_of("plant-7"), id.row_of("us-east-1"), id.row_of("nowhere"), id.row_of("lat")),
        (Some(2), Some(4), None, None)
    );
    assert_eq!(id.id(0).value(), image.find("eu-central-1"));
    let kind = site.uint8s("kind").unwrap();
    assert_eq!(all(&|r| format!("{:?}", kind.at(r))), "Value(1) Value(2) Absent Unknown Absent");
    let weight = site.int32s("weight").unwrap();
    assert_eq!(all(&|r| format!("{:?}", weight.at(r))), "Value(-1) Value(2147483647) Absent Unknown Absent");
    let launched = site.int64s("launched").unwrap();
    assert_eq!((launched.at(0), launched.at(1)), (Value(i64::MIN), Value(i64::MAX)));
    let lat = site.float64s("lat").unwrap();
    assert_eq!(all(&|r| format!("{:?}", lat.at(r))), "Value(50.11) Value(NaN) Absent Unknown Absent");
    let opt_in = site.bools("optIn").unwrap();
    assert_eq!(all(&|r| format!("{:?}", opt_in.at(r))), "Value(true) Value(false) Absent Unknown Absent");
    let parent = site.refs("parent").unwrap();
    assert_eq!(all(&|r| format!("{:?}", parent.at(r))), "Value(4) Value(0) Absent Unknown Absent");
    let links = site.relation("links").unwrap();
    assert_eq!(all(&|r| format!("{:?}", links.at(r))), "[1, 4] [] [2] [] [0, 1, 2, 3, 4]");
    assert!(links.has(0, 4) && !links.has(0, 2) && !links.has(1, 0));
    let aliases = site.lists("aliases").unwrap();
    assert_eq!(all(&|r| aliases.at(r).iter().collect::<Vec<_>>().join("+")), "zürich+a+a    eu-central-1");
    assert!(aliases.at(0).has("a") && !aliases.at(4).has("a") && !aliases.at(0).has("nothing"));
    let reach = site.bits("reach").unwrap();
    assert_eq!(reach.at(0).iter().collect::<Vec<_>>(), [0, 63, 64, 66]);
    assert_eq!((reach.at(4).count(), reach.at(4).over(), reach.at(3).iter().next()), (67, 67, None));
    assert!(reach.at(0).has(66) && !reach.at(0).has(65));
    let rtt = site.matrix("rtt").unwrap();
    assert_eq!((rtt.at(1, 2), rtt.at(3, 4), rtt.row(2)), (-2, i32::MIN, &[1, 2, 0, 3, 4][..]));
    let open = image.table("zone").unwrap().bools("open").unwrap();
    assert_eq!((open.at(0), open.at(1), open.at(65), open.at(66)), (Value(true), Absent, Value(false), Value(true)));
    assert_eq!(image.table("none").unwrap().strings("id").unwrap().rows(), 0);
}

#[test]
fn what_is_missing() {
    let image = complete();
    let text = |m: Missing| Failure::from(m).text();
    assert_eq!(image.table("sites").err().map(text), Some("the topology has no table sites"));
    let site = image.table("site").unwrap();
    assert_eq!(site.column("size").err().map(text), Some("table site of the topology has no column size"));
    assert_eq!(
        site.float64s("size").err().map(text),
        Some("table site of the topology has no column size of type float64")
    );
    assert_eq!(
        site.strings("lat").err().map(text),
        Some("table site of the topology has no column lat of type string")
    );
    assert_eq!(
        site.matrix("reach").err().map(text),
        Some("table site of the topology has no column reach of type matrix")
    );
    // The empty image has no strings, so no names.
    assert!(Image::open(golden("empty")).unwrap().table("site").is_err());
}

#[test]
fn malformed_images() {
    let refused = |f: &dyn Fn(&mut [u8])| {
        let bytes = golden("complete");
        f(bytes);
        Image::open(bytes).err().map(|m| m.0)
    };
    assert_eq!(refused(&|_| ()), None);
    assert_eq!(refused(&|b| b[0] = 0), Some("no image: it does not begin as one does"));
    assert_eq!(refused(&|b| b[8] = 2), Some("an image of another major version than 1"));
    assert_eq!(refused(&|b| b[12] ^= 64), Some("the image is not as long as it says"));
    for at in [32, 36, 40, 44, 48, 52, 56, 60] {
        assert_eq!(refused(&|b| b[at + 3] = 0x7F), Some("a section of the image lies outside it"), "field at {at}");
    }
    assert_eq!(refused(&|b| b[16] = 0xFF), Some("the image's kind is not of ASCII characters"));
    assert_eq!(
        refused(&|b| {
            let at = u32::from_le_bytes([b[56], b[57], b[58], b[59]]) as usize;
            b[at] = 0xFF
        }),
        Some("a string of the image is not UTF-8")
    );
    let bytes = golden("complete");
    assert_eq!(Image::open(&bytes[..100]).err().map(|m| m.0), Some("no image: it does not begin as one does"));
    assert_eq!(Image::open(&bytes[..192]).err().map(|m| m.0), Some("the image is not as long as it says"));
    let shifted = room(bytes.len() + 8, 0u64);
    let shifted = unsafe { std::slice::from_raw_parts_mut(shifted.as_mut_ptr().cast::<u8>().add(1), bytes.len()) };
    shifted.copy_from_slice(bytes);
    assert_eq!(Image::open(shifted).err().map(|m| m.0), Some("the image does not lie at a multiple of 8"));
}

/// Every byte of an image is damaged in turn; whatever is then read ends in a value or a panic.
#[test]
fn damaged_images() {
    std::panic::set_hook(Box::new(|_| ()));
    let bytes = golden("complete");
    let mut read = 0;
    for at in 0..bytes.len() {
        for damage in [1, 0x80, 0xFF] {
            bytes[at] ^= damage;
            read += usize::from(std::panic::catch_unwind(|| every_cell(golden_of(bytes))).is_ok());
            bytes[at] ^= damage;
        }
    }
    drop(std::panic::take_hook());
    assert!(read > bytes.len(), "only {read} damaged images could be read");
}

fn golden_of(bytes: &[u8]) -> Option<Image<'_>> {
    Image::open(bytes).ok()
}

fn every_cell(image: Option<Image>) {
    let image = match image {
        Some(image) => image,
        None => return,
    };
    for table in (0..image.tables()).map(|t| image.table_at(t)) {
        for column in (0..table.columns()).map(|c| table.column_at(c)) {
            let (name, target, cells) = (column.name(), column.target().map(|t| t.name()), column.cells());
            for row in 0..table.rows().min(100) {
                let shown = match &cells {
                    Cells::Strings(c) => format!("{:?}", c.at(row)),
                    Cells::Uint8s(c) => format!("{:?}", c.at(row)),
                    Cells::Int32s(c) => format!("{:?}", c.at(row)),
                    Cells::Int64s(c) => format!("{:?}", c.at(row)),
                    Cells::Float64s(c) => format!("{:?}", c.at(row)),
                    Cells::Bools(c) => format!("{:?}", c.at(row)),
                    Cells::Refs(c) => format!("{:?}", c.at(row)),
                    Cells::Relation(c) => format!("{:?}", c.at(row)),
                    Cells::Lists(c) => format!("{:?}", c.at(row).iter().collect::<Vec<_>>()),
                    Cells::Bits(c) => format!("{:?}", c.at(row).iter().collect::<Vec<_>>()),
                    Cells::Matrix(c) => format!("{:?}", c.row(row)),
                    Cells::Other => String::new(),
                };
                assert!(name.len() + target.map_or(0, str::len) + shown.len() < 1 << 24);
            }
        }
    }
}
