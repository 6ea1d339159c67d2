// w <- w + (a w + b g + c m);  m <- d w + e g + f m, with the old w and m.  state0 = m; a = weight, b = gradient, c = state,
// d = state_weight, e = state_gradient, f = state_state
STEP(rotate) {
  x->updated = x->weight + (p->weight * x->weight + p->gradient * x->gradient + p->state * x->state0);
  x->state0 = p->state_weight * x->weight + p->state_gradient * x->gradient + p->state_state * x->state0;
}
