import Failures
import Synchronization

/// What a command prints with `--json`, as far as it is known. A signal that ends the command first prints that, with
/// `"interrupted": true`: whoever reads stdout gets one object in any case.
final class PartialResult<Value: Encodable & Sendable>: Sendable {
  /// `nil` once it is printed.
  private let value: Mutex<Value?>

  init(_ value: Value) { self.value = Mutex(value) }

  func update(_ change: (inout Value) -> Void) {
    value.withLock { value in
      guard var known = value else { return }
      change(&known)
      value = known
    }
  }

  /// Prints the result, which is now complete.
  func finish() throws { try finish(JSONOutput.text) }

  /// - Parameter text: of all that is to be printed.
  func finish(_ text: (Value) throws -> String) throws {
    try value.withLock { value in
      guard let known = value else { return }
      value = nil
      try print(text(known))
    }
  }

  /// Prints what is known.
  func interrupt() {
    value.withLock { value in
      guard let known = value else { return }
      value = nil
      // The exit code says that it was interrupted; of a closed pipe nobody wants to know.
      try? print(JSONOutput.text(of: Interrupted(known: known)))
    }
  }

  /// Prints what is known if `error` is that of a signal; others leave a sentence on stderr and no object.
  func end(after error: any Error) { if RunError(error).exitCode > 128 { interrupt() } }

  /// Has a signal end the process. Call before any thread starts.
  func followSignals() { ProcessExit.followSignals(cleanup: interrupt) }

  /// The object with one key more.
  private struct Interrupted: Encodable {
    let known: Value

    private enum Key: CodingKey { case interrupted }

    func encode(to encoder: any Encoder) throws {
      try known.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(true, forKey: .interrupted)
    }
  }
}

/// Of a command of which nothing is known before its end.
struct NothingYet: Encodable, Sendable {
  /// Has a signal end this command with an object, if it is to print one.
  static func followSignals(if json: Bool) { if json { PartialResult(NothingYet()).followSignals() } }
}
