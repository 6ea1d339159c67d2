#include <zmq.h>
// Event descriptors, which the platform's own module leaves out: libzmq waits for them beside its sockets.
#include <sys/eventfd.h>
#include <unistd.h>
