#define _GNU_SOURCE
#include "include/CClock.h"

#include <sys/timex.h>

int tare_clock_is_synchronized(void) {
  struct timex status = {0};
  int state = adjtimex(&status);
  if (state < 0) return -1;
  return state != TIME_ERROR && !(status.status & STA_UNSYNC);
}
