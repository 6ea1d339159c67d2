// The fused kernels on blocks of BLOCK channels, whose elements have BITS bits; those of x and dx are stored in INPUT_BITS. No
// include guard: body.h includes this once for each kind of block. Needs IN(name), INLINE and TARGET.
//
// Each lane is a channel. Sums over the pixels of a tile are floats in four interleaved parts, and sums over tiles doubles, so
// the order of additions depends on the extents alone.

typedef float IN(vector) __attribute__((ext_vector_type(BLOCK)));
typedef double IN(wide) __attribute__((ext_vector_type(BLOCK)));
typedef uint32_t IN(words) __attribute__((ext_vector_type(BLOCK)));
typedef uint8_t IN(marks) __attribute__((ext_vector_type(BLOCK)));
#define VECTOR IN(vector)
#define WIDE IN(wide)
#define WORDS IN(words)
#define MARKS IN(marks)

#if BITS == 32
typedef float IN(element);
#else
typedef uint16_t IN(element);
typedef uint16_t IN(halves) __attribute__((ext_vector_type(BLOCK)));
#endif
#define ELEMENT IN(element)

#if INPUT_BITS == BITS
typedef ELEMENT IN(input);
#else
typedef float IN(input);
#endif
#define INPUT IN(input)

#define TO_WIDE(v) __builtin_convertvector(v, WIDE)
#define TO_VECTOR(v) __builtin_convertvector(v, VECTOR)

INLINE void IN(load)(VECTOR *v, const ELEMENT *p) {
#if BITS == 32
  __builtin_memcpy(v, p, sizeof *v);
#else
  IN(halves) halves;
  __builtin_memcpy(&halves, p, sizeof halves);
  *v = (VECTOR)(__builtin_convertvector(halves, WORDS) << 16);
#endif
}

// As the element's format has it.
INLINE void IN(round)(VECTOR *v) {
#if BITS == 16
  const WORDS bits = (WORDS)*v;
  *v = (VECTOR)(BFLOAT16(WORDS, bits) << 16);
#else
  (void)v;
#endif
}

// What is stored has been rounded.
INLINE void IN(store)(const VECTOR *v, ELEMENT *p) {
#if BITS == 32
  __builtin_memcpy(p, v, sizeof *v);
#else
  const IN(halves) halves = __builtin_convertvector((WORDS)*v >> 16, IN(halves));
  __builtin_memcpy(p, &halves, sizeof halves);
#endif
}

// An element of x, as the format of the others has it.
INLINE void IN(load_input)(VECTOR *v, const INPUT *p) {
#if INPUT_BITS == BITS
  IN(load)(v, p);
#else
  __builtin_memcpy(v, p, sizeof *v);
  IN(round)(v);
#endif
}

INLINE void IN(store_input)(const VECTOR *v, INPUT *p) {
#if INPUT_BITS == BITS
  IN(store)(v, p);
#else
  __builtin_memcpy(p, v, sizeof *v);
#endif
}

INLINE void IN(load_marks)(WORDS *v, const uint8_t *p) {
  MARKS marks;
  __builtin_memcpy(&marks, p, sizeof marks);
  *v = __builtin_convertvector(marks, WORDS);
}

INLINE void IN(store_marks)(const WORDS *v, uint8_t *p) {
  const MARKS marks = __builtin_convertvector(*v, MARKS);
  __builtin_memcpy(p, &marks, sizeof marks);
}

// The numbers of a block's channels; the last block's lanes beyond them are 0.
INLINE void IN(load_channels)(VECTOR *v, const struct tare_pooled *p, size_t block, const float *numbers) {
  const size_t left = p->channels - block * BLOCK;
  *v = (VECTOR){0};
  __builtin_memcpy(v, numbers + block * BLOCK, (left < BLOCK ? left : BLOCK) * sizeof *numbers);
}

INLINE void IN(store_channels)(const VECTOR *v, const struct tare_pooled *p, size_t block, float *numbers) {
  const size_t left = p->channels - block * BLOCK;
  __builtin_memcpy(numbers + block * BLOCK, v, (left < BLOCK ? left : BLOCK) * sizeof *numbers);
}

// y = (x - mean) scale + shift, with scale = gamma inverse and inverse = 1 / sqrt(variance + epsilon).
struct IN(line) {
  VECTOR mean, scale, shift;
  WIDE inverse;
};

INLINE void IN(load_line)(
    struct IN(line) *l, const struct tare_pooled *p, const struct tare_channels *c, size_t block) {
  VECTOR variance, gamma;
  IN(load_channels)(&l->mean, p, block, c->mean);
  IN(load_channels)(&variance, p, block, c->variance);
  IN(load_channels)(&gamma, p, block, c->gamma);
  IN(load_channels)(&l->shift, p, block, c->beta);
  l->inverse = 1 / __builtin_elementwise_sqrt(TO_WIDE(variance) + p->epsilon);
  l->scale = gamma * TO_VECTOR(l->inverse);
}

INLINE void IN(apply)(const struct IN(line) *l, const VECTOR *x, VECTOR *y) {
  *y = (*x - l->mean) * l->scale + l->shift;
  IN(round)(y);
}

#define SUM_OF(parts) TO_WIDE((parts[0] + parts[1]) + (parts[2] + parts[3]))

// Of a tile: the mean and the sum of squared distances from it, in two passes over the nearest cache. Distances from a rounded
// mean, themselves summed, correct both (Chan, Golub, LeVeque 1983, formula 1.7).
INLINE void IN(measure_tile)(const INPUT *tile, size_t n, WIDE *mean, WIDE *squares) {
  VECTOR parts[4] = {0}, parts2[4] = {0}, v;
  const size_t whole = n / 4 * 4;
  for (size_t i = 0; i < whole; i += 4) {
    for (size_t j = 0; j < 4; j++) {
      IN(load_input)(&v, tile + (i + j) * BLOCK);
      parts[j] += v;
    }
  }
  for (size_t i = whole; i < n; i++) {
    IN(load_input)(&v, tile + i * BLOCK);
    parts[0] += v;
  }
  const VECTOR center = TO_VECTOR(SUM_OF(parts) / (double)n);
  for (size_t j = 0; j < 4; j++) parts[j] = (VECTOR){0};
  for (size_t i = 0; i < whole; i += 4) {
    for (size_t j = 0; j < 4; j++) {
      IN(load_input)(&v, tile + (i + j) * BLOCK);
      v -= center;
      parts[j] += v;
      parts2[j] += v * v;
    }
  }
  for (size_t i = whole; i < n; i++) {
    IN(load_input)(&v, tile + i * BLOCK);
    v -= center;
    parts[0] += v;
    parts2[0] += v * v;
  }
  const WIDE rest = SUM_OF(parts) / (double)n;
  *mean = TO_WIDE(center) + rest;
  *squares = SUM_OF(parts2) - rest * rest * (double)n;
}

// Mean and biased variance of a block's channels: of tiles, merged (ibid., formula 2.1).
static TARGET void IN(measure)(
    const struct tare_pooled *p, const struct tare_channels *c, size_t block, const INPUT *x) {
  const size_t pixels = p->height * p->width, blocks = (p->channels + BLOCK - 1) / BLOCK;
  WIDE mean = {0}, squares = {0};
  double count = 0;
  for (size_t sample = 0; sample < p->samples; sample++) {
    const INPUT *plane = x + (sample * blocks + block) * pixels * BLOCK;
    for (size_t first = 0; first < pixels; first += TILE) {
      const size_t n = pixels - first < TILE ? pixels - first : TILE;
      WIDE tile_mean, tile_squares;
      IN(measure_tile)(plane + first * BLOCK, n, &tile_mean, &tile_squares);
      const WIDE distance = tile_mean - mean;
      const double total = count + (double)n;
      squares += tile_squares + distance * distance * (count * (double)n / total);
      mean += distance * ((double)n / total);
      count = total;
    }
  }
  const VECTOR center = TO_VECTOR(mean), variance = TO_VECTOR(squares / count);
  IN(store_channels)(&center, p, block, c->mean);
  IN(store_channels)(&variance, p, block, c->variance);
}

// One plane: a block's channels of one sample. `p` is a copy whose window, stride and padding the compiler may know.
INLINE void IN(pool_plane)(
    const struct tare_pooled *p, const struct IN(line) *l, const INPUT *x, ELEMENT *y, ELEMENT *winning,
    uint8_t *winners) {
  for (size_t row = 0; row < p->pooled_height; row++) {
    const size_t top = row * p->stride, bottom = top + p->window - p->padding;
    const size_t first_row = top > p->padding ? top - p->padding : 0;
    const size_t rows = p->padding == 0 ? p->window : (bottom < p->height ? bottom : p->height) - first_row;
    for (size_t column = 0; column < p->pooled_width; column++) {
      const size_t left = column * p->stride, right = left + p->window - p->padding;
      const size_t first_column = left > p->padding ? left - p->padding : 0;
      const size_t columns = p->padding == 0 ? p->window : (right < p->width ? right : p->width) - first_column;
      // In its window: 0, unless the first row or column is padding.
      const size_t number = (first_row + p->padding - top) * p->window + first_column + p->padding - left;
      const INPUT *corner = x + (first_row * p->width + first_column) * BLOCK;
      VECTOR best, source;
      IN(load_input)(&source, corner);
      IN(apply)(l, &source, &best);
      WORDS winner = (WORDS)(uint32_t)number;
      for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
          if (i + j == 0) continue;
          VECTOR v, value;
          IN(load_input)(&v, corner + (i * p->width + j) * BLOCK);
          IN(apply)(l, &v, &value);
          const WORDS better = (WORDS)((value > best) | (value != value));
          best = (VECTOR)SELECT(WORDS, better, value, best);
          source = (VECTOR)SELECT(WORDS, better, v, source);
          winner = SELECT(WORDS, better, (uint32_t)(number + i * p->window + j), winner);
        }
      }
      if (p->rectifies) {
        const WORDS dead = (WORDS)(best <= 0);
        best = (VECTOR)(~dead & (WORDS)best);
        winner |= dead & NO_WINNER;
      }
      const size_t at = (row * p->pooled_width + column) * BLOCK;
      IN(store)(&best, y + at);
      if (!winners) continue;
      IN(store)(&source, winning + at);
      IN(store_marks)(&winner, winners + at);
    }
  }
}

static TARGET void IN(normalize)(
    const struct tare_pooled *pooled, const struct tare_channels *c, const void *x, void *y, void *winning,
    uint8_t *winners) {
  struct tare_pooled p = *pooled;
  const size_t blocks = (p.channels + BLOCK - 1) / BLOCK;
  const size_t pixels = p.height * p.width, pooled_pixels = p.pooled_height * p.pooled_width;
  for (size_t block = 0; block < blocks; block++) {
    struct IN(line) l;
    if (winners) IN(measure)(&p, c, block, x);
    IN(load_line)(&l, &p, c, block);
    for (size_t sample = 0; sample < p.samples; sample++) {
      const size_t plane = sample * blocks + block, at = plane * pooled_pixels * BLOCK;
#define POOL(known)                                                           \
  IN(pool_plane)(                                                             \
      known, &l, (const INPUT *)x + plane * pixels * BLOCK, (ELEMENT *)y + at, \
      winners ? (ELEMENT *)winning + at : NULL, winners ? winners + at : NULL);
      KNOWING_WINDOWS(&p, POOL)
#undef POOL
    }
  }
}

// Of a block's channels: the sums of dy and of dy (x - mean), over what has passed the pool and the ReLU.
INLINE void IN(reduce)(
    const struct tare_pooled *p, const struct tare_pooled_gradient *g, const struct IN(line) *l, size_t block,
    WIDE *slopes, WIDE *products) {
  const size_t pixels = p->pooled_height * p->pooled_width, blocks = (p->channels + BLOCK - 1) / BLOCK;
  *slopes = *products = (WIDE){0};
  for (size_t sample = 0; sample < p->samples; sample++) {
    const size_t plane = (sample * blocks + block) * pixels * BLOCK;
    for (size_t first = 0; first < pixels; first += TILE) {
      const size_t end = pixels - first < TILE ? pixels : first + TILE;
      VECTOR slope[2] = {0}, product[2] = {0};
      for (size_t i = first; i < end; i += 2) {
        for (size_t j = 0; j < 2; j++) {
          if (i + j == end) break;
          const size_t at = plane + (i + j) * BLOCK;
          VECTOR dy, x;
          WORDS winner;
          IN(load)(&dy, (const ELEMENT *)g->dy + at);
          IN(load)(&x, (const ELEMENT *)g->winning + at);
          IN(load_marks)(&winner, g->winners + at);
          dy = (VECTOR)((WORDS)(winner != NO_WINNER) & (WORDS)dy);
          slope[j] += dy;
          product[j] += dy * (x - l->mean);
        }
      }
      *slopes += TO_WIDE(slope[0] + slope[1]);
      *products += TO_WIDE(product[0] + product[1]);
    }
  }
}

// dx = (dy - offset - (x - mean) slope) scale.
struct IN(pull) {
  VECTOR offset, slope;
};

INLINE void IN(write_slope)(
    const struct IN(line) *l, const struct IN(pull) *pull, const VECTOR *dy, const INPUT *x, INPUT *dx) {
  VECTOR v;
  IN(load_input)(&v, x);
  v = ((*dy - pull->offset) - (v - l->mean) * pull->slope) * l->scale;
  IN(round)(&v);
  IN(store_input)(&v, dx);
}

// Where each pixel is in one window at most.
INLINE void IN(spread_disjoint)(
    const struct tare_pooled *p, const struct IN(line) *l, const struct IN(pull) *pull, const INPUT *x,
    const ELEMENT *dy, const uint8_t *winners, INPUT *dx) {
  const VECTOR nothing = {0};
  for (size_t row = 0; row < p->height; row++) {
    const size_t window_row = row / p->stride, line = row % p->stride, start = row * p->width;
    size_t done = 0;
    if (window_row < p->pooled_height && line < p->window) {
      for (size_t column = 0; column < p->pooled_width; column++) {
        const size_t at = (window_row * p->pooled_width + column) * BLOCK;
        VECTOR slope;
        WORDS winner;
        IN(load)(&slope, dy + at);
        IN(load_marks)(&winner, winners + at);
        for (size_t i = 0; i < p->stride && done < p->width; i++, done++) {
          const WORDS won = (WORDS)(winner == (WORDS)(uint32_t)(line * p->window + i));
          const VECTOR share = i < p->window ? (VECTOR)(won & (WORDS)slope) : nothing;
          IN(write_slope)(l, pull, &share, x + (start + done) * BLOCK, dx + (start + done) * BLOCK);
        }
      }
    }
    for (; done < p->width; done++)
      IN(write_slope)(l, pull, &nothing, x + (start + done) * BLOCK, dx + (start + done) * BLOCK);
  }
}

// Where windows overlap.
INLINE void IN(spread_overlapping)(
    const struct tare_pooled *p, const struct IN(line) *l, const struct IN(pull) *pull, const INPUT *x,
    const ELEMENT *dy, const uint8_t *winners, INPUT *dx) {
  for (size_t row = 0; row < p->height; row++) {
    const struct windows rows = windows_of(row, p->pooled_height, p);
    for (size_t column = 0; column < p->width; column++) {
      const struct windows columns = windows_of(column, p->pooled_width, p);
      VECTOR share = {0};
      for (size_t i = rows.first; i < rows.end; i++) {
        const size_t line = (row + p->padding - i * p->stride) * p->window;
        for (size_t j = columns.first; j < columns.end; j++) {
          const size_t at = (i * p->pooled_width + j) * BLOCK;
          VECTOR slope;
          WORDS winner;
          IN(load)(&slope, dy + at);
          IN(load_marks)(&winner, winners + at);
          const WORDS won = (WORDS)(winner == (WORDS)(uint32_t)(line + column + p->padding - j * p->stride));
          share += (VECTOR)(won & (WORDS)slope);
        }
      }
      const size_t at = (row * p->width + column) * BLOCK;
      IN(write_slope)(l, pull, &share, x + at, dx + at);
    }
  }
}

INLINE void IN(spread)(
    const struct tare_pooled *p, const struct IN(line) *l, const struct IN(pull) *pull, const INPUT *x,
    const ELEMENT *dy, const uint8_t *winners, INPUT *dx) {
  if (p->stride >= p->window && p->padding == 0) IN(spread_disjoint)(p, l, pull, x, dy, winners, dx);
  else IN(spread_overlapping)(p, l, pull, x, dy, winners, dx);
}

static TARGET void IN(differentiate)(
    const struct tare_pooled *pooled, const struct tare_channels *c, const struct tare_pooled_gradient *gradient) {
  struct tare_pooled p = *pooled;
  const struct tare_pooled_gradient g = *gradient;
  const size_t blocks = (p.channels + BLOCK - 1) / BLOCK;
  const size_t pixels = p.height * p.width, pooled_pixels = p.pooled_height * p.pooled_width;
  const double count = (double)(p.samples * pixels);
  for (size_t block = 0; block < blocks; block++) {
    struct IN(line) l;
    WIDE slopes, products;
    IN(load_line)(&l, &p, c, block);
    IN(reduce)(&p, &g, &l, block, &slopes, &products);
    const VECTOR dbeta = TO_VECTOR(slopes), dgamma = TO_VECTOR(products * l.inverse);
    IN(store_channels)(&dbeta, &p, block, g.dbeta);
    IN(store_channels)(&dgamma, &p, block, g.dgamma);
    if (!g.dx) continue;
    const struct IN(pull) pull = {
        .offset = TO_VECTOR(slopes / count), .slope = TO_VECTOR(products * l.inverse * l.inverse / count)};
    for (size_t sample = 0; sample < p.samples; sample++) {
      const size_t plane = sample * blocks + block;
#define SPREAD(known)                                                                                 \
  IN(spread)(                                                                                         \
      known, &l, &pull, (const INPUT *)g.x + plane * pixels * BLOCK,                                \
      (const ELEMENT *)g.dy + plane * pooled_pixels * BLOCK, g.winners + plane * pooled_pixels * BLOCK, \
      (INPUT *)g.dx + plane * pixels * BLOCK);
      KNOWING_WINDOWS(&p, SPREAD)
#undef SPREAD
    }
  }
}

#undef SUM_OF
#undef TO_VECTOR
#undef TO_WIDE
#undef INPUT
#undef ELEMENT
#undef MARKS
#undef WORDS
#undef WIDE
#undef VECTOR
