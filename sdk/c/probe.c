/* The guest of the ABI kit: it uses everything there is, and docs/abi-kit.md fixes its every answer. */
#include "bailiwick.h"

/* The statuses that the probe fails with. */
enum { FAILED_AS_TOLD = 7, FAILED_IN_HOOK = 9, NOT_FRESH = 11 };

/* ---- FNV-1a of 64 bits */

static void feed(uint64_t *h, uint64_t v, int bytes) {
	for (int k = 0; k < bytes; k++) *h = (*h ^ (v >> (8 * k) & 0xFF)) * UINT64_C(0x100000001B3);
}

static void feed_text(uint64_t *h, bw_text t) {
	for (uint32_t i = 0; i < t.length; i++) feed(h, (uint8_t)t.at[i], 1);
	feed(h, 0, 1);
}

static uint64_t bits_of(double x) { return bw_number(x).value; }

/* Feeds a cell that may hold no value. */
static void feed_cell(uint64_t *h, bw_column c, uint32_t row) {
	bw_state state = bw_state_of(c, row);
	feed(h, state == BW_VALUE ? 0 : state == BW_ABSENT ? 1 : 2, 1);
	if (state != BW_VALUE) return;
	switch (c.type) {
	case BW_STRING: feed_text(h, bw_string(c, row)); break;
	case BW_UINT8: feed(h, bw_uint8(c, row), 1); break;
	case BW_INT32: feed(h, (uint32_t)bw_int32(c, row), 4); break;
	case BW_INT64: feed(h, (uint64_t)bw_int64(c, row), 8); break;
	case BW_FLOAT64: feed(h, bits_of(bw_float64(c, row)), 8); break;
	case BW_BOOL: feed(h, bw_bool(c, row), 1); break;
	default: feed(h, bw_ref(c, row), 4);
	}
}

static void feed_row(uint64_t *h, bw_column c, uint32_t row) {
	switch (c.type) {
	case BW_RELATION: {
		bw_numbers n = bw_relation(c, row);
		feed(h, n.count, 4);
		for (uint32_t i = 0; i < n.count; i++) feed(h, n.at[i], 4);
		break;
	}
	case BW_LIST: {
		bw_numbers n = bw_list(c, row);
		feed(h, n.count, 4);
		for (uint32_t i = 0; i < n.count; i++) feed_text(h, bw_string_of(c.image, n.at[i]));
		break;
	}
	case BW_BITS: {
		bw_set s = bw_bits(c, row);
		feed(h, bw_count(s), 4);
		BW_EACH(i, s) feed(h, i, 4);
		break;
	}
	case BW_MATRIX: {
		const int32_t *v = bw_matrix(c, row);
		for (uint32_t i = 0; i < c.width; i++) feed(h, (uint32_t)v[i], 4);
		break;
	}
	default: feed_cell(h, c, row);
	}
}

/* The digest of all that an image holds, by the walk that docs/abi-kit.md tells. */
static uint64_t digest(const bw_image *m) {
	uint64_t h = UINT64_C(0xCBF29CE484222325);
	for (uint32_t i = 0; i < m->tables; i++) {
		bw_table t = bw_table_at(m, i);
		feed_text(&h, bw_table_name(t));
		feed(&h, bw_rows(t), 4);
		for (uint32_t k = 0; k < bw_columns(t); k++) {
			bw_column c = bw_column_at(t, k);
			feed_text(&h, bw_string_of(m, c.name));
			feed(&h, c.type, 1);
			feed_text(&h, c.target == BW_NONE ? bw_c("") : bw_table_name(bw_table_at(m, c.target)));
			for (uint32_t row = 0; row < c.rows; row++) feed_row(&h, c, row);
		}
	}
	return h;
}

/* ---- what configuring leaves to the hooks */

static uint64_t snapshot_digest, settings_digest, spin;
static bool fails;
static bw_text fail_hook;
static char fail_hook_text[4096];

/* Counts calls of hooks: a host brings it back to 0 before each. */
static uint32_t calls;

/* Written by the loop that only uses fuel. */
static volatile uint64_t spun;

static int32_t configure(bw_setup *s) {
	snapshot_digest = digest(s->snapshot);
	settings_digest = digest(s->settings);
	if (bw_has_setting(s, "fail")) return bw_refuse_text(s, FAILED_AS_TOLD, bw_setting_text(s, "fail", ""));
	if (bw_has_setting(s, "failHook")) {
		bw_text t = bw_setting_text(s, "failHook", "");
		fails = true;
		fail_hook.at = fail_hook_text;
		for (; fail_hook.length < t.length && fail_hook.length < sizeof fail_hook_text; fail_hook.length++)
			fail_hook_text[fail_hook.length] = t.at[fail_hook.length];
	}
	double times = bw_setting_number(s, "spin", 0);
	if (times >= 1) spin = (uint64_t)times;
	return 0;
}

/* Answers for one row, by what its number leaves when it is divided by five. */
static void judge(bw_call *c, uint32_t i, bool sites) {
	switch (i % 5) {
	case 0: bw_deny(c, i, 2, BW_ARGS(bw_number(i / 4.0), bw_c_arg("row"), bw_integer(i))); break;
	case 1: bw_may_deny(c, i, 3, BW_NO_ARGS); break;
	case 2: bw_score(c, i, i % 101 == 0 ? 0 : i % 101 - 0.25); break;
	case 3: {
		bw_arg args[2];
		uint32_t n = 0;
		if (c->snapshot->strings > 0) args[n++] = bw_snapshot_string(i % c->snapshot->strings);
		if (c->request->strings > 0) args[n++] = bw_request_string(i % c->request->strings);
		bw_warn(c, i, 4, args, n);
		break;
	}
	default:
		bw_oblige(c, i, 5, BW_ARGS(sites ? bw_site(i) : bw_integer(-(int64_t)i)));
		bw_may_warn(c, i, 6, BW_NO_ARGS);
	}
}

static int32_t answer(bw_call *c, bool sites) {
	if (calls++ != 0) return bw_fail(c, NOT_FRESH, "not fresh");
	if (fails) return bw_fail_text(c, FAILED_IN_HOOK, fail_hook);
	for (uint64_t i = 0; i < spin; i++) spun = spun * UINT64_C(6364136223846793005) + i;
	uint64_t request_digest = digest(c->request);
	BW_EACH(i, c->selected) judge(c, i, sites);
	uint32_t first = bw_next(c->selected, 0);
	if (first < c->selected.size)
		bw_warn(c, first, 1,
		        BW_ARGS(bw_integer((int64_t)snapshot_digest), bw_integer((int64_t)settings_digest), bw_integer((int64_t)request_digest),
		                bw_integer((int32_t)c->component)));
	return 0;
}

static int32_t site(bw_call *c) { return answer(c, true); }
static int32_t other(bw_call *c) { return answer(c, false); }

BW_GUEST
BW_CONFIGURE(configure)
BW_SITE(site)
BW_PATH(other)
BW_PLACEMENT(other)
