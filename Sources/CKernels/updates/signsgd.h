// w <- keep w - rate sign(g + penalty w)
STEP(signsgd) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->updated = c[KEEP] * x->weight - c[RATE] * SIGN(g);
}
