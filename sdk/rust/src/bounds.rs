//! Reads that end a call where there is nothing to read. In a guest they trap: a panic would carry the code that
//! prints it, for nobody.

/// The element of that number.
#[inline]
pub(crate) fn at<T: Copy>(values: &[T], index: usize) -> T {
    match values.get(index) {
        Some(v) => *v,
        None => outside(),
    }
}

/// The elements from one number to before another.
#[inline]
pub(crate) fn part<T>(values: &[T], from: usize, to: usize) -> &[T] {
    match values.get(from..to) {
        Some(v) => v,
        None => outside(),
    }
}

/// Ends the call unless there is such a row, table, column or string.
#[inline]
pub(crate) fn check(index: u32, count: u32) {
    if index >= count {
        outside()
    }
}

/// Ends the call.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(crate) fn outside() -> ! {
    core::arch::wasm32::unreachable()
}

/// Ends the call.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn outside() -> ! {
    panic!("there is no such row, table, column or string")
}
