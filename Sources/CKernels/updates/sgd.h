// w <- keep w - rate (g + penalty w)
STEP(sgd) {
  const lanes g = x->gradient + p->penalty * x->weight;
  x->updated = p->keep * x->weight - p->rate * g;
}
