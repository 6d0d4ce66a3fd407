//! What only Windows has: inherited handles, console modes, access lists.
//!
//! Not for deciding what to do about them.

mod access;
mod calls;

pub use self::{
    access::{give_to_owner, who_else},
    calls::{FileType, enable_colour, keep_streams, type_of},
};
