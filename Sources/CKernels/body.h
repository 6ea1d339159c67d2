// All kernels for one scalar type and one instruction set. Needs SCALAR, UPDATE, PRODUCTS_ARE_EXACT, ON(name), TARGET,
// FUSES, REGISTER_DOUBLES and SUMS_IN_REGISTERS.

#define INLINE static inline __attribute__((always_inline)) TARGET
#define SHARED static __attribute__((noinline, aligned(64))) TARGET

// STEP(name) { ... } defines a kernel's arithmetic with x and p, its parameters. It is called through a function that takes
// the parameters of any kernel.
#define STEP(name)                                                                                \
  INLINE void ON(name##_with)(struct step *x, const struct tare_##name##_parameters *p);          \
  INLINE void ON(name)(struct step *x, const void *parameters) { ON(name##_with)(x, parameters); }\
  INLINE void ON(name##_with)(struct step *x, const struct tare_##name##_parameters *p)

#include "rows/all.h"
#include "updates/all.h"

#include "access.h"
#include "sums.h"

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

// The step on n elements, which stay in x. What it does not use is 0.
INLINE void ON(step_on)(
    const struct UPDATE *u, const void *parameters, size_t at, size_t n, int uses, ON(step_function) step,
    struct step *x) {
  *x = (struct step){0};
  if (uses & USES_GRADIENT) ON(load_inputs)(x, u, at, n);
  else ON(load)(&x->weight, u->old + at, n);
  if (uses & USES_DIRECTION) ON(load)(&x->updated, u->updated + at, n);
  if (uses & CHANGES_STATE) ON(load)(&x->state0, u->state0 + at, n);
  if (uses & CHANGES_SECOND_STATE) ON(load)(&x->state1, u->state1 + at, n);
  step(x, parameters);
  ON(store)(&x->updated, u->updated + at, n);
  if (uses & CHANGES_STATE) ON(store)(&x->state0, u->state0 + at, n);
  if (uses & CHANGES_SECOND_STATE) ON(store)(&x->state1, u->state1 + at, n);
}

// `fetches`: whether what comes next is fetched on the way, and not with the sums over these elements, but for state1.
INLINE void ON(step_on_blocks)(
    const struct UPDATE *u, const void *parameters, size_t at, size_t count, int states, ON(step_function) step,
    int fetches) {
  for (size_t i = at; i < at + count; i += LANES) {
    struct step x;
    if (fetches) ON(fetch_step)(u, i, states);
    else if (states > 1) __builtin_prefetch(u->state1 + i + ON(piece), 1);
    ON(step_on)(u, parameters, i, LANES, USES_OF_STATES(states), step, &x);
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
  ON(step_on_blocks)(u, parameters, 0, whole, states, step, 1);
  if (whole == count) return;
  struct step x;
  ON(step_on)(u, parameters, whole, count - whole, USES_OF_STATES(states), step, &x);
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
    ON(step_on)(u, parameters, i, n, USES_OF_STATES(states), step, &x);
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
      ON(step_on)(u, parameters, start + i, LANES, USES_OF_STATES(states), step, &x);
      ON(accumulate)(&s, &x, which);
    }
#else
    for (size_t i = 0; i < whole; i += ON(piece)) {
      const size_t count = whole - i < ON(piece) ? whole - i : ON(piece);
      ON(step_on_blocks)(u, parameters, start + i, count, states, step, which == NEW_SUMS);
      ON(sum_blocks)(&s, u, start + i, count, 1, which);
    }
#endif
    if (whole < length) {
      struct step x;
      ON(step_on)(u, parameters, start + whole, length - whole, USES_OF_STATES(states), step, &x);
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

INLINE void ON(run_row)(
    const struct UPDATE *u, const void *parameters, size_t row, int uses, ON(step_function) combine, int which) {
  const size_t length = u->row_length, whole = WHOLE_BLOCKS(length), start = row * length;
  struct row_sums s = {0};
#if SUMS_IN_REGISTERS
  for (size_t i = 0; i < whole; i += LANES) {
    struct step x;
    // What a pass over a whole layer has left is in no cache. In the loop below it would cost a third more time (Zen 4).
    if (uses & USES_DIRECTION) {
      __builtin_prefetch(u->old + start + i + ON(distance));
      __builtin_prefetch(u->updated + start + i + ON(distance), 1);
    }
    ON(step_on)(u, parameters, start + i, LANES, uses, combine, &x);
    ON(accumulate)(&s, &x, which);
  }
#else
  for (size_t i = 0; i < whole; i += ON(piece)) {
    const size_t count = whole - i < ON(piece) ? whole - i : ON(piece);
    for (size_t j = 0; j < count; j += LANES) {
      struct step x;
      ON(step_on)(u, parameters, start + i + j, LANES, uses, combine, &x);
    }
    ON(sum_blocks)(&s, u, start + i, count, 0, which);
  }
#endif
  if (whole < length) {
    struct step x;
    ON(step_on)(u, parameters, start + whole, length - whole, uses, combine, &x);
    ON(sum)(&s, &x, which);
  }
  ON(write_row)(&s, u, row, which);
  if (which & NEW_SUMS) ON(project)(u, row, ON(fold)(&s.uu));
}

#define RUN(name, states, uses)                                                  \
  static TARGET void ON(name##_update)(const struct UPDATE *update) {            \
    const struct UPDATE u = *update;                                             \
    const struct tare_##name##_parameters *const parameters = u.parameters;      \
    const int steps = STEP_SUMS | SUMS_OF_STATE((uses) & CHANGES_STATE);         \
    const int norms = u.squared_norms || u.radius != 0;                          \
    for (size_t row = 0; row < u.rows; row++) {                                  \
      const struct tare_##name##_parameters p = parameters[row];                 \
      if (!u.sums && !norms) ON(run_row)(&u, &p, row, uses, ON(name), 0);        \
      else if (!u.sums) ON(run_row)(&u, &p, row, uses, ON(name), NEW_SUMS);      \
      else if (!norms) ON(run_row)(&u, &p, row, uses, ON(name), steps);          \
      else ON(run_row)(&u, &p, row, uses, ON(name), steps | NEW_SUMS);           \
    }                                                                            \
  }
TARE_ROWS(RUN)
#undef RUN

static void ON(update)(int kernel, const struct UPDATE *u) {
#define ENTRY(name, ...) ON(name##_update),
  static void (*const updates[])(const struct UPDATE *) = {TARE_UPDATES(ENTRY) TARE_ROWS(ENTRY)};
#undef ENTRY
  updates[kernel](u);
}

static TARGET void ON(sum_inputs_and_state)(const struct UPDATE *update, double *gradient_state) {
  const struct UPDATE u = *update;
  const int which = INPUT_SUMS | STATE_SUMS | GRADIENT_STATE_SUMS;
  const size_t length = u.row_length, whole = WHOLE_BLOCKS(length);
  for (size_t row = 0; row < u.rows; row++) {
    struct row_sums s = {0};
    const size_t start = row * length;
#if SUMS_IN_REGISTERS
    for (size_t i = 0; i < whole; i += LANES) {
      struct step x;
      ON(fetch_step)(&u, start + i, 1);
      ON(load_inputs)(&x, &u, start + i, LANES);
      ON(load)(&x.state0, u.state0 + start + i, LANES);
      ON(accumulate)(&s, &x, which);
    }
#else
    for (size_t i = 0; i < whole; i += ON(piece)) {
      const size_t count = whole - i < ON(piece) ? whole - i : ON(piece);
      ON(sum_blocks)(&s, &u, start + i, count, 1, which);
    }
#endif
    if (whole < length) {
      struct step x = {0};
      ON(load_inputs)(&x, &u, start + whole, length - whole);
      ON(load)(&x.state0, u.state0 + start + whole, length - whole);
      ON(sum)(&s, &x, which);
    }
    ON(write_row)(&s, &u, row, which);
    gradient_state[row] = ON(fold)(&s.gm);
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
#undef STEP
#undef SHARED
#undef INLINE
