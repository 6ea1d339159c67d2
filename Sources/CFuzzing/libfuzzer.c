#include "CFuzzing.h"

// Present when the program is linked with -sanitize=fuzzer. The ordinary build links without it.
__attribute__((weak)) int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*one)(const uint8_t *bytes, size_t count));

int tare_libfuzzer_run(int argc, char **argv, int (*one)(const uint8_t *bytes, size_t count)) {
  return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(&argc, &argv, one) : -1;
}
