// w <- keep w - rate (g + penalty w)
STEP(sgd) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->updated = c[KEEP] * x->weight - c[RATE] * g;
}
