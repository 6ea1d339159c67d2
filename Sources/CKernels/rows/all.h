// Sums of vectors with factors that each row has of its own, 16 elements at a time. No include guard: body.h includes
// this once for each instruction set.
//
// p points to the row's parameters, in double. As in the updates, a factor of lanes is rounded to the scalar type, once; so the
// factor of w in the new weights is given less 1, and its rounding weighs no more than that of the step. x->updated is what
// the buffer of new weights held before: the p that an earlier pass left there. What a kernel does not use by list.h is 0, and
// x->state0 is stored if list.h says so.

#include "combine.h"
#include "rotate.h"
