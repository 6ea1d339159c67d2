// How the loops reach the elements. Needs SCALAR, ON(name) and INLINE.

// How far ahead long loops prefetch, so that they do not wait where the processor's own prefetching ends: at each page. A
// prefetch never faults, whatever lies there.
enum { ON(distance) = 2048 / sizeof(SCALAR) };

// The first n elements at p; the other lanes are 0, and add nothing to any sum.
INLINE void ON(load)(lanes *v, const SCALAR *p, size_t n) {
  if (n == LANES) {
    __builtin_memcpy(v, p, sizeof *v);
  } else {
    *v = (lanes){0};
    __builtin_memcpy(v, p, n * sizeof *p);
  }
}

INLINE void ON(store)(const lanes *v, SCALAR *p, size_t n) {
  if (n == LANES) __builtin_memcpy(p, v, sizeof *v);
  else __builtin_memcpy(p, v, n * sizeof *p);
}

// The one order in which lanes are added up.
INLINE double ON(fold)(const sum_lanes *v) {
  const sum_lanes8 a = v->lo + v->hi;
  const sum_lanes4 b = a.lo + a.hi;
  const sum_lanes2 c = b.lo + b.hi;
  return c.lo + c.hi;
}
