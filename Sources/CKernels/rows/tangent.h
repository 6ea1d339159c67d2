// p <- c[0] w + c[1] g + c[2] m
ROW(tangent) { x->updated = c[0] * x->weight + c[1] * x->gradient + c[2] * x->state0; }
