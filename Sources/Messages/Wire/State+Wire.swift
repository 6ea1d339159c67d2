import CTareMessages
import Parameters

extension Fetch: @unsafe WireValue {
  private static let version = IntegerField("fetch.version", in: 0...Limits.version)

  init(_ wire: Tare__V1__Fetch) throws(MessageError) {
    self.init(version: try unsafe Self.version.read(wire.version))
  }

  func write(to wire: inout Tare__V1__Fetch, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
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
