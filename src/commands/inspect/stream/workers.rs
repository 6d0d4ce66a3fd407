//! Explains a stream on all cores, and gives the answers in the order of the
//! lines.
//!
//! One thread reads, some explain, and the caller prints. So a reader of the
//! answers that goes away ends the stream even while standard input is silent.
//! Where there is one core, or no thread to be had, the caller does it all.

use std::{
    num::NonZero,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender},
    },
    thread,
    time::Duration,
};

use super::{
    explain::{Answers, Explainer},
    lines::{Batch, Lines},
};
use crate::{
    error::{Code, Failure},
    output, threads,
};

/// More threads than this wait for the one that reads.
const MAX_WORKERS: usize = 16;

/// Lines that are read and not yet printed take no more memory than this, but
/// for one batch.
const MAX_BYTES: usize = 4 << 20;

/// How often it is looked whether anybody still reads the answers.
const LOOK_EVERY: Duration = Duration::from_millis(250);

type Explained = Result<Answers, Failure>;

/// A batch that is read, and where its answers will come.
struct Job {
    batch: Batch,
    answers: SyncSender<Explained>,
}

/// A batch that will be answered: where, and how large it is.
struct Awaited {
    answers: Receiver<Explained>,
    bytes: usize,
}

/// What comes next in a stream.
pub enum Next {
    /// The answers to some lines.
    Answers(Answers),
    /// Nothing: it was the last line.
    End,
    /// Nobody reads standard output any more.
    NobodyReads,
}

/// A stream that is being explained.
pub struct Work(Way);

enum Way {
    /// By the thread that prints.
    Alone(Arc<Explainer>, Lines),
    /// By threads of their own.
    Shared {
        /// The batches, as they were read.
        order: Receiver<Result<Awaited, Failure>>,
        /// What may be read ahead.
        room: Arc<Room>,
        /// The size of the batch whose answers were given last.
        given: usize,
    },
}

impl Work {
    /// Begins to read and explain.
    pub fn start(explainer: Explainer, lines: Lines) -> Self {
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        let explainer = Arc::new(explainer);
        if workers == 1 {
            return Self(Way::Alone(explainer, lines));
        }
        let (jobs, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let started = (0..workers.min(MAX_WORKERS)).take_while(|_| {
            let (explainer, waiting) = (Arc::clone(&explainer), Arc::clone(&waiting));
            threads::start(move || work(&explainer, &waiting)).is_ok()
        });
        let started = started.count();
        // A thread that cannot be started takes with it what it was given.
        let (hand_over, handed_over) = mpsc::channel();
        let (awaited, order) = mpsc::channel();
        let room = Arc::new(Room::default());
        let reader = threads::start({
            let room = Arc::clone(&room);
            move || {
                if let Ok(lines) = handed_over.recv() {
                    read(lines, &jobs, &awaited, &room);
                }
            }
        });
        let lines = match reader {
            Ok(_) if started > 0 => match hand_over.send(lines) {
                Ok(()) => {
                    return Self(Way::Shared {
                        order,
                        room,
                        given: 0,
                    });
                }
                Err(mpsc::SendError(lines)) => lines,
            },
            _ => lines,
        };
        Self(Way::Alone(explainer, lines))
    }

    /// What comes next.
    ///
    /// # Errors
    /// When standard input cannot be read, or an answer not written.
    pub fn next(&mut self) -> Result<Next, Failure> {
        match &mut self.0 {
            Way::Alone(explainer, lines) => match lines.next()? {
                Some(batch) => explainer.explain(&batch).map(Next::Answers),
                None => Ok(Next::End),
            },
            Way::Shared { order, room, given } => {
                room.give_back(*given);
                *given = 0;
                loop {
                    match order.recv_timeout(LOOK_EVERY) {
                        Ok(awaited) => {
                            let Awaited { answers, bytes } = awaited?;
                            *given = bytes;
                            return answers.recv().map_err(|_| lost())?.map(Next::Answers);
                        }
                        Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
                        Err(RecvTimeoutError::Timeout) if output::nobody_reads() => {
                            return Ok(Next::NobodyReads);
                        }
                        Err(RecvTimeoutError::Timeout) => {}
                    }
                }
            }
        }
    }
}

fn lost() -> Failure {
    Failure::new(Code::General, "a thread ended before it had its answers")
}

/// Reads to the end, as fast as there is room.
fn read(
    mut lines: Lines,
    jobs: &Sender<Job>,
    awaited: &Sender<Result<Awaited, Failure>>,
    room: &Room,
) {
    loop {
        let batch = match lines.next() {
            Ok(Some(batch)) => batch,
            Ok(None) => return,
            Err(failure) => {
                // Fails only where nobody listens any more.
                let _ = awaited.send(Err(failure));
                return;
            }
        };
        let bytes = batch.bytes();
        room.take(bytes);
        let (answers, answered) = mpsc::sync_channel(1);
        let next = Awaited {
            answers: answered,
            bytes,
        };
        if awaited.send(Ok(next)).is_err() || jobs.send(Job { batch, answers }).is_err() {
            return;
        }
    }
}

/// Explains what is read, until there is no more.
fn work(explainer: &Explainer, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(Job { batch, answers }) = job else {
            return;
        };
        // Fails only where nobody listens any more.
        let _ = answers.send(explainer.explain(&batch));
    }
}

/// The memory for lines that are read and not yet printed.
#[derive(Default)]
struct Room {
    taken: Mutex<usize>,
    freed: Condvar,
}

impl Room {
    /// Waits until so many bytes fit. A batch that is larger fits alone.
    fn take(&self, bytes: usize) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut usize| *taken > 0 && *taken + bytes > MAX_BYTES;
        let taken = self.freed.wait_while(taken, is_full);
        *taken.unwrap_or_else(PoisonError::into_inner) += bytes;
    }

    fn give_back(&self, bytes: usize) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufReader, Read, Result, repeat},
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
    };

    use zeroize::Zeroizing;

    use super::{
        super::{explain::Explainer, lines::Lines},
        MAX_BYTES, Next, Work,
    };
    use crate::judge::Expectations;

    /// Blank lines, and how many bytes of them were read.
    struct Blank(Arc<AtomicUsize>);

    const LINE: usize = 1 << 16;
    const LINES: usize = 1000;

    impl Read for Blank {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let read = self.0.load(SeqCst);
            let length = (LINE - read % LINE).min(buffer.len());
            if read >= LINES * LINE {
                return Ok(0);
            }
            repeat(b' ').read_exact(&mut buffer[..length])?;
            if (read + length).is_multiple_of(LINE) {
                buffer[length - 1] = b'\n';
            }
            self.0.fetch_add(length, SeqCst);
            Ok(length)
        }
    }

    #[test]
    fn no_more_is_read_ahead_than_there_is_room_for() {
        let read = Arc::new(AtomicUsize::new(0));
        let input: Box<dyn Read + Send> = Box::new(Blank(Arc::clone(&read)));
        let lines = Lines::new(
            Zeroizing::new(Vec::new()),
            BufReader::with_capacity(LINE, input),
        );
        let explainer = Explainer {
            key: None,
            expected: Expectations::default(),
            clock_offset: 0,
            claim: None,
            for_runner: false,
            check: false,
        };
        let mut work = Work::start(explainer, lines);
        let mut given = 0;
        while let Next::Answers(_) = work.next().unwrap() {
            given += LINE;
            // Beside the room: the batch that waits for it, and what is buffered.
            let ahead = read.load(SeqCst) - given.min(read.load(SeqCst));
            assert!(ahead <= MAX_BYTES + 3 * LINE, "{ahead} bytes");
        }
        assert_eq!(given, LINES * LINE);
    }
}
