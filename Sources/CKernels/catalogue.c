#include <string.h>

#include "include/CKernels.h"
#include "rows/list.h"
#include "updates/list.h"

int tare_isa_supported(int isa) {
#if defined(__x86_64__)
  if (isa == tare_isa_v4) return __builtin_cpu_supports("x86-64-v4") != 0;
  if (isa == tare_isa_v3) return __builtin_cpu_supports("x86-64-v3") != 0;
#endif
  return isa == tare_isa_base;
}

int tare_processor_is_intel(void) {
#if defined(__x86_64__)
  return __builtin_cpu_is("intel") != 0;
#else
  return 0;
#endif
}

#define NAME(name, ...) #name,
#define STATES(name, states, ...) states,
#define SIZE(name, ...) sizeof(struct tare_##name##_parameters),

static const char *const names[] = {TARE_UPDATES(NAME) TARE_ROWS(NAME) NULL};

const char *const *tare_update_names(void) { return names; }

int tare_update_named(const char *name) {
  for (int i = 0; names[i]; i++) {
    if (strcmp(names[i], name) == 0) return i;
  }
  return -1;
}

int tare_update_state_count(int kernel) {
  static const int counts[] = {TARE_UPDATES(STATES) TARE_ROWS(STATES)};
  return counts[kernel];
}

size_t tare_update_parameter_size(int kernel) {
  static const size_t sizes[] = {TARE_UPDATES(SIZE) TARE_ROWS(SIZE)};
  return sizes[kernel];
}

#define STEP(name, ...) 0,
#define ROW(name, ...) 1,

int tare_update_is_by_row(int kernel) {
  static const int by_row[] = {TARE_UPDATES(STEP) TARE_ROWS(ROW)};
  return by_row[kernel];
}
