// The rounding of lossy wire formats for one instruction set. Needs SCALAR, ON(name) and TARGET.

#define INLINE static inline __attribute__((always_inline)) TARGET

#include "../access.h"

// Sixteen bits for an element.

INLINE void ON(load16)(word_lanes *v, const uint16_t *p, size_t n) {
  half_lanes halves = {0};
  if (n == LANES) __builtin_memcpy(&halves, p, sizeof halves);
  else __builtin_memcpy(&halves, p, n * sizeof *p);
  *v = __builtin_convertvector(halves, word_lanes);
}

INLINE void ON(store16)(const word_lanes *v, uint16_t *p, size_t n) {
  const half_lanes halves = __builtin_convertvector(*v, half_lanes);
  if (n == LANES) __builtin_memcpy(p, &halves, sizeof halves);
  else __builtin_memcpy(p, &halves, n * sizeof *p);
}

INLINE void ON(to_bfloat16)(const lanes *x, word_lanes *out) {
  const word_lanes bits = (word_lanes)*x;
  *out = BFLOAT16(word_lanes, bits);
}

INLINE void ON(from_bfloat16)(const word_lanes *v, lanes *x) { *x = (lanes)(*v << 16); }

// In whole numbers, so that all instruction sets agree, those without instructions for it included.
INLINE void ON(to_float16)(const lanes *x, word_lanes *out) {
  const word_lanes bits = (word_lanes)*x & 0x7FFFFFFF;
  // The exponent becomes smaller by 112, and 13 bits are dropped.
  const word_lanes normal = (bits - 0x38000000 + 0xFFF + (bits >> 13 & 1)) >> 13;
  // Added to a number whose last bit is 2^-24, the least that the format has, the sum is rounded there.
  const word_lanes small = (word_lanes)((lanes)bits + 0.5f) - 0x3F000000;
  const word_lanes large = SELECT(word_lanes, bits > INFINITE, (word_lanes)0x7E00, (word_lanes)0x7C00);
  const word_lanes finite = SELECT(word_lanes, bits < 0x38800000, small, normal);
  *out = SELECT(word_lanes, bits >= 0x47800000, large, finite) | ((word_lanes)*x >> 16 & 0x8000);
}

INLINE void ON(from_float16)(const word_lanes *v, lanes *x) {
  const word_lanes bits = (*v & 0x7FFF) << 13;
  const word_lanes small = (word_lanes)((lanes)(bits + 0x38800000) - 0x1p-14f);
  const word_lanes finite = SELECT(word_lanes, bits < 0x800000, small, bits + 0x38000000);
  *x = (lanes)(SELECT(word_lanes, bits >= 0xF800000, bits + 0x70000000, finite) | (*v & 0x8000) << 16);
}

INLINE void ON(to16)(int half, const lanes *x, word_lanes *out) {
  if (half) ON(to_float16)(x, out);
  else ON(to_bfloat16)(x, out);
}

INLINE void ON(from16)(int half, const word_lanes *v, lanes *x) {
  if (half) ON(from_float16)(v, x);
  else ON(from_bfloat16)(v, x);
}

INLINE void ON(read16)(int half, const uint16_t *p, lanes *x, size_t n) {
  word_lanes v;
  ON(load16)(&v, p, n);
  ON(from16)(half, &v, x);
}

// Adds the squares of what the rounding of x to y has changed: nothing in lanes without an element, which hold 0.
INLINE void ON(note_error)(sum_lanes *sum, const lanes *x, const lanes *y) {
  const sum_lanes d = __builtin_convertvector(*x, sum_lanes) - __builtin_convertvector(*y, sum_lanes);
  *sum += d * d;
}

// Of x, or of a + b if x is NULL.
INLINE void ON(round16)(
    int half, const float *x, const uint16_t *a, const uint16_t *b, uint16_t *out, size_t rows, size_t row_length,
    double *errors, int measuring) {
  for (size_t row = 0; row < rows; row++) {
    sum_lanes error = {0};
    for (size_t i = 0; i < row_length; i += LANES) {
      const size_t at = row * row_length + i, n = row_length - i < LANES ? row_length - i : LANES;
      lanes value, other, kept;
      if (x) {
        ON(load)(&value, x + at, n);
      } else {
        ON(read16)(half, a + at, &value, n);
        ON(read16)(half, b + at, &other, n);
        value += other;
      }
      word_lanes v;
      ON(to16)(half, &value, &v);
      ON(store16)(&v, out + at, n);
      if (!measuring) continue;
      ON(from16)(half, &v, &kept);
      ON(note_error)(&error, &value, &kept);
    }
    if (measuring) errors[row] = ON(fold)(&error);
  }
}

// The compiler makes a loop for each format and purpose.
#define ROUND16(x, a, b)                                                                             \
  if (half && errors) ON(round16)(1, x, a, b, out, rows, row_length, errors, 1);                     \
  else if (half) ON(round16)(1, x, a, b, out, 1, rows * row_length, NULL, 0);                        \
  else if (errors) ON(round16)(0, x, a, b, out, rows, row_length, errors, 1);                        \
  else ON(round16)(0, x, a, b, out, 1, rows * row_length, NULL, 0);

static TARGET void ON(pack16)(int half, const float *x, uint16_t *out, size_t rows, size_t row_length, double *errors) {
  ROUND16(x, NULL, NULL)
}

static TARGET void ON(add16)(
    int half, const uint16_t *a, const uint16_t *b, uint16_t *out, size_t rows, size_t row_length, double *errors) {
  ROUND16(NULL, a, b)
}
#undef ROUND16

static TARGET void ON(unpack16)(int half, const uint16_t *packed, float *x, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    const size_t n = count - i < LANES ? count - i : LANES;
    lanes value;
    if (half) ON(read16)(1, packed + i, &value, n);
    else ON(read16)(0, packed + i, &value, n);
    ON(store)(&value, x + i, n);
  }
}

static TARGET void ON(are_finite16)(int half, const uint16_t *packed, size_t count, int *answer) {
  const uint32_t exponent = half ? 0x7C00 : 0x7F80;
  number_lanes found = {0};
  for (size_t i = 0; i < count; i += LANES) {
    word_lanes v;
    ON(load16)(&v, packed + i, count - i < LANES ? count - i : LANES);
    found |= (v & exponent) == exponent;
  }
  *answer = __builtin_reduce_or(found) == 0;
}

// Eight bits for an element, and a scale for a row.

// The random words of 64 elements that begin at number `first`: of element i lane i % 16 of vector i / 16. As
// Parameters/Philox.swift, of which each lane is one block.
INLINE void ON(random_words)(const struct tare_dither *d, uint32_t first, word_lanes out[4]) {
  const wide_lanes low = (wide_lanes)0xFFFFFFFF;
  wide_lanes x0 = (wide_lanes){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + (uint64_t)first;
  wide_lanes x1 = (wide_lanes)(uint64_t)d->step, x2 = (wide_lanes)(uint64_t)d->node;
  wide_lanes x3 = (wide_lanes)(uint64_t)d->purpose;
  uint32_t k0 = d->key[0], k1 = d->key[1];
  for (int round = 0; round < 10; round++) {
    // The upper halves of the lanes hold what nobody reads.
    const wide_lanes a = (x0 & low) * 0xD2511F53, b = (x2 & low) * 0xCD9E8D57;
    x0 = b >> 32 ^ x1 ^ (uint64_t)k0;
    x1 = b;
    x2 = a >> 32 ^ x3 ^ (uint64_t)k1;
    x3 = a;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  out[0] = __builtin_convertvector(x0, word_lanes);
  out[1] = __builtin_convertvector(x1, word_lanes);
  out[2] = __builtin_convertvector(x2, word_lanes);
  out[3] = __builtin_convertvector(x3, word_lanes);
}

INLINE void ON(load8)(lanes *v, const int8_t *p, size_t n) {
  byte_lanes bytes = {0};
  if (n == LANES) __builtin_memcpy(&bytes, p, sizeof bytes);
  else __builtin_memcpy(&bytes, p, n * sizeof *p);
  *v = __builtin_convertvector(__builtin_convertvector(bytes, number_lanes), lanes);
}

INLINE void ON(store8)(const number_lanes *v, int8_t *p, size_t n) {
  const byte_lanes bytes = __builtin_convertvector(*v, byte_lanes);
  if (n == LANES) __builtin_memcpy(p, &bytes, sizeof bytes);
  else __builtin_memcpy(p, &bytes, n * sizeof *p);
}

// What a row is made of: of elements i ..< i + n of a row that begins at element `start`.
typedef void (*ON(source))(const struct rounded_rows *r, size_t row, size_t at, lanes *x, size_t n);

INLINE void ON(elements)(const struct rounded_rows *r, size_t row, size_t at, lanes *x, size_t n) {
  (void)row;
  ON(load)(x, r->x + at, n);
}

INLINE void ON(differences)(const struct rounded_rows *r, size_t row, size_t at, lanes *x, size_t n) {
  (void)row;
  lanes held;
  ON(load)(x, r->x + at, n);
  ON(load)(&held, r->held + at, n);
  *x -= held;
}

INLINE void ON(sums)(const struct rounded_rows *r, size_t row, size_t at, lanes *x, size_t n) {
  lanes other;
  ON(load8)(x, r->a.numbers + at, n);
  ON(load8)(&other, r->b.numbers + at, n);
  *x = *x * r->a.scales[row] + other * r->b.scales[row];
}

INLINE void ON(round8)(
    const struct rounded_rows *r, ON(source) source, const struct tare_dither *dither, double *errors, int measuring) {
  for (size_t row = 0; row < r->rows; row++) {
    const size_t start = row * r->row_length;
    word_lanes magnitudes = {0};
    for (size_t i = 0; i < r->row_length; i += LANES) {
      lanes x;
      source(r, row, start + i, &x, r->row_length - i < LANES ? r->row_length - i : LANES);
      magnitudes = __builtin_elementwise_max(magnitudes, (word_lanes)x & 0x7FFFFFFF);
    }
    const uint32_t largest_bits = __builtin_reduce_max(magnitudes);
    float largest;
    __builtin_memcpy(&largest, &largest_bits, sizeof largest);
    // Neither the scale nor its inverse is then subnormal, which some threads would take for 0.
    const float scale = largest_bits >= INFINITE ? __builtin_nanf("") : largest < 0x1p-100f ? 0 : largest / 127;
    const float inverse = largest_bits >= INFINITE || largest < 0x1p-100f ? 0 : 127 / largest;
    r->out.scales[row] = scale;
    sum_lanes error = {0};
    for (size_t chunk = 0; chunk < r->row_length; chunk += 4 * LANES) {
      word_lanes words[4];
      if (dither) ON(random_words)(dither, (uint32_t)(dither->first + start + chunk), words);
      for (size_t k = 0, i = chunk; k < 4 && i < r->row_length; k++, i += LANES) {
        const size_t n = r->row_length - i < LANES ? r->row_length - i : LANES;
        lanes x;
        source(r, row, start + i, &x, n);
        number_lanes q;
        // The other lanes of a row that is not finite may be so, and a conversion of what is not is undefined.
        if (largest_bits >= INFINITE) x = (lanes){0};
        if (dither) {
          const lanes v = x * inverse + __builtin_convertvector((number_lanes)(words[k] >> 8), lanes) * 0x1p-24f;
          q = __builtin_convertvector(v, number_lanes);
          // Conversions round toward 0; where that is up, the comparison is -1.
          q += __builtin_convertvector(q, lanes) > v;
        } else {
          // The sum has no bits below 1.
          q = __builtin_convertvector(x * inverse + 0x1.8p23f - 0x1.8p23f, number_lanes);
        }
        q = __builtin_elementwise_min(__builtin_elementwise_max(q, (number_lanes)-127), (number_lanes)127);
        ON(store8)(&q, r->out.numbers + start + i, n);
        if (!measuring) continue;
        const lanes kept = __builtin_convertvector(q, lanes) * scale;
        ON(note_error)(&error, &x, &kept);
      }
    }
    if (measuring) errors[row] = largest_bits >= INFINITE ? __builtin_nan("") : ON(fold)(&error);
  }
}

// What the arguments point to is copied: the compiler then knows that no store changes it.

INLINE void ON(dithered8)(
    const struct rounded_rows *rows, ON(source) source, const struct tare_dither *dither, double *errors) {
  const struct rounded_rows r = *rows;
  const struct tare_dither d = *dither;
  if (errors) ON(round8)(&r, source, &d, errors, 1);
  else ON(round8)(&r, source, &d, NULL, 0);
}

static TARGET void ON(pack8)(const struct rounded_rows *rows, const struct tare_dither *dither, double *errors) {
  ON(dithered8)(rows, ON(elements), dither, errors);
}

static TARGET void ON(add8)(const struct rounded_rows *rows, const struct tare_dither *dither, double *errors) {
  ON(dithered8)(rows, ON(sums), dither, errors);
}

static TARGET void ON(pack8_differences)(const struct rounded_rows *rows) {
  const struct rounded_rows r = *rows;
  ON(round8)(&r, ON(differences), NULL, NULL, 0);
}

INLINE void ON(read8)(
    const float *held, struct tare_bytes packed, float *x, size_t rows, size_t row_length, int adding) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < row_length; i += LANES) {
      const size_t at = row * row_length + i, n = row_length - i < LANES ? row_length - i : LANES;
      lanes value;
      ON(load8)(&value, packed.numbers + at, n);
      value *= packed.scales[row];
      if (adding) {
        lanes before;
        ON(load)(&before, held + at, n);
        value += before;
      }
      ON(store)(&value, x + at, n);
    }
  }
}

static TARGET void ON(unpack8)(const float *held, struct tare_bytes packed, float *x, size_t rows, size_t row_length) {
  if (held) ON(read8)(held, packed, x, rows, row_length, 1);
  else ON(read8)(held, packed, x, rows, row_length, 0);
}

#undef INLINE
