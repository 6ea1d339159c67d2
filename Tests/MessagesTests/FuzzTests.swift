import Messages
import Parameters
import Testing

/// For any bytes, decoding returns a value that can be encoded again, or an error.
@Suite struct FuzzTests {
  /// Valid frames, each with the length of its payload.
  private static let frames: [(header: [UInt8], payload: Int?)] = Samples.messages.compactMap { _, message in
    (try? Samples.envelope(message).encoded()).map { ($0, message.tensor?.byteCount) }
  }
  /// Mutations start after the envelope's version and session, so that most mutants reach the bodies.
  private static let preamble = 11

  @Test(arguments: 0..<10) func decodesToAnErrorOrAValue(seed: Int) throws {
    var (values, errors) = (0, 0)
    let random = CounterRandom(seed: UInt64(seed), purpose: .faults)
    for index in 0..<10_000 {
      let (header, payload) = mutant(index, random)
      do {
        let value = try Samples.decode(header, payloadByteCount: payload)
        #expect(try Samples.decode(value.encoded(), payloadByteCount: payload).encoded() == value.encoded())
        values += 1
      } catch {
        errors += 1
      }
    }
    #expect(values > 300)
    #expect(errors > 500)
  }

  /// A frame with bytes changed, inserted, removed or cut off; sometimes only noise.
  private func mutant(_ index: Int, _ random: CounterRandom) -> (header: [UInt8], payload: Int?) {
    var position = 0
    func below(_ bound: Int) -> Int {
      position += 1
      return random.integer(index, position, below: bound)
    }
    if below(10) == 0 { return ((0..<below(200)).map { _ in UInt8(below(256)) }, nil) }
    var (frame, payload) = Self.frames[below(Self.frames.count)]
    if below(20) == 0 { payload = below(5000) }
    for _ in 0...below(3) where frame.count > Self.preamble {
      let place = Self.preamble + below(frame.count - Self.preamble)
      switch below(6) {
      case 0: frame[place] = UInt8(below(256))
      case 1: frame[place] ^= 1 << UInt8(below(8))
      case 2: frame.insert(UInt8(below(256)), at: place)
      case 3: frame.remove(at: place)
      case 4: frame.removeSubrange(place...)
      default:
        let other = Self.frames[below(Self.frames.count)].header
        frame.insert(contentsOf: other.dropFirst(Self.preamble), at: place)
      }
    }
    return (frame, payload)
  }

  /// Many tiny fields would take twenty times their size before the session is checked.
  @Test func boundsTheMemoryOfAStrangersFrame() throws {
    let header = try Samples.envelope(.pull(Pull(version: 1))).encoded()
    let stuffing = [[UInt8]](repeating: [0xF8, 0x7F, 0], count: 1 << 20).flatMap { $0 }
    #expect(throws: MessageError.malformed("the header is not in the wire format")) {
      try Samples.decode(header + stuffing)
    }
  }
}
