// A guest that looks for whatever Rust lets it reach.
use std::fmt::Write;
use std::time::{Duration, Instant, SystemTime};

static mut REPORT: String = String::new();

#[no_mangle]
pub extern "C" fn probe() {
    let mut s = String::new();
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    writeln!(s, "now {:?}", now()).unwrap();
    let m: std::collections::HashMap<u32, u32> = (0..50).map(|i| (i, i)).collect();
    writeln!(s, "map {:?}", m.keys().take(10).collect::<Vec<_>>()).unwrap();
    writeln!(s, "args {:?} env {}", std::env::args().count(), std::env::vars().count()).unwrap();
    writeln!(s, "read {:?}", std::fs::read("/etc/passwd").is_err()).unwrap();
    writeln!(s, "write {:?}", std::fs::write("x", "x").is_err()).unwrap();
    let mut line = String::new();
    writeln!(s, "stdin {:?}", std::io::stdin().read_line(&mut line).unwrap()).unwrap();
    let began = Instant::now();
    std::thread::sleep(Duration::from_millis(2500));
    writeln!(s, "slept {:?}", began.elapsed()).unwrap();
    println!("printed");
    eprint!("to standard error");
    unsafe { REPORT = s };
}

#[no_mangle]
#[allow(static_mut_refs)]
pub extern "C" fn report() -> i32 {
    unsafe { REPORT.len() as i32 }
}

#[no_mangle]
#[allow(static_mut_refs)]
pub extern "C" fn at(i: i32) -> i32 {
    unsafe { REPORT.as_bytes()[i as usize] as i32 }
}

#[no_mangle]
pub extern "C" fn crash() {
    panic!("as it was asked to");
}

#[no_mangle]
pub extern "C" fn leave(code: i32) {
    std::process::exit(code);
}
