import OneDNN
import Parameters

/// Collects the primitives of one network in the order in which they run, and the tensors between them.
///
/// Ownership: a tensor handed to a function here is given away unless the function says otherwise; a tensor returned
/// belongs to the caller, who releases it after its last use.
final class Program {
  let engine: Engine
  let samples: Int
  private(set) var plan: StoragePlan
  private var plans: [StoragePlan] = []
  private var primitives: [Primitive] = []
  /// Plain windows into the flat vectors: where they begin is bound on every call.
  private(set) var weightViews: [(memory: Memory, offset: Int)] = []
  private(set) var gradientViews: [(memory: Memory, offset: Int)] = []

  init(samples: Int, on engine: Engine) {
    self.samples = samples
    self.engine = engine
    plan = StoragePlan(on: engine)
  }

  /// Adds a primitive; its tensors stay the caller's.
  ///
  /// - Returns: its position among those collected since `takePrimitives`.
  @discardableResult
  func append(
    _ descriptor: PrimitiveDescriptor, _ arguments: [(Primitive.Argument, Memory)]
  ) throws(OneDNNError) -> Int {
    var arguments = arguments
    if descriptor.scratchpad.byteCount > 0 {
      let scratchpad = try plan.take(descriptor.scratchpad)
      arguments.append((.scratchpad, scratchpad))
      plan.release(scratchpad)
    }
    primitives.append(try Primitive(descriptor, arguments))
    return primitives.count - 1
  }

  /// The primitives collected so far; the next ones begin a new list.
  func takePrimitives() -> [Primitive] {
    defer { primitives = [] }
    return primitives
  }

  /// Gives the tensors taken so far their storage; later ones get a block of their own.
  func commit() throws(OneDNNError) {
    try plan.commit()
    plans.append(plan)
    plan = StoragePlan(on: engine)
  }

  /// Bytes of all committed tensors.
  var byteCount: Int { plans.map(\.byteCount).reduce(0, +) }

  /// `memory` itself if it has the layout, a copy in it otherwise.
  func arranged(_ memory: Memory, as descriptor: TensorDescriptor) throws(OneDNNError) -> Memory {
    guard memory.descriptor != descriptor else { return memory }
    let copy = try plan.take(descriptor)
    try reorder(memory, into: copy)
    plan.release(memory)
    return copy
  }

  /// A parameter, read from the flat vector at `offset` in plain order and laid out as `descriptor`.
  func parameter(_ extents: [Int], at offset: Int, as descriptor: TensorDescriptor) throws(OneDNNError) -> Memory {
    let memory = try plan.take(descriptor)
    try loadParameter(extents, at: offset, into: memory)
    return memory
  }

  /// Reads a parameter into a tensor that stays the caller's. Always a copy, also where the layouts agree: primitives
  /// then see aligned memory wherever the flat vector begins.
  func loadParameter(_ extents: [Int], at offset: Int, into memory: Memory) throws(OneDNNError) {
    let view = try Memory(unbound: TensorDescriptor(plain: extents), on: engine)
    weightViews.append((view, offset))
    try reorder(view, into: memory)
  }

  /// Writes a parameter's gradient into the flat vector at `offset`, in plain order.
  func storeGradient(_ memory: Memory, _ extents: [Int], at offset: Int) throws(OneDNNError) {
    let view = try Memory(unbound: TensorDescriptor(plain: extents), on: engine)
    gradientViews.append((view, offset))
    try reorder(memory, into: view)
    plan.release(memory)
  }

  private func reorder(_ source: Memory, into destination: Memory) throws(OneDNNError) {
    let descriptor = try PrimitiveDescriptor(
      reorderFrom: source.descriptor, to: destination.descriptor, on: engine)
    try append(descriptor, [(.source, source), (.destination, destination)])
  }
}
