import Optimization
import ParameterServer
import Parameters

extension HotPath {
  /// What a server does with the gradient of a whole step, of 4 filters of 256 weights: its sum, its update and the weights that its
  /// sender is sent.
  static let servers = [
    HotPath("server push") {
      let parameter = Parameter(
        layer: "w", shape: Shape(4, 256), role: .weight, group: .weights, initializer: .constant(1))
      let layout = ParameterLayout([parameter])
      let update = try TensorUpdate(rule: UpdateRules.make(name: "momentum"))
      let shard = ParameterShard<Float>(
        slices: ShardMap(layout: layout, serverCount: 1).slices(of: 0), layout: layout,
        initial: InitialWeights(layout: layout, seed: 1), batch: 1, microbatches: 1,
        treatments: [parameter: .train(update, learningRate: 0.01)], factor: { _ in 1 }, reportsAfter: { _ in false })
      var server = ParameterServer<Float, Peer>(shard: shard, tree: ReductionTree(leafCount: 1))
      let orders = ServerOrders(
        number: 1, version: 0, horizon: .max, reported: 0, contributors: [.init(rank: 0, badge: 1)])
      _ = server.handle(.orders(generation: 1, orders))
      let worker = Peer(identity: Peer.identity(showing: 1))
      let gradient = Buffer<Float>(count: layout.count)
      var version = 0
      return {
        let push = ParameterServer<Float, Peer>.Push(
          step: version, node: .init(start: 0, count: 1), tally: Tally(lossSum: 1, samples: 1), gradient: gradient)
        let effects = server.handle(.push(worker, badge: worker.badge, generation: 1, push))
        guard case .weights = effects.first else { preconditionFailure("the push is answered with weights") }
        version += 1
        consume(effects)
      }
    }
  ]
}
