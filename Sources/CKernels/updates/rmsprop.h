// v <- b2 v + (1 - b2) g'^2;  w <- keep w - rate g' / (sqrt(v) + epsilon), g' = g + penalty w.  state0 = v
STEP(rmsprop) {
  const lanes g = x->gradient + p->penalty * x->weight;
  x->state0 = p->beta2 * x->state0 + (1 - p->beta2) * (g * g);
  x->updated = p->keep * x->weight - p->rate * g / (__builtin_elementwise_sqrt(x->state0) + p->epsilon);
}
