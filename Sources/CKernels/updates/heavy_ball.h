// v <- mu v + g + penalty w;  w <- keep w - rate v.  memory0 = v, c[3] = mu
STEP(heavy_ball) {
  const lanes g = x->gradient + c[PENALTY] * x->weight;
  x->memory0 = c[3] * x->memory0 + g;
  x->updated = c[KEEP] * x->weight - c[RATE] * x->memory0;
}
