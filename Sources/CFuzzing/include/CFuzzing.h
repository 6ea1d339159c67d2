#pragma once
#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer's own command line on `one`. Returns its exit status, or -1 in a build without libFuzzer.
int tare_libfuzzer_run(int argc, char **argv, int (*one)(const uint8_t *bytes, size_t count));

/// Gives the C library's free memory back to the system, so that what is resident is what is in use.
void tare_release_memory(void);
