// The update kernels: X(name, number of memory tensors, number of coefficients). Each is the file <name>.h here.

#define TARE_UPDATES(X) \
  X(sgd, 0, 3)          \
  X(heavy_ball, 1, 4)   \
  X(nesterov, 1, 4)     \
  X(adam, 2, 9)
