// w <- c[0] w + c[1] p
ROW(combine) { x->updated = c[0] * x->weight + c[1] * x->direction; }
