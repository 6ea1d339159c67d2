#pragma once

/// The commit of the sources, as `git describe` names it; empty if the build was not told.
const char *tare_commit(void);
