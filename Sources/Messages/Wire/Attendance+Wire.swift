import CTareMessages

extension Inquiry: @unsafe WireValue {
  private static let drain = IntegerField("inquiry.drain", in: 0...Limits.members)

  init(_ wire: Tare__V1__Inquiry) throws(MessageError) {
    let isRequest = unsafe wire.request_case == TARE__V1__INQUIRY__REQUEST_DRAIN
    self.init(drain: isRequest ? try unsafe Self.drain.read(wire.drain) : nil)
  }

  func write(to wire: inout Tare__V1__Inquiry, in draft: Draft) throws(MessageError) {
    guard let drain else { return }
    unsafe wire.request_case = TARE__V1__INQUIRY__REQUEST_DRAIN
    unsafe wire.drain = try Self.drain.write(drain)
  }
}

extension Attendance: @unsafe WireValue {
  private static let count = IntegerField("the length of attendance.places", in: 0...Limits.list)
  private static let version = IntegerField("attendance.version", in: 0...Limits.version)
  private static let sentence = SentenceField("attendance.sentence")

  init(_ wire: Tare__V1__Attendance) throws(MessageError) {
    var places: [Place] = []
    for index in 0..<(try unsafe Self.count.read(wire.n_places)) {
      places.append(try unsafe Place(at: wire.places?[index], "attendance.places"))
    }
    self.init(
      places: places, version: try unsafe Self.version.read(wire.version),
      sentence: try unsafe Self.sentence.read(wire.sentence), isRefused: unsafe wire.is_refused != 0)
  }

  func write(to wire: inout Tare__V1__Attendance, in draft: Draft) throws(MessageError) {
    unsafe wire.n_places = try Self.count.write(places.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__Attendance__Place>?> = unsafe draft.list(
      of: places.count)
    for (index, place) in places.enumerated() {
      unsafe list[index] = try draft.make(place, tare__v1__attendance__place__init)
    }
    unsafe wire.places = unsafe list
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.sentence = Self.sentence.write(sentence, in: draft)
    unsafe wire.is_refused = isRefused ? 1 : 0
  }
}

extension Attendance.Place: @unsafe WireValue {
  private static let rank = IntegerField("attendance.places.rank", in: 0...Limits.members)
  private static let host = TextField("attendance.places.host")
  private static let processID = IntegerField("attendance.places.process_id", in: 0...Int(Int32.max))
  private static let progress = IntegerField("attendance.places.progress", in: 0...Limits.version)
  private static let microbatches = IntegerField("attendance.places.microbatches", in: 0...Limits.leaves)

  init(_ wire: Tare__V1__Attendance__Place) throws(MessageError) {
    self.init(
      role: try unsafe Hello.Role.field("attendance.places.role").read(wire.role),
      rank: try unsafe Self.rank.read(wire.rank), host: try unsafe Self.host.read(wire.host),
      processID: try unsafe Self.processID.read(wire.process_id),
      progress: try unsafe Self.progress.read(wire.progress),
      microbatches: try unsafe Self.microbatches.read(wire.microbatches))
  }

  func write(to wire: inout Tare__V1__Attendance__Place, in draft: Draft) throws(MessageError) {
    unsafe wire.role = Hello.Role.field("attendance.places.role").write(role)
    unsafe wire.rank = try Self.rank.write(rank)
    unsafe wire.host = try Self.host.write(host, in: draft)
    unsafe wire.process_id = try Self.processID.write(processID)
    unsafe wire.progress = try Self.progress.write(progress)
    unsafe wire.microbatches = try Self.microbatches.write(microbatches)
  }
}
