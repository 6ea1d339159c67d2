// The steps on 16 lanes. No include guard: body.h includes this once for each instruction set.
//
// Every step reads x->weight (old) and x->gradient (averaged), changes x->state0 and x->state1, and writes x->updated.
// The first coefficients are the same for all: c[RATE], c[PENALTY] = 2 lambda, c[KEEP] = 1 - eta * weight decay.
// With rate -1 and keep 0 a step writes its direction instead.

#include "adam.h"
#include "momentum.h"
#include "lars.h"
#include "lion.h"
#include "nesterov.h"
#include "rmsprop.h"
#include "sgd.h"
#include "signsgd.h"
