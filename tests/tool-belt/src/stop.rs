//! Whether the person or the system has asked the command to stop. The standard library has no word for signals, so this file declares the
//! two functions of the C library that it needs, and nothing else does.

use std::sync::atomic::{AtomicBool, Ordering};

/// Ctrl+C.
const SIGINT: i32 = 2;
/// The signal that asks to end.
pub(crate) const SIGTERM: i32 = 15;
/// The signal that ends.
pub(crate) const SIGKILL: i32 = 9;

static ASKED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl+C and SIGTERM are noted in place of ending the command at once; [`asked`] tells.
pub fn listen() {
    #[expect(
        unsafe_code,
        reason = "the handler stores into an atomic, which a signal handler may do"
    )]
    unsafe {
        signal(SIGINT, note);
        signal(SIGTERM, note);
    }
}

/// Whether the command should stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Sends a signal to every process of a group.
pub(crate) fn send_to_group(group: u32, number: i32) {
    let Ok(group) = i32::try_from(group) else {
        return;
    };
    #[expect(unsafe_code, reason = "it takes two numbers and touches no memory")]
    unsafe {
        // Fails when the group has ended meanwhile, which is what is wanted.
        kill(-group, number);
    }
}

extern "C" fn note(_number: i32) {
    ASKED.store(true, Ordering::SeqCst);
}

#[expect(unsafe_code, reason = "POSIX, as every Unix has them")]
unsafe extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn kill(process: i32, number: i32) -> i32;
}
