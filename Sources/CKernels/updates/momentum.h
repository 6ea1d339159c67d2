// v <- mu v + g + penalty w;  w <- keep w - rate v.  state0 = v, c[3] = mu
STEP(momentum) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->state0 = c[3] * x->state0 + g;
  x->updated = c[KEEP] * x->weight - c[RATE] * x->state0;
}
