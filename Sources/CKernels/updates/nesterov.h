// v <- mu v + g';  w <- keep w - rate (g' + mu v), g' = g + penalty w.  state0 = v
STEP(nesterov) {
  const lanes g = x->gradient + p->penalty * x->weight;
  x->state0 = p->momentum * x->state0 + g;
  x->updated = p->keep * x->weight - p->rate * (g + p->momentum * x->state0);
}
