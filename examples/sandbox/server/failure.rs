//! What can go wrong: the failures that a test, or `--fail` on the command line, asks for.

use std::str::FromStr;
use std::time::Duration;

use super::http::Response;

/// Something that goes wrong with some requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the paths that it hits begin.
    pub path: String,
    /// What happens to them.
    pub how: How,
    /// How many requests it hits; `u32::MAX` is all of them.
    pub times: u32,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// This status, with an empty body.
    Status(u16),
    /// The right answer, but late.
    Delay(Duration),
    /// The right answer, once `Sandbox::release` is called.
    Hold,
    /// The connection ends with no answer.
    Drop,
    /// 200, with bytes that are neither JSON nor UTF-8.
    Garbage,
    /// 200, with 50 MB whose end is not announced.
    Huge,
    /// This status and this body.
    Body(u16, String),
    /// 429, with so many seconds in `Retry-After`.
    Busy(u64),
    /// A refresh that succeeds and sets only this cookie.
    Cookie(String),
}

impl How {
    /// The answer in place of the right one.
    pub(super) fn response(self) -> Option<Response> {
        match self {
            Self::Drop | Self::Delay(_) | Self::Hold => None,
            Self::Status(status) => Some(Response::text(status, "")),
            Self::Body(status, body) => Some(Response::text(status, body)),
            Self::Cookie(cookie) => Some(
                Response::json(200, &serde_json::json!({"status": "Success"}))
                    .with("Set-Cookie", cookie),
            ),
            Self::Busy(seconds) => {
                Some(Response::text(429, "").with("Retry-After", seconds.to_string()))
            }
            Self::Garbage => Some(Response::text(
                200,
                b"\xff\xfe\x00{\x80garbage\xc3(".to_vec(),
            )),
            Self::Huge => Some(Response {
                repeat: 800,
                ..Response::text(200, vec![b'x'; 64 * 1024])
            }),
        }
    }
}

/// The first failure for a path, counted as used.
pub(super) fn next(failures: &mut [Failure], path: &str) -> Option<How> {
    let hit = failures
        .iter_mut()
        .find(|failure| failure.times > 0 && path.starts_with(&failure.path))?;
    if hit.times < u32::MAX {
        hit.times -= 1;
    }
    Some(hit.how.clone())
}

/// `PATH=HOW`, or `PATH=HOW*TIMES`, where `HOW` is a status, `delay:3s`, `delay:300ms`, `busy:3`, `hold`, `drop`, `garbage` or `huge`.
impl FromStr for Failure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, how) = text
            .split_once('=')
            .filter(|(path, _)| path.starts_with('/'))
            .ok_or("not of the form /path=how")?;
        let (how, times) = match how.split_once('*') {
            None => (how, u32::MAX),
            Some((how, times)) => (how, times.parse().map_err(|_| "not a count after `*`")?),
        };
        let how = match how {
            "hold" => How::Hold,
            "drop" => How::Drop,
            "garbage" => How::Garbage,
            "huge" => How::Huge,
            _ if how.starts_with("busy:") => How::Busy(
                how[5..]
                    .parse()
                    .map_err(|_| "not a number of seconds after `busy:`")?,
            ),
            _ => match how.strip_prefix("delay:") {
                Some(time) => How::Delay(duration(time).ok_or("not a delay such as `3s`")?),
                None => how
                    .parse()
                    .ok()
                    .filter(|status| (200..=599).contains(status))
                    .map(How::Status)
                    .ok_or(
                        "not a status, `delay:3s`, `busy:3`, `hold`, `drop`, `garbage` or `huge`",
                    )?,
            },
        };
        Ok(Self {
            path: path.to_owned(),
            how,
            times,
        })
    }
}

fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(millis) => millis.parse().ok().map(Duration::from_millis),
        None => text
            .strip_suffix('s')?
            .parse()
            .ok()
            .map(Duration::from_secs),
    }
}
