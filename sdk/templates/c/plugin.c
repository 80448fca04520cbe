/* A plugin of Bailiwick that refuses sites whose electricity emits too much. */
#include "bailiwick.h"

/* A reason of plugin.yaml. */
#define TOO_MUCH 1

/* What prepare leaves to judge. */
static double ceiling;
static bw_column grid;

/* Reads the settings and finds the columns of the snapshot. It is called once. */
static int32_t prepare(bw_setup *s) {
	ceiling = bw_setting_number(s, "ceiling", 300);
	if (ceiling < 0) return bw_refuse(s, 2, "setting ceiling: must not be less than 0");
	grid = bw_column_of(bw_table_of(s->snapshot, "sites"), "carbon.gridGramsPerKWh", BW_FLOAT64);
	return 0;
}

/* Is asked about all candidates in one call, and finds what prepare left. */
static int32_t judge(bw_call *c) {
	const bw_column column = grid; /* copies, which no write below can change */
	const double most = ceiling;
	BW_EACH(row, c->selected) {
		bw_state known = bw_state_of(column, row);
		double grams = bw_float64(column, row);
		if (known == BW_UNKNOWN) bw_may_deny(c, row, BW_NO_REASON, BW_NO_ARGS);
		else if (known == BW_VALUE && grams > most)
			bw_deny(c, row, TOO_MUCH, BW_ARGS(bw_site(row), bw_number(grams), bw_number(most)));
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_SITE(judge)
