extension Draft {
  /// Pointers to the C forms of `elements`.
  package func list<Element, Wire>(
    _ elements: [Element], _ make: (Element) -> UnsafeMutablePointer<Wire>
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<Wire>?> {
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Wire>?> = unsafe list(of: elements.count)
    for (index, element) in elements.enumerated() { unsafe list[index] = unsafe make(element) }
    return unsafe list
  }

  /// A copy of numbers.
  package func copy<Number: Numeric>(_ numbers: [Number]) -> UnsafeMutablePointer<Number> {
    let list: UnsafeMutablePointer<Number> = unsafe list(of: numbers.count)
    for (index, number) in numbers.enumerated() { unsafe list[index] = number }
    return unsafe list
  }
}
