#define SCALAR double
#define SUFFIX f64
#include "scalar.h"
