// The fused kernels for one instruction set: the file block.h once for each kind of block. Needs ON(name) and TARGET.

#define INLINE static inline __attribute__((always_inline)) TARGET

#define BLOCK 8
#define BITS 32
#define INPUT_BITS 32
#define IN(name) ON(name##_float8)
#include "block.h"
#undef IN
#undef INPUT_BITS
#undef BITS
#undef BLOCK

#define BLOCK 16
#define BITS 32
#define INPUT_BITS 32
#define IN(name) ON(name##_float16)
#include "block.h"
#undef IN
#undef INPUT_BITS
#undef BITS

#define BITS 16
#define INPUT_BITS 16
#define IN(name) ON(name##_bfloat16)
#include "block.h"
#undef IN
#undef INPUT_BITS

#define INPUT_BITS 32
#define IN(name) ON(name##_mixed)
#include "block.h"
#undef IN
#undef INPUT_BITS
#undef BITS
#undef BLOCK

static TARGET void ON(normalize)(
    const struct tare_pooled *p, const struct tare_channels *c, const void *x, void *y, void *winning,
    uint8_t *winners) {
  if (p->is_bfloat16 && p->has_float_input) ON(normalize_mixed)(p, c, x, y, winning, winners);
  else if (p->is_bfloat16) ON(normalize_bfloat16)(p, c, x, y, winning, winners);
  else if (p->block == 8) ON(normalize_float8)(p, c, x, y, winning, winners);
  else ON(normalize_float16)(p, c, x, y, winning, winners);
}

static TARGET void ON(differentiate)(
    const struct tare_pooled *p, const struct tare_channels *c, const struct tare_pooled_gradient *g) {
  if (p->is_bfloat16 && p->has_float_input) ON(differentiate_mixed)(p, c, g);
  else if (p->is_bfloat16) ON(differentiate_bfloat16)(p, c, g);
  else if (p->block == 8) ON(differentiate_float8)(p, c, g);
  else ON(differentiate_float16)(p, c, g);
}

#undef INLINE
