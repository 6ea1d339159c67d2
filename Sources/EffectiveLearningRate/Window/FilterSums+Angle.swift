import Foundation
package import Parameters

extension FilterSums {
  /// The angle between w and w + d, in rad; projection does not change it. Computed by atan2 from the components of w +
  /// d orthogonal and parallel to w: an arc cosine would lose angles below 10⁻⁸. Needs w ≠ 0.
  package var angle: Double {
    let norm = w2.squareRoot()
    let across2 = d2 - wd * wd / w2
    return atan2(max(0, across2).squareRoot(), norm + wd / norm)
  }
}
