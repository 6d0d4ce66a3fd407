//! Calls to Windows that Rust's library does not have: the one file with
//! `unsafe` in it.
//!
//! Not for deciding anything: each function is one question or one order.

#![allow(
    unsafe_code,
    reason = "these functions of Windows are declared unsafe, and no crate here wraps them"
)]

use std::{
    ffi::{OsStr, c_void},
    io,
    os::windows::{
        ffi::OsStrExt as _,
        io::{AsHandle, AsRawHandle as _, FromRawHandle as _, OwnedHandle},
    },
    path::Path,
    ptr::null_mut,
};

use windows_sys::Win32::{
    Foundation::{HANDLE_FLAG_INHERIT, LocalFree, SetHandleInformation},
    Security::{
        Authorization::{
            ConvertSecurityDescriptorToStringSecurityDescriptorW, ConvertSidToStringSidW,
            ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo, SDDL_REVISION_1,
            SE_FILE_OBJECT,
        },
        DACL_SECURITY_INFORMATION, GetTokenInformation, OWNER_SECURITY_INFORMATION,
        PSECURITY_DESCRIPTOR, SetFileSecurityW, TOKEN_QUERY, TOKEN_USER, TokenUser,
    },
    Storage::FileSystem::{FILE_TYPE_CHAR, FILE_TYPE_DISK, FILE_TYPE_PIPE, GetFileType},
    System::{
        Console::{
            ENABLE_VIRTUAL_TERMINAL_PROCESSING, GetConsoleMode, GetStdHandle, STD_ERROR_HANDLE,
            STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetConsoleMode,
        },
        Threading::{GetCurrentProcess, OpenProcessToken},
    },
};

/// Keeps stdin, stdout and stderr from programs that are not given them.
/// Windows hands every inheritable handle to every program that is started,
/// and whoever reads vtexid's output would wait for the last one's end.
pub fn keep_streams() {
    for stream in [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        // SAFETY: the handle is open, or none, which is an error without effect.
        unsafe { SetHandleInformation(GetStdHandle(stream), HANDLE_FLAG_INHERIT, 0) };
    }
}

/// What a handle is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A file.
    Disk,
    /// A console, or `NUL`.
    Character,
    /// A pipe or a socket.
    Pipe,
    /// Closed, or nothing of these.
    Other,
}

/// What a handle is of.
pub fn type_of(handle: impl AsHandle) -> FileType {
    // SAFETY: the handle is open, or none, which has no type.
    match unsafe { GetFileType(handle.as_handle().as_raw_handle()) } {
        FILE_TYPE_DISK => FileType::Disk,
        FILE_TYPE_CHAR => FileType::Character,
        FILE_TYPE_PIPE => FileType::Pipe,
        _ => FileType::Other,
    }
}

/// Has a console obey escape sequences; whether it does.
pub fn enable_colour(console: impl AsHandle) -> bool {
    let console = console.as_handle().as_raw_handle();
    let mut mode = 0;
    // SAFETY: the handle is open, or none, which fails; `mode` outlives the call.
    unsafe {
        GetConsoleMode(console, &raw mut mode) != 0
            && (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0
                || SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0)
    }
}

/// The identifier (SID) of the user this process runs as.
///
/// # Errors
/// As Windows says.
pub fn user() -> io::Result<String> {
    let mut token = null_mut();
    // SAFETY: the pseudo handle of this process needs no closing; `token` outlives the call.
    succeeded(unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) })?;
    // SAFETY: the call above made the handle, which nobody else closes.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    // Aligned as `TOKEN_USER` needs, with room for the longest SID (68 bytes).
    let mut buffer = [0_u64; 32];
    let mut length = 0;
    let room = u32::try_from(size_of_val(&buffer)).unwrap_or(0);
    // SAFETY: the buffer has `room` bytes and outlives the call.
    succeeded(unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenUser,
            buffer.as_mut_ptr().cast(),
            room,
            &raw mut length,
        )
    })?;
    let mut text = null_mut();
    // SAFETY: the call above filled the buffer with a `TOKEN_USER` whose SID is in it too.
    succeeded(unsafe {
        let user = buffer.as_ptr().cast::<TOKEN_USER>();
        ConvertSidToStringSidW((*user).User.Sid, &raw mut text)
    })?;
    Ok(take_text(text))
}

/// The owner and the access list of an open file, in Windows' own notation
/// (SDDL).
///
/// # Errors
/// As Windows says.
pub fn security_of(file: impl AsHandle) -> io::Result<String> {
    const WANTED: u32 = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    let mut descriptor: PSECURITY_DESCRIPTOR = null_mut();
    // SAFETY: the handle is open, and what is not wanted may be null.
    let error = unsafe {
        GetSecurityInfo(
            file.as_handle().as_raw_handle(),
            SE_FILE_OBJECT,
            WANTED,
            null_mut(),
            null_mut(),
            null_mut(),
            null_mut(),
            &raw mut descriptor,
        )
    };
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error.cast_signed()));
    }
    let descriptor = Local(descriptor);
    let mut text = null_mut();
    // SAFETY: the descriptor is what the call above made; `text` outlives the call.
    succeeded(unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor.0,
            SDDL_REVISION_1,
            WANTED,
            &raw mut text,
            null_mut(),
        )
    })?;
    Ok(take_text(text))
}

/// Gives a file or a new folder this access list, in Windows' own notation.
/// What is in a folder already keeps its own.
///
/// # Errors
/// As Windows says.
pub fn set_access(path: &Path, list: &str) -> io::Result<()> {
    let (path, list) = (wide(path.as_os_str()), wide(OsStr::new(list)));
    let mut descriptor: PSECURITY_DESCRIPTOR = null_mut();
    // SAFETY: the text ends with a zero; `descriptor` outlives the call.
    succeeded(unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            list.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            null_mut(),
        )
    })?;
    let descriptor = Local(descriptor);
    // SAFETY: the path ends with a zero, and the descriptor is what the call above made.
    succeeded(unsafe { SetFileSecurityW(path.as_ptr(), DACL_SECURITY_INFORMATION, descriptor.0) })
}

/// Memory that Windows allocated and its caller frees.
struct Local(*mut c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: it comes from a call that says to free it so, and is freed once.
        unsafe { LocalFree(self.0) };
    }
}

/// A text that Windows allocated.
fn take_text(text: *mut u16) -> String {
    let text = Local(text.cast());
    let start = text.0.cast::<u16>().cast_const();
    // SAFETY: Windows ends its texts with a zero, and this one is freed after it was read.
    let units = unsafe {
        let mut length = 0;
        while *start.add(length) != 0 {
            length += 1;
        }
        std::slice::from_raw_parts(start, length)
    };
    String::from_utf16_lossy(units)
}

fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}

fn succeeded(result: i32) -> io::Result<()> {
    if result == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
