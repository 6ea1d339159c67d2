import CTareMessages
import Parameters

extension Fetch: @unsafe WireValue {
  private static let version = IntegerField("fetch.version", in: 0...Limits.version)
  private static let part = IntegerField("fetch.part", in: 0...Limits.stateParts)
  private static let offset = IntegerField("fetch.offset", in: 0...Limits.elements)
  private static let count = IntegerField("fetch.count", in: 0...Limits.elements)

  init(_ wire: Tare__V1__Fetch) throws(MessageError) {
    guard let part = StatePart(index: try unsafe Self.part.read(wire.part)) else {
      throw .malformed("fetch.part is unknown")
    }
    let offset = try unsafe Self.offset.read(wire.offset)
    self.init(
      version: try unsafe Self.version.read(wire.version), part: part,
      range: offset..<offset + (try unsafe Self.count.read(wire.count)))
  }

  func write(to wire: inout Tare__V1__Fetch, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.part = try Self.part.write(part.index)
    unsafe wire.offset = try Self.offset.write(range.lowerBound)
    unsafe wire.count = try Self.count.write(range.count)
  }
}

extension State: @unsafe WireValue {
  private static let version = IntegerField("state.version", in: 0...Limits.version)
  private static let part = IntegerField("state.part", in: 0...Limits.stateParts)
  private static let steps = IntegerField("state.steps", in: 0...Limits.version)

  init(_ wire: Tare__V1__State) throws(MessageError) {
    guard let part = StatePart(index: try unsafe Self.part.read(wire.part)) else {
      throw .malformed("state.part is unknown")
    }
    self.init(
      version: try unsafe Self.version.read(wire.version), part: part,
      tensor: try unsafe TensorHeader(at: wire.tensor, "state.tensor"),
      tally: try unsafe Tally(at: wire.tally, "state.tally"),
      steps: try unsafe Self.steps.read(wire.steps))
  }

  func write(to wire: inout Tare__V1__State, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.part = try Self.part.write(part.index)
    unsafe wire.tensor = try draft.make(tensor, tare__v1__tensor_header__init)
    unsafe wire.tally = try draft.make(tally, tare__v1__tally__init)
    unsafe wire.steps = try Self.steps.write(steps)
  }
}
