#include "CFuzzing.h"
#include <malloc.h>

void tare_release_memory(void) { malloc_trim(0); }
