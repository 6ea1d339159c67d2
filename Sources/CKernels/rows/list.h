// The kernels with coefficients for each row: X(name, least number of state tensors, number of coefficients a row).
// Each is the file <name>.h here.

#define TARE_ROWS(X) \
  X(combine, 0, 2)   \
  X(tangent, 1, 3)   \
  X(rotate, 1, 4)
