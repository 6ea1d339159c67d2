#include <string.h>

#include "include/CKernels.h"
#include "updates/list.h"

int tare_isa_supported(int isa) {
#if defined(__x86_64__)
  if (isa == tare_isa_v4) return __builtin_cpu_supports("x86-64-v4") != 0;
  if (isa == tare_isa_v3) return __builtin_cpu_supports("x86-64-v3") != 0;
#endif
  return isa == tare_isa_base;
}

#define NAME(name, memories, count) #name,
#define MEMORIES(name, memories, count) memories,
#define COEFFICIENTS(name, memories, count) count,

int tare_update_named(const char *name) {
  static const char *const names[] = {TARE_UPDATES(NAME)};
  for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
    if (strcmp(names[i], name) == 0) return i;
  }
  return -1;
}

int tare_update_memory_count(int kernel) {
  static const int counts[] = {TARE_UPDATES(MEMORIES)};
  return counts[kernel];
}

int tare_update_coefficient_count(int kernel) {
  static const int counts[] = {TARE_UPDATES(COEFFICIENTS)};
  return counts[kernel];
}
