extension RunSpec {
  /// The fewest fields that make this spec of the defaults: those that follow from others are left out.
  ///
  /// A resolved spec says each parameter group's rate and penalty; with them in a plan, a new `optimizer.learningRate`
  /// would have no effect.
  package var essentials: [Assignment] {
    let (defaults, whole) = (RunSpec(), resolved)
    var spec = self
    // Groups of parameters come after the fields that they inherit from.
    for field in SpecField.all.reversed() where field.read(spec) != field.read(defaults) {
      var simpler = spec
      guard (try? field.assign(field.read(defaults), to: &simpler)) != nil, simpler.resolved == whole else { continue }
      spec = simpler
    }
    return SpecField.all.filter { $0.read(spec) != $0.read(defaults) }
      .map { Assignment(path: $0.path, value: $0.read(spec)) }
  }
}
