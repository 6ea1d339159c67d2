#define SCALAR float
#define SUFFIX f32
// Whether the product of two elements needs no rounding in double.
#define PRODUCTS_ARE_EXACT 1
#include "scalar.h"
