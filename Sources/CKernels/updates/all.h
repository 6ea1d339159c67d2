// The steps on 16 lanes. No include guard: body.h includes this once for each instruction set.
//
// Every step reads x->weight (old) and x->gradient (averaged), changes x->state0 and x->state1, and writes x->updated.
// p points to the kernel's parameters, in double. A factor of lanes is rounded to the scalar type, once, and 1 - p->beta1
// is taken in double before.

#include "adam.h"
#include "momentum.h"
#include "lars.h"
#include "lion.h"
#include "nesterov.h"
#include "rmsprop.h"
#include "sgd.h"
#include "signsgd.h"
