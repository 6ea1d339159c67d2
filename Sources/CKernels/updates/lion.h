// w <- keep w - rate sign(b1 m + (1 - b1) g');  m <- b2 m + (1 - b2) g', g' = g + penalty w.
// state0 = m, c[3] to c[6] = b1, 1 - b1, b2, 1 - b2
STEP(lion) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  const lanes u = c[3] * x->state0 + c[4] * g;
  x->state0 = c[5] * x->state0 + c[6] * g;
  x->updated = c[KEEP] * x->weight - c[RATE] * SIGN(u);
}
