package import Parameters

extension Answer {
  /// What travels.
  ///
  /// - Parameters:
  ///   - version: the server's current one.
  ///   - generation: the server's current one.
  package init(_ answer: ServerAnswer, version: Int, generation: UInt64) {
    self.init(kind: .refused, version: version, generation: generation)
    switch answer {
    case .duplicate: kind = .duplicate
    case .waiting: kind = .waiting
    case .gone(let current): (kind, self.version) = (.gone, current)
    case .wrongGeneration: kind = .wrongGeneration
    case .notAMember: kind = .notAMember
    case .refused(let sentence): self.sentence = sentence
    case .decided(let microbatch, let decision, let version):
      kind =
        switch decision {
        case .applied: .applied
        case .late: .late
        case .rejected: .rejected
        }
      (self.microbatch, self.version) = (microbatch, version)
    }
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
    case .applied: .decided(microbatch: microbatch, .applied, version: version)
    case .late: .decided(microbatch: microbatch, .late, version: version)
    case .rejected: .decided(microbatch: microbatch, .rejected, version: version)
    }
  }
}
