use crate::answer::Answer;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::image::Image;
use crate::settings::Settings;

/// A guest: what it makes of the snapshot and its settings before it is asked anything.
///
/// Before every hook the host brings the guest back to what `configure` left. So a hook may write to its guest, but
/// no other call sees it.
pub trait Guest: Sized + 'static {
    /// Takes the settings, looks at the snapshot, and prepares. The snapshot stays for good: columns of it can be
    /// opened here once and kept.
    fn configure(snapshot: Image<'static>, settings: Settings<'_>) -> Result<Self, Failure>;
}

/// A guest that judges sites: rows of the snapshot's table `sites`.
pub trait SiteHook: Guest {
    /// Judges the sites of [`Ask::rows`] and no other.
    fn site<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure>;
}

/// A guest that judges paths: rows of the request's table `paths`.
pub trait PathHook: Guest {
    /// Judges the paths of [`Ask::rows`] and no other.
    fn path<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure>;
}

/// A guest that judges placements, each in each scenario: rows of the request's table `placements`.
pub trait PlacementHook: Guest {
    /// Judges the placements of [`Ask::rows`] and no other.
    fn placement<'a>(&mut self, ask: &Ask<'a>, answer: &mut Answer<'a>) -> Result<(), Failure>;
}

/// Exports a guest's hooks, and all else that the ABI asks for.
///
/// ```ignore
/// bailiwick::guest!(Ceiling: site, placement);
/// ```
#[macro_export]
macro_rules! guest {
    ($guest:ty: $($hook:ident),+ $(,)?) => {
        static GUEST: $crate::abi::Slot<$guest> = $crate::abi::Slot::new();

        #[no_mangle]
        extern "C" fn bailiwick_abi() -> i32 {
            $crate::abi::VERSION
        }

        #[no_mangle]
        extern "C" fn bailiwick_reserve(bytes: usize) -> usize {
            $crate::abi::grow(bytes)
        }

        #[no_mangle]
        unsafe extern "C" fn bailiwick_configure(block: *mut $crate::abi::ConfigureBlock) -> i32 {
            unsafe { $crate::abi::configure(&GUEST, block) }
        }

        $($crate::guest!(@$hook $guest);)+
    };
    (@site $guest:ty) => {
        #[no_mangle]
        unsafe extern "C" fn bailiwick_site(block: *mut $crate::abi::HookBlock) -> i32 {
            unsafe { $crate::abi::hook(&GUEST, block, <$guest as $crate::SiteHook>::site) }
        }
    };
    (@path $guest:ty) => {
        #[no_mangle]
        unsafe extern "C" fn bailiwick_path(block: *mut $crate::abi::HookBlock) -> i32 {
            unsafe { $crate::abi::hook(&GUEST, block, <$guest as $crate::PathHook>::path) }
        }
    };
    (@placement $guest:ty) => {
        #[no_mangle]
        unsafe extern "C" fn bailiwick_placement(block: *mut $crate::abi::HookBlock) -> i32 {
            unsafe { $crate::abi::hook(&GUEST, block, <$guest as $crate::PlacementHook>::placement) }
        }
    };
    (@$other:ident $guest:ty) => {
        compile_error!(concat!("there is no hook `", stringify!($other), "`: a guest has site, path and placement"));
    };
}

/// Makes a panic a trap, without a text. A guest without `std` needs it; with `std` there is one.
#[macro_export]
macro_rules! trap_on_panic {
    () => {
        #[cfg(target_arch = "wasm32")]
        #[panic_handler]
        fn trap(_: &core::panic::PanicInfo) -> ! {
            core::arch::wasm32::unreachable()
        }
    };
}
