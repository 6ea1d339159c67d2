// v <- b2 v + (1 - b2) g'^2;  w <- keep w - rate g' / (sqrt(v) + epsilon), g' = g + penalty w.
// state0 = v, c[3] to c[5] = b2, 1 - b2, epsilon
STEP(rmsprop) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->state0 = c[3] * x->state0 + c[4] * (g * g);
  x->updated = c[KEEP] * x->weight - c[RATE] * g / (__builtin_elementwise_sqrt(x->state0) + c[5]);
}
