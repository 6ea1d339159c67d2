// Convolutions of 3x3 by Winograd's algorithm F(4x4, 3x3): what comes before and after its 36 products of matrices.

#pragma STDC FP_CONTRACT OFF

#include "include/CKernels.h"

// Lavin, Gray 2016, with other points: 0, a, -a, b, -b and infinity. Those of the paper, a = 1 and b = 2, round twice as much.
// The constants up to B2 are exact.
#define A 0.625f
#define B 1.5f
#define A2 (A * A)
#define B2 (B * B)
// Of G: 1 / (a^2 b^2), 1 / (2 a^2 (a^2 - b^2)), 1 / (2 b^2 (b^2 - a^2)).
#define AT_ZERO ((float)(1 / ((double)A2 * B2)))
#define AT_A ((float)(1 / (2 * (double)A2 * (A2 - B2))))
#define AT_B ((float)(1 / (2 * (double)B2 * (B2 - A2))))

// Pixels of a tile along one axis, of what it reads, and the taps of a filter.
enum { TILE = 4, PATCH = 6, TAPS = 3 };

typedef float block __attribute__((ext_vector_type(tare_winograd_block)));

static const block nothing = {0};

static inline size_t tiles_of(size_t pixels) { return (pixels + TILE - 1) / TILE; }

#define BODY "winograd/body.h"
#include "paths.h"

// From one matrix to the next: a cache line more.
static size_t apart(size_t count) { return count + 16; }

size_t tare_winograd_image_matrix(const struct tare_images *i) { return apart(tare_winograd_tiles(i) * i->channels); }

size_t tare_winograd_filter_matrix(const struct tare_filters *f) { return apart(f->outputs * f->inputs); }

size_t tare_winograd_tiles(const struct tare_images *i) {
  return i->samples * tiles_of(i->height) * tiles_of(i->width);
}

void tare_winograd_source(int isa, const struct tare_images *images, const float *x, float *v) {
  CALL(source, images, x, v)
}

void tare_winograd_destination(int isa, const struct tare_images *images, const float *m, float *y) {
  CALL(destination, images, m, y)
}

void tare_winograd_slope(int isa, const struct tare_images *images, const float *dy, float *s) {
  CALL(slope, images, dy, s)
}

void tare_winograd_weights(int isa, const struct tare_filters *filters, int flipped, const float *w, float *u) {
  CALL(weights, filters, flipped, w, u)
}

void tare_winograd_weights_gradient(int isa, const struct tare_filters *filters, const float *du, float *dw) {
  CALL(weights_gradient, filters, du, dw)
}
