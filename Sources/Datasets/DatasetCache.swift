import Synchronization

/// Data sets that the runs of one process share: each is opened once, on first use, and kept for the lifetime of the
/// cache. Files that change in the meantime are not read again.
package final class DatasetCache: Sendable {
  /// An opened data set, and what has been computed from it on demand.
  private struct Book {
    let dataset: Dataset
    var files: [FileRecord]?
    var identity: DataIdentity?
    var standardization: Standardization?
  }

  private let books = Mutex<[DatasetRequest: Book]>([:])

  package init() {}

  /// - Throws: as `Dataset.init(_:)`, and again on the next call: errors are not cached.
  package func dataset(_ request: DatasetRequest) throws(DatasetError) -> Dataset {
    // Callers wait even for other data sets: a single reader gets the most out of the disk.
    try books.withLock { books throws(DatasetError) in try Self.book(request, in: &books).dataset }
  }

  /// The result of `Dataset.verify()`, computed once.
  package func verify(_ request: DatasetRequest) throws(DatasetError) -> [FileRecord] {
    try books.withLock { books throws(DatasetError) in
      var book = try Self.book(request, in: &books)
      if let files = book.files { return files }
      let files = try book.dataset.verify()
      book.files = files
      books[request] = book
      return files
    }
  }

  /// Of the images of both parts, computed once.
  package func identity(_ request: DatasetRequest) throws(DatasetError) -> DataIdentity {
    try books.withLock { books throws(DatasetError) in
      var book = try Self.book(request, in: &books)
      if let identity = book.identity { return identity }
      let identity = DataIdentity(book.dataset)
      book.identity = identity
      books[request] = book
      return identity
    }
  }

  /// Of the training images, computed once.
  package func standardization(_ request: DatasetRequest) throws(DatasetError) -> Standardization {
    try books.withLock { books throws(DatasetError) in
      var book = try Self.book(request, in: &books)
      if let standardization = book.standardization { return standardization }
      let standardization = Standardization(of: book.dataset.train)
      book.standardization = standardization
      books[request] = book
      return standardization
    }
  }

  private static func book(
    _ request: DatasetRequest, in books: inout [DatasetRequest: Book]
  ) throws(DatasetError) -> Book {
    if let book = books[request] { return book }
    let book = Book(dataset: try Dataset(request))
    books[request] = book
    return book
  }
}
