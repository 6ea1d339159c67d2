import TensorBoard
import Testing

@Suite struct CRC32CTests {
  // RFC 3720, B.4, and the check value of the catalogue of parametrized CRC algorithms.
  private static let sums: [([UInt8], UInt32)] = [
    (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E), ([], 0),
  ]

  @Test(arguments: sums)
  func published(bytes: [UInt8], sum: UInt32) {
    #expect(CRC32C.checksum(bytes) == sum)
  }

  /// The numbers of masked_crc32c in PyPI's tensorboard 2.21.
  @Test func masked() {
    #expect(CRC32C.masked(Array("123456789".utf8)) == 0xC78A_B0E5)
    #expect(CRC32C.masked([]) == 0xA282_EAD8)
  }
}
