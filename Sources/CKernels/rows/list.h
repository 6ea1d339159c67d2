// The kernels with parameters for each row: X(name, least number of state tensors). Each is the file <name>.h here, and
// its parameters are the struct tare_<name>_parameters.

#define TARE_ROWS(X) \
  X(combine, 0)      \
  X(tangent, 1)      \
  X(rotate, 1)
