import Foundation
package import Parameters

extension FilterSums {
  /// The angle between w and w + d, in rad; projection does not change it. Computed by atan2 from the components of w +
  /// d orthogonal and parallel to w: an arc cosine would lose angles below 10⁻⁸. Needs w ≠ 0.
  package var angle: Double {
    let norm = w2.squareRoot()
    return atan2(squaredTangent(radial: wd * wd / w2).squareRoot(), norm + wd / norm)
  }

  /// ‖d‖² − ⟨u, d⟩² with u = w/‖w‖: the squared length of the part of a step that is orthogonal to w.
  ///
  /// Where d is parallel to w, as in a step that decay alone makes, the two terms agree up to rounding. What is left is
  /// noise and counts as 0, so a tangent is seen down to 2⁻²² of the step's length.
  ///
  /// - Parameter radial: ⟨u, d⟩².
  func squaredTangent(radial: Double) -> Double {
    let square = d2 - radial
    return square > d2 * 0x1p-44 ? square : 0
  }
}
