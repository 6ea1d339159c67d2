#pragma once

/// Whether something such as NTP keeps the wall clock right: 1 or 0, and -1 if the kernel does not say.
int tare_clock_is_synchronized(void);
