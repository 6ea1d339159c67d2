import COpenSSL

/// An incremental SHA-256 (FIPS 180-4), computed by libcrypto with the processor's SHA instructions where available.
@safe package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// Bytes of a digest.
  package static let byteCount = 32

  package init() {
    // Fails only when memory is exhausted, which is not recoverable.
    guard let context = unsafe EVP_MD_CTX_new(), let algorithm = unsafe Provider.sha256,
      unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
    else { fatalError("libcrypto cannot begin a SHA-256") }
    unsafe self.context = context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let isTaken = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
    precondition(isTaken, "libcrypto takes bytes until the digest is final")
  }

  package mutating func update(_ bytes: some Collection<UInt8>) {
    let isTaken: Void? = bytes.withContiguousStorageIfAvailable { unsafe update(UnsafeRawBufferPointer($0)) }
    if isTaken == nil { update(Array(bytes)) }
  }

  /// The digest of all bytes added so far: `byteCount` bytes.
  package consuming func finalize() -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { digest, count in
      var written: UInt32 = 0
      let isWritten = unsafe EVP_DigestFinal_ex(context, digest.baseAddress, &written) == 1
      precondition(isWritten, "libcrypto makes a digest once")
      count = Int(written)
    }
  }

  /// The digest of all bytes added so far; more can follow.
  package func digestSoFar() -> [UInt8] {
    let copy = SHA256()
    let isCopied = unsafe EVP_MD_CTX_copy_ex(copy.context, context) == 1
    precondition(isCopied, "libcrypto copies a digest that is not final")
    return copy.finalize()
  }

  /// The digest of `bytes`.
  package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  /// The digest of `bytes`, read in place.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    unsafe hash.update(bytes)
    return hash.finalize()
  }
}
