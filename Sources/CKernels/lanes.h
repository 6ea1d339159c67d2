// Sixteen elements at a time, in one scalar type. Needs SCALAR.
//
// Vectors pass between functions by address only: by value their calling convention would depend on the instruction set.

#include <stddef.h>

enum { LANES = 16 };

typedef SCALAR lanes __attribute__((ext_vector_type(16)));
typedef double sum_lanes __attribute__((ext_vector_type(16)));
typedef __typeof__((lanes){0} != (lanes){0}) mask_lanes;

typedef double sum_lanes8 __attribute__((ext_vector_type(8)));
typedef double sum_lanes4 __attribute__((ext_vector_type(4)));
typedef double sum_lanes2 __attribute__((ext_vector_type(2)));

// What a step reads and writes.
struct step {
  lanes weight, gradient, state0, state1, updated;
};

// What a row kernel reads and writes.
struct wide_step {
  sum_lanes weight, gradient, state0, direction, updated;
};

// The sums of one row; element i of the row belongs to lane i % 16.
struct row_sums {
  sum_lanes ww, gg, wg, dd, wd, mm, wm;
  mask_lanes live;  // minus the count
};

// -1, 0 or 1; masks are -1 where they hold.
#define SIGN(v) (__builtin_convertvector((v) < 0, lanes) - __builtin_convertvector((v) > 0, lanes))
