#define _GNU_SOURCE
#include "include/CSealedMemory.h"

#include <fcntl.h>
#include <sys/mman.h>

static const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;

int tare_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

bool tare_seal(int descriptor) { return fcntl(descriptor, F_ADD_SEALS, seals) == 0; }

bool tare_is_sealed(int descriptor) {
  int found = fcntl(descriptor, F_GET_SEALS);
  return found >= 0 && (found & seals) == seals;
}

int tare_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }
