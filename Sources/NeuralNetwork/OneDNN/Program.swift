import OneDNN
import Parameters

/// Collects the operations of one network in the order in which they run, and the tensors between them.
///
/// Ownership: a tensor passed to a function here is transferred unless the function's documentation says otherwise; a
/// returned tensor is owned by the caller, which releases it after its last use.
final class Program {
  let engine: Engine
  let samples: Int
  /// Of the tensors between layers.
  let element: TensorDescriptor.Element
  /// Of the tensors that products read and write. If it is float32 and the other bfloat16, they read rounded numbers, and their
  /// outputs are rounded where they are read.
  let productElement: TensorDescriptor.Element
  private(set) var plan: StoragePlan
  private var plans: [StoragePlan] = []
  private var operations: [any Operation] = []
  private var parameters: [(memory: Memory, offset: Int)] = []
  /// Convert the parameters from the views in `weightViews`.
  private(set) var loading: [any Operation] = []
  /// Plain views of the flat weights, bound to an address on every load.
  private(set) var weightViews: [(memory: Memory, offset: Int)] = []
  /// Plain views of the gradient, bound to an address on every call.
  private(set) var gradientViews: [(memory: Memory, offset: Int)] = []
  /// The convolutions and dense layers among all operations, forward and backward.
  private(set) var products: [any Operation] = []
  /// How many operations of the backward pass have run when the gradient at an offset is complete.
  private(set) var storedGradients: [(position: Int, offset: Int)] = []

  init(
    samples: Int, of element: TensorDescriptor.Element, multiplying productElement: TensorDescriptor.Element,
    on engine: Engine
  ) {
    self.samples = samples
    self.element = element
    self.productElement = productElement
    self.engine = engine
    plan = StoragePlan(on: engine)
  }

  /// Adds a primitive; the caller keeps ownership of its tensors.
  ///
  /// - Returns: its position in the list since the last `takeOperations`.
  @discardableResult
  func append(
    _ descriptor: PrimitiveDescriptor, _ arguments: [(Primitive.Argument, Memory)]
  ) throws(OneDNNError) -> Int {
    append(try primitive(descriptor, arguments))
  }

  /// Adds an operation of Tare's own; returns its position likewise.
  @discardableResult
  func append(_ operation: any Operation) -> Int {
    operations.append(operation)
    return operations.count - 1
  }

  /// Adds a convolution or a dense layer, or one of its gradients, as `append` does.
  func appendProduct(
    _ descriptor: PrimitiveDescriptor, _ arguments: [(Primitive.Argument, Memory)]
  ) throws(OneDNNError) {
    appendProduct(try primitive(descriptor, arguments))
  }

  /// Adds a product that consists of the operations that `body` adds. It must not store gradients: positions would count within it.
  func appendProduct(of body: () throws(OneDNNError) -> Void) throws(OneDNNError) {
    let before = takeOperations()
    try body()
    let product = OperationSequence(operations: takeOperations())
    operations = before
    appendProduct(product)
  }

  private func appendProduct(_ operation: any Operation) {
    products.append(operation)
    append(operation)
  }

  /// The operations collected so far; the next ones begin a new list.
  func takeOperations() -> [any Operation] {
    defer { operations = [] }
    return operations
  }

  /// Allocates storage for the tensors taken so far; later ones get a block of their own.
  func commit() throws(OneDNNError) {
    try plan.commit()
    plans.append(plan)
    plan = StoragePlan(on: engine)
  }

  /// Bytes of all committed tensors and of the parameters.
  var byteCount: Int { (plans.map(\.byteCount) + parameters.map(\.memory.descriptor.byteCount)).reduce(0, +) }

  /// `memory` itself if it has the layout, a copy in it otherwise.
  func arranged(_ memory: Memory, as descriptor: TensorDescriptor) throws(OneDNNError) -> Memory {
    guard memory.descriptor != descriptor else { return memory }
    let copy = try plan.take(descriptor)
    append(try reorder(memory, into: copy))
    plan.release(memory)
    return copy
  }

  /// `memory` itself if its elements are those between layers, a copy in their format otherwise.
  func rounded(_ memory: Memory) throws(OneDNNError) -> Memory {
    try arranged(memory, as: memory.descriptor.with(element))
  }

  /// `memory` itself if its elements are those that products read, a copy in their format otherwise, which can serve several.
  func multiplicand(_ memory: Memory) throws(OneDNNError) -> Memory {
    try arranged(memory, as: memory.descriptor.with(productElement))
  }

  /// A parameter in the layout `descriptor`: every load reads it from the flat vector at `offset`, where it is in plain
  /// order. Equal requests return the same tensor, which the program owns.
  ///
  /// Always a copy, even if the layouts agree, so that primitives see aligned memory wherever the flat vector begins;
  /// `parameterInPlace` is for those that need none.
  func parameter(_ extents: [Int], at offset: Int, as descriptor: TensorDescriptor) throws(OneDNNError) -> Memory {
    if let held = held(at: offset, as: descriptor) { return held }
    let view = try Memory(unbound: TensorDescriptor(plain: extents), on: engine)
    weightViews.append((view, offset))
    return try converted(view, at: offset, as: descriptor)
  }

  /// A parameter likewise, whose numbers are rounded as those between layers are.
  func roundedParameter(
    _ extents: [Int], at offset: Int, as descriptor: TensorDescriptor
  ) throws(OneDNNError) -> Memory {
    guard descriptor.element != element else { return try parameter(extents, at: offset, as: descriptor) }
    if let held = held(at: offset, as: descriptor) { return held }
    let rounded = try parameter(extents, at: offset, as: TensorDescriptor(plain: extents, of: element))
    return try converted(rounded, at: offset, as: descriptor)
  }

  private func held(at offset: Int, as descriptor: TensorDescriptor) -> Memory? {
    parameters.first { $0.offset == offset && $0.memory.descriptor == descriptor }?.memory
  }

  private func converted(
    _ source: Memory, at offset: Int, as descriptor: TensorDescriptor
  ) throws(OneDNNError) -> Memory {
    let memory = try Memory(descriptor, on: engine)
    parameters.append((memory, offset))
    loading.append(try reorder(source, into: memory))
    return memory
  }

  /// What a parameter is transformed into by every load; the program owns the tensor.
  ///
  /// - Parameter transformation: from the parameter in plain order, at any address, into the tensor.
  func transformedParameter(
    _ extents: [Int], at offset: Int, as descriptor: TensorDescriptor,
    by transformation: (_ source: Memory, _ destination: Memory) -> any Operation
  ) throws(OneDNNError) -> Memory {
    let view = try parameterInPlace(extents, at: offset)
    let memory = try Memory(descriptor, on: engine)
    parameters.append((memory, offset))
    loading.append(transformation(view, memory))
    return memory
  }

  /// A parameter in the flat vector at `offset` itself, for operations that read it in plain order and at any address. The
  /// program owns the tensor.
  func parameterInPlace(_ extents: [Int], at offset: Int) throws(OneDNNError) -> Memory {
    let view = try Memory(unbound: TensorDescriptor(plain: extents), on: engine)
    weightViews.append((view, offset))
    return view
  }

  /// 1 where both channels are the same, for a 1×1 convolution that changes nothing; the program owns it.
  func identity(_ extents: [Int], as descriptor: TensorDescriptor) throws(OneDNNError) -> Memory {
    let plain = try Memory(TensorDescriptor(plain: extents), on: engine)
    for channel in 0..<min(extents[0], extents[1]) { unsafe plain.floats?[channel * extents[1] + channel] = 1 }
    let memory = try Memory(descriptor, on: engine)
    loading.append(try reorder(plain, into: memory))
    return memory
  }

  /// A parameter's gradient in the flat vector at `offset` itself, for an operation that writes it in plain order and at any
  /// address, and is the next one to be added. The program owns the tensor.
  func gradientInPlace(_ extents: [Int], at offset: Int) throws(OneDNNError) -> Memory {
    let view = try Memory(unbound: TensorDescriptor(plain: extents), on: engine)
    gradientViews.append((view, offset))
    storedGradients.append((operations.count + 1, offset))
    return view
  }

  /// Writes a parameter's gradient into the flat vector at `offset`, in plain order.
  func storeGradient(_ memory: Memory, _ extents: [Int], at offset: Int) throws(OneDNNError) {
    let view = try Memory(unbound: TensorDescriptor(plain: extents), on: engine)
    gradientViews.append((view, offset))
    append(try reorder(memory, into: view))
    storedGradients.append((operations.count, offset))
    plan.release(memory)
  }

  private func reorder(_ source: Memory, into destination: Memory) throws(OneDNNError) -> Primitive {
    let descriptor = try PrimitiveDescriptor(
      reorderFrom: source.descriptor, to: destination.descriptor, on: engine)
    return try primitive(descriptor, [(.source, source), (.destination, destination)])
  }

  /// Creates a primitive with the scratch memory that it requires.
  private func primitive(
    _ descriptor: PrimitiveDescriptor, _ arguments: [(Primitive.Argument, Memory)]
  ) throws(OneDNNError) -> Primitive {
    guard descriptor.scratchpad.byteCount > 0 else { return try Primitive(descriptor, arguments) }
    let scratchpad = try plan.take(descriptor.scratchpad)
    defer { plan.release(scratchpad) }
    return try Primitive(descriptor, arguments + [(.scratchpad, scratchpad)])
  }
}
