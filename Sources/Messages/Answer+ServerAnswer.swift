package import Parameters

extension Answer {
  /// What travels.
  ///
  /// - Parameters:
  ///   - version: the server's current one.
  ///   - generation: the server's current one.
  package init(_ answer: ServerAnswer, version: Int, generation: UInt64) {
    let (kind, sentence): (Kind, String) =
      switch answer {
      case .duplicate: (.duplicate, "")
      case .waiting: (.waiting, "")
      case .gone: (.gone, "")
      case .wrongGeneration: (.wrongGeneration, "")
      case .notAMember: (.notAMember, "")
      case .refused(let sentence): (.refused, sentence)
      }
    let current = if case .gone(let current) = answer { current } else { version }
    self.init(kind: kind, version: current, generation: generation, sentence: sentence)
  }

  /// What the worker is told.
  package var content: ServerAnswer {
    switch kind {
    case .duplicate: .duplicate
    case .waiting: .waiting
    case .gone: .gone(current: version)
    case .wrongGeneration: .wrongGeneration(generation)
    case .notAMember: .notAMember
    case .refused: .refused(sentence)
    }
  }
}
