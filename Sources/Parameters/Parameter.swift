/// One named tensor that the servers hold: a weight, γ, β, a bias, or a running statistic.
///
/// The elements are stored in row-major order, so a *filter* (all weights that feed one output) is one contiguous row.
package struct Parameter: Hashable, Sendable, Codable {
  /// Unique in the network, `<layer>.<role>`, e.g. `conv1.weight`.
  package let name: String
  package let shape: Shape
  package let role: Role
  package let group: Group
  package let invariance: ScaleInvariance
  /// Of γ and β: whether both together can be scaled by one α > 0 without changing the network's function, because a
  /// later normalization removes the scale.
  package let isJointlyInvariant: Bool
  package let initializer: Initializer

  package init(
    layer: String, shape: Shape, role: Role, group: Group,
    invariance: ScaleInvariance = .none, isJointlyInvariant: Bool = false, initializer: Initializer
  ) {
    name = "\(layer).\(role.rawValue)"
    self.shape = shape
    self.role = role
    self.group = group
    self.invariance = invariance
    self.isJointlyInvariant = isJointlyInvariant
    self.initializer = initializer
  }

  /// The layer's name: everything before the last dot.
  package var layer: String { String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)]) }

  /// Outputs of the layer; each owns one row.
  package var filterCount: Int { shape.extents[0] }

  /// Elements in one filter.
  package var filterLength: Int { shape.count / filterCount }

  package enum Role: String, Hashable, Sendable, Codable {
    case weight, gamma, beta, bias
    case runningMean = "running_mean"
    case runningVariance = "running_var"

    /// Statistics are averaged over steps, not trained.
    package var isStatistic: Bool { self == .runningMean || self == .runningVariance }
  }

  /// Parameters that share one learning rate and one penalty.
  package enum Group: String, Hashable, Sendable, Codable, CaseIterable {
    /// Weights before a normalization.
    case weights
    /// γ and β of the normalizations.
    case gammaBeta
    /// The last layer, weight and bias.
    case head
    /// Running means and variances: no learning rate.
    case statistics
  }

  /// Which sets of weights can be scaled by α > 0 without changing the network's function.
  package enum ScaleInvariance: Hashable, Sendable, Codable {
    case none
    /// Each run of this many consecutive filters by its own α: the channels of one group before group norm, all filters
    /// before layer norm. The number divides the tensor's filter count.
    case groups(ofFilters: Int)

    /// Each filter by its own α: before batch norm or weight norm.
    package static let filter = groups(ofFilters: 1)

    /// Filters that share one α; 1 if the weights are not scale-invariant.
    package var filtersPerGroup: Int {
      if case .groups(let filters) = self { filters } else { 1 }
    }
  }

  /// The value before the first step.
  package enum Initializer: Hashable, Sendable, Codable {
    /// Normal with standard deviation √(2 / fanIn) (He et al. 2015, arXiv:1502.01852): ‖w_f‖ ≈ √2.
    case heNormal(fanIn: Int)
    /// Uniform on ±1/√fanIn, the usual initialization of a linear head.
    case uniform(fanIn: Int)
    case constant(Double)
  }
}
