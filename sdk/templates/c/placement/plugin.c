/* A plugin of Bailiwick that refuses placements at fewer sites than are wanted, whatever fails. */
#include "bailiwick.h"

/* A reason of plugin.yaml. */
#define TOO_FEW 1

/* How many sites have to be left. */
static double least;

/* Reads the settings. It is called once. */
static int32_t prepare(bw_setup *s) {
	least = bw_setting_number(s, "sites", 2);
	if (least < 1) return bw_refuse(s, 2, "setting sites: must not be less than 1");
	return 0;
}

/* Is asked about all placements in one call, each as it is and in every scenario that leaves something: rows of the
 * request's table placements. */
static int32_t judge(bw_call *c) {
	const bw_column survivors = bw_column_of(bw_table_of(c->request, "placements"), "survivors", BW_RELATION);
	const double wanted = least; /* a copy, which no write below can change */
	BW_EACH(row, c->selected) {
		uint32_t left = bw_relation(survivors, row).count;
		if (left < wanted) bw_deny(c, row, TOO_FEW, BW_ARGS(bw_integer(left), bw_number(wanted)));
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_PLACEMENT(judge)
