/// What the processes of a simulated run have handed to their sockets, and what has arrived: messages and bytes.
package struct ClusterTraffic: Hashable, Sendable {
  package internal(set) var sent = 0
  package internal(set) var received = 0
  package internal(set) var bytesSent = 0
  package internal(set) var bytesReceived = 0
}
