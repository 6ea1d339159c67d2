#ifndef TARE_CONEDNN_SHIM_H
#define TARE_CONEDNN_SHIM_H

#include <oneapi/dnnl/dnnl.h>

/* From libgomp, the OpenMP runtime that libdnnl runs on; clang ships no omp.h beside it. Both concern the calling
   thread. */
void omp_set_num_threads(int count);
int omp_get_max_threads(void);

#endif
