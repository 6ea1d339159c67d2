import Synchronization
import Terminal

/// How far the runs and sweeps are in some folders, in words.
final class WatchedFolders: Sendable {
  private struct Watched {
    var sweeps: [String: WatchedSweep] = [:]
    var runs: [String: WatchedRun] = [:]
  }

  private let watched = Mutex(Watched())

  /// Of those that a process trains; what is over says so on its page.
  func lines(of folders: [String]) -> [String] {
    watched.withLock { watched in
      folders.flatMap { folder -> [String] in
        if var sweep = watched.sweeps[folder] ?? (try? WatchedSweep(folder)) ?? nil {
          _ = sweep.update()
          watched.sweeps[folder] = sweep
          return sweep.isOver ? [] : sweep.view.words
        }
        guard var run = watched.runs[folder] ?? (try? WatchedRun(folder)) else { return [] }
        _ = run.update()
        watched.runs[folder] = run
        return run.isOver ? [] : [run.view.progress.text]
      }
    }
  }
}
