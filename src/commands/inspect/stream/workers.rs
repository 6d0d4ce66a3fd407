//! Explains a stream on all cores, and returns the answers in the order of the
//! lines.
//!
//! One thread reads, several explain, and the caller prints. So vtexid stops
//! when stdout is closed, even while stdin is idle. With one core, or if no
//! thread can be started, the caller does everything.

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

/// More threads than this do not help: reading is the limit.
const MAX_WORKERS: usize = 16;

/// Limit for the lines that are read but not yet printed. One larger batch is
/// allowed.
const MAX_PENDING_BYTES: usize = 4 << 20;

/// How often to check whether stdout is still open.
const CHECK_STDOUT_EVERY: Duration = Duration::from_millis(250);

type Explained = Result<Answers, Failure>;

/// A batch to explain, and where to send its answers.
struct Job {
    batch: Batch,
    answers: SyncSender<Explained>,
}

/// A batch whose answers will arrive.
struct PendingBatch {
    answers: Receiver<Explained>,
    bytes: usize,
}

/// What comes next in a stream.
pub enum Next {
    /// The answers to some lines.
    Answers(Answers),
    /// The stream has ended.
    End,
    /// Stdout was closed.
    Closed,
}

/// A stream that is being explained.
pub struct Stream(Mode);

enum Mode {
    /// The caller reads and explains.
    OneThread(Arc<Explainer>, Lines),
    /// Other threads read and explain.
    Threads {
        /// In the order of the lines.
        batches: Receiver<Result<PendingBatch, Failure>>,
        limit: Arc<MemoryLimit>,
        /// The size of the batch that was returned last.
        last_batch_bytes: usize,
    },
}

impl Stream {
    /// Begins to read and explain.
    pub fn start(explainer: Explainer, lines: Lines) -> Self {
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        let explainer = Arc::new(explainer);
        if workers == 1 {
            return Self(Mode::OneThread(explainer, lines));
        }
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let started = (0..workers.min(MAX_WORKERS)).take_while(|_| {
            let (explainer, queue) = (Arc::clone(&explainer), Arc::clone(&queue));
            threads::start(move || explain_jobs(&explainer, &queue)).is_ok()
        });
        let started = started.count();
        // If the thread cannot start, its closure is lost, so `lines` is sent
        // to it afterwards.
        let (send_lines, receive_lines) = mpsc::channel();
        let (pending, batches) = mpsc::channel();
        let limit = Arc::new(MemoryLimit::default());
        let reader = threads::start({
            let limit = Arc::clone(&limit);
            move || {
                if let Ok(lines) = receive_lines.recv() {
                    read_batches(lines, &jobs, &pending, &limit);
                }
            }
        });
        let lines = match reader {
            Ok(_) if started > 0 => match send_lines.send(lines) {
                Ok(()) => {
                    return Self(Mode::Threads {
                        batches,
                        limit,
                        last_batch_bytes: 0,
                    });
                }
                Err(mpsc::SendError(lines)) => lines,
            },
            _ => lines,
        };
        Self(Mode::OneThread(explainer, lines))
    }

    /// The answers to the next batch.
    ///
    /// # Errors
    /// When standard input cannot be read.
    pub fn next(&mut self) -> Result<Next, Failure> {
        match &mut self.0 {
            Mode::OneThread(explainer, lines) => match lines.next()? {
                Some(batch) => explainer.explain(&batch).map(Next::Answers),
                None => Ok(Next::End),
            },
            Mode::Threads {
                batches,
                limit,
                last_batch_bytes,
            } => {
                limit.release(*last_batch_bytes);
                *last_batch_bytes = 0;
                loop {
                    match batches.recv_timeout(CHECK_STDOUT_EVERY) {
                        Ok(batch) => {
                            let PendingBatch { answers, bytes } = batch?;
                            *last_batch_bytes = bytes;
                            return answers
                                .recv()
                                .map_err(|_| worker_died())?
                                .map(Next::Answers);
                        }
                        Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
                        Err(RecvTimeoutError::Timeout) if output::stdout_is_closed() => {
                            return Ok(Next::Closed);
                        }
                        Err(RecvTimeoutError::Timeout) => {}
                    }
                }
            }
        }
    }
}

fn worker_died() -> Failure {
    Failure::new(
        Code::General,
        "internal error: a thread that explains tokens ended: please report it",
    )
}

/// Reads the whole stream, and waits when the memory limit is reached.
fn read_batches(
    mut lines: Lines,
    jobs: &Sender<Job>,
    pending: &Sender<Result<PendingBatch, Failure>>,
    limit: &MemoryLimit,
) {
    loop {
        let batch = match lines.next() {
            Ok(Some(batch)) => batch,
            Ok(None) => return,
            Err(failure) => {
                // Fails only when the caller has stopped.
                let _ = pending.send(Err(failure));
                return;
            }
        };
        let bytes = batch.bytes();
        limit.take(bytes);
        let (answers, answered) = mpsc::sync_channel(1);
        let next = PendingBatch {
            answers: answered,
            bytes,
        };
        if pending.send(Ok(next)).is_err() || jobs.send(Job { batch, answers }).is_err() {
            return;
        }
    }
}

/// Explains batches until the stream ends.
fn explain_jobs(explainer: &Explainer, queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { batch, answers }) = job else {
            return;
        };
        // Fails only when the caller has stopped.
        let _ = answers.send(explainer.explain(&batch));
    }
}

/// Limits the memory of lines that are read but not yet printed.
#[derive(Default)]
struct MemoryLimit {
    taken: Mutex<usize>,
    freed: Condvar,
}

impl MemoryLimit {
    /// Waits until the bytes fit. A batch larger than the limit passes alone.
    fn take(&self, bytes: usize) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut usize| *taken > 0 && *taken + bytes > MAX_PENDING_BYTES;
        let taken = self.freed.wait_while(taken, is_full);
        *taken.unwrap_or_else(PoisonError::into_inner) += bytes;
    }

    fn release(&self, bytes: usize) {
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
        MAX_PENDING_BYTES, Next, Stream,
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
        let mut work = Stream::start(explainer, lines);
        let mut given = 0;
        while let Next::Answers(_) = work.next().unwrap() {
            given += LINE;
            // Beside the room: the batch that waits for it, and what is buffered.
            let ahead = read.load(SeqCst) - given.min(read.load(SeqCst));
            assert!(ahead <= MAX_PENDING_BYTES + 3 * LINE, "{ahead} bytes");
        }
        assert_eq!(given, LINES * LINE);
    }
}
