import Failures
import Foundation
import Records
import Roles

/// Writes checkpoints one after the other on its own thread, as their bytes come, and reports the result of each.
final class CheckpointWriter: Sendable {
  private enum Task: Sendable {
    case begin(step: Int, [CheckpointDraft.File])
    case append([ArraySlice<UInt8>], done: @Sendable () -> Void)
    case commit(CheckpointJob, done: @Sendable (RunError?) -> Void)
    case drop(done: DispatchSemaphore)
  }

  private let tasks = TaskQueue<Task>()
  private let finished = DispatchSemaphore(value: 0)

  init(_ store: CheckpointStore, keeping retention: Retention) {
    let (tasks, finished) = (tasks, finished)
    let thread = Thread {
      var draft: CheckpointDraft?
      // Of the draft: the bytes that follow are void, and its commit fails.
      var failure: RunError?
      func attempt(_ work: () throws -> Void) {
        do { try work() } catch { (draft, failure) = (nil, failure ?? RunError(error)) }
      }
      while let task = tasks.take() {
        switch task {
        case .begin(let step, let files):
          (draft, failure) = (nil, nil)
          attempt { draft = try CheckpointDraft(of: step, in: store, beginningWith: files) }
        case .append(let parts, let done):
          attempt { for part in parts { try unsafe part.withUnsafeBytes { try unsafe draft?.append($0) } } }
          done()
        case .commit(let job, let done):
          if failure == nil { attempt { try job.commit(draft, in: store, keeping: retention) } }
          draft = nil
          done(failure)
        case .drop(let done):
          draft = nil
          done.signal()
        }
      }
      draft = nil
      finished.signal()
    }
    thread.start()
  }

  deinit { tasks.close() }

  /// Begins a checkpoint; one that was begun and is not committed is dropped.
  func begin(_ step: Int, _ files: [CheckpointDraft.File]) { tasks.put(.begin(step: step, files)) }

  /// - Parameter done: called from the writer's thread once the bytes are written or void.
  func append(_ bytes: [ArraySlice<UInt8>], done: @escaping @Sendable () -> Void) {
    tasks.put(.append(bytes, done: done))
  }

  /// Commits what was begun.
  ///
  /// - Parameter done: called from the writer's thread once the checkpoint is durable, or has failed.
  func commit(_ job: CheckpointJob, done: @escaping @Sendable (RunError?) -> Void) {
    tasks.put(.commit(job, done: done))
  }

  /// Drops what was begun and is not committed, and waits until nothing is left of it.
  func drop() {
    let done = DispatchSemaphore(value: 0)
    tasks.put(.drop(done: done))
    done.wait()
  }

  /// Finishes the one that is being committed, drops what else there is, and waits for the thread.
  func finish() {
    tasks.close()
    finished.wait()
  }
}
