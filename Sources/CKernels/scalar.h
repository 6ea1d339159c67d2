// Everything for one scalar type: the body once for each instruction set, and the functions that choose between them.
// Needs SCALAR and SUFFIX.

#pragma STDC FP_CONTRACT OFF

#include "include/CKernels.h"
#include "lanes.h"
#include "rows/list.h"
#include "updates/list.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define UPDATE JOIN(tare_update_, SUFFIX)

#define BODY "body.h"
#include "paths.h"

void JOIN(tare_update_, SUFFIX)(int isa, int kernel, const struct UPDATE *update) { CALL(update, kernel, update) }

void JOIN(tare_sum_inputs_and_state_, SUFFIX)(int isa, const struct UPDATE *update, double *gradient_state) {
  CALL(sum_inputs_and_state, update, gradient_state)
}

void JOIN(tare_add_, SUFFIX)(int isa, const SCALAR *a, const SCALAR *b, SCALAR *sum, size_t count) {
  CALL(add, a, b, sum, count)
}

void JOIN(tare_scale_rows_, SUFFIX)(
    int isa, const SCALAR *source, const double *factors, SCALAR *scaled, size_t rows, size_t row_length) {
  CALL(scale_rows, source, factors, scaled, rows, row_length)
}

void JOIN(tare_squared_norms_, SUFFIX)(
    int isa, const SCALAR *source, double *norms, size_t rows, size_t row_length) {
  CALL(squared_norms, source, norms, rows, row_length)
}

int JOIN(tare_are_finite_, SUFFIX)(int isa, const SCALAR *source, size_t count) {
  int answer = 0;
  CALL(are_finite, source, count, &answer)
  return answer;
}
