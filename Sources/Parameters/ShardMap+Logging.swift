extension Parameter {
  /// Whether the metrics follow this tensor filter by filter: weights, before a normalization or not.
  package var isLogged: Bool { role == .weight }
}

extension ParameterLayout {
  /// Σ w² of every filter of the logged tensors in `vector`, times `scale`; in network order.
  package func squaredNormsOfLoggedFilters<Scalar: KernelScalar>(
    in vector: Buffer<Scalar>, times scale: Double
  ) -> [Double] {
    precondition(vector.count == count, "a vector of this layout")
    return parameters.enumerated().filter { $1.isLogged }.flatMap { index, parameter in
      let norms = unsafe Scalar.squaredNorms(
        ofRows: vector.start + offsets[index], rows: parameter.filterCount, rowLength: parameter.filterLength)
      return norms.map { $0 * scale }
    }
  }
}

extension ShardMap {
  /// Which of the network's logged filters, counted in network order, lie on server `server`.
  package func loggedFilters(of server: Int) -> Range<Int> {
    let counts = (0...server).map { server in
      slices(of: server).reduce(0) { $0 + (layout.parameters[$1.parameter].isLogged ? $1.filters.count : 0) }
    }
    let start = counts.dropLast().reduce(0, +)
    return start..<(start + counts[server])
  }
}
