/* What SOV-01 and SOV-02 have in common: a copy stands in one of the places that each of its data sets lists. PLACES is
 * the column of the request's data that has them: "residency" or "processing". */
#include "bailiwick.h"
#include "text.h"

/* The reason of the manifest. */
#define ELSEWHERE 1

/* What prepare leaves to judge. */
static bw_column site_country, within, place_id;

static int32_t prepare(bw_setup *s) {
	bw_table places = bw_table_of(s->snapshot, "jurisdictions");
	site_country = bw_column_of(bw_table_of(s->snapshot, "sites"), "country", BW_REF);
	within = bw_column_of(places, "in", BW_RELATION);
	place_id = bw_column_of(places, "id", BW_STRING);
	return 0;
}

/* Whether two ascending lists have something in common. */
static bool meet(bw_numbers a, bw_numbers b) {
	for (uint32_t i = 0, k = 0; i < a.count && k < b.count;) {
		if (a.at[i] == b.at[k]) return true;
		if (a.at[i] < b.at[k]) i++;
		else k++;
	}
	return false;
}

/* Judges every site by one data set. args has the set's name and its places already. */
static void judge_set(bw_call *c, bw_numbers places, bw_arg *args) {
	BW_EACH(row, c->selected) {
		uint32_t country = bw_ref(site_country, row);
		args[1] = bw_site(row);
		switch (bw_state_of(site_country, row)) {
		case BW_UNKNOWN:
			args[2] = bw_c_arg("unknown");
			bw_may_deny(c, row, ELSEWHERE, args, 8);
			break;
		case BW_ABSENT:
			args[2] = bw_c_arg("a country that is not known");
			bw_deny(c, row, ELSEWHERE, args, 8);
			break;
		case BW_VALUE:
			if (meet(bw_relation(within, country), places)) break;
			args[2] = bw_snapshot_string(bw_string_id(place_id, country));
			bw_deny(c, row, ELSEWHERE, args, 8);
		}
	}
}

static int32_t judge(bw_call *c) {
	bw_table data = bw_table_of(c->request, "data");
	bw_column name = bw_column_of(data, "name", BW_STRING), given = bw_column_of(data, PLACES ".given", BW_BOOL);
	bw_column places = bw_column_of(data, PLACES, BW_RELATION), ids = bw_column_of(data, PLACES ".ids", BW_LIST);
	bw_numbers sets = bw_relation(bw_column_of(bw_table_of(c->request, "components"), "data", BW_RELATION), c->component);
	for (uint32_t i = 0; i < sets.count; i++) {
		uint32_t set = sets.at[i];
		bw_arg args[8] = {bw_request_string(bw_string_id(name, set))};
		if (!bw_bool(given, set)) continue;
		list_text l = list_begin();
		if (bw_explaining(c)) {
			bw_numbers listed = bw_list(ids, set);
			for (uint32_t k = 0; k < listed.count; k++) list_add(&l, bw_string_of(c->request, listed.at[k]));
			used = l.to;
		}
		list_args(l, args + 3, 5);
		judge_set(c, bw_relation(places, set), args);
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_SITE(judge)
