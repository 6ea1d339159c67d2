// All kernels for one scalar type and one instruction set. Needs SCALAR, UPDATE, PRODUCTS_ARE_EXACT, ON(name), TARGET,
// FUSES, REGISTER_DOUBLES and SUMS_IN_REGISTERS.

#define INLINE static inline __attribute__((always_inline)) TARGET
#define SHARED static __attribute__((noinline)) TARGET

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
#include "sums.h"

// Where the registers do not hold all sums, rows go through the first level of the cache in pieces: what a piece's step
// has written is summed before the next one's.
enum { ON(piece) = 16 * LANES };

typedef void (*ON(step_function))(struct step *, const void *);

INLINE void ON(fetch_step)(const struct UPDATE *u, size_t at, int states) {
  at += ON(distance);
  __builtin_prefetch(u->old + at);
  __builtin_prefetch(u->gradient_sum + at);
  __builtin_prefetch(u->updated + at, 1);
  if (states > 0) __builtin_prefetch(u->state0 + at, 1);
  if (states > 1) __builtin_prefetch(u->state1 + at, 1);
}

// For each block of n elements from i on: all of LANES, and what is left.
#define FOR_BLOCKS(count, BLOCK)                                                     \
  {                                                                                  \
    const size_t whole = WHOLE_BLOCKS(count);                                        \
    for (size_t i = 0; i < whole; i += LANES) BLOCK(i, (size_t)LANES)                \
    if (whole < (count)) BLOCK(whole, (count) - whole)                               \
  }

INLINE void ON(load_inputs)(struct step *x, const struct UPDATE *u, size_t at, size_t n) {
  ON(load)(&x->weight, u->old + at, n);
  ON(load)(&x->gradient, u->gradient_sum + at, n);
  x->gradient *= u->gradient_scale;
}

// The step on n elements, which stay in x.
INLINE void ON(step_on)(
    const struct UPDATE *u, const void *parameters, size_t at, size_t n, int states, ON(step_function) step,
    struct step *x) {
  ON(load_inputs)(x, u, at, n);
  if (states > 0) ON(load)(&x->state0, u->state0 + at, n);
  if (states > 1) ON(load)(&x->state1, u->state1 + at, n);
  step(x, parameters);
  ON(store)(&x->updated, u->updated + at, n);
  if (states > 0) ON(store)(&x->state0, u->state0 + at, n);
  if (states > 1) ON(store)(&x->state1, u->state1 + at, n);
}

INLINE void ON(step_on_blocks)(
    const struct UPDATE *u, const void *parameters, size_t at, size_t count, int states, ON(step_function) step) {
  for (size_t i = 0; i < count; i += LANES) {
    struct step x;
    ON(fetch_step)(u, at + i, states);
    ON(step_on)(u, parameters, at + i, LANES, states, step, &x);
  }
}

INLINE void ON(scale_row)(const SCALAR *source, double factor, SCALAR *scaled, size_t length) {
#define BLOCK(i, n)                                                                     \
  {                                                                                     \
    lanes x;                                                                            \
    ON(load)(&x, source + (i), (n));                                                    \
    x = __builtin_convertvector(__builtin_convertvector(x, sum_lanes) * factor, lanes); \
    ON(store)(&x, scaled + (i), (n));                                                   \
  }
  FOR_BLOCKS(length, BLOCK)
#undef BLOCK
}

// Projects a row of what has been written, as long as it is in the cache.
INLINE void ON(project)(const struct UPDATE *u, size_t row, double squared_norm) {
  if (u->radius == 0 || squared_norm == 0) return;
  SCALAR *weights = u->updated + row * u->row_length;
  ON(scale_row)(weights, u->radius / __builtin_elementwise_sqrt(squared_norm), weights, u->row_length);
}

// Elementwise over everything, as one row.
INLINE void ON(run_flat)(const struct UPDATE *u, const void *parameters, int states, ON(step_function) step) {
  const size_t count = u->rows * u->row_length, whole = WHOLE_BLOCKS(count);
  ON(step_on_blocks)(u, parameters, 0, whole, states, step);
  if (whole == count) return;
  struct step x;
  ON(step_on)(u, parameters, whole, count - whole, states, step, &x);
}

// Rows of one element each, sixteen of them at a time.
INLINE void ON(run_single_elements)(
    const struct UPDATE *u, const void *parameters, int states, ON(step_function) step) {
  const int which =
      INPUT_SUMS | (u->direction ? DIRECTION_SUMS : STEP_SUMS) | SUMS_OF_STATE(states) | NEW_SUMS;
  for (size_t i = 0; i < u->rows; i += LANES) {
    struct step x;
    struct row_sums s = {0};
    const size_t n = u->rows - i < LANES ? u->rows - i : LANES;
    ON(step_on)(u, parameters, i, n, states, step, &x);
    ON(sum)(&s, &x, which);
    if (u->sums) ON(write_single_elements)(&s, u->sums + tare_sum_count * i, n);
    if (u->squared_norms) __builtin_memcpy(u->squared_norms + i, &s.uu, n * sizeof(double));
    for (size_t j = 0; j < n; j++) ON(project)(u, i + j, s.uu[j]);
  }
}

INLINE void ON(run_rows)(
    const struct UPDATE *u, const void *parameters, int states, ON(step_function) step, int which) {
  const size_t length = u->row_length, whole = WHOLE_BLOCKS(length);
  for (size_t row = 0; row < u->rows; row++) {
    struct row_sums s = {0};
    const size_t start = row * length;
#if SUMS_IN_REGISTERS
    for (size_t i = 0; i < whole; i += LANES) {
      struct step x;
      ON(fetch_step)(u, start + i, states);
      ON(step_on)(u, parameters, start + i, LANES, states, step, &x);
      ON(accumulate)(&s, &x, which);
    }
#else
    for (size_t i = 0; i < whole; i += ON(piece)) {
      const size_t count = whole - i < ON(piece) ? whole - i : ON(piece);
      ON(step_on_blocks)(u, parameters, start + i, count, states, step);
      ON(sum_blocks)(&s, u, start + i, count, which);
    }
#endif
    if (whole < length) {
      struct step x;
      ON(step_on)(u, parameters, start + whole, length - whole, states, step, &x);
      ON(sum)(&s, &x, which);
    }
    ON(write_row)(&s, u, row, which == NEW_SUMS ? which : which | STATE_SUMS);
    if (which & NEW_SUMS) ON(project)(u, row, ON(fold)(&s.uu));
  }
}

// The parameters are copied, and the pointers: the compiler then knows that no store changes them, and rounds the
// parameters outside the loops.
#define RUN(name, states)                                                                                   \
  static TARGET void ON(name##_update)(const struct UPDATE *update) {                                       \
    const struct tare_##name##_parameters p = *(const struct tare_##name##_parameters *)update->parameters; \
    const struct UPDATE u = *update;                                                                        \
    const int inputs = INPUT_SUMS | SUMS_OF_STATE(states);                                                  \
    const int norms = u.squared_norms || u.radius != 0;                                                     \
    if (!u.sums && !norms) ON(run_flat)(&u, &p, states, ON(name));                                          \
    else if (u.row_length == 1) ON(run_single_elements)(&u, &p, states, ON(name));                          \
    else if (u.direction) ON(run_rows)(&u, &p, states, ON(name), inputs | DIRECTION_SUMS);                  \
    else if (!u.sums) ON(run_rows)(&u, &p, states, ON(name), NEW_SUMS);                                     \
    else if (!norms) ON(run_rows)(&u, &p, states, ON(name), inputs | STEP_SUMS);                            \
    else ON(run_rows)(&u, &p, states, ON(name), inputs | STEP_SUMS | NEW_SUMS);                             \
  }
TARE_UPDATES(RUN)
#undef RUN

typedef void (*ON(row_function))(struct wide_step *, const void *);

// The sum on n elements, which stay in x.
INLINE void ON(combine_on)(
    const struct UPDATE *u, const void *parameters, size_t at, size_t n, int uses, ON(row_function) combine,
    struct step *x) {
  *x = (struct step){0};
  ON(load)(&x->weight, u->old + at, n);
  if (uses & USES_GRADIENT) {
    ON(load)(&x->gradient, u->gradient_sum + at, n);
    x->gradient *= u->gradient_scale;
  }
  if (uses & USES_DIRECTION) ON(load)(&x->updated, u->updated + at, n);
  if (uses & USES_STATE) ON(load)(&x->state0, u->state0 + at, n);
  struct wide_step y;
  y.weight = __builtin_convertvector(x->weight, sum_lanes);
  y.gradient = __builtin_convertvector(x->gradient, sum_lanes);
  y.direction = __builtin_convertvector(x->updated, sum_lanes);
  y.state0 = __builtin_convertvector(x->state0, sum_lanes);
  combine(&y, parameters);
  x->updated = __builtin_convertvector(y.updated, lanes);
  ON(store)(&x->updated, u->updated + at, n);
  if (!(uses & WRITES_STATE)) return;
  x->state0 = __builtin_convertvector(y.state0, lanes);
  ON(store)(&x->state0, u->state0 + at, n);
}

// Rows of a whole layer, which come after its first pass, are in no cache; those of a kernel that reads gradients are.
INLINE void ON(fetch_ahead)(const struct UPDATE *u, size_t at, int uses) {
  if (uses == USES_DIRECTION) {
    __builtin_prefetch(u->old + at + ON(distance));
    __builtin_prefetch(u->updated + at + ON(distance), 1);
  }
  if (!(uses & USES_GRADIENT) || !u->ahead) return;
  __builtin_prefetch(u->old + at + u->ahead);
  __builtin_prefetch(u->gradient_sum + at + u->ahead);
}

INLINE void ON(run_by_row)(
    const struct UPDATE *u, size_t parameter_size, int uses, ON(row_function) combine, int which) {
  const size_t length = u->row_length, whole = WHOLE_BLOCKS(length);
  for (size_t row = 0; row < u->rows; row++) {
    const char *parameters = (const char *)u->parameters + parameter_size * row;
    struct row_sums s = {0};
    const size_t start = row * length;
#if SUMS_IN_REGISTERS
    for (size_t i = 0; i < whole; i += LANES) {
      struct step x;
      ON(fetch_ahead)(u, start + i, uses);
      ON(combine_on)(u, parameters, start + i, LANES, uses, combine, &x);
      ON(accumulate)(&s, &x, which);
    }
#else
    for (size_t i = 0; i < whole; i += ON(piece)) {
      const size_t count = whole - i < ON(piece) ? whole - i : ON(piece);
      for (size_t j = 0; j < count; j += LANES) {
        struct step x;
        ON(fetch_ahead)(u, start + i + j, uses);
        ON(combine_on)(u, parameters, start + i + j, LANES, uses, combine, &x);
      }
      ON(sum_blocks)(&s, u, start + i, count, which);
    }
#endif
    if (whole < length) {
      struct step x;
      ON(combine_on)(u, parameters, start + whole, length - whole, uses, combine, &x);
      ON(sum)(&s, &x, which);
    }
    ON(write_row)(&s, u, row, which);
    if (which & NEW_SUMS) ON(project)(u, row, ON(fold)(&s.uu));
  }
}

#define RUN(name, states, uses)                                                                          \
  static TARGET void ON(name##_update)(const struct UPDATE *update) {                                    \
    const struct UPDATE u = *update;                                                                     \
    const size_t size = sizeof(struct tare_##name##_parameters);                                         \
    const int state = SUMS_OF_STATE((uses) & WRITES_STATE);                                              \
    const int norms = u.squared_norms || u.radius != 0;                                                  \
    if (!u.sums && !norms) ON(run_by_row)(&u, size, uses, ON(name), 0);                        \
    else if (u.direction) ON(run_by_row)(&u, size, uses, ON(name), DIRECTION_SUMS | state);              \
    else if (!u.sums) ON(run_by_row)(&u, size, uses, ON(name), NEW_SUMS);                                \
    else if (!norms) ON(run_by_row)(&u, size, uses, ON(name), STEP_SUMS | state);                        \
    else ON(run_by_row)(&u, size, uses, ON(name), STEP_SUMS | state | NEW_SUMS);                         \
  }
TARE_ROWS(RUN)
#undef RUN

static void ON(update)(int kernel, const struct UPDATE *u) {
#define ENTRY(name, ...) ON(name##_update),
  static void (*const updates[])(const struct UPDATE *) = {TARE_UPDATES(ENTRY) TARE_ROWS(ENTRY)};
#undef ENTRY
  updates[kernel](u);
}

static TARGET void ON(sum_gradients)(const struct UPDATE *update) {
  const struct UPDATE u = *update;
  const size_t length = u.row_length, whole = WHOLE_BLOCKS(length);
  for (size_t row = 0; row < u.rows; row++) {
    struct row_sums s = {0};
    const size_t start = row * length;
#if SUMS_IN_REGISTERS
    for (size_t i = 0; i < whole; i += LANES) {
      struct step x;
      if (u.state0) __builtin_prefetch(u.state0 + start + i);
      __builtin_prefetch(u.updated + start + i, 1);
      ON(load_inputs)(&x, &u, start + i, LANES);
      ON(accumulate)(&s, &x, INPUT_SUMS);
    }
#else
    ON(sum_blocks)(&s, &u, start, whole, INPUT_SUMS);
#endif
    if (whole < length) {
      struct step x = {0};
      ON(load_inputs)(&x, &u, start + whole, length - whole);
      ON(sum)(&s, &x, INPUT_SUMS);
    }
    ON(write_row)(&s, &u, row, INPUT_SUMS);
  }
}

static TARGET void ON(add)(const SCALAR *a, const SCALAR *b, SCALAR *sum, size_t count) {
#define BLOCK(i, n)                                   \
  {                                                   \
    lanes x, y;                                       \
    __builtin_prefetch(a + (i) + ON(distance));       \
    __builtin_prefetch(b + (i) + ON(distance));       \
    __builtin_prefetch(sum + (i) + ON(distance), 1);  \
    ON(load)(&x, a + (i), (n));                       \
    ON(load)(&y, b + (i), (n));                       \
    x += y;                                           \
    ON(store)(&x, sum + (i), (n));                    \
  }
  FOR_BLOCKS(count, BLOCK)
#undef BLOCK
}

static TARGET void ON(scale_rows)(
    const SCALAR *source, const double *factors, SCALAR *scaled, size_t rows, size_t row_length) {
  for (size_t row = 0; row < rows; row++, source += row_length, scaled += row_length)
    ON(scale_row)(source, factors[row], scaled, row_length);
}

static TARGET void ON(squared_norms)(const SCALAR *source, double *norms, size_t rows, size_t row_length) {
  const size_t whole = WHOLE_BLOCKS(row_length);
  for (size_t row = 0; row < rows; row++, source += row_length) {
    sum_lanes sum = {0};
    ON(sum_squares)(&sum, source, whole);
    if (whole < row_length) {
      lanes x;
      ON(load)(&x, source + whole, row_length - whole);
      const sum_lanes w = __builtin_convertvector(x, sum_lanes);
      sum += w * w;
    }
    norms[row] = ON(fold)(&sum);
  }
}

// Without an early end, so that there is no branch in the loop. x - x is 0 unless x is infinite or not a number.
static TARGET void ON(are_finite)(const SCALAR *source, size_t count, int *answer) {
  mask_lanes found = {0};
#define BLOCK(i, n)                                  \
  {                                                  \
    lanes x;                                         \
    __builtin_prefetch(source + (i) + ON(distance)); \
    ON(load)(&x, source + (i), (n));                 \
    found |= x - x != 0;                             \
  }
  FOR_BLOCKS(count, BLOCK)
#undef BLOCK
  *answer = __builtin_reduce_or(found) == 0;
}

#undef FOR_BLOCKS
#undef ROW
#undef STEP
#undef DEFINE
#undef SHARED
#undef INLINE
