// m <- b1 m + (1 - b1) g';  v <- b2 v + (1 - b2) g'^2;  w <- keep w - rate m / (s sqrt(v) + epsilon),
// g' = g + penalty w.  state0 = m, state1 = v, s = root_scale
STEP(adam) {
  const lanes g = x->gradient + p->penalty * x->weight;
  x->state0 = p->beta1 * x->state0 + (1 - p->beta1) * g;
  x->state1 = p->beta2 * x->state1 + (1 - p->beta2) * (g * g);
  const lanes root = p->root_scale * __builtin_elementwise_sqrt(x->state1) + p->epsilon;
  x->updated = p->keep * x->weight - p->rate * x->state0 / root;
}
