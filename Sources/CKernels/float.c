#define SCALAR float
#define SUFFIX f32
#include "scalar.h"
