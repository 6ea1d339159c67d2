// w <- keep w - rate sign(g + penalty w)
STEP(signsgd) {
  const lanes g = x->gradient + p->penalty * x->weight;
  x->updated = p->keep * x->weight - p->rate * SIGN(g);
}
