// Rounding for the wire: from float to fewer bits and back.

#pragma STDC FP_CONTRACT OFF

#include "include/CKernels.h"

#define SCALAR float
#include "bfloat16.h"
#include "lanes.h"

typedef uint32_t word_lanes __attribute__((ext_vector_type(16)));
typedef int32_t number_lanes __attribute__((ext_vector_type(16)));
typedef uint64_t wide_lanes __attribute__((ext_vector_type(16)));
typedef uint16_t half_lanes __attribute__((ext_vector_type(16)));
typedef int8_t byte_lanes __attribute__((ext_vector_type(16)));

// What rows are rounded from, and where to.
struct rounded_rows {
  const float *x, *held;
  struct tare_bytes a, b, out;
  size_t rows, row_length;
};

#define BODY "wire/body.h"
#include "paths.h"

void tare_pack16(
    int isa, enum tare_sixteen_bits format, const float *x, uint16_t *packed, size_t rows, size_t row_length,
    double *errors) {
  CALL(pack16, format == tare_float16, x, packed, rows, row_length, errors)
}

void tare_add16(
    int isa, enum tare_sixteen_bits format, const uint16_t *a, const uint16_t *b, uint16_t *sum, size_t rows,
    size_t row_length, double *errors) {
  CALL(add16, format == tare_float16, a, b, sum, rows, row_length, errors)
}

void tare_unpack16(int isa, enum tare_sixteen_bits format, const uint16_t *packed, float *x, size_t count) {
  CALL(unpack16, format == tare_float16, packed, x, count)
}

int tare_are_finite16(int isa, enum tare_sixteen_bits format, const uint16_t *packed, size_t count) {
  int answer = 0;
  CALL(are_finite16, format == tare_float16, packed, count, &answer)
  return answer;
}

void tare_pack8(
    int isa, const float *x, struct tare_bytes packed, size_t rows, size_t row_length,
    const struct tare_dither *dither, double *errors) {
  const struct rounded_rows r = {.x = x, .out = packed, .rows = rows, .row_length = row_length};
  CALL(pack8, &r, dither, errors)
}

void tare_add8(
    int isa, struct tare_bytes a, struct tare_bytes b, struct tare_bytes sum, size_t rows, size_t row_length,
    const struct tare_dither *dither, double *errors) {
  const struct rounded_rows r = {.a = a, .b = b, .out = sum, .rows = rows, .row_length = row_length};
  CALL(add8, &r, dither, errors)
}

void tare_pack8_differences(
    int isa, const float *x, const float *held, struct tare_bytes packed, size_t rows, size_t row_length) {
  const struct rounded_rows r = {.x = x, .held = held, .out = packed, .rows = rows, .row_length = row_length};
  CALL(pack8_differences, &r)
}

void tare_unpack8(
    int isa, const float *held, struct tare_bytes packed, float *x, size_t rows, size_t row_length) {
  CALL(unpack8, held, packed, x, rows, row_length)
}
