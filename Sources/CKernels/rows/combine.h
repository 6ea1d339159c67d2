// w <- a w + b p.  a = weight, b = direction
ROW(combine) { x->updated = p->weight * x->weight + p->direction * x->direction; }
