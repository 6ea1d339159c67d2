// w <- c[0] w + c[1] p;  m <- c[2] w + c[3] p, with the old w
ROW(rotate) {
  x->updated = c[0] * x->weight + c[1] * x->direction;
  x->state0 = c[2] * x->weight + c[3] * x->direction;
}
