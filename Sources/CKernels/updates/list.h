// The update kernels: X(name, number of state tensors, number of coefficients). Each is the file <name>.h here.

#define TARE_UPDATES(X) \
  X(sgd, 0, 3)          \
  X(momentum, 1, 4)   \
  X(nesterov, 1, 4)     \
  X(rmsprop, 1, 6)      \
  X(adam, 2, 9)         \
  X(signsgd, 0, 3)      \
  X(lion, 1, 7)         \
  X(lars, 1, 4)
