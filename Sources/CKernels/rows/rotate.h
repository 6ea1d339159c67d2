// w <- a w + b p;  m <- c w + d p, with the old w.  a = weight, b = direction, c = state_weight, d = state_direction
ROW(rotate) {
  x->updated = p->weight * x->weight + p->direction * x->direction;
  x->state0 = p->state_weight * x->weight + p->state_direction * x->direction;
}
