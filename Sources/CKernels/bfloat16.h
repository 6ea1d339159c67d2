// How floats become bfloat16: a float's upper half, rounded to the nearest, of two to the even one. What is not a number stays so.
// On vectors of any number of lanes: `words` is their type as whole numbers of 32 bits.

// The bits of infinity; larger ones, but for the sign, are no number.
#define INFINITE 0x7F800000u

// a where the mask holds, else b.
#define SELECT(words, mask, a, b) (((words)(mask) & (words)(a)) | (~(words)(mask) & (words)(b)))

// Of the bits of floats.
#define BFLOAT16(words, bits)                                             \
  SELECT(words, ((bits) & 0x7FFFFFFF) > INFINITE, (bits) >> 16 | 0x40, \
         ((bits) + 0x7FFF + ((bits) >> 16 & 1)) >> 16)
