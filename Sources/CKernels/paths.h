// The file BODY once for each instruction set, and CALL(name, ...), which chooses between them by `isa`. BODY may also
// use FUSES, whether there is an instruction that multiplies and adds with one rounding, REGISTER_DOUBLES, as many as a
// register holds, and SUMS_IN_REGISTERS, whether there are enough registers for the sums of all lanes.

#define TARGET
#define FUSES 0
#define REGISTER_DOUBLES 2
#define SUMS_IN_REGISTERS 0
#define ON(name) name##_base
#include BODY
#undef ON
#undef SUMS_IN_REGISTERS
#undef REGISTER_DOUBLES
#undef FUSES
#undef TARGET

#if defined(__x86_64__)

#define TARGET __attribute__((target("arch=x86-64-v3")))
#define FUSES 1
#define REGISTER_DOUBLES 4
#define SUMS_IN_REGISTERS 0
#define ON(name) name##_v3
#include BODY
#undef ON
#undef SUMS_IN_REGISTERS
#undef REGISTER_DOUBLES
#undef FUSES
#undef TARGET

// Without the width clang would split the lanes into halves of 256 bits.
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define FUSES 1
#define REGISTER_DOUBLES 8
#define SUMS_IN_REGISTERS 1
#define ON(name) name##_v4
#include BODY
#undef ON
#undef SUMS_IN_REGISTERS
#undef REGISTER_DOUBLES
#undef FUSES
#undef TARGET

#define CALL(name, ...)                              \
  switch (isa) {                                     \
    case tare_isa_v4: name##_v4(__VA_ARGS__); break; \
    case tare_isa_v3: name##_v3(__VA_ARGS__); break; \
    default: name##_base(__VA_ARGS__);               \
  }

#else

#define CALL(name, ...) \
  (void)isa;            \
  name##_base(__VA_ARGS__);

#endif
