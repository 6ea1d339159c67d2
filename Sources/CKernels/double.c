#define SCALAR double
#define SUFFIX f64
// Whether the product of two elements needs no rounding in double.
#define PRODUCTS_ARE_EXACT 0
#include "scalar.h"
