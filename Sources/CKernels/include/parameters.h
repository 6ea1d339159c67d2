// What each kernel needs beside its tensors: one struct a kernel, `tare_<kernel>_parameters`.
//
// Of an update kernel they are the same for all rows, and each factor is rounded once to the scalar type where the
// kernel uses it. In all of them
//   rate     eta, the learning rate of the step (-1 and keep 0: the step writes its direction instead)
//   penalty  2 lambda, the factor of w in the gradient of the penalty lambda |w|^2
//   keep     1 - eta * weight decay, the factor of w in the new weights
// Of a row kernel there is one struct for each row.

#ifndef TARE_PARAMETERS_H
#define TARE_PARAMETERS_H

struct tare_sgd_parameters {
  double rate, penalty, keep;
};

struct tare_signsgd_parameters {
  double rate, penalty, keep;
};

struct tare_momentum_parameters {
  double rate, penalty, keep;
  double momentum;  // mu
};

struct tare_nesterov_parameters {
  double rate, penalty, keep;
  double momentum;  // mu
};

struct tare_lars_parameters {
  double rate, penalty, keep;
  double momentum;  // mu
};

struct tare_rmsprop_parameters {
  double rate, penalty, keep;
  double beta2;
  double epsilon;
};

struct tare_adam_parameters {
  double rate;  // eta / (1 - beta1^t)
  double penalty, keep;
  double beta1, beta2;
  double root_scale;  // 1 / sqrt(1 - beta2^t)
  double epsilon;
};

struct tare_lion_parameters {
  double rate, penalty, keep;
  double beta1, beta2;
};

// The factors of w and of the direction p that an earlier pass left, in what is added to w.
struct tare_combine_parameters {
  double weight, direction;
};

// The factors of w, g and the state in what is added to w, and in the new state.
struct tare_rotate_parameters {
  double weight, gradient, state;
  double state_weight, state_gradient, state_state;
};

#endif
