// p <- a w + b g + c m.  a = weight, b = gradient, c = state
ROW(tangent) { x->updated = p->weight * x->weight + p->gradient * x->gradient + p->state * x->state0; }
