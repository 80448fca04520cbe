/* A plugin of Bailiwick that refuses paths which leave the provider's own network. */
#include "bailiwick.h"

/* A reason of plugin.yaml. */
#define PUBLIC 1

/* A setting: such paths are warned of and not refused. */
static bool warn_only;

/* Reads the settings. It is called once. */
static int32_t prepare(bw_setup *s) {
	warn_only = bw_setting_bool(s, "warnOnly", false);
	return 0;
}

/* Is asked about all paths in one call: rows of the request's table paths. */
static int32_t judge(bw_call *c) {
	const bw_table paths = bw_table_of(c->request, "paths");
	const bw_column from = bw_column_of(paths, "from", BW_REF), to = bw_column_of(paths, "to", BW_REF);
	const bw_column own = bw_column_of(paths, "private", BW_BOOL);
	BW_EACH(row, c->selected) {
		bw_state known = bw_state_of(own, row);
		bw_arg start = bw_site(bw_ref(from, row)), end = bw_site(bw_ref(to, row));
		if (known == BW_UNKNOWN && warn_only) bw_may_warn(c, row, PUBLIC, BW_ARGS(start, end));
		else if (known == BW_UNKNOWN) bw_may_deny(c, row, PUBLIC, BW_ARGS(start, end));
		else if (bw_bool(own, row)) continue;
		else if (warn_only) bw_warn(c, row, PUBLIC, BW_ARGS(start, end));
		else bw_deny(c, row, PUBLIC, BW_ARGS(start, end));
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_PATH(judge)
