// The kernels with parameters for each row: X(name, least number of state tensors, what it uses beside the weights).
// Each is the file <name>.h here, and its parameters are the struct tare_<name>_parameters.

#define TARE_ROWS(X)            \
  X(combine, 0, USES_DIRECTION) \
  X(rotate, 1, USES_GRADIENT | CHANGES_STATE)
