// v <- mu v + rate (g + penalty w);  w <- keep w - v.  state0 = v, c[3] = mu
STEP(lars) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->state0 = c[3] * x->state0 + c[RATE] * g;
  x->updated = c[KEEP] * x->weight - x->state0;
}
