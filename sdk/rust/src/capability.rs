//! What a guest may ask for in its manifest's `capabilities` and an operator grants. A guest that does not use them
//! does not import them.

#[cfg(target_arch = "wasm32")]
#[link(wasm_import_module = "bailiwick")]
extern "C" {
    #[link_name = "log"]
    fn host_log(pointer: *const u8, length: usize);
    #[link_name = "time"]
    fn host_time() -> i64;
    #[link_name = "random"]
    fn host_random(pointer: *mut u8, length: usize);
}

/// Leaves a message for people. Capability `log`.
#[cfg(target_arch = "wasm32")]
pub fn log(message: &str) {
    // SAFETY: the host reads so many bytes.
    unsafe { host_log(message.as_ptr(), message.len()) }
}

/// The decision time in nanoseconds since 1970, UTC. Capability `time`.
#[cfg(target_arch = "wasm32")]
pub fn time() -> i64 {
    // SAFETY: the host answers with a number.
    unsafe { host_time() }
}

/// Fills in bytes that depend on the decision and the plugin alone. Capability `random`.
#[cfg(target_arch = "wasm32")]
pub fn random(bytes: &mut [u8]) {
    // SAFETY: the host writes so many bytes.
    unsafe { host_random(bytes.as_mut_ptr(), bytes.len()) }
}
