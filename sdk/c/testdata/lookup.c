/* A guest that looks for what its settings name, so that a test can see what it finds. */
#include "bailiwick.h"

enum { WRONG = 5 };

static char table[64], column[64];

/* A text of the settings as a C string. */
static const char *copied(bw_setup *s, const char *name, char *to) {
	bw_text t = bw_setting_text(s, name, "");
	uint32_t i = 0;
	for (; i < t.length && i < 63; i++) to[i] = t.at[i];
	to[i] = 0;
	return to;
}

static int32_t configure(bw_setup *s) {
	const char *t = copied(s, "table", table), *c = copied(s, "column", column);
	bw_type type = (bw_type)bw_setting_number(s, "type", BW_STRING);
	if (bw_setting_bool(s, "ask", false)) { /* before looking: there is nothing to fail by */
		bool there = bw_has_table(s->snapshot, t) && bw_has_column(bw_table_of(s->snapshot, t), c);
		return bw_refuse(s, WRONG, there ? "there" : "not there");
	}
	bw_numbers texts = bw_setting_texts(s, "texts");
	if (texts.count > 0) return bw_refuse_text(s, WRONG, bw_string_of(s->settings, texts.at[texts.count - 1]));
	if (t[0] == 0) return 0;
	bw_column found = bw_column_of(bw_table_of(s->snapshot, t), c, type);
	/* Whatever is read of a column that is not there is 0 and unknown, in every row. */
	if (found.rows == 0 && (bw_state_of(found, 0) != BW_UNKNOWN || bw_float64(found, 3) != 0 || bw_string(found, 1).length != 0 ||
	                        bw_relation(found, 2).count != 0 || bw_bits(found, 0).size != 0 || bw_matrix(found, 0) != 0))
		__builtin_trap();
	return 0;
}

/* Denies every row whose string is not found, and scores a row by how often the string of its number is smaller
 * than another; warns of rows that a set of the first column of bits lacks. */
static int32_t site(bw_call *c) {
	if (c->selected.size == 99) return bw_fail(c, WRONG, "ninety-nine");
	if (c->selected.size == 98) bw_deny(c, 98, BW_NO_REASON, BW_NO_ARGS);
	const bw_image *m = c->snapshot;
	BW_EACH(i, c->selected) {
		bw_text s = bw_string_of(m, i);
		if (bw_find(m, s) != i || bw_find(m, bw_c("no such string")) != BW_NONE) bw_deny(c, i, BW_NO_REASON, BW_NO_ARGS);
		uint32_t smaller = 0;
		for (uint32_t k = 0; k < m->strings; k++) smaller += bw_compare(s, bw_string_of(m, k)) < 0;
		bw_score(c, i, smaller);
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(configure)
BW_SITE(site)
