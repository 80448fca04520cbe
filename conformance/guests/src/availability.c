/* SEL-09, as policies/selection/availability.rego has it: a copy stands where the site is open for use. */
#include "bailiwick.h"

/* The reasons of the manifest. */
#define SHUT 1
#define LATER 2
#define RESTRICTED 3
#define DOUBTFUL 4
#define REGION_OPT_IN 5
#define OPT_IN 6
#define ZONE_GROUP 7

/* Kinds of sites, of the snapshot. */
#define REGION 0
#define ZONE 1
#define LOCAL_ZONE 2
#define WAVELENGTH_ZONE 3
#define OUTPOST 4

/* What a string of the snapshot is among the settings. */
#define OPTED_IN 1
#define PARTITION 2

/* What prepare leaves to judge. */
static bw_column site_id, site_kind, site_status, site_launched, site_opt_in, site_region, site_partition, partition_id;
static bw_text gathered; /* the day on which the facts were gathered */
static uint8_t *marks;   /* of each string of the snapshot */

/* Marks the strings that a setting lists. */
static int32_t mark(bw_setup *s, const char *setting, const char *length, uint8_t as) {
	bw_numbers texts = bw_setting_texts(s, setting);
	if (bw_has_column(bw_settings(s), length)) return bw_refuse(s, 2, "settings optedIn and optInPartitions: must be lists of texts");
	for (uint32_t i = 0; i < texts.count; i++) {
		uint32_t id = bw_find(s->snapshot, bw_string_of(s->settings, texts.at[i]));
		if (id != BW_NONE) marks[id] |= as;
	}
	return 0;
}

static int32_t prepare(bw_setup *s) {
	bw_table sites = bw_table_of(s->snapshot, "sites");
	site_id = bw_column_of(sites, "id", BW_STRING);
	site_kind = bw_column_of(sites, "kind", BW_UINT8);
	site_status = bw_column_of(sites, "status", BW_STRING);
	site_launched = bw_column_of(sites, "launched", BW_STRING);
	site_opt_in = bw_column_of(sites, "optIn", BW_BOOL);
	site_region = bw_column_of(sites, "region", BW_REF);
	site_partition = bw_column_of(sites, "partition", BW_REF);
	partition_id = bw_column_of(bw_table_of(s->snapshot, "partitions"), "id", BW_STRING);
	gathered = bw_string(bw_column_of(bw_table_of(s->snapshot, "meta"), "asOf", BW_STRING), 0);
	marks = bw_allocate(s->snapshot->strings);
	if (marks == 0) return bw_refuse(s, 2, "there is no room for the settings");
	int32_t status = mark(s, "optedIn", "optedIn.length", OPTED_IN);
	return status != 0 ? status : mark(s, "optInPartitions", "optInPartitions.length", PARTITION);
}

static bool marked(bw_column c, uint32_t row, uint8_t as) {
	uint32_t id = bw_string_id(c, row);
	return id != BW_NONE && (marks[id] & as) != 0;
}

/* Whether the request includes the site by its id. */
static bool included(bw_call *c, uint32_t row) {
	bw_numbers ids = bw_list(bw_column_of(bw_table_of(c->request, "request"), "sites.include.ids", BW_LIST), 0);
	for (uint32_t i = 0; i < ids.count; i++)
		if (bw_equal(bw_string_of(c->request, ids.at[i]), bw_string(site_id, row))) return true;
	return false;
}

/* Whether the site is open, by its status. */
static void judge_status(bw_call *c, uint32_t row) {
	bw_text status = bw_string(site_status, row);
	bw_arg site = bw_site(row);
	switch (bw_state_of(site_status, row)) {
	case BW_UNKNOWN:
		bw_may_deny(c, row, SHUT, BW_ARGS(site, bw_c_arg("unknown")));
		bw_may_warn(c, row, RESTRICTED, BW_ARGS(site));
		bw_may_warn(c, row, DOUBTFUL, BW_ARGS(site));
		return;
	case BW_ABSENT:
		bw_deny(c, row, SHUT, BW_ARGS(site, bw_c_arg("not given")));
		return;
	case BW_VALUE:
		break;
	}
	bool restricted = bw_equal(status, bw_c("restricted")), doubtful = bw_equal(status, bw_c("doubtful"));
	if (restricted) bw_warn(c, row, RESTRICTED, BW_ARGS(site));
	if (doubtful) bw_warn(c, row, DOUBTFUL, BW_ARGS(site));
	if (restricted || bw_equal(status, bw_c("available")) || (doubtful && included(c, row))) return;
	bw_deny(c, row, SHUT, BW_ARGS(site, bw_snapshot_string(bw_string_id(site_status, row))));
}

/* Whether it was open on a day before the facts were gathered. */
static void judge_launch(bw_call *c, uint32_t row, bw_text today) {
	bw_state known = bw_state_of(site_launched, row);
	if (known == BW_UNKNOWN) bw_may_deny(c, row, LATER, BW_ARGS(bw_site(row), bw_c_arg("unknown")));
	else if (known == BW_VALUE && bw_compare(today, bw_string(site_launched, row)) < 0)
		bw_deny(c, row, LATER, BW_ARGS(bw_site(row), bw_snapshot_string(bw_string_id(site_launched, row))));
}

/* Whether the account may use it: it, or for a site outside its region's ground the region, was opted into. */
static void judge_opt_in(bw_call *c, uint32_t row) {
	uint8_t kind = bw_uint8(site_kind, row);
	bool outside = kind == LOCAL_ZONE || kind == WAVELENGTH_ZONE || kind == OUTPOST; /* these all have a region */
	uint32_t region = bw_is(site_region, row) ? bw_ref(site_region, row) : row;
	if (marked(partition_id, bw_ref(site_partition, row), PARTITION) && !marked(site_id, region, OPTED_IN)) {
		uint32_t of = outside ? region : row;
		uint16_t code = outside ? REGION_OPT_IN : OPT_IN;
		bw_state known = bw_state_of(site_opt_in, of);
		if (known == BW_UNKNOWN) bw_may_deny(c, row, code, BW_ARGS(bw_site(row), bw_site(region)));
		else if (known == BW_VALUE && bw_bool(site_opt_in, of)) bw_deny(c, row, code, BW_ARGS(bw_site(row), bw_site(region)));
	}
	if ((kind != LOCAL_ZONE && kind != WAVELENGTH_ZONE) || marked(site_id, row, OPTED_IN)) return;
	bw_state known = bw_state_of(site_opt_in, row);
	if (known == BW_UNKNOWN) bw_may_oblige(c, row, ZONE_GROUP, BW_ARGS(bw_site(row)));
	else if (known == BW_VALUE && bw_bool(site_opt_in, row)) bw_oblige(c, row, ZONE_GROUP, BW_ARGS(bw_site(row)));
}

static int32_t judge(bw_call *c) {
	bw_text today = bw_string(bw_column_of(bw_table_of(c->request, "request"), "day", BW_STRING), 0);
	bool earlier = bw_compare(today, gathered) < 0;
	BW_EACH(row, c->selected) {
		judge_status(c, row);
		if (earlier) judge_launch(c, row, today);
		judge_opt_in(c, row);
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_SITE(judge)
