/* SEL-01, as policies/selection/services.rego has it: a copy stands where every service of its component is offered. */
#include "bailiwick.h"
#include "text.h"

/* The reason of the manifest. */
#define MISSING 1

/* Kinds of sites that have from their region what they lack: a Local Zone, a Wavelength Zone, an Outpost. */
static inline bool small(uint8_t kind) { return kind >= 2 && kind <= 4; }

/* What prepare leaves to judge. */
static bw_column site_kind, site_region, service_id, service_scope, offered, known;
static uint32_t *wanted; /* rows of the component's services, in the request's order; room for all there are */

static int32_t prepare(bw_setup *s) {
	bw_table sites = bw_table_of(s->snapshot, "sites"), services = bw_table_of(s->snapshot, "services");
	site_kind = bw_column_of(sites, "kind", BW_UINT8);
	site_region = bw_column_of(sites, "region", BW_REF);
	service_id = bw_column_of(services, "id", BW_STRING);
	service_scope = bw_column_of(services, "scope", BW_STRING);
	offered = bw_column_of(services, "sites", BW_BITS);
	known = bw_column_of(services, "sitesKnown", BW_BITS);
	wanted = bw_allocate(bw_rows(services) * sizeof *wanted);
	return wanted == 0 ? bw_refuse(s, 2, "there is no room for the services") : 0;
}

typedef enum { NO, YES, OPEN } answer;

/* Whether a site itself offers a service. */
static answer own(uint32_t service, uint32_t row) {
	if (!bw_in(bw_bits(known, service), row)) return OPEN;
	return bw_in(bw_bits(offered, service), row) ? YES : NO;
}

/* Whether a service can be used at a site. A small zone that does not offer it has it from its region, unless the service
 * is zonal: that runs where the copy runs, or not at all. */
static answer provided(uint32_t service, uint32_t row) {
	answer here = own(service, row);
	if (here == YES || !bw_is(site_region, row) || !small(bw_uint8(site_kind, row))) return here;
	bool scoped = bw_is(service_scope, service);
	if (scoped && bw_equal(bw_string(service_scope, service), bw_c("zonal"))) return here;
	answer there = own(service, bw_ref(site_region, row));
	if (there == YES && scoped) return YES;
	return there == NO && here == NO ? NO : OPEN;
}

/* Brings the component's services into the order of the request, and returns how many there are. */
static uint32_t order(bw_call *c) {
	bw_table components = bw_table_of(c->request, "components");
	bw_numbers rows = bw_relation(bw_column_of(components, "services", BW_RELATION), c->component);
	bw_numbers ids = bw_list(bw_column_of(components, "services.ids", BW_LIST), c->component);
	uint32_t n = 0;
	for (uint32_t i = 0; i < ids.count; i++)
		for (uint32_t k = 0; k < rows.count; k++)
			if (bw_equal(bw_string(service_id, rows.at[k]), bw_string_of(c->request, ids.at[i]))) wanted[n++] = rows.at[k];
	return n;
}

/* Puts a list where it stays, unless the same one is there: many sites lack the same. Lists follow each other, each behind
 * its length. */
static list_text keep(list_text l) {
	uint32_t length = l.to - l.from;
	for (uint32_t at = 0; at + 4 <= used;) {
		uint32_t n;
		__builtin_memcpy(&n, room + at, 4);
		bw_text old = {room + at + 4, n}, now = {room + l.from, length};
		if (n == length && bw_compare(old, now) == 0) {
			list_text same = {at + 4, at + 4 + n};
			return same;
		}
		at += 4 + n;
	}
	__builtin_memcpy(room + used, &length, 4);
	used = l.to;
	return l;
}

/* The services that a site lacks, or may lack, as arguments. */
static void say(uint32_t row, uint32_t n, bw_arg *args) {
	list_text l = list_begin();
	args[0] = bw_site(row);
	if (sizeof room - used < 4) l.from = l.to = sizeof room; /* nothing more is said */
	else l.from = l.to = used + 4;
	for (uint32_t i = 0; i < n; i++)
		if (provided(wanted[i], row) != YES) list_add(&l, bw_string(service_id, wanted[i]));
	list_args(l.to > l.from ? keep(l) : l, args + 1, 7);
}

static int32_t judge(bw_call *c) {
	uint32_t n = order(c);
	BW_EACH(row, c->selected) {
		bool missing = false, open = false;
		for (uint32_t i = 0; i < n; i++) {
			answer a = provided(wanted[i], row);
			missing |= a == NO;
			open |= a == OPEN;
		}
		if (!missing && !open) continue;
		bw_arg args[8];
		if (bw_explaining(c)) say(row, n, args);
		/* How many are missing is not known where one of them may be: so says the rule, too. */
		if (open) bw_may_deny(c, row, MISSING, args, 8);
		else bw_deny(c, row, MISSING, args, 8);
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_SITE(judge)
