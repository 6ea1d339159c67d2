#include "include/CCommit.h"

#ifndef TARE_COMMIT
#define TARE_COMMIT ""
#endif

const char *tare_commit(void) { return TARE_COMMIT; }
