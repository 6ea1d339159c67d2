// The loops over weights. Every function exists for float (f32) and double (f64) and takes the instruction set to run
// on; results are equal in every bit on all of them: nothing is contracted, and sums have 16 fixed double lanes.

#ifndef TARE_CKERNELS_H
#define TARE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "parameters.h"

// In rising order; all but the first exist on x86-64 only.
enum tare_isa { tare_isa_base, tare_isa_v3, tare_isa_v4 };

// Whether this processor can run the paths of `isa`.
int tare_isa_supported(int isa);

// Whether Intel made this processor.
int tare_processor_is_intel(void);

// The names of the update kernels by number, ended by NULL.
const char *_Nullable const *_Nonnull tare_update_names(void);

// The number of the update kernel called `name`, or -1.
int tare_update_named(const char *_Nonnull name);

// How many state tensors an update kernel reads and writes (0 to 2).
int tare_update_state_count(int kernel);

// The size of the struct of parameters that an update kernel takes.
size_t tare_update_parameter_size(int kernel);

// Whether it takes one for each row, and leaves alone the state that it does not need, and the sums that an earlier pass
// has left: it writes |d|^2 and <w,d>, and |m|^2 and <w,m> if it changes m.
int tare_update_is_by_row(int kernel);

// Doubles that an update writes for each row, in this order: |w|^2, |g|^2, <w,g>, |d|^2, <w,d>, weights with g != 0,
// |m|^2, <w,m>. w: the old weights. g: the averaged gradient without penalties. d: new weights - old weights, or what
// was written itself if that is a direction. m: the first state after the step, 0 if there is none.
enum { tare_sum_count = 8 };

#define TARE_DECLARE(scalar, suffix)                                                                              \
  /* One step on `rows` rows of `row_length` weights. `updated` must not overlap `old`; state changes in place.   \
     `parameters`: the kernel's struct in parameters.h; of a row kernel one for each row.                         \
     `direction`: not 0 if what an update kernel writes is no weights but a direction. `sums` and                 \
     `squared_norms`, which receives |new weights|^2 of each row, may be null. `radius`: 0, or the norm to which  \
     each row of the new weights is then scaled, with one rounding; zeros stay zeros. */                          \
  struct tare_update_##suffix {                                                                                   \
    const scalar *_Nonnull old;                                                                                   \
    scalar *_Nonnull updated;                                                                                     \
    const scalar *_Nonnull gradient_sum;                                                                          \
    scalar gradient_scale;                                                                                        \
    scalar *_Nullable state0;                                                                                    \
    scalar *_Nullable state1;                                                                                    \
    size_t rows;                                                                                                  \
    size_t row_length;                                                                                            \
    const void *_Nullable parameters;                                                                              \
    int direction;                                                                                                \
    double *_Nullable sums;                                                                                       \
    double *_Nullable squared_norms;                                                                              \
    double radius;                                                                                                \
  };                                                                                                              \
  void tare_update_##suffix(int isa, int kernel, const struct tare_update_##suffix *_Nonnull update);             \
  /* Of the sums, those of the weights, the gradients and the first state before the step; `gradient_state`       \
     receives <g,m> of each row. Nothing else is written. */                                                      \
  void tare_sum_inputs_and_state_##suffix(                                                                        \
      int isa, const struct tare_update_##suffix *_Nonnull update, double *_Nonnull gradient_state);              \
  /* sum[i] = a[i] + b[i]; `sum` may be `a` or `b`. */                                                            \
  void tare_add_##suffix(                                                                                         \
      int isa, const scalar *_Nonnull a, const scalar *_Nonnull b, scalar *_Nonnull sum, size_t count);           \
  /* scaled[r][i] = factors[r] * source[r][i], rounded once; `scaled` may be `source`. */                         \
  void tare_scale_rows_##suffix(                                                                                  \
      int isa, const scalar *_Nonnull source, const double *_Nonnull factors, scalar *_Nonnull scaled,            \
      size_t rows, size_t row_length);                                                                            \
  /* norms[r] = sum over i of source[r][i]^2. */                                                                  \
  void tare_squared_norms_##suffix(                                                                               \
      int isa, const scalar *_Nonnull source, double *_Nonnull norms, size_t rows, size_t row_length);              \
  /* 0 if any element is infinite or not a number. */                                                             \
  int tare_are_finite_##suffix(int isa, const scalar *_Nonnull source, size_t count);

TARE_DECLARE(float, f32)
TARE_DECLARE(double, f64)

#undef TARE_DECLARE

// The rounding of lossy wire formats (docs/protocol.md, rule 40), for float only. `errors`, if not null, receives for each row
// the sum of the squares of what the rounding has changed.

enum tare_sixteen_bits { tare_bfloat16, tare_float16 };

// Rounded to the nearest number of the format, of two to the even one.
void tare_pack16(
    int isa, enum tare_sixteen_bits format, const float *_Nonnull x, uint16_t *_Nonnull packed, size_t rows,
    size_t row_length, double *_Nullable errors);
// The sum of two packed vectors, rounded.
void tare_add16(
    int isa, enum tare_sixteen_bits format, const uint16_t *_Nonnull a, const uint16_t *_Nonnull b,
    uint16_t *_Nonnull sum, size_t rows, size_t row_length, double *_Nullable errors);
void tare_unpack16(
    int isa, enum tare_sixteen_bits format, const uint16_t *_Nonnull packed, float *_Nonnull x, size_t count);
// 0 if any number is infinite or none.
int tare_are_finite16(
    int isa, enum tare_sixteen_bits format, const uint16_t *_Nonnull packed, size_t count);

// Rows of whole numbers from -127 to 127, each a multiple of its row's scale. The scale of a row that is not finite is no
// number.
struct tare_bytes {
  float *_Nonnull scales;
  int8_t *_Nonnull numbers;
};

// The counters and the key of the random numbers with which elements are rounded up or down.
struct tare_dither {
  uint32_t key[2];
  uint32_t step, node, purpose;
  // The number of the first element.
  uint32_t first;
};

// Rounded up or down at random, without bias.
void tare_pack8(
    int isa, const float *_Nonnull x, struct tare_bytes packed, size_t rows, size_t row_length,
    const struct tare_dither *_Nonnull dither, double *_Nullable errors);
void tare_add8(
    int isa, struct tare_bytes a, struct tare_bytes b, struct tare_bytes sum, size_t rows, size_t row_length,
    const struct tare_dither *_Nonnull dither, double *_Nullable errors);
// x - held, rounded to the nearest.
void tare_pack8_differences(
    int isa, const float *_Nonnull x, const float *_Nonnull held, struct tare_bytes packed, size_t rows,
    size_t row_length);
// The packed numbers, added to `held` if there is any.
void tare_unpack8(
    int isa, const float *_Nullable held, struct tare_bytes packed, float *_Nonnull x, size_t rows, size_t row_length);

// Batch normalization, perhaps a ReLU, and a max pool, in one pass over the activations each way. These are
// float, or bfloat16, in blocks of channels: [sample][channel / block][row][column][channel % block]. The last block's channels
// beyond the number are 0. Equal bits on all instruction sets.
struct tare_pooled {
  size_t samples, channels, height, width;
  // Channels of a block, 8 or 16.
  size_t block;
  // Whether they are bfloat16; a block then has 16. The input may be float even so: it is rounded as it is read, and its gradient
  // before it is written.
  int is_bfloat16, has_float_input;
  // Along both axes; padding is at most half a window, and a window has at most 15 pixels along one axis.
  size_t window, stride, padding, pooled_height, pooled_width;
  int rectifies;
  double epsilon;
};

// One for each channel. The variance is the biased one.
struct tare_channels {
  const float *_Nonnull gamma, *_Nonnull beta;
  float *_Nonnull mean, *_Nonnull variance;
};

// y = pool(relu(gamma (x - mean) / sqrt(variance + epsilon) + beta)). With `winners`, mean and variance are those of x, and are
// written; `winning` receives the x that has won each window, and `winners` its number in the window, row by row, or 255
// where the ReLU passes nothing on. Without them, mean and variance are read.
void tare_pooled_normalization(
    int isa, const struct tare_pooled *_Nonnull p, const struct tare_channels *_Nonnull channels, const void *_Nonnull x,
    void *_Nonnull y, void *_Nullable winning, uint8_t *_Nullable winners);

struct tare_pooled_gradient {
  const void *_Nonnull x, *_Nonnull dy, *_Nonnull winning;
  const uint8_t *_Nonnull winners;
  // Not written if null.
  void *_Nullable dx;
  float *_Nonnull dgamma, *_Nonnull dbeta;
};

// The gradients, from that of y and what the pass above has written.
void tare_pooled_normalization_gradient(
    int isa, const struct tare_pooled *_Nonnull p, const struct tare_channels *_Nonnull channels,
    const struct tare_pooled_gradient *_Nonnull gradient);

// Convolutions of 3x3 with stride 1 and padding 1 by Winograd's algorithm F(4x4, 3x3): what comes before and after its 36
// products of matrices (Lavin, Gray 2016). Equal bits on all instruction sets. Channels, and inputs of filters, are multiples of
// tare_winograd_block.
enum { tare_winograd_block = 8, tare_winograd_matrices = 36 };

// In blocks of tare_winograd_block channels: [sample][channel / block][row][column][channel % block].
struct tare_images {
  size_t samples, channels, height, width;
};

// [output][input][3][3]
struct tare_filters {
  size_t outputs, inputs;
};

// Tiles of 4x4 pixels, row by row, of one sample after the other: the rows of the matrices that stand for images. The last ones
// reach beyond the image, where it is 0.
size_t tare_winograd_tiles(const struct tare_images *_Nonnull images);

// Elements from one matrix to the next. A few lie between, or a tile's places in all of them could fall into the same few sets of a
// cache.
size_t tare_winograd_image_matrix(const struct tare_images *_Nonnull images);
size_t tare_winograd_filter_matrix(const struct tare_filters *_Nonnull filters);

// With U of the filters w and V of the images x, the products M[i] = V[i] U[i]' make the convolution y. With U of the flipped
// filters, and V of dy, M[i] = V[i] U[i] make dx. With S of dy and V of x, dU[i] = S[i]' V[i] make dw.

// V [36][tile][channel]
void tare_winograd_source(int isa, const struct tare_images *_Nonnull images, const float *_Nonnull x, float *_Nonnull v);

// From M [36][tile][channel]
void tare_winograd_destination(
    int isa, const struct tare_images *_Nonnull images, const float *_Nonnull m, float *_Nonnull y);

// S [36][tile][channel]
void tare_winograd_slope(int isa, const struct tare_images *_Nonnull images, const float *_Nonnull dy, float *_Nonnull s);

// U [36][output][input]; flipped: with the taps in reverse order.
void tare_winograd_weights(
    int isa, const struct tare_filters *_Nonnull filters, int flipped, const float *_Nonnull w, float *_Nonnull u);

// From dU [36][output][input]
void tare_winograd_weights_gradient(
    int isa, const struct tare_filters *_Nonnull filters, const float *_Nonnull du, float *_Nonnull dw);

#endif
