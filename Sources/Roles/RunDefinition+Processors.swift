import Foundation
import Parameters
import RunDefinition
import Specification

extension RunDefinition {
  /// Of a server on this host: no more than it has processors.
  var serverThreads: Threads {
    Threads(min(spec.execution.serverThreads, ProcessInfo.processInfo.activeProcessorCount))
  }

  /// Whether all threads of workers and servers that compute would have a processor each if they were on this host. Where
  /// processors are shared, a thread that yields takes them from those that compute.
  var fitsProcessors: Bool {
    let execution = spec.execution
    let threads = execution.workers * execution.threads + execution.servers * execution.serverThreads
    return threads <= ProcessInfo.processInfo.activeProcessorCount
  }
}
