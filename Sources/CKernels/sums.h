// The sums over rows. Needs SCALAR, UPDATE, ON(name), INLINE, SHARED, PRODUCTS_ARE_EXACT, FUSES and REGISTER_DOUBLES.

// sum += a * b. A product of two floats is exact in double: fused or not, only the sum is rounded, to the same bits.
#undef ADD_PRODUCT
#if FUSES && PRODUCTS_ARE_EXACT
#define ADD_PRODUCT(sum, a, b) (sum) = __builtin_elementwise_fma((a), (b), (sum))
#else
#define ADD_PRODUCT(sum, a, b) (sum) += (a) * (b)
#endif

// The elements of one step. d = u - w is rounded, and so are its products.
INLINE void ON(accumulate)(struct row_sums *s, const struct step *x, int which) {
  const sum_lanes w = __builtin_convertvector(x->weight, sum_lanes);
  const sum_lanes u = __builtin_convertvector(x->updated, sum_lanes);
  if (which & INPUT_SUMS) {
    const sum_lanes g = __builtin_convertvector(x->gradient, sum_lanes);
    ADD_PRODUCT(s->ww, w, w);
    ADD_PRODUCT(s->gg, g, g);
    ADD_PRODUCT(s->wg, w, g);
    s->live += x->gradient != 0;
  }
  if (which & STEP_SUMS) {
    const sum_lanes d = u - w;
    s->dd += d * d;
    s->wd += w * d;
  }
  if (which & DIRECTION_SUMS) {
    ADD_PRODUCT(s->dd, u, u);
    ADD_PRODUCT(s->wd, w, u);
  }
  if (which & STATE_SUMS) {
    const sum_lanes m = __builtin_convertvector(x->state0, sum_lanes);
    ADD_PRODUCT(s->mm, m, m);
    ADD_PRODUCT(s->wm, w, m);
  }
  if (which & GRADIENT_STATE_SUMS)
    ADD_PRODUCT(
        s->gm, __builtin_convertvector(x->gradient, sum_lanes), __builtin_convertvector(x->state0, sum_lanes));
  if (which & NEW_SUMS) ADD_PRODUCT(s->uu, u, u);
}

SHARED void ON(sum)(struct row_sums *s, const struct step *x, int which) { ON(accumulate)(s, x, which); }

// Where the registers do not hold all sums, rows go through the first level of the cache in pieces: what a piece's step has
// written is summed before the next one's, which is fetched meanwhile.
enum { ON(piece) = 8 * LANES };

// As many lanes as a register of the processor holds: with all of them, it would have too few registers for the sums.
typedef double ON(some_doubles) __attribute__((ext_vector_type(REGISTER_DOUBLES)));
typedef SCALAR ON(some_scalars) __attribute__((ext_vector_type(REGISTER_DOUBLES)));

INLINE void ON(widen)(ON(some_doubles) *wide, const SCALAR *p) {
  ON(some_scalars) v;
  __builtin_memcpy(&v, p, sizeof v);
  *wide = __builtin_convertvector(v, ON(some_doubles));
}

INLINE void ON(widen_scaled)(ON(some_doubles) *wide, const SCALAR *p, SCALAR factor) {
  ON(some_scalars) v;
  __builtin_memcpy(&v, p, sizeof v);
  *wide = __builtin_convertvector(v * factor, ON(some_doubles));
}

// What a loop over some lanes fetches on the way: with each such loop another tensor, as the processor would wait for more fetches
// in a row.
INLINE const SCALAR *ON(tensor_to_fetch)(const struct UPDATE *u, size_t lane, int which) {
  switch (lane / REGISTER_DOUBLES) {
    case 0: return u->old;
    case 1: return which & INPUT_SUMS ? u->gradient_sum : u->old;
    case 2: return u->updated;
    default: return which & STATE_SUMS ? u->state0 : u->old;
  }
}

INLINE void ON(sum_some_lanes)(
    struct row_sums *s, const struct UPDATE *u, size_t at, size_t count, int fetches, size_t lane, int which) {
  ON(some_doubles) ww, gg, wg, dd, wd, mm, wm, gm;
#define AT(sum) ((char *)&s->sum + lane * sizeof(double))
#define TAKE(sum) __builtin_memcpy(&sum, AT(sum), sizeof sum);
#define LEAVE(sum) __builtin_memcpy(AT(sum), &sum, sizeof sum);
#define INPUTS(X) X(ww) X(gg) X(wg)
#define STEPS(X) X(dd) X(wd)
#define STATES(X) X(mm) X(wm)
  if (which & INPUT_SUMS) { INPUTS(TAKE) }
  if (which & (STEP_SUMS | DIRECTION_SUMS)) { STEPS(TAKE) }
  if (which & STATE_SUMS) { STATES(TAKE) }
  if (which & GRADIENT_STATE_SUMS) TAKE(gm)
  const SCALAR *const next = ON(tensor_to_fetch)(u, lane, which) + (fetches ? ON(piece) : 0);
  for (size_t i = at + lane; i < at + count; i += LANES) {
    ON(some_doubles) w, g, d, m;
    __builtin_prefetch(next + i);
    ON(widen)(&w, u->old + i);
    if (which & INPUT_SUMS) {
      ON(widen_scaled)(&g, u->gradient_sum + i, u->gradient_scale);
      ADD_PRODUCT(ww, w, w);
      ADD_PRODUCT(gg, g, g);
      ADD_PRODUCT(wg, w, g);
    }
    if (which & STEP_SUMS) {
      ON(widen)(&d, u->updated + i);
      d -= w;
      dd += d * d;
      wd += w * d;
    }
    if (which & DIRECTION_SUMS) {
      ON(widen)(&d, u->updated + i);
      ADD_PRODUCT(dd, d, d);
      ADD_PRODUCT(wd, w, d);
    }
    if (which & STATE_SUMS) {
      ON(widen)(&m, u->state0 + i);
      ADD_PRODUCT(mm, m, m);
      ADD_PRODUCT(wm, w, m);
    }
    if (which & GRADIENT_STATE_SUMS) ADD_PRODUCT(gm, g, m);
  }
  if (which & INPUT_SUMS) { INPUTS(LEAVE) }
  if (which & (STEP_SUMS | DIRECTION_SUMS)) { STEPS(LEAVE) }
  if (which & STATE_SUMS) { STATES(LEAVE) }
  if (which & GRADIENT_STATE_SUMS) LEAVE(gm)
#undef STATES
#undef STEPS
#undef INPUTS
#undef LEAVE
#undef TAKE
#undef AT
}

INLINE void ON(count_live)(struct row_sums *s, const struct UPDATE *u, size_t at, size_t count) {
  mask_lanes live = s->live;
  for (size_t i = at; i < at + count; i += LANES) {
    lanes g;
    ON(load)(&g, u->gradient_sum + i, LANES);
    live += g * u->gradient_scale != 0;
  }
  s->live = live;
}

// The sums of these sets over elements in memory. `fetches`: whether the next piece has to be fetched.
#define SUMMING(name, which)                                                                   \
  SHARED void ON(name)(                                                                        \
      struct row_sums *s, const struct UPDATE *update, size_t at, size_t count, int fetches) { \
    const struct UPDATE u = *update;                                                           \
    for (size_t lane = 0; lane < LANES; lane += REGISTER_DOUBLES)                              \
      ON(sum_some_lanes)(s, &u, at, count, fetches, lane, which);                              \
    if ((which) & INPUT_SUMS) ON(count_live)(s, &u, at, count);                                \
  }
SUMMING(sum_steps, STEP_SUMS)
SUMMING(sum_steps_and_states, STEP_SUMS | STATE_SUMS)
SUMMING(sum_inputs_and_steps, INPUT_SUMS | STEP_SUMS)
SUMMING(sum_inputs_steps_and_states, INPUT_SUMS | STEP_SUMS | STATE_SUMS)
SUMMING(sum_inputs_and_directions, INPUT_SUMS | DIRECTION_SUMS)
SUMMING(sum_inputs_directions_and_states, INPUT_SUMS | DIRECTION_SUMS | STATE_SUMS)
SUMMING(sum_all_inputs, INPUT_SUMS | STATE_SUMS | GRADIENT_STATE_SUMS)
#undef SUMMING

SHARED void ON(sum_squares)(sum_lanes *sum, const SCALAR *p, size_t count) {
  sum_lanes squares = *sum;
  for (size_t i = 0; i < count; i += LANES) {
    lanes x;
    __builtin_prefetch(p + i + ON(distance));
    ON(load)(&x, p + i, LANES);
    const sum_lanes w = __builtin_convertvector(x, sum_lanes);
    squares += w * w;
  }
  *sum = squares;
}

// Those that kernels ask for, over whole blocks that have been written.
INLINE void ON(sum_blocks)(
    struct row_sums *s, const struct UPDATE *u, size_t at, size_t count, int fetches, int which) {
  switch (which & ~NEW_SUMS) {
    case STEP_SUMS: ON(sum_steps)(s, u, at, count, fetches); break;
    case STEP_SUMS | STATE_SUMS: ON(sum_steps_and_states)(s, u, at, count, fetches); break;
    case INPUT_SUMS | STEP_SUMS: ON(sum_inputs_and_steps)(s, u, at, count, fetches); break;
    case INPUT_SUMS | STEP_SUMS | STATE_SUMS: ON(sum_inputs_steps_and_states)(s, u, at, count, fetches); break;
    case INPUT_SUMS | DIRECTION_SUMS: ON(sum_inputs_and_directions)(s, u, at, count, fetches); break;
    case INPUT_SUMS | DIRECTION_SUMS | STATE_SUMS: ON(sum_inputs_directions_and_states)(s, u, at, count, fetches); break;
    case INPUT_SUMS | STATE_SUMS | GRADIENT_STATE_SUMS: ON(sum_all_inputs)(s, u, at, count, fetches); break;
    default: break;
  }
  if (which & NEW_SUMS) ON(sum_squares)(&s->uu, u->updated + at, count);
}

INLINE void ON(write_row)(const struct row_sums *s, const struct UPDATE *u, size_t row, int which) {
  if (which & NEW_SUMS && u->squared_norms) u->squared_norms[row] = ON(fold)(&s->uu);
  if (!u->sums) return;
  double *out = u->sums + tare_sum_count * row;
  if (which & INPUT_SUMS) {
    const sum_lanes live = __builtin_convertvector(-s->live, sum_lanes);
    out[0] = ON(fold)(&s->ww);
    out[1] = ON(fold)(&s->gg);
    out[2] = ON(fold)(&s->wg);
    out[5] = ON(fold)(&live);
  }
  if (which & (STEP_SUMS | DIRECTION_SUMS)) {
    out[3] = ON(fold)(&s->dd);
    out[4] = ON(fold)(&s->wd);
  }
  if (which & STATE_SUMS) {
    out[6] = ON(fold)(&s->mm);
    out[7] = ON(fold)(&s->wm);
  }
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
