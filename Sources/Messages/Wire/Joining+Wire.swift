import CTareMessages

extension Hello.Role {
  static func field(_ name: String) -> ChoiceField<Hello.Role, Tare__V1__Role> {
    ChoiceField(name, [(.server, TARE__V1__ROLE__ROLE_SERVER), (.worker, TARE__V1__ROLE__ROLE_WORKER)])
  }
}

extension Hello: @unsafe WireValue {
  private static let role = Role.field("hello.role")
  private static let rank = IntegerField("hello.rank", in: 0...Limits.members)
  private static let specHash = TextField("hello.spec_hash")
  private static let host = TextField("hello.host")
  private static let processID = IntegerField("hello.process_id", in: 0...Int(Int32.max))
  private static let threads = IntegerField("hello.threads", in: 1...Limits.members)

  init(_ wire: Tare__V1__Hello) throws(MessageError) {
    let ranked = unsafe wire.assigned_case == TARE__V1__HELLO__ASSIGNED_RANK
    self.init(
      role: try unsafe Self.role.read(wire.role),
      rank: ranked ? try unsafe Self.rank.read(wire.rank) : nil,
      specHash: try unsafe Self.specHash.read(wire.spec_hash),
      host: try unsafe Self.host.read(wire.host),
      processID: try unsafe Self.processID.read(wire.process_id),
      threads: try unsafe Self.threads.read(wire.threads),
      incarnation: unsafe wire.incarnation, badge: unsafe wire.badge)
  }

  func write(to wire: inout Tare__V1__Hello, in draft: Draft) throws(MessageError) {
    unsafe wire.role = Self.role.write(role)
    if let rank {
      unsafe wire.assigned_case = TARE__V1__HELLO__ASSIGNED_RANK
      unsafe wire.rank = try Self.rank.write(rank)
    }
    unsafe wire.spec_hash = try Self.specHash.write(specHash, in: draft)
    unsafe wire.host = try Self.host.write(host, in: draft)
    unsafe wire.process_id = try Self.processID.write(processID)
    unsafe wire.threads = try Self.threads.write(threads)
    unsafe wire.incarnation = incarnation
    unsafe wire.badge = badge
  }
}

extension Welcome: @unsafe WireValue {
  private static let rank = IntegerField("welcome.rank", in: 0...Limits.members)
  private static let specJSON = TextField("welcome.spec_json", limit: Limits.spec)
  private static let specHash = TextField("welcome.spec_hash")
  private static let serverCount = IntegerField("welcome.server_count", in: 1...Limits.members)
  private static let workerCount = IntegerField("welcome.worker_count", in: 1...Limits.members)

  init(_ wire: Tare__V1__Welcome) throws(MessageError) {
    self.init(
      rank: try unsafe Self.rank.read(wire.rank), specJSON: try unsafe Self.specJSON.read(wire.spec_json),
      specHash: try unsafe Self.specHash.read(wire.spec_hash),
      serverCount: try unsafe Self.serverCount.read(wire.server_count),
      workerCount: try unsafe Self.workerCount.read(wire.worker_count), isTraced: unsafe wire.is_traced != 0)
  }

  func write(to wire: inout Tare__V1__Welcome, in draft: Draft) throws(MessageError) {
    unsafe wire.rank = try Self.rank.write(rank)
    unsafe wire.spec_json = try Self.specJSON.write(specJSON, in: draft)
    unsafe wire.spec_hash = try Self.specHash.write(specHash, in: draft)
    unsafe wire.server_count = try Self.serverCount.write(serverCount)
    unsafe wire.worker_count = try Self.workerCount.write(workerCount)
    unsafe wire.is_traced = isTraced ? 1 : 0
  }
}

extension Refused: @unsafe WireValue {
  private static let exitCode = IntegerField("refused.exit_code", in: 0...255)
  private static let sentence = SentenceField("refused.sentence")

  init(_ wire: Tare__V1__Refused) throws(MessageError) {
    self.init(
      exitCode: try unsafe Self.exitCode.read(wire.exit_code), sentence: try unsafe Self.sentence.read(wire.sentence))
  }

  func write(to wire: inout Tare__V1__Refused, in draft: Draft) throws(MessageError) {
    unsafe wire.exit_code = try Self.exitCode.write(exitCode)
    unsafe wire.sentence = Self.sentence.write(sentence, in: draft)
  }
}

extension Ready: @unsafe WireValue {
  private static let fingerprint = TextField("ready.fingerprint")
  private static let endpoint = TextField("ready.endpoint")
  private static let isa = TextField("ready.isa")

  init(_ wire: Tare__V1__Ready) throws(MessageError) {
    self.init(
      fingerprint: try unsafe Self.fingerprint.read(wire.fingerprint),
      endpoint: try unsafe Self.endpoint.read(wire.endpoint), isa: try unsafe Self.isa.read(wire.isa))
  }

  func write(to wire: inout Tare__V1__Ready, in draft: Draft) throws(MessageError) {
    unsafe wire.fingerprint = try Self.fingerprint.write(fingerprint, in: draft)
    unsafe wire.endpoint = try Self.endpoint.write(endpoint, in: draft)
    unsafe wire.isa = try Self.isa.write(isa, in: draft)
  }
}
