// w <- w + (a w + b p).  a = weight, b = direction
STEP(combine) { x->updated = x->weight + (p->weight * x->weight + p->direction * x->updated); }
