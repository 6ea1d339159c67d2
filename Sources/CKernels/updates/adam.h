// m <- b1 m + (1 - b1) g';  v <- b2 v + (1 - b2) g'^2;  w <- keep w - rate m / (s sqrt(v) + epsilon),
// g' = g + penalty w.  state0 = m, state1 = v; c[RATE] = eta / (1 - b1^t),
// c[3] to c[8] = b1, 1 - b1, b2, 1 - b2, s = 1 / sqrt(1 - b2^t), epsilon
STEP(adam) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->state0 = c[3] * x->state0 + c[4] * g;
  x->state1 = c[5] * x->state1 + c[6] * (g * g);
  const lanes root = c[7] * __builtin_elementwise_sqrt(x->state1) + c[8];
  x->updated = c[KEEP] * x->weight - c[RATE] * x->state0 / root;
}
