//! What [`guest!`](crate::guest!) exports rests on. Guests do not use it themselves.

use core::cell::UnsafeCell;
use core::slice::{from_raw_parts, from_raw_parts_mut};

use crate::answer::{set_bytes, Answer, Argument, Reason};
use crate::ask::Ask;
use crate::failure::Failure;
use crate::guest::Guest;
use crate::image::Image;
use crate::request::Request;
use crate::set::Set;
use crate::settings::Settings;

/// The version of the ABI this crate is written for: major × 65536 + minor.
pub const VERSION: i32 = 0x10000;

/// Where a guest stands between calls.
pub struct Slot<G>(UnsafeCell<Option<G>>);

// SAFETY: a guest has one thread.
unsafe impl<G> Sync for Slot<G> {}

impl<G> Slot<G> {
    /// An empty place.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Slot<G> {
        Slot(UnsafeCell::new(None))
    }
}

/// The block of `bailiwick_configure`.
#[repr(C)]
pub struct ConfigureBlock {
    size: u32,
    minor: u32,
    snapshot: u32,
    snapshot_size: u32,
    settings: u32,
    settings_size: u32,
    text: u32,
    text_length: u32,
    reserved: [u32; 8],
}

/// The block of a hook.
#[repr(C)]
pub struct HookBlock {
    size: u32,
    minor: u32,
    snapshot: u32,
    snapshot_size: u32,
    request: u32,
    request_size: u32,
    component: u32,
    rows: u32,
    selection: u32,
    denials: u32,
    unknowns: u32,
    scored: u32,
    scores: u32,
    reasons: u32,
    reasons_room: u32,
    arguments: u32,
    arguments_room: u32,
    reasons_written: u32,
    arguments_written: u32,
    reasons_missed: u32,
    text: u32,
    text_length: u32,
    reserved: [u32; 10],
}

/// Grows the memory by so many bytes, made up to pages, and answers with where they begin. It traps if there is no
/// more memory.
#[cfg(target_arch = "wasm32")]
pub fn grow(bytes: usize) -> usize {
    match core::arch::wasm32::memory_grow(0, bytes / 65536 + usize::from(bytes % 65536 != 0)) {
        usize::MAX => core::arch::wasm32::unreachable(),
        pages => pages * 65536,
    }
}

/// Grows the memory of a guest, of which there is none here.
#[cfg(not(target_arch = "wasm32"))]
pub fn grow(_bytes: usize) -> usize {
    panic!("only a guest's memory grows")
}

/// Makes the guest.
///
/// # Safety
///
/// The block and what it points to must be as the ABI says.
pub unsafe fn configure<G: Guest>(slot: &Slot<G>, block: *mut ConfigureBlock) -> i32 {
    let block = unsafe { &mut *block };
    let snapshot = unsafe { image(block.snapshot, block.snapshot_size) };
    let settings = unsafe { image(block.settings, block.settings_size) };
    match G::configure(snapshot, Settings::new(settings)) {
        Ok(guest) => {
            unsafe { *slot.0.get() = Some(guest) };
            0
        }
        Err(failure) => fail(failure, &mut block.text, &mut block.text_length),
    }
}

/// Asks the guest.
///
/// # Safety
///
/// The block and what it points to must be as the ABI says, and no other call may be under way.
pub unsafe fn hook<'a, G: Guest>(
    slot: &'static Slot<G>,
    block: *mut HookBlock,
    judge: fn(&mut G, &Ask<'a>, &mut Answer<'a>) -> Result<(), Failure>,
) -> i32 {
    let block = unsafe { &mut *block };
    let rows = block.rows;
    let set = set_bytes(rows);
    let ask = Ask {
        snapshot: unsafe { image(block.snapshot, block.snapshot_size) },
        request: Request::new(unsafe { image(block.request, block.request_size) }),
        component: if block.component == u32::MAX { None } else { Some(block.component) },
        selection: Set::new(unsafe { slice(block.selection, set) }, rows),
    };
    let mut answer = Answer {
        denials: unsafe { slice_mut(block.denials, set) },
        unknowns: unsafe { slice_mut(block.unknowns, set) },
        scored: unsafe { slice_mut(block.scored, set) },
        scores: unsafe { slice_mut(block.scores, rows as usize) },
        reasons: unsafe { slice_mut::<Reason>(block.reasons, block.reasons_room as usize) },
        arguments: unsafe { slice_mut::<Argument>(block.arguments, block.arguments_room as usize) },
        written: 0,
        used: 0,
        missed: 0,
        fault: None,
    };
    let outcome = match unsafe { (*slot.0.get()).as_mut() } {
        Some(guest) => judge(guest, &ask, &mut answer),
        None => Err(Failure::new(Failure::SDK, "the guest was asked before it was configured")),
    };
    block.reasons_written = answer.written;
    block.arguments_written = answer.used;
    block.reasons_missed = answer.missed;
    match answer.fault.map_or(outcome, Err) {
        Ok(()) => 0,
        Err(failure) => fail(failure, &mut block.text, &mut block.text_length),
    }
}

fn fail(failure: Failure, text: &mut u32, length: &mut u32) -> i32 {
    if !failure.text.is_empty() {
        *text = failure.text.as_ptr() as usize as u32;
        *length = failure.text.len() as u32;
    }
    failure.status
}

unsafe fn image<'a>(at: u32, size: u32) -> Image<'a> {
    unsafe { Image::trusted(slice(at, size as usize)) }
}

unsafe fn slice<'a, T>(at: u32, count: usize) -> &'a [T] {
    if count == 0 {
        return &[];
    }
    unsafe { from_raw_parts(at as usize as *const T, count) }
}

unsafe fn slice_mut<'a, T>(at: u32, count: usize) -> &'a mut [T] {
    if count == 0 {
        return &mut [];
    }
    unsafe { from_raw_parts_mut(at as usize as *mut T, count) }
}
