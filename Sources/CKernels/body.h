// All kernels for one scalar type and one instruction set. Needs SCALAR, UPDATE, ON(name) and TARGET.

#define INLINE static inline __attribute__((always_inline)) TARGET

// STEP(name) { ... } and ROW(name) { ... } define a kernel's arithmetic with x and p, its parameters. It is called through
// a function that takes the parameters of any kernel.
#define DEFINE(name, lanes_of)                                                                       \
  INLINE void ON(name##_with)(lanes_of *x, const struct tare_##name##_parameters *p);                \
  INLINE void ON(name)(lanes_of *x, const void *parameters) { ON(name##_with)(x, parameters); }      \
  INLINE void ON(name##_with)(lanes_of *x, const struct tare_##name##_parameters *p)
#define STEP(name) DEFINE(name, struct step)
#define ROW(name) DEFINE(name, struct wide_step)

#include "rows/all.h"
#include "updates/all.h"

#include "access.h"

INLINE void ON(accumulate)(struct row_sums *s, const struct step *x, int states, int direction) {
  const sum_lanes w = __builtin_convertvector(x->weight, sum_lanes);
  const sum_lanes g = __builtin_convertvector(x->gradient, sum_lanes);
  const sum_lanes d = __builtin_convertvector(x->updated, sum_lanes) - (direction ? (sum_lanes){0} : w);
  s->ww += w * w;
  s->gg += g * g;
  s->wg += w * g;
  s->dd += d * d;
  s->wd += w * d;
  s->live += x->gradient != 0;
  if (states > 0) {
    const sum_lanes m = __builtin_convertvector(x->state0, sum_lanes);
    s->mm += m * m;
    s->wm += w * m;
  }
}

INLINE void ON(write_row)(const struct row_sums *s, double *out) {
  const sum_lanes live = __builtin_convertvector(-s->live, sum_lanes);
  out[0] = ON(fold)(&s->ww);
  out[1] = ON(fold)(&s->gg);
  out[2] = ON(fold)(&s->wg);
  out[3] = ON(fold)(&s->dd);
  out[4] = ON(fold)(&s->wd);
  out[5] = ON(fold)(&live);
  out[6] = ON(fold)(&s->mm);
  out[7] = ON(fold)(&s->wm);
}

// n rows of one element each, one in each lane.
INLINE void ON(write_single_elements)(const struct row_sums *s, double *out, size_t n) {
  for (size_t i = 0; i < n; i++, out += tare_sum_count) {
    out[0] = s->ww[i];
    out[1] = s->gg[i];
    out[2] = s->wg[i];
    out[3] = s->dd[i];
    out[4] = s->wd[i];
    out[5] = (double)-s->live[i];
    out[6] = s->mm[i];
    out[7] = s->wm[i];
  }
}

typedef void (*ON(step_function))(struct step *, const void *);

INLINE void ON(block)(
    const struct UPDATE *u, const void *parameters, size_t at, size_t n, int states, ON(step_function) step,
    struct row_sums *sums) {
  struct step x;
  ON(load)(&x.weight, u->old + at, n);
  ON(load)(&x.gradient, u->gradient_sum + at, n);
  x.gradient *= u->gradient_scale;
  if (states > 0) ON(load)(&x.state0, u->state0 + at, n);
  if (states > 1) ON(load)(&x.state1, u->state1 + at, n);
  step(&x, parameters);
  ON(store)(&x.updated, u->updated + at, n);
  if (states > 0) ON(store)(&x.state0, u->state0 + at, n);
  if (states > 1) ON(store)(&x.state1, u->state1 + at, n);
  if (sums) ON(accumulate)(sums, &x, states, u->direction);
}

// Elementwise over everything; with sums, the rows have one element each and sixteen of them are done at a time.
INLINE void ON(run_flat)(
    const struct UPDATE *u, const void *parameters, int summing, int states, ON(step_function) step) {
  const size_t count = u->rows * u->row_length;
  for (size_t i = 0; i < count; i += LANES) {
    struct row_sums s = {0};
    const size_t n = count - i < LANES ? count - i : LANES;
    if (n == LANES) ON(block)(u, parameters, i, LANES, states, step, summing ? &s : NULL);
    else ON(block)(u, parameters, i, n, states, step, summing ? &s : NULL);
    if (summing) ON(write_single_elements)(&s, u->sums + tare_sum_count * i, n);
  }
}

INLINE void ON(run_rows)(const struct UPDATE *u, const void *parameters, int states, ON(step_function) step) {
  for (size_t row = 0; row < u->rows; row++) {
    struct row_sums s = {0};
    const size_t start = row * u->row_length;
    size_t i = 0;
    for (; i + LANES <= u->row_length; i += LANES) ON(block)(u, parameters, start + i, LANES, states, step, &s);
    if (i < u->row_length) ON(block)(u, parameters, start + i, u->row_length - i, states, step, &s);
    ON(write_row)(&s, u->sums + tare_sum_count * row);
  }
}

// The parameters are copied: the compiler then knows that no store changes them, and rounds them outside the loops.
#define RUN(name, states)                                                                              \
  static TARGET void ON(name##_update)(const struct UPDATE *u) {                                       \
    const struct tare_##name##_parameters p = *(const struct tare_##name##_parameters *)u->parameters; \
    if (!u->sums) ON(run_flat)(u, &p, 0, states, ON(name));                                            \
    else if (u->row_length == 1) ON(run_flat)(u, &p, 1, states, ON(name));                             \
    else ON(run_rows)(u, &p, states, ON(name));                                                        \
  }
TARE_UPDATES(RUN)
#undef RUN

typedef void (*ON(row_function))(struct wide_step *, const void *);

// Sums every row, whether anybody asks or not: these kernels stand between passes that need them.
INLINE void ON(run_by_row)(const struct UPDATE *u, size_t parameter_size, ON(row_function) combine) {
  for (size_t row = 0; row < u->rows; row++) {
    struct row_sums s = {0};
    for (size_t i = 0; i < u->row_length; i += LANES) {
      const size_t at = row * u->row_length + i, n = u->row_length - i < LANES ? u->row_length - i : LANES;
      struct step x = {0};
      ON(load)(&x.weight, u->old + at, n);
      ON(load)(&x.gradient, u->gradient_sum + at, n);
      x.gradient *= u->gradient_scale;
      ON(load)(&x.updated, u->updated + at, n);
      if (u->state0) ON(load)(&x.state0, u->state0 + at, n);
      struct wide_step y;
      y.weight = __builtin_convertvector(x.weight, sum_lanes);
      y.gradient = __builtin_convertvector(x.gradient, sum_lanes);
      y.direction = __builtin_convertvector(x.updated, sum_lanes);
      y.state0 = __builtin_convertvector(x.state0, sum_lanes);
      combine(&y, (const char *)u->parameters + parameter_size * row);
      x.updated = __builtin_convertvector(y.updated, lanes);
      x.state0 = __builtin_convertvector(y.state0, lanes);
      ON(store)(&x.updated, u->updated + at, n);
      if (u->state0) ON(store)(&x.state0, u->state0 + at, n);
      ON(accumulate)(&s, &x, u->state0 != NULL, u->direction);
    }
    if (u->sums) ON(write_row)(&s, u->sums + tare_sum_count * row);
  }
}

#define RUN(name, states)                                                 \
  static TARGET void ON(name##_update)(const struct UPDATE *u) {          \
    ON(run_by_row)(u, sizeof(struct tare_##name##_parameters), ON(name)); \
  }
TARE_ROWS(RUN)
#undef RUN

static void ON(update)(int kernel, const struct UPDATE *u) {
#define ENTRY(name, states) ON(name##_update),
  static void (*const updates[])(const struct UPDATE *) = {TARE_UPDATES(ENTRY) TARE_ROWS(ENTRY)};
#undef ENTRY
  updates[kernel](u);
}

static TARGET void ON(add)(const SCALAR *a, const SCALAR *b, SCALAR *sum, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    const size_t n = count - i < LANES ? count - i : LANES;
    lanes x, y;
    ON(load)(&x, a + i, n);
    ON(load)(&y, b + i, n);
    x += y;
    ON(store)(&x, sum + i, n);
  }
}

static TARGET void ON(scale_rows)(
    const SCALAR *source, const double *factors, SCALAR *scaled, size_t rows, size_t row_length) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < row_length; i += LANES) {
      const size_t at = row * row_length + i, n = row_length - i < LANES ? row_length - i : LANES;
      lanes x;
      ON(load)(&x, source + at, n);
      x = __builtin_convertvector(__builtin_convertvector(x, sum_lanes) * factors[row], lanes);
      ON(store)(&x, scaled + at, n);
    }
  }
}

static TARGET void ON(squared_norms)(const SCALAR *source, double *norms, size_t rows, size_t row_length) {
  for (size_t row = 0; row < rows; row++) {
    sum_lanes sum = {0};
    for (size_t i = 0; i < row_length; i += LANES) {
      lanes x;
      ON(load)(&x, source + row * row_length + i, row_length - i < LANES ? row_length - i : LANES);
      const sum_lanes w = __builtin_convertvector(x, sum_lanes);
      sum += w * w;
    }
    norms[row] = ON(fold)(&sum);
  }
}

// Without an early end, so that there is no branch in the loop. x - x is 0 unless x is infinite or not a number.
static TARGET void ON(are_finite)(const SCALAR *source, size_t count, int *answer) {
  mask_lanes found = {0};
  for (size_t i = 0; i < count; i += LANES) {
    lanes x;
    ON(load)(&x, source + i, count - i < LANES ? count - i : LANES);
    found |= x - x != 0;
  }
  *answer = __builtin_reduce_or(found) == 0;
}

#undef ROW
#undef STEP
#undef DEFINE
#undef INLINE
