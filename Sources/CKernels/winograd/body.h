// The transformations for one instruction set. Needs ON(name) and TARGET.
//
// Each lane is a channel. A transformation of a matrix is one of its columns, then one of the rows of the result.

#define INLINE static inline __attribute__((always_inline)) TARGET

// y = B' x
INLINE void ON(spread)(const block *x, block *y) {
  const block even_a = x[4] - B2 * x[2], odd_a = A * (x[3] - B2 * x[1]);
  const block even_b = x[4] - A2 * x[2], odd_b = B * (x[3] - A2 * x[1]);
  y[0] = (A2 * B2) * x[0] - (A2 + B2) * x[2] + x[4];
  y[1] = even_a + odd_a;
  y[2] = even_a - odd_a;
  y[3] = even_b + odd_b;
  y[4] = even_b - odd_b;
  y[5] = (A2 * B2) * x[1] - (A2 + B2) * x[3] + x[5];
}

// y = A' x
INLINE void ON(gather)(const block *x, block *y) {
  const block even_a = x[1] + x[2], odd_a = x[1] - x[2], even_b = x[3] + x[4], odd_b = x[3] - x[4];
  y[0] = x[0] + even_a + even_b;
  y[1] = A * odd_a + B * odd_b;
  y[2] = A2 * even_a + B2 * even_b;
  y[3] = (A2 * A) * odd_a + (B2 * B) * odd_b + x[5];
}

// y = A x
INLINE void ON(spread_slope)(const block *x, block *y) {
  const block even_a = x[0] + A2 * x[2], odd_a = A * x[1] + (A2 * A) * x[3];
  const block even_b = x[0] + B2 * x[2], odd_b = B * x[1] + (B2 * B) * x[3];
  y[0] = x[0];
  y[1] = even_a + odd_a;
  y[2] = even_a - odd_a;
  y[3] = even_b + odd_b;
  y[4] = even_b - odd_b;
  y[5] = x[3];
}

// y = G x
INLINE void ON(spread_taps)(const block *x, block *y) {
  const block even_a = x[0] + A2 * x[2], odd_a = A * x[1], even_b = x[0] + B2 * x[2], odd_b = B * x[1];
  y[0] = AT_ZERO * x[0];
  y[1] = AT_A * (even_a + odd_a);
  y[2] = AT_A * (even_a - odd_a);
  y[3] = AT_B * (even_b + odd_b);
  y[4] = AT_B * (even_b - odd_b);
  y[5] = x[2];
}

// y = G' x
INLINE void ON(gather_taps)(const block *x, block *y) {
  const block even_a = AT_A * (x[1] + x[2]), odd_a = AT_A * (x[1] - x[2]);
  const block even_b = AT_B * (x[3] + x[4]), odd_b = AT_B * (x[3] - x[4]);
  y[0] = AT_ZERO * x[0] + even_a + even_b;
  y[1] = A * odd_a + B * odd_b;
  y[2] = A2 * even_a + B2 * even_b + x[5];
}

// The pixel of a plane, or 0 beside it. Rows and columns before the first one are large numbers.
INLINE void ON(load_pixel)(const struct tare_images *i, const float *plane, size_t row, size_t column, block *v) {
  const int is_inside = (row < i->height) & (column < i->width);
  const float *pixel = is_inside ? plane + (row * i->width + column) * tare_winograd_block : (const float *)&nothing;
  __builtin_memcpy(v, pixel, sizeof *v);
}

// transform(i, row, column, pixels, matrices, matrix) for each tile and each block of channels: where the tile begins, its plane's
// pixels, its place in the first matrix, and the elements of a matrix.
#define FOR_TILES(transform, i, pixels, matrices)                                                           \
  const size_t blocks = (i)->channels / tare_winograd_block, plane = (i)->height * (i)->width;              \
  const size_t matrix = tare_winograd_image_matrix(i);                                                      \
  size_t at = 0;                                                                                            \
  for (size_t sample = 0; sample < (i)->samples; sample++)                                                  \
    for (size_t row = 0; row < (i)->height; row += TILE)                                                    \
      for (size_t column = 0; column < (i)->width; column += TILE)                                          \
        for (size_t b = 0; b < blocks; b++, at += tare_winograd_block)                                      \
          ON(transform)(                                                                                    \
              i, row, column, (pixels) + (sample * blocks + b) * plane * tare_winograd_block, (matrices) + at, matrix);

// Pixels into matrices, by a transformation of `size` numbers into PATCH. The first pixel lies `margin` before the tile.
#define SPREAD_TILE(name, transform, size, margin)                                                              \
  INLINE void ON(name)(                                                                                         \
      const struct tare_images *i, size_t row, size_t column, const float *pixels, float *matrices,             \
      size_t matrix) {                                                                                          \
    block half[PATCH][size], from[size], to[PATCH];                                                             \
    for (size_t q = 0; q < (size); q++) {                                                                       \
      for (size_t p = 0; p < (size); p++)                                                                       \
        ON(load_pixel)(i, pixels, row + p - (margin), column + q - (margin), &from[p]);                         \
      ON(transform)(from, to);                                                                                  \
      for (size_t p = 0; p < PATCH; p++) half[p][q] = to[p];                                                    \
    }                                                                                                           \
    for (size_t p = 0; p < PATCH; p++) {                                                                        \
      ON(transform)(half[p], to);                                                                               \
      for (size_t q = 0; q < PATCH; q++)                                                                        \
        __builtin_memcpy(matrices + (p * PATCH + q) * matrix, &to[q], sizeof to[q]);                            \
    }                                                                                                           \
  }
SPREAD_TILE(source_tile, spread, PATCH, 1)
SPREAD_TILE(slope_tile, spread_slope, TILE, 0)
#undef SPREAD_TILE

static TARGET void ON(source)(const struct tare_images *images, const float *x, float *v) {
  const struct tare_images i = *images;
  FOR_TILES(source_tile, &i, x, v)
}

INLINE void ON(destination_tile)(
    const struct tare_images *i, size_t row, size_t column, float *y, const float *m, size_t matrix) {
  block half[TILE][PATCH], from[PATCH], to[TILE];
  for (size_t q = 0; q < PATCH; q++) {
    for (size_t p = 0; p < PATCH; p++) __builtin_memcpy(&from[p], m + (p * PATCH + q) * matrix, sizeof from[p]);
    ON(gather)(from, to);
    for (size_t p = 0; p < TILE; p++) half[p][q] = to[p];
  }
  for (size_t p = 0; p < TILE; p++) {
    ON(gather)(half[p], to);
    for (size_t q = 0; q < TILE; q++) {
      if (row + p < i->height && column + q < i->width)
        __builtin_memcpy(y + ((row + p) * i->width + column + q) * tare_winograd_block, &to[q], sizeof to[q]);
    }
  }
}

static TARGET void ON(destination)(const struct tare_images *images, const float *m, float *y) {
  const struct tare_images i = *images;
  FOR_TILES(destination_tile, &i, y, m)
}

static TARGET void ON(slope)(const struct tare_images *images, const float *dy, float *s) {
  const struct tare_images i = *images;
  FOR_TILES(slope_tile, &i, dy, s)
}

static TARGET void ON(weights)(const struct tare_filters *filters, int flipped, const float *w, float *u) {
  const struct tare_filters f = *filters;
  const size_t matrix = tare_winograd_filter_matrix(&f);
  for (size_t at = 0; at < f.outputs * f.inputs; at += tare_winograd_block) {
    block taps[TAPS * TAPS], half[PATCH][TAPS], from[TAPS], to[PATCH];
    for (size_t t = 0; t < TAPS * TAPS; t++) {
      const float *tap = w + at * TAPS * TAPS + (flipped ? TAPS * TAPS - 1 - t : t);
      for (size_t lane = 0; lane < tare_winograd_block; lane++) taps[t][lane] = tap[lane * TAPS * TAPS];
    }
    for (size_t q = 0; q < TAPS; q++) {
      for (size_t p = 0; p < TAPS; p++) from[p] = taps[p * TAPS + q];
      ON(spread_taps)(from, to);
      for (size_t p = 0; p < PATCH; p++) half[p][q] = to[p];
    }
    for (size_t p = 0; p < PATCH; p++) {
      ON(spread_taps)(half[p], to);
      for (size_t q = 0; q < PATCH; q++)
        __builtin_memcpy(u + (p * PATCH + q) * matrix + at, &to[q], sizeof to[q]);
    }
  }
}

static TARGET void ON(weights_gradient)(const struct tare_filters *filters, const float *du, float *dw) {
  const struct tare_filters f = *filters;
  const size_t matrix = tare_winograd_filter_matrix(&f);
  for (size_t at = 0; at < f.outputs * f.inputs; at += tare_winograd_block) {
    block half[TAPS][PATCH], from[PATCH], to[TAPS];
    for (size_t q = 0; q < PATCH; q++) {
      for (size_t p = 0; p < PATCH; p++)
        __builtin_memcpy(&from[p], du + (p * PATCH + q) * matrix + at, sizeof from[p]);
      ON(gather_taps)(from, to);
      for (size_t p = 0; p < TAPS; p++) half[p][q] = to[p];
    }
    for (size_t p = 0; p < TAPS; p++) {
      ON(gather_taps)(half[p], to);
      for (size_t q = 0; q < TAPS; q++) {
        float *tap = dw + at * TAPS * TAPS + p * TAPS + q;
        for (size_t lane = 0; lane < tare_winograd_block; lane++) tap[lane * TAPS * TAPS] = to[q][lane];
      }
    }
  }
}

#undef FOR_TILES
#undef INLINE
