// w <- keep w - rate sign(b1 m + (1 - b1) g');  m <- b2 m + (1 - b2) g', g' = g + penalty w.  state0 = m
STEP(lion) {
  const lanes g = x->gradient + p->penalty * x->weight;
  const lanes u = p->beta1 * x->state0 + (1 - p->beta1) * g;
  x->state0 = p->beta2 * x->state0 + (1 - p->beta2) * g;
  x->updated = p->keep * x->weight - p->rate * SIGN(u);
}
