// Sixteen elements at a time, in one scalar type. Needs SCALAR.
//
// Vectors pass between functions by address only: by value their calling convention would depend on the instruction set.

#include <stddef.h>

enum { LANES = 16 };

// How many of n elements fill blocks of all lanes.
#define WHOLE_BLOCKS(n) ((n) / LANES * LANES)

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

// The sums of one row; element i of the row belongs to lane i % 16.
struct row_sums {
  sum_lanes ww, gg, wg, dd, wd, mm, wm, gm, uu;
  mask_lanes live;  // minus the count
};

// Sets of sums: ww, gg, wg and live; dd and wd, d = u - w or d = u where what is written is a direction; mm and wm; uu; gm.
enum { INPUT_SUMS = 1, STEP_SUMS = 2, DIRECTION_SUMS = 4, STATE_SUMS = 8, NEW_SUMS = 16, GRADIENT_STATE_SUMS = 32 };

#define SUMS_OF_STATE(states) ((states) > 0 ? STATE_SUMS : 0)

// What a kernel reads beside the weights, and which states it reads and writes.
enum { USES_GRADIENT = 1, USES_DIRECTION = 2, CHANGES_STATE = 4, CHANGES_SECOND_STATE = 8 };

#define USES_OF_STATES(states) \
  (USES_GRADIENT | ((states) > 0 ? CHANGES_STATE : 0) | ((states) > 1 ? CHANGES_SECOND_STATE : 0))

// -1, 0 or 1: the bits of 1 with the sign of v where v is not 0; 0 of what is not a number. Masks are -1 where they
// hold.
#define SIGN(v)                                                                                    \
  ((lanes)(((mask_lanes)(v) & (mask_lanes)(-(lanes){0}) | (mask_lanes)((lanes){0} + 1)) & \
           (((v) < 0) | ((v) > 0))))
