/* conduit-diversity: links that run through one conduit fail together. Two questions: is there a way around a path
 * that shares no risk group with it; and do the copies of a component hang on each other by links that all share one?
 * See ../README.md for the rules. */
#include "bailiwick.h"

enum { PATH_SHARES = 1, PATH_MAY_SHARE = 2, COPIES_SHARE = 3, COPIES_MAY_SHARE = 4 };

/* The statuses of settings that make no sense, and of too little memory. */
enum { BAD_SETTING = 2, NO_MEMORY = 3 };

typedef enum { OFF, WARN, DENY } mode;

/* What configuring leaves to the hooks. */
static mode paths_mode, placements_mode;
static bool scenarios;
static enum { UNKNOWN, NONE, IGNORED } unlisted; /* what a way without a link runs through */
static bw_column link_from, link_to, site_region, group_id, region_site;
static uint32_t links, regions, groups, words; /* words of a set of risk groups */

/* A set of risk groups for each link, words long; then three sets more. */
static uint64_t *link_groups, *none, *own, *common;

/* ---- sets of risk groups */

static void add(uint64_t *set, uint32_t group) { set[group / 64] |= UINT64_C(1) << (group % 64); }

static bool empty(const uint64_t *set) {
	for (uint32_t w = 0; w < words; w++)
		if (set[w] != 0) return false;
	return true;
}

static uint32_t first(const uint64_t *set) {
	bw_set s = {set, groups};
	return bw_next(s, 0);
}

/* Whether own has something of either. */
static bool meets(const uint64_t *a, const uint64_t *b) {
	for (uint32_t w = 0; w < words; w++)
		if (((a[w] | b[w]) & own[w]) != 0) return true;
	return false;
}

/* ---- links */

/* The row of the link between exactly these two sites, or BW_NONE. Links are sorted by both ends. */
static uint32_t link_between(uint32_t from, uint32_t to) {
	uint32_t low = 0, high = links;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2, f = bw_ref(link_from, mid), t = bw_ref(link_to, mid);
		if (f == from && t == to) return mid;
		if (f < from || (f == from && t < to)) low = mid + 1;
		else high = mid;
	}
	return BW_NONE;
}

/* The risk groups of the way from one site to another: those of the link between them, else between their regions.
 * Null if there is neither, so that nobody says what the way runs through. */
static const uint64_t *groups_between(uint32_t from, uint32_t to) {
	uint32_t link = link_between(from, to);
	if (link == BW_NONE) link = link_between(bw_ref(site_region, from), bw_ref(site_region, to));
	if (link != BW_NONE) return link_groups + (uint64_t)link * words;
	return unlisted == NONE ? none : 0;
}

/* ---- configuring */

static bool mode_of(bw_setup *s, const char *name, const char *otherwise, mode *m) {
	bw_text t = bw_setting_text(s, name, otherwise);
	if (bw_equal(t, bw_c("deny"))) *m = DENY;
	else if (bw_equal(t, bw_c("warn"))) *m = WARN;
	else if (bw_equal(t, bw_c("off"))) *m = OFF;
	else return false;
	return true;
}

/* Notes which links are in which risk groups. Topologies say so at the link, or at the group. */
static void note_groups(bw_setup *s) {
	bw_table t = bw_table_of(s->snapshot, "links");
	bw_column named = bw_column_of(t, "riskGroups", BW_LIST);
	for (uint32_t link = 0; link < links; link++) {
		bw_numbers ids = bw_list(named, link);
		for (uint32_t i = 0; i < ids.count; i++)
			for (uint32_t g = 0; g < groups; g++)
				if (bw_string_id(group_id, g) == ids.at[i]) add(link_groups + (uint64_t)link * words, g);
	}
	t = bw_table_of(s->snapshot, "riskGroups");
	bw_column from = bw_column_of(t, "linksFrom", BW_LIST), to = bw_column_of(t, "linksTo", BW_LIST);
	bw_column site_id = bw_column_of(bw_table_of(s->snapshot, "sites"), "id", BW_STRING);
	for (uint32_t g = 0; g < groups; g++) {
		bw_numbers a = bw_list(from, g), b = bw_list(to, g);
		for (uint32_t link = 0; a.count > 0 && link < links; link++) {
			uint32_t f = bw_string_id(site_id, bw_ref(link_from, link)), u = bw_string_id(site_id, bw_ref(link_to, link));
			for (uint32_t i = 0; i < a.count && i < b.count; i++) /* a conduit has no direction */
				if ((a.at[i] == f && b.at[i] == u) || (a.at[i] == u && b.at[i] == f))
					add(link_groups + (uint64_t)link * words, g);
		}
	}
}

static int32_t prepare(bw_setup *s) {
	if (!mode_of(s, "paths", "warn", &paths_mode)) return bw_refuse(s, BAD_SETTING, "setting paths: must be deny, warn or off");
	if (!mode_of(s, "placements", "deny", &placements_mode))
		return bw_refuse(s, BAD_SETTING, "setting placements: must be deny, warn or off");
	bw_text t = bw_setting_text(s, "unlisted", "unknown");
	if (bw_equal(t, bw_c("none"))) unlisted = NONE;
	else if (bw_equal(t, bw_c("ignored"))) unlisted = IGNORED;
	else if (!bw_equal(t, bw_c("unknown"))) return bw_refuse(s, BAD_SETTING, "setting unlisted: must be unknown, none or ignored");
	scenarios = bw_setting_bool(s, "scenarios", false);

	bw_table table = bw_table_of(s->snapshot, "links");
	links = bw_rows(table);
	link_from = bw_column_of(table, "from", BW_REF);
	link_to = bw_column_of(table, "to", BW_REF);
	site_region = bw_column_of(bw_table_of(s->snapshot, "sites"), "region", BW_REF);
	table = bw_table_of(s->snapshot, "regions");
	regions = bw_rows(table);
	region_site = bw_column_of(table, "site", BW_REF);
	table = bw_table_of(s->snapshot, "riskGroups");
	groups = bw_rows(table);
	group_id = bw_column_of(table, "id", BW_STRING);

	words = (groups + 63) / 64;
	uint64_t bytes = ((uint64_t)links + 3) * words * sizeof(uint64_t);
	link_groups = bytes > INT32_MAX ? 0 : bw_allocate((uint32_t)bytes + 8);
	if (link_groups == 0) return bw_refuse(s, NO_MEMORY, "no memory for the risk groups of all links; raise limits.memoryPages");
	none = link_groups + (uint64_t)links * words;
	own = none + words;
	common = own + words;
	note_groups(s);
	return 0;
}

/* ---- answers */

static void say(bw_call *c, mode m, bool sure, uint32_t row, uint16_t code, const bw_arg *args, uint32_t count) {
	if (m == DENY && sure) bw_deny(c, row, code, args, count);
	else if (m == DENY) bw_may_deny(c, row, code, args, count);
	else if (sure) bw_warn(c, row, code, args, count);
	else bw_may_warn(c, row, code, args, count);
}

/* Whether there is a way from one region to another by a third that shares no risk group with own: 1 that there is,
 * 0 that there is none, -1 that it hangs on what nobody says. */
static int way_around(uint32_t from, uint32_t to, bool own_known) {
	int answer = 0;
	for (uint32_t r = 0; r < regions; r++) {
		uint32_t by = bw_ref(region_site, r);
		if (by == from || by == to) continue;
		const uint64_t *a = groups_between(from, by), *b = groups_between(by, to);
		bool known = a != 0 && b != 0;
		if (!known && unlisted == IGNORED) continue;
		if (a == 0) a = none;
		if (b == 0) b = none;
		if (meets(a, b)) continue;
		if (known && (own_known || (empty(a) && empty(b)))) return 1;
		answer = -1;
	}
	return answer;
}

static int32_t judge_paths(bw_call *c) {
	bw_table t = bw_table_of(c->request, "paths");
	bw_column from = bw_column_of(t, "from", BW_REF), to = bw_column_of(t, "to", BW_REF);
	bw_column given = bw_column_of(t, "riskGroups", BW_RELATION);
	if (paths_mode == OFF) return 0;
	BW_EACH(row, c->selected) {
		uint32_t a = bw_ref(from, row), b = bw_ref(to, row);
		if (a == b) continue;
		const uint64_t *known = groups_between(a, b);
		for (uint32_t w = 0; w < words; w++) own[w] = known == 0 ? 0 : known[w];
		bw_numbers more = bw_relation(given, row);
		for (uint32_t i = 0; i < more.count; i++) add(own, more.at[i]);
		bool nothing = empty(own);
		if (nothing && (known != 0 || groups == 0 || unlisted == IGNORED)) continue;
		int around = way_around(a, b, known != 0);
		if (around > 0) continue;
		if (around < 0 || nothing) say(c, paths_mode, false, row, PATH_MAY_SHARE, BW_ARGS(bw_site(a), bw_site(b)));
		else
			say(c, paths_mode, true, row, PATH_SHARES,
			    BW_ARGS(bw_site(a), bw_site(b), bw_snapshot_string(bw_string_id(group_id, first(own)))));
	}
	return 0;
}

/* What the ways between a component's copies have in common. */
typedef struct {
	uint32_t copies; /* how many there are */
	uint32_t ways;   /* between two regions; within one there is no conduit */
	bool unknown;    /* nobody says what one of them runs through */
} sharing;

/* Works out what the ways between the copies of a component share, which goes to common. The copies of the
 * placement are the rows of from up to end. */
static sharing share(bw_column of, bw_column site, uint32_t component, uint32_t from, uint32_t end) {
	sharing s = {0, 0, false};
	for (uint32_t w = 0; w < words; w++) common[w] = ~UINT64_C(0);
	if (groups % 64 != 0) common[words - 1] = (UINT64_C(1) << (groups % 64)) - 1;
	for (uint32_t i = from; i < end; i++) {
		if (bw_ref(of, i) != component) continue;
		s.copies++;
		for (uint32_t k = from; k < end; k++) {
			uint32_t a = bw_ref(site, i), b = bw_ref(site, k);
			if (bw_ref(of, k) != component || bw_ref(site_region, a) == bw_ref(site_region, b)) continue;
			const uint64_t *way = groups_between(a, b);
			if (way == 0 && unlisted == IGNORED) continue;
			s.ways++;
			if (way == 0) s.unknown = true;
			for (uint32_t w = 0; way != 0 && w < words; w++) common[w] &= way[w];
		}
	}
	return s;
}

static int32_t judge_placements(bw_call *c) {
	bw_column kind = bw_column_of(bw_table_of(c->request, "placements"), "kind", BW_STRING);
	bw_table copies = bw_table_of(c->request, "copies"), components = bw_table_of(c->request, "components");
	bw_column placement = bw_column_of(copies, "placement", BW_REF), of = bw_column_of(copies, "component", BW_REF);
	bw_column site = bw_column_of(copies, "site", BW_REF), name = bw_column_of(components, "name", BW_STRING);
	if (placements_mode == OFF || groups == 0) return 0;
	uint32_t from = 0, end;
	BW_EACH(row, c->selected) {
		/* The copies of one placement lie together, in the order of the placements. */
		while (from < bw_rows(copies) && bw_ref(placement, from) < row) from++;
		for (end = from; end < bw_rows(copies) && bw_ref(placement, end) == row;) end++;
		if (!scenarios && !bw_equal(bw_string(kind, row), bw_c("none"))) continue;
		for (uint32_t k = 0; k < bw_rows(components); k++) {
			sharing s = share(of, site, k, from, end);
			if (s.ways == 0 || empty(common)) continue;
			bw_arg who = bw_request_string(bw_string_id(name, k)), many = bw_integer(s.copies);
			if (s.unknown) say(c, placements_mode, false, row, COPIES_MAY_SHARE, BW_ARGS(who, many));
			else
				say(c, placements_mode, true, row, COPIES_SHARE,
				    BW_ARGS(who, many, bw_snapshot_string(bw_string_id(group_id, first(common)))));
		}
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_PATH(judge_paths)
BW_PLACEMENT(judge_placements)
