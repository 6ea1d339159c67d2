/// Coordinator → role: terminate.
package struct Stop: Hashable, Sendable {
  /// The exit code of the process, 0 … 255.
  package var exitCode: Int
  package var sentence: String

  package init(exitCode: Int, sentence: String) {
    self.exitCode = exitCode
    self.sentence = sentence
  }
}

/// Role → coordinator: an error from which the sender cannot continue.
package struct Failed: Hashable, Sendable {
  package var exitCode: Int
  package var sentence: String
  package var step: Int
  /// Name of the layer at fault; empty if there is none.
  package var layer: String

  package init(exitCode: Int, sentence: String, step: Int, layer: String) {
    self.exitCode = exitCode
    self.sentence = sentence
    self.step = step
    self.layer = layer
  }
}
