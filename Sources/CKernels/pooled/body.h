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

// Calls name for the kind of block that p has.
#define FOR_BLOCKS(p, name, ...)                                                \
  if ((p)->is_bfloat16 && (p)->has_float_input) ON(name##_mixed)(p, __VA_ARGS__); \
  else if ((p)->is_bfloat16) ON(name##_bfloat16)(p, __VA_ARGS__);               \
  else if ((p)->block == 8) ON(name##_float8)(p, __VA_ARGS__);                  \
  else ON(name##_float16)(p, __VA_ARGS__);

static TARGET void ON(normalize)(
    const struct tare_pooled *p, const struct tare_channels *c, const void *x, void *y, void *winning,
    uint8_t *winners) {
  FOR_BLOCKS(p, normalize, c, x, y, winning, winners)
}

static TARGET void ON(differentiate)(
    const struct tare_pooled *p, const struct tare_channels *c, const struct tare_pooled_gradient *g) {
  FOR_BLOCKS(p, differentiate, c, g)
}

#undef FOR_BLOCKS
#undef INLINE
