// v <- mu v + g';  w <- keep w - rate (g' + mu v), g' = g + penalty w.  state0 = v, c[3] = mu
STEP(nesterov) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->state0 = c[3] * x->state0 + g;
  x->updated = c[KEEP] * x->weight - c[RATE] * (g + c[3] * x->state0);
}
