// The update kernels: X(name, number of state tensors). Each is the file <name>.h here, and its parameters are the struct
// tare_<name>_parameters.

#define TARE_UPDATES(X) \
  X(sgd, 0)             \
  X(momentum, 1)        \
  X(nesterov, 1)        \
  X(rmsprop, 1)         \
  X(adam, 2)            \
  X(signsgd, 0)         \
  X(lion, 1)            \
  X(lars, 1)
