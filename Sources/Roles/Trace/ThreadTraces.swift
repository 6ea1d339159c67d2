import Foundation
import Synchronization

/// The rings of this process's threads, until their member writes them into the trace's folder.
package enum ThreadTraces {
  private struct Entry {
    let ring: SpanRing
    let process: String
    let thread: String
    let number: Int
  }

  private struct State {
    var entries: [Entry] = []
    var count = 0
  }

  // Held while a file is written: whoever ends the process waits for it.
  private static let state = Mutex(State())

  /// - Returns: `nil` if nobody asks for a trace.
  static func ring(of process: String, thread: String) -> SpanRing? {
    guard TraceRequest.ofProcess != nil else { return nil }
    let ring = SpanRing(at: Clock.ofMachine)
    state.withLock { state in
      // The numbers of processes differ, and no process has that many threads.
      let number = Int(ProcessInfo.processInfo.processIdentifier) << 8 | state.count & 0xFF
      state.count += 1
      state.entries.append(Entry(ring: ring, process: process, thread: thread, number: number))
    }
    return ring
  }

  /// Writes what the threads of `process` did, or those of all, and forgets them. A trace that cannot be written must not hide
  /// how a member ended.
  package static func write(_ process: String? = nil) {
    guard let request = TraceRequest.ofProcess else { return }
    state.withLock { state in
      let chosen = state.entries.filter { process == nil || $0.process == process }
      guard !chosen.isEmpty else { return }
      state.entries.removeAll { process == nil || $0.process == process }
      let now = Clock.ofMachine
      let lines = chosen.flatMap { entry in
        TraceEvents.lines(
          of: entry.ring.spans(at: now), process: entry.process, thread: entry.number, named: entry.thread,
          since: request.began)
      }
      let path = "\(request.folder)/\(UUID().uuidString).jsonl"
      try? Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }
}
