import Parameters

/// Checks whether a layer fits in its position.
extension Assembly {
  func check(_ index: Int) throws(NetworkError) {
    let layer = chain.layers[index]
    func refuse(_ problem: String) -> NetworkError { .layer(index: index, kind: layer.kind, problem: problem) }
    let extents = 1...Architecture.largestExtent
    switch layer {
    case .convolution(let outputs, let kernel, let stride):
      guard !isFlat else { throw refuse("an image layer cannot follow flatten") }
      guard extents.contains(outputs) else {
        throw refuse("outputs is \(outputs); it must be from 1 to \(Architecture.largestExtent)")
      }
      guard kernel % 2 == 1, (1...31).contains(kernel) else {
        throw refuse("kernel is \(kernel); it must be an odd number from 1 to 31")
      }
      guard (1...31).contains(stride) else { throw refuse("stride is \(stride); it must be from 1 to 31") }
    case .dense(let outputs):
      guard isFlat else { throw refuse("a dense layer reads a flat vector: put flatten before it") }
      guard extents.contains(outputs) else {
        throw refuse("outputs is \(outputs); it must be from 1 to \(Architecture.largestExtent)")
      }
    case .maxPool(let window), .averagePool(let window):
      guard !isFlat else { throw refuse("an image layer cannot follow flatten") }
      try check(window, refuse)
    case .globalAveragePool:
      guard !isFlat else { throw refuse("an image layer cannot follow flatten") }
    case .flatten:
      guard !isFlat else { throw refuse("the vector is flat already") }
      guard case .dense = chain.next(after: index) else { throw refuse("a dense layer must follow it") }
    case .batchNormalization(let epsilon): try check(epsilon, index)
    case .groupNormalization(let groups, let epsilon):
      try check(epsilon, index)
      try check(groups: groups, index)
    case .rmsNormalization(let epsilon):
      try check(epsilon, index)
      guard shape.count > 1 else { throw refuse("one value has no scale but its own: its input must be larger") }
    case .weightNormalization:
      switch stages.last?.layer {
      case .convolution, .dense: break
      default: throw refuse("it must directly follow a convolution or a dense layer")
      }
      guard chain.next(after: index)?.isNormalization != true else {
        throw refuse("no other normalization can directly follow it")
      }
    case .dropout(let rate):
      guard (0..<1).contains(rate) else { throw refuse("rate is \(rate); it must be from 0 to below 1") }
    case .save(let tag):
      guard saved[tag] == nil else { throw refuse("\(tag) is saved already and was not added yet") }
      guard chain.layers[(index + 1)...].contains(.add(tag)) else { throw refuse("\(tag) is never added") }
    case .add(let tag):
      guard let kept = saved[tag] else { throw refuse("nothing is saved as \(tag)") }
      guard kept.isFlat == isFlat, !isFlat || kept.shape == shape else {
        throw refuse(
          "\(tag) is \(kept.shape), which cannot be added to a vector of \(shape.count); accepted: a vector of the same length, "
            + "saved after flatten")
      }
      guard Shortcut(from: kept.shape, to: shape).isPossible else {
        throw refuse(
          "\(tag) is \(kept.shape), which cannot be added to \(shape); accepted: as many channels or fewer, and the height and "
            + "width divided by a whole number, rounded up")
      }
    case .relu, .gelu:
      break
    }
    guard chain.next(after: index) == nil else { return }
    guard case .dense(let classes) = layer, classes <= 256 else {
      throw refuse("the last layer must be dense with at most 256 outputs, one a class")
    }
  }

  private func check(_ epsilon: Double, _ index: Int) throws(NetworkError) {
    guard epsilon >= 0, epsilon.isFinite else {
      throw .constant(.epsilon, index: index, value: "\(epsilon)", accepted: "a number, 0 or more")
    }
  }

  private func check(groups: Int, _ index: Int) throws(NetworkError) {
    let layer = stages.last?.name ?? "the image"
    guard groups > 0, shape.channels.isMultiple(of: groups) else {
      throw .constant(
        .groups, index: index, value: "\(groups)",
        accepted: "a divisor of the \(shape.channels) channels of \(layer)")
    }
    guard shape.count / groups > 1 else {
      throw .constant(
        .groups, index: index, value: "\(groups)",
        accepted: "less than the \(shape.channels) channels of \(layer), because one value has no variance")
    }
  }

  private func check(_ window: Layer.Window, _ refuse: (String) -> NetworkError) throws(NetworkError) {
    let extents = 1...Architecture.largestExtent
    guard extents.contains(window.size), extents.contains(window.stride) else {
      throw refuse("size \(window.size) and stride \(window.stride) must be from 1 to \(Architecture.largestExtent)")
    }
    guard (0...window.size / 2).contains(window.padding) else {
      throw refuse("padding is \(window.padding); it must be from 0 to half the size")
    }
    guard min(shape.height, shape.width) + 2 * window.padding >= window.size else {
      throw refuse("a window of \(window.size) does not fit into \(shape) with padding \(window.padding)")
    }
  }
}
