/// Coordinator → role: end.
package struct Stop: Hashable, Sendable {
  /// What the process ends with, 0 … 255.
  package var exitCode: Int
  package var sentence: String

  package init(exitCode: Int, sentence: String) {
    self.exitCode = exitCode
    self.sentence = sentence
  }
}

/// Role → coordinator: cannot go on.
package struct Failed: Hashable, Sendable {
  package var exitCode: Int
  package var sentence: String
  package var step: Int
  /// Name of the layer that did it; empty if none did.
  package var layer: String

  package init(exitCode: Int, sentence: String, step: Int, layer: String) {
    self.exitCode = exitCode
    self.sentence = sentence
    self.step = step
    self.layer = layer
  }
}
