#define _GNU_SOURCE
#include "include/CDescriptors.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static rlim_t limit(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

unsigned long tare_reserved_descriptors(void) {
  rlim_t quarter = limit() / 4;
  return quarter < 128 ? quarter : 128;
}

void tare_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Takes the place of libc's function in this process, also for the libraries that listen for us (libzmq, libmicrohttpd):
/// neither bounds its connections by what is left of the process's descriptors. Where none is left, libzmq even spins, because
/// the connection that it cannot accept stays ready. Such a connection is closed at once instead.
int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
  int connection = (int)syscall(SYS_accept4, listener, address, length, flags);
  if (connection >= 0 && (rlim_t)connection + tare_reserved_descriptors() >= limit()) {
    close(connection);
    errno = ECONNABORTED;
    return -1;
  }
  return connection;
}
