import CTareMessages
import Parameters

extension MicrobatchRequest: @unsafe WireValue {
  private static let numberField = IntegerField("microbatch_request.number", in: 0...Limits.version)
  private static let capacityField = IntegerField("microbatch_request.capacity", in: 0...Limits.microbatches)
  private static let appliedField = IntegerListField(
    "microbatch_request.applied", limit: Limits.microbatches, in: 0...Limits.microbatch)
  private static let returnedField = IntegerListField(
    "microbatch_request.returned", limit: Limits.microbatches, in: 0...Limits.microbatch)

  init(_ wire: Tare__V1__MicrobatchRequest) throws(MessageError) {
    self.init(
      number: try unsafe Self.numberField.read(wire.number),
      capacity: try unsafe Self.capacityField.read(wire.capacity),
      applied: try unsafe Self.appliedField.read(wire.applied, count: wire.n_applied),
      returned: try unsafe Self.returnedField.read(wire.returned, count: wire.n_returned))
  }

  func write(to wire: inout Tare__V1__MicrobatchRequest, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    unsafe wire.capacity = try Self.capacityField.write(capacity)
    unsafe wire.n_applied = applied.count
    unsafe wire.applied = try Self.appliedField.write(applied, in: draft)
    unsafe wire.n_returned = returned.count
    unsafe wire.returned = try Self.returnedField.write(returned, in: draft)
  }
}

extension MicrobatchGrant: @unsafe WireValue {
  private static let numberField = IntegerField("microbatch_grant.number", in: 0...Limits.version)
  private static let microbatchesField = IntegerListField(
    "microbatch_grant.microbatches", limit: Limits.microbatches, in: 0...Limits.microbatch)

  init(_ wire: Tare__V1__MicrobatchGrant) throws(MessageError) {
    self.init(
      number: try unsafe Self.numberField.read(wire.number),
      microbatches: try unsafe Self.microbatchesField.read(wire.microbatches, count: wire.n_microbatches))
  }

  func write(to wire: inout Tare__V1__MicrobatchGrant, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    unsafe wire.n_microbatches = microbatches.count
    unsafe wire.microbatches = try Self.microbatchesField.write(microbatches, in: draft)
  }
}
