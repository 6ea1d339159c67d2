#pragma once

#include <stdbool.h>

/// A file of no bytes that lies in memory only, closed on exec; -1 if the system makes none.
int tare_memory_file(const char *name);

/// From now on neither its size changes, nor can anybody map it for writing who has not done so.
bool tare_seal(int descriptor);

/// Whether all of that holds, for good.
bool tare_is_sealed(int descriptor);

/// Opens what lies at a path without any effect on it; -1 if there is nothing, or the system says no.
int tare_open_path(const char *path);
