// v <- mu v + g + penalty w;  w <- keep w - rate v.  state0 = v
STEP(momentum) {
  const lanes g = x->gradient + p->penalty * x->weight;
  x->state0 = p->momentum * x->state0 + g;
  x->updated = p->keep * x->weight - p->rate * x->state0;
}
