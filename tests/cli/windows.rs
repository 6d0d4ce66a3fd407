//! What only Windows does: inherited handles, files that others have open,
//! access lists, device names.
#![cfg(windows)]
