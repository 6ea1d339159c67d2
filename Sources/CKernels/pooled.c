// Batch normalization, ReLU and max pool in one pass each way.

#pragma STDC FP_CONTRACT OFF

#include "include/CKernels.h"

#include "bfloat16.h"

// Pixels whose sums are floats, and what stands for the winner of a window that the ReLU has cut off.
enum { TILE = 128, NO_WINNER = 255 };

// Those that hold a pixel, along one axis.
struct windows {
  size_t first, end;
};

static inline struct windows windows_of(size_t pixel, size_t pooled, const struct tare_pooled *p) {
  const size_t place = pixel + p->padding, end = place / p->stride + 1;
  return (struct windows){
      .first = place < p->window ? 0 : (place - p->window) / p->stride + 1, .end = end < pooled ? end : pooled};
}

// DO(p), once for each common kind of windows, so that the compiler makes loops of its own for them.
#define KNOWING_WINDOWS(p, DO)                                            \
  if ((p)->window == 2 && (p)->stride == 2 && (p)->padding == 0) {        \
    struct tare_pooled known = *(p);                                      \
    known.window = known.stride = 2, known.padding = 0;                   \
    DO(&known)                                                            \
  } else if ((p)->window == 3 && (p)->stride == 2 && (p)->padding == 1) { \
    struct tare_pooled known = *(p);                                      \
    known.window = 3, known.stride = 2, known.padding = 1;                \
    DO(&known)                                                            \
  } else {                                                                \
    DO(p)                                                                 \
  }

#define BODY "pooled/body.h"
#include "paths.h"

void tare_pooled_normalization(
    int isa, const struct tare_pooled *p, const struct tare_channels *channels, const void *x, void *y, void *winning,
    uint8_t *winners) {
  CALL(normalize, p, channels, x, y, winning, winners)
}

void tare_pooled_normalization_gradient(
    int isa, const struct tare_pooled *p, const struct tare_channels *channels,
    const struct tare_pooled_gradient *gradient) {
  CALL(differentiate, p, channels, gradient)
}
