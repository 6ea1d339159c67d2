extension Parameter {
  /// Whether the metrics follow this tensor filter by filter: weights, before a normalization or not.
  package var isLogged: Bool { role == .weight }
}

extension ShardMap {
  /// How many filters of the segment the metrics follow.
  package func loggedFilters(ofSegment segment: Int) -> Int {
    slices(in: segments[segment].range).reduce(0) {
      $0 + (layout.parameters[$1.parameter].isLogged ? $1.filters.count : 0)
    }
  }

  /// Σ w² of every filter of the segment's logged tensors in `vector`, which holds the segment, times `scale`; in network order.
  package func squaredNormsOfLoggedFilters<Scalar: KernelScalar>(
    ofSegment segment: Int, in vector: Buffer<Scalar>, times scale: Double
  ) -> [Double] {
    precondition(vector.count == segments[segment].range.count, "a vector of the segment's size")
    return slices(in: segments[segment].range).flatMap { slice -> [Double] in
      let parameter = layout.parameters[slice.parameter]
      guard parameter.isLogged else { return [] }
      let norms = unsafe Scalar.squaredNorms(
        ofRows: vector.start + slice.range.lowerBound, rows: slice.filters.count, rowLength: parameter.filterLength)
      return norms.map { $0 * scale }
    }
  }
}
