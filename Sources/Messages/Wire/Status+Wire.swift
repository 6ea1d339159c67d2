import CTareMessages

extension StatusRequest: @unsafe WireValue {
  private static let drain = IntegerField("statusRequest.drain", in: 0...Limits.members)

  init(_ wire: Tare__V1__StatusRequest) throws(MessageError) {
    let isRequest = unsafe wire.request_case == TARE__V1__STATUS_REQUEST__REQUEST_DRAIN
    self.init(drain: isRequest ? try unsafe Self.drain.read(wire.drain) : nil)
  }

  func write(to wire: inout Tare__V1__StatusRequest, in draft: Draft) throws(MessageError) {
    guard let drain else { return }
    unsafe wire.request_case = TARE__V1__STATUS_REQUEST__REQUEST_DRAIN
    unsafe wire.drain = try Self.drain.write(drain)
  }
}

extension StatusReply: @unsafe WireValue {
  private static let count = IntegerField("the length of statusReply.members", in: 0...Limits.list)
  private static let version = IntegerField("statusReply.version", in: 0...Limits.version)
  private static let sentence = SentenceField("statusReply.sentence")

  init(_ wire: Tare__V1__StatusReply) throws(MessageError) {
    var members: [MemberStatus] = []
    for index in 0..<(try unsafe Self.count.read(wire.n_members)) {
      members.append(try unsafe MemberStatus(at: wire.members?[index], "statusReply.members"))
    }
    self.init(
      members: members, version: try unsafe Self.version.read(wire.version),
      sentence: try unsafe Self.sentence.read(wire.sentence), isRefused: unsafe wire.is_refused != 0)
  }

  func write(to wire: inout Tare__V1__StatusReply, in draft: Draft) throws(MessageError) {
    unsafe wire.n_members = try Self.count.write(members.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__StatusReply__MemberStatus>?> = unsafe draft.list(
      of: members.count)
    for (index, place) in members.enumerated() {
      unsafe list[index] = try draft.make(place, tare__v1__status_reply__member_status__init)
    }
    unsafe wire.members = unsafe list
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.sentence = Self.sentence.write(sentence, in: draft)
    unsafe wire.is_refused = isRefused ? 1 : 0
  }
}

extension StatusReply.MemberStatus: @unsafe WireValue {
  private static let rank = IntegerField("statusReply.members.rank", in: 0...Limits.members)
  private static let host = TextField("statusReply.members.host")
  private static let processID = IntegerField("statusReply.members.process_id", in: 0...Int(Int32.max))
  private static let progress = IntegerField("statusReply.members.progress", in: 0...Limits.version)
  private static let microbatches = IntegerField("statusReply.members.microbatches", in: 0...Limits.leaves)

  init(_ wire: Tare__V1__StatusReply__MemberStatus) throws(MessageError) {
    self.init(
      role: try unsafe Hello.Role.field("statusReply.members.role").read(wire.role),
      rank: try unsafe Self.rank.read(wire.rank), host: try unsafe Self.host.read(wire.host),
      processID: try unsafe Self.processID.read(wire.process_id),
      progress: try unsafe Self.progress.read(wire.progress),
      microbatches: try unsafe Self.microbatches.read(wire.microbatches))
  }

  func write(to wire: inout Tare__V1__StatusReply__MemberStatus, in draft: Draft) throws(MessageError) {
    unsafe wire.role = Hello.Role.field("statusReply.members.role").write(role)
    unsafe wire.rank = try Self.rank.write(rank)
    unsafe wire.host = try Self.host.write(host, in: draft)
    unsafe wire.process_id = try Self.processID.write(processID)
    unsafe wire.progress = try Self.progress.write(progress)
    unsafe wire.microbatches = try Self.microbatches.write(microbatches)
  }
}
