import Parameters

/// A deterministic source of inputs close to valid ones: equal numbers give equal inputs on every machine.
package struct Mutation: Sendable {
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]
  private let random: CounterRandom

  package init(of target: FuzzTarget, seed: UInt64) {
    seeds = target.seeds
    words = target.words.map { Array($0.utf8) }
    random = CounterRandom(seed: seed, purpose: .faults)
  }

  /// A seed with bytes changed, inserted, removed, copied from another seed or cut off, in one to eight places.
  package func input(_ number: Int) -> [UInt8] {
    var position = 0
    func below(_ bound: Int) -> Int {
      position += 1
      return random.integer(number, position, below: bound)
    }
    var bytes = seeds[below(seeds.count)]
    for _ in 0...below(8) where !bytes.isEmpty {
      let place = below(bytes.count)
      let end = min(bytes.count, place + 1 + below(16))
      switch below(9) {
      case 0: bytes[place] = UInt8(below(256))
      case 1: bytes[place] ^= 1 << UInt8(below(8))
      case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][below(5)]
      case 3: bytes.insert(UInt8(below(256)), at: place)
      case 4: bytes.removeSubrange(place..<end)
      case 5: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 6: bytes.removeSubrange(max(place, bytes.count / 2)...)
      case 7:
        let other = seeds[below(seeds.count)]
        let start = below(other.count)
        bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + below(32))], at: place)
      default:
        if !words.isEmpty { bytes.insert(contentsOf: words[below(words.count)], at: place) }
      }
    }
    return bytes
  }
}
