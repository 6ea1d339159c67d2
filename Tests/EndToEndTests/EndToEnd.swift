import Testing

/// Real processes of the built program. One test at a time: what they compare is not how busy the machine is, and a
/// deadline should mean something.
@Suite("End to end", .serialized)
struct EndToEnd {}
