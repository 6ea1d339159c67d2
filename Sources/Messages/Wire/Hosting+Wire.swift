import CTareMessages
package import Parameters

extension HostedProcess.Role {
  static let field = ChoiceField<HostedProcess.Role, Tare__V1__Role>(
    "hosted_process.role", [(.server, TARE__V1__ROLE__ROLE_SERVER), (.worker, TARE__V1__ROLE__ROLE_WORKER)])
}

extension HostFacts: @unsafe WireValue {
  private static let nameField = TextField("host_hello.name")
  private static let slotsField = IntegerField("host_hello.slots", in: 1...Limits.members)
  private static let coresField = IntegerField("host_hello.cores", in: 1...Limits.members)
  private static let memoryField = IntegerField("host_hello.memory", in: 0...Limits.elements)
  private static let isaField = TextField("host_hello.isa")
  private static let versionField = TextField("host_hello.version")
  private static let addressField = TextField("host_hello.address")

  init(_ wire: Tare__V1__HostHello) throws(MessageError) {
    self.init(
      name: try unsafe Self.nameField.read(wire.name), incarnation: unsafe wire.incarnation,
      slots: try unsafe Self.slotsField.read(wire.slots), cores: try unsafe Self.coresField.read(wire.cores),
      memory: try unsafe Self.memoryField.read(wire.memory), isa: try unsafe Self.isaField.read(wire.isa),
      version: try unsafe Self.versionField.read(wire.version),
      address: try unsafe Self.addressField.read(wire.address))
  }

  func write(to wire: inout Tare__V1__HostHello, in draft: Draft) throws(MessageError) {
    unsafe wire.name = try Self.nameField.write(name, in: draft)
    unsafe wire.incarnation = incarnation
    unsafe wire.slots = try Self.slotsField.write(slots)
    unsafe wire.cores = try Self.coresField.write(cores)
    unsafe wire.memory = try Self.memoryField.write(memory)
    unsafe wire.isa = try Self.isaField.write(isa, in: draft)
    unsafe wire.version = try Self.versionField.write(version, in: draft)
    unsafe wire.address = try Self.addressField.write(address, in: draft)
  }
}

extension HostOrders: @unsafe WireValue {
  private static let numberField = IntegerField("host_orders.number", in: 0...Limits.version)
  private static let countField = IntegerField("the length of host_orders.processes", in: 0...Limits.members)

  init(_ wire: Tare__V1__HostOrders) throws(MessageError) {
    var processes: [HostedProcess] = []
    for index in 0..<(try unsafe Self.countField.read(wire.n_processes)) {
      processes.append(try unsafe HostedProcess(at: wire.processes?[index], "host_orders.processes"))
    }
    self.init(number: try unsafe Self.numberField.read(wire.number), processes: processes)
  }

  func write(to wire: inout Tare__V1__HostOrders, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    unsafe wire.n_processes = try Self.countField.write(processes.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__HostedProcess>?> = unsafe draft.list(
      of: processes.count)
    for (index, process) in processes.enumerated() {
      unsafe list[index] = try draft.make(process, tare__v1__hosted_process__init)
    }
    unsafe wire.processes = unsafe list
  }
}

extension HostedProcess: @unsafe WireValue {
  private static let idField = IntegerField("hosted_process.id", in: 0...Limits.version)
  private static let rankField = IntegerField("hosted_process.rank", in: 0...Limits.members)
  private static let portField = IntegerField("hosted_process.port", in: 1...65535)
  private static let keyField = TextField("hosted_process.key")

  init(_ wire: Tare__V1__HostedProcess) throws(MessageError) {
    self.init(
      id: try unsafe Self.idField.read(wire.id), role: try unsafe Role.field.read(wire.role),
      rank: try unsafe Self.rankField.read(wire.rank), incarnation: unsafe wire.incarnation,
      port: UInt16(try unsafe Self.portField.read(wire.port)), key: try unsafe Self.keyField.read(wire.key),
      isWithAll: unsafe wire.is_with_all != 0)
  }

  func write(to wire: inout Tare__V1__HostedProcess, in draft: Draft) throws(MessageError) {
    unsafe wire.id = try Self.idField.write(id)
    unsafe wire.role = Role.field.write(role)
    unsafe wire.rank = try Self.rankField.write(rank)
    unsafe wire.incarnation = incarnation
    unsafe wire.port = try Self.portField.write(Int(port))
    unsafe wire.key = try Self.keyField.write(key, in: draft)
    unsafe wire.is_with_all = isWithAll ? 1 : 0
  }
}

extension HostReport: @unsafe WireValue {
  private static let numberField = IntegerField("host_report.number", in: 0...Limits.version)
  private static let countField = IntegerField("the length of host_report.ended", in: 0...Limits.members)

  init(_ wire: Tare__V1__HostReport) throws(MessageError) {
    var ended: [Ending] = []
    for index in 0..<(try unsafe Self.countField.read(wire.n_ended)) {
      ended.append(try unsafe Ending(at: wire.ended?[index], "host_report.ended"))
    }
    self.init(number: try unsafe Self.numberField.read(wire.number), ended: ended)
  }

  func write(to wire: inout Tare__V1__HostReport, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    unsafe wire.n_ended = try Self.countField.write(ended.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__ProcessEnd>?> = unsafe draft.list(of: ended.count)
    for (index, ending) in ended.enumerated() {
      unsafe list[index] = try draft.make(ending, tare__v1__process_end__init)
    }
    unsafe wire.ended = unsafe list
  }
}

extension HostReport.Ending: @unsafe WireValue {
  private static let idField = IntegerField("process_end.id", in: 0...Limits.version)
  private static let howField = SentenceField("process_end.how")

  init(_ wire: Tare__V1__ProcessEnd) throws(MessageError) {
    self.init(id: try unsafe Self.idField.read(wire.id), how: try unsafe Self.howField.read(wire.how))
  }

  func write(to wire: inout Tare__V1__ProcessEnd, in draft: Draft) throws(MessageError) {
    unsafe wire.id = try Self.idField.write(id)
    unsafe wire.how = Self.howField.write(how, in: draft)
  }
}

extension HostProbe: @unsafe WireValue {
  private static let numberField = IntegerField("host_probe.number", in: 0...Limits.version)

  init(_ wire: Tare__V1__HostProbe) throws(MessageError) {
    let tensor =
      unsafe wire.tensor == nil ? nil : try unsafe TensorHeader(at: wire.tensor, "host_probe.tensor")
    self.init(number: try unsafe Self.numberField.read(wire.number), tensor: tensor)
  }

  func write(to wire: inout Tare__V1__HostProbe, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    if let tensor { unsafe wire.tensor = try draft.make(tensor, tare__v1__tensor_header__init) }
  }
}

extension HostProbeReply: @unsafe WireValue {
  private static let numberField = IntegerField("host_probe_reply.number", in: 0...Limits.version)

  init(_ wire: Tare__V1__HostProbeReply) throws(MessageError) {
    self.init(number: try unsafe Self.numberField.read(wire.number), time: unsafe wire.time)
  }

  func write(to wire: inout Tare__V1__HostProbeReply, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    unsafe wire.time = time
  }
}
