import Failures
import Foundation
import Records
import Roles

/// Writes checkpoints one after the other on its own thread, and reports the result of each.
final class CheckpointWriter: Sendable {
  private struct Task: Sendable {
    let job: CheckpointJob
    let done: @Sendable (RunError?) -> Void
  }

  private let tasks = TaskQueue<Task>()
  private let finished = DispatchSemaphore(value: 0)

  init(_ store: CheckpointStore, keeping retention: Retention) {
    let (tasks, finished) = (tasks, finished)
    let thread = Thread {
      while let task = tasks.take() {
        do {
          try task.job.write(to: store, keeping: retention)
          task.done(nil)
        } catch {
          task.done(RunError(error))
        }
      }
      finished.signal()
    }
    thread.start()
  }

  deinit { tasks.close() }

  /// - Parameter done: called from the writer's thread once the checkpoint is durable, or has failed.
  func put(_ job: CheckpointJob, done: @escaping @Sendable (RunError?) -> Void) {
    tasks.put(Task(job: job, done: done))
  }

  /// Finishes the one that is being written, drops the others, and waits for the thread.
  func finish() {
    tasks.close()
    finished.wait()
  }
}
