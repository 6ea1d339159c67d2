import CTareMessages
import Parameters

extension ServerOrders: @unsafe WireValue {
  private static let numberField = IntegerField("server_orders.number", in: 0...Limits.version)
  private static let versionField = IntegerField("server_orders.version", in: 0...Limits.version)
  private static let horizonField = IntegerField("server_orders.horizon", in: 0...Limits.version)
  private static let collectField = IntegerField("server_orders.collect", in: 0...Limits.version)
  private static let reportedField = IntegerField("server_orders.reported", in: 0...Limits.version)
  private static let contributorCountField = IntegerField(
    "the length of server_orders.contributors", in: 0...Limits.members)

  init(_ wire: Tare__V1__ServerOrders) throws(MessageError) {
    var contributors: [Contributor] = []
    for index in 0..<(try unsafe Self.contributorCountField.read(wire.n_contributors)) {
      contributors.append(try unsafe Contributor(at: wire.contributors?[index], "server_orders.contributors"))
    }
    let isKept = unsafe wire.kept_case == TARE__V1__SERVER_ORDERS__KEPT_COLLECT
    self.init(
      number: try unsafe Self.numberField.read(wire.number), version: try unsafe Self.versionField.read(wire.version),
      horizon: try unsafe Self.horizonField.read(wire.horizon),
      collect: isKept ? try unsafe Self.collectField.read(wire.collect) : nil,
      reported: try unsafe Self.reportedField.read(wire.reported), contributors: contributors)
  }

  func write(to wire: inout Tare__V1__ServerOrders, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    unsafe wire.version = try Self.versionField.write(version)
    unsafe wire.horizon = try Self.horizonField.write(horizon)
    if let collect {
      unsafe wire.kept_case = TARE__V1__SERVER_ORDERS__KEPT_COLLECT
      unsafe wire.collect = try Self.collectField.write(collect)
    }
    unsafe wire.reported = try Self.reportedField.write(reported)
    unsafe wire.n_contributors = try Self.contributorCountField.write(contributors.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__Contributor>?> = unsafe draft.list(
      of: contributors.count)
    for (index, contributor) in contributors.enumerated() {
      unsafe list[index] = try draft.make(contributor, tare__v1__contributor__init)
    }
    unsafe wire.contributors = unsafe list
  }
}

extension ServerOrders.Contributor: @unsafe WireValue {
  private static let rankField = IntegerField("contributor.rank", in: 0...Limits.members)

  init(_ wire: Tare__V1__Contributor) throws(MessageError) {
    self.init(rank: try unsafe Self.rankField.read(wire.rank), badge: unsafe wire.badge)
  }

  func write(to wire: inout Tare__V1__Contributor, in draft: Draft) throws(MessageError) {
    unsafe wire.rank = try Self.rankField.write(rank)
    unsafe wire.badge = badge
  }
}

extension WorkerOrders: @unsafe WireValue {
  private static let numberField = IntegerField("worker_orders.number", in: 0...Limits.version)
  private static let versionField = IntegerField("worker_orders.version", in: 0...Limits.version)
  private static let endpointCountField = IntegerField("the length of worker_orders.endpoints", in: 0...Limits.list)
  private static let endpointField = TextField("worker_orders.endpoints")
  private static let nodesField = NodeListField("worker_orders.nodes")

  init(_ wire: Tare__V1__WorkerOrders) throws(MessageError) {
    var endpoints: [String] = []
    for index in 0..<(try unsafe Self.endpointCountField.read(wire.n_endpoints)) {
      endpoints.append(try unsafe Self.endpointField.read(wire.endpoints?[index]))
    }
    self.init(
      number: try unsafe Self.numberField.read(wire.number), version: try unsafe Self.versionField.read(wire.version),
      endpoints: endpoints, nodes: try unsafe Self.nodesField.read(wire.nodes, count: wire.n_nodes),
      evaluation: unsafe wire.evaluation == nil
        ? nil : try Evaluation(at: wire.evaluation, "worker_orders.evaluation"))
  }

  func write(to wire: inout Tare__V1__WorkerOrders, in draft: Draft) throws(MessageError) {
    unsafe wire.number = try Self.numberField.write(number)
    unsafe wire.version = try Self.versionField.write(version)
    unsafe wire.n_endpoints = try Self.endpointCountField.write(endpoints.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe draft.list(of: endpoints.count)
    for (index, endpoint) in endpoints.enumerated() {
      unsafe list[index] = try Self.endpointField.write(endpoint, in: draft)
    }
    unsafe wire.endpoints = unsafe list
    unsafe wire.n_nodes = nodes.count
    unsafe wire.nodes = try Self.nodesField.write(nodes, in: draft)
    if let evaluation { unsafe wire.evaluation = try draft.make(evaluation, tare__v1__evaluation__init) }
  }
}

extension WorkerOrders.Evaluation: @unsafe WireValue {
  private static let versionField = IntegerField("evaluation.version", in: 0...Limits.version)
  private static let nodesField = NodeListField("evaluation.nodes")

  init(_ wire: Tare__V1__Evaluation) throws(MessageError) {
    self.init(
      version: try unsafe Self.versionField.read(wire.version),
      nodes: try unsafe Self.nodesField.read(wire.nodes, count: wire.n_nodes))
  }

  func write(to wire: inout Tare__V1__Evaluation, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.versionField.write(version)
    unsafe wire.n_nodes = nodes.count
    unsafe wire.nodes = try Self.nodesField.write(nodes, in: draft)
  }
}
