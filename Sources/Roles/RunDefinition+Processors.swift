import Foundation
import RunDefinition
import Specification

extension RunDefinition {
  /// Whether all threads that compute, and all servers, would have a processor each if they were on this host. Where processors are
  /// shared, a thread that yields takes them from those that compute.
  var fitsProcessors: Bool {
    let execution = spec.execution
    return execution.workers * execution.threads + execution.servers <= ProcessInfo.processInfo.activeProcessorCount
  }
}
