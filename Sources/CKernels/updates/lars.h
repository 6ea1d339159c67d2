// v <- mu v + rate (g + penalty w);  w <- keep w - v.  state0 = v
STEP(lars) {
  const lanes g = x->gradient + p->penalty * x->weight;
  x->state0 = p->momentum * x->state0 + p->rate * g;
  x->updated = p->keep * x->weight - x->state0;
}
