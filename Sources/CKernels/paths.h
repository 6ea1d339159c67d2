// The file BODY once for each instruction set, and CALL(name, ...), which chooses between them by `isa`.

#define TARGET
#define ON(name) name##_base
#include BODY
#undef ON
#undef TARGET

#if defined(__x86_64__)

#define TARGET __attribute__((target("arch=x86-64-v3")))
#define ON(name) name##_v3
#include BODY
#undef ON
#undef TARGET

// Without the width clang would split the lanes into halves of 256 bits.
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define ON(name) name##_v4
#include BODY
#undef ON
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
