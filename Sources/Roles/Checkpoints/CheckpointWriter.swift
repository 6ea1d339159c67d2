import Coordination
import Foundation
import Records
import Transport

/// Writes checkpoints on a thread of its own, one after the other, and says what became of each.
final class CheckpointWriter: Sendable {
  private let jobs = TaskQueue<CheckpointJob>()
  private let done = DispatchSemaphore(value: 0)

  init(_ store: CheckpointStore, keeping retention: Retention, notices: Mailbox<CoordinatorRole.Notice>) {
    let (jobs, done) = (jobs, done)
    let thread = Thread {
      while let job = jobs.take() {
        do {
          try job.write(to: store, keeping: retention)
          notices.post(.stored(version: job.manifest.step))
        } catch {
          notices.post(.storeFailed(version: job.manifest.step, RunError(error)))
        }
      }
      done.signal()
    }
    thread.start()
  }

  func put(_ job: CheckpointJob) { jobs.put(job) }

  /// Finishes the one that is being written, drops the others, and waits for the thread.
  func finish() {
    jobs.close()
    done.wait()
  }
}
