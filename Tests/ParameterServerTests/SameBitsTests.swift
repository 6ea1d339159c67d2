import ParameterServer
import Parameters
import Testing

/// The guarantee: the bits are a function of the spec, and do not depend on who computed what and when, or how often a
/// message was delivered.
@Suite("Same bits in the state machines")
struct SameBitsTests {
  static func bits(
    servers: Int, workers: Int, microbatches: Int, segmentSize: ClosedRange<Int> = 1...6, seed: UInt64?,
    repeats: Bool = false, wire: Wire = .plain
  ) throws -> [UInt32] {
    var rehearsal = try Rehearsal(
      servers: servers, workers: workers, microbatches: microbatches, steps: 6, segmentSize: segmentSize,
      wire: wire)
    if let seed {
      let random = CounterRandom(seed: seed, purpose: .faults)
      var position = 0
      rehearsal.run(
        choose: { count in
          position += 1
          return random.integer(0, position, below: count)
        },
        repeats: {
          position += 1
          return repeats && random.integer(1, position, below: 3) == 0
        })
    } else {
      rehearsal.run(choose: { _ in 0 })
    }
    #expect(rehearsal.failures == [])
    #expect(rehearsal.versions == Array(repeating: 6, count: servers))
    if repeats { #expect(rehearsal.duplicates > 0) }
    for reports in rehearsal.reports {
      #expect(reports.map(\.tally.samples) == [3 * 4 * microbatches, 3 * 4 * microbatches])
    }
    // All workers compute at the same weights; with one that is lossy, at others than the servers' own.
    #expect(rehearsal.held.keys.sorted() == Array(0..<6) && rehearsal.held.values.allSatisfy { $0.count == 1 })
    if wire.format.isLossy { #expect(rehearsal.packed > 0) }
    return rehearsal.bits
  }

  static let lossy = WireFormat.allCases.filter(\.isLossy).map { Wire($0, seed: 3) }

  @Test("bits do not depend on how work and weights are divided where the wire is lossy", arguments: lossy)
  func wires(wire: Wire) throws {
    let expected = try Self.bits(
      servers: 1, workers: 1, microbatches: 5, segmentSize: Int.max...Int.max, seed: nil, wire: wire)
    for workers in 1...4 {
      for servers in 1...3 {
        for seed in 0..<4 as Range<UInt64> {
          let bits = try Self.bits(
            servers: servers, workers: workers, microbatches: 5, seed: seed, repeats: true, wire: wire)
          #expect(bits == expected, "\(workers) workers, \(servers) servers, seed \(seed)")
        }
      }
    }
    let other = try Self.bits(servers: 1, workers: 1, microbatches: 5, seed: nil, wire: Wire(wire.format, seed: 4))
    // Only int8 rounds at random.
    #expect((other == expected) == (wire.format != .int8))
  }

  @Test("bits do not depend on how the shards are cut into segments", arguments: [1, 2, 3])
  func segments(servers: Int) throws {
    let expected = try Self.bits(
      servers: servers, workers: 2, microbatches: 5, segmentSize: Int.max...Int.max, seed: nil)
    for seed in 0..<20 as Range<UInt64> {
      #expect(
        try Self.bits(servers: servers, workers: 3, microbatches: 5, seed: seed, repeats: true) == expected)
    }
  }

  @Test("bits do not depend on the number of workers and servers", arguments: [1, 2, 3, 4, 5, 7, 8, 13])
  func counts(microbatches: Int) throws {
    let expected = try Self.bits(servers: 1, workers: 1, microbatches: microbatches, seed: nil)
    #expect(Set(expected).count > 5)
    for workers in 1...min(4, microbatches) {
      for servers in 1...3 {
        #expect(
          try Self.bits(servers: servers, workers: workers, microbatches: microbatches, seed: nil) == expected,
          "\(workers) workers, \(servers) servers")
      }
    }
  }

  @Test("bits do not depend on the order of arrival or on duplicate pushes")
  func order() throws {
    let expected = try Self.bits(servers: 1, workers: 1, microbatches: 7, seed: nil)
    for seed in 1...200 as ClosedRange<UInt64> {
      let actual = try Self.bits(servers: 2, workers: 3, microbatches: 7, seed: seed, repeats: true)
      #expect(actual == expected, "seed \(seed)")
    }
  }
}
