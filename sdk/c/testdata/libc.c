/* A guest with a C library, whose malloc is in use before and after the host is given room. */
#include <stdlib.h>
#include <string.h>

#include "bailiwick.h"

enum { PIECES = 64, SIZE = 40000 };

static char *before;

__attribute__((constructor)) static void begin(void) {
	before = (char *)malloc(100);
	memset(before, 0xAA, 100);
}

/* Fails if a piece of memory lies in the snapshot. */
static int32_t configure(bw_setup *s) {
	uintptr_t from = s->block->snapshot, to = from + s->block->snapshot_size;
	for (int i = 0; i < PIECES; i++) {
		char *p = (char *)malloc(SIZE);
		if (p == NULL) return bw_refuse(s, 2, "no memory");
		memset(p, 0xAA, SIZE);
		if ((uintptr_t)p < to && (uintptr_t)p + SIZE > from) return bw_refuse(s, 3, "memory in the snapshot");
		if (i % 2 == 0) free(p);
	}
	return before[99] == (char)0xAA ? 0 : bw_refuse(s, 4, "memory was changed");
}

/* Denies all rows. */
static int32_t site(bw_call *c) {
	BW_EACH(i, c->selected) bw_deny(c, i, BW_NO_REASON, BW_NO_ARGS);
	return 0;
}

BW_GUEST
BW_CONFIGURE(configure)
BW_SITE(site)
