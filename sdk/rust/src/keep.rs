//! Memory for what outlives a call's borrows. It is never freed: the host brings the guest's memory back to its
//! initial state before every hook.

/// Room for `count` values for the rest of the instance's life, all of them `value`. What is made in
/// [`Guest::configure`](crate::Guest::configure) is there in every hook, as `configure` left it.
pub fn room<T: Copy + 'static>(count: usize, value: T) -> &'static mut [T] {
    let at = space(count.checked_mul(core::mem::size_of::<T>()), core::mem::align_of::<T>()).cast::<T>();
    // SAFETY: space gives room for so many, aligned, to nobody else, and they are written before they are read.
    unsafe {
        for i in 0..count {
            at.add(i).write(value);
        }
        core::slice::from_raw_parts_mut(at, count)
    }
}

/// A copy of a text that stays.
pub fn keep(text: &str) -> &'static str {
    joined(&[text])
}

/// A text that stays, put together from parts.
pub fn joined(parts: &[&str]) -> &'static str {
    let bytes = room(parts.iter().map(|p| p.len()).sum(), 0u8);
    for (to, byte) in bytes.iter_mut().zip(parts.iter().flat_map(|p| p.bytes())) {
        *to = byte;
    }
    // SAFETY: texts one after another are a text.
    unsafe { core::str::from_utf8_unchecked(bytes) }
}

/// Texts of most guests fit in here, so that their memory need not grow.
#[cfg(target_arch = "wasm32")]
static mut FIRST: [u64; 256] = [0; 256];

#[cfg(target_arch = "wasm32")]
static mut FREE: (usize, usize) = (0, 0); // from, to

#[cfg(target_arch = "wasm32")]
fn space(size: Option<usize>, align: usize) -> *mut u8 {
    let size = match size {
        Some(size) => size,
        None => core::arch::wasm32::unreachable(),
    };
    // SAFETY: a guest has one thread, and this does not call itself.
    unsafe {
        if FREE.1 == 0 {
            let first = core::ptr::addr_of_mut!(FIRST) as usize;
            FREE = (first, first + core::mem::size_of::<[u64; 256]>());
        }
        let mut at = (FREE.0 + align - 1) & !(align - 1);
        if FREE.1 < at || FREE.1 - at < size {
            at = crate::abi::grow(size);
            FREE.1 = at + ((size + 0xFFFF) & !0xFFFF);
        }
        FREE.0 = at + size;
        at as *mut u8
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn space(size: Option<usize>, align: usize) -> *mut u8 {
    let layout =
        std::alloc::Layout::from_size_align(size.expect("too much room").max(1), align).expect("too much room");
    // SAFETY: the size is not 0.
    let at = unsafe { std::alloc::alloc(layout) };
    assert!(!at.is_null(), "no room for {layout:?}");
    at
}
