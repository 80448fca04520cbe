/* bailiwick.h: for writing plugins of Bailiwick in C, guests of ABI bailiwick/1 (docs/abi.md).
 *
 * One header, C11, with or without a C library. A guest names its functions once, in one source:
 *
 *	#include "bailiwick.h"
 *
 *	static int32_t prepare(bw_setup *s) { ... }
 *	static int32_t judge(bw_call *c) { ... }
 *
 *	BW_GUEST
 *	BW_CONFIGURE(prepare)
 *	BW_SITE(judge)
 *
 * and is built by, say,
 *
 *	clang --target=wasm32 -std=c11 -O2 -ffreestanding -nostdlib -mbulk-memory -Wl,--no-entry \
 *		-Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=65536 -o plugin.wasm plugin.c
 *
 * Before each hook the guest is brought back to what it was after prepare: columns of the snapshot that prepare
 * found and keeps in variables are there, and whatever a hook leaves behind no other call finds.
 *
 * Looking for a table, a column or a setting that is not there, or is of another type, cannot be overlooked: the
 * call fails with a text that names it, even if the function answers 0. What is read from it until then is 0 and
 * unknown. What may be missing is asked for first: bw_has_table, bw_has_column, bw_has_setting.
 *
 * A verdict that needs a fact which is unknown is bw_may_deny. Saying nothing about a row permits it. */
#ifndef BAILIWICK_H
#define BAILIWICK_H

#include <stdbool.h>
#include <stdint.h>

/* The version of the ABI that this header speaks: major x 65536 + minor. */
#define BW_ABI 0x10000

/* The id of no string, and the row of no table. */
#define BW_NONE UINT32_C(0xFFFFFFFF)

/* The status of failures that have none of their own. */
#define BW_FAILED 1

/* Before functions that are too large to be written out wherever they are used. */
#define BW_LARGE static __attribute__((noinline, unused))

/* ------------------------------------------------------------------------------------------------ text */

/* A text: not ended by a zero byte. */
typedef struct {
	const char *at;
	uint32_t length;
} bw_text;

/* The text of a C string. */
static inline bw_text bw_c(const char *s) {
	bw_text t = {s, 0};
	while (s[t.length] != 0) t.length++;
	return t;
}

/* Compares bytewise: less than 0, 0 or more than 0. */
BW_LARGE int bw_compare(bw_text a, bw_text b) {
	uint32_t n = a.length < b.length ? a.length : b.length;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t x = (uint8_t)a.at[i], y = (uint8_t)b.at[i];
		if (x != y) return x < y ? -1 : 1;
	}
	return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

static inline bool bw_equal(bw_text a, bw_text b) { return a.length == b.length && bw_compare(a, b) == 0; }

/* Why a call fails, if it does: made of texts, cut where it finds no room. */
typedef struct {
	uint32_t length; /* 0: it does not */
	char at[252];
} bw_failure;

BW_LARGE void bw_say(bw_failure *f, bw_text t) {
	for (uint32_t i = 0; i < t.length && f->length < sizeof f->at; i++) f->at[f->length++] = t.at[i];
}

/* ---------------------------------------------------------------------------------------------- images */

/* The entries of docs/image-format.md, byte for byte. */
typedef struct {
	uint32_t name, rows, first, count;
} bw_table_entry;

typedef struct {
	uint32_t name;
	uint8_t type, reserved[3];
	uint32_t target, data, length, starts, known, present;
} bw_column_entry;

/* An image, read where it lies: the snapshot, a request, settings. The host has verified it. */
typedef struct {
	const uint8_t *bytes;
	const uint32_t *starts; /* of the strings, and the end of the last */
	const char *text;       /* all strings, one after another */
	const bw_table_entry *entries;
	const bw_column_entry *columns;
	uint32_t strings; /* how many there are; ids run from 0 */
	uint32_t tables;  /* how many there are */
	bw_failure *failure;
} bw_image;

/* Reads the header of an image that lies at a multiple of 8. Guests need not call it. */
BW_LARGE bool bw_open(bw_image *m, const void *bytes, bw_failure *failure) {
	const uint8_t *b = (const uint8_t *)bytes;
	const uint32_t *head = (const uint32_t *)bytes;
	if (head[0] != UINT32_C(0x49574289) || head[1] != UINT32_C(0x0A1A0A0D) || (head[2] & 0xFFFF) != 1) {
		bw_say(failure, bw_c("not an image of version 1"));
		return false;
	}
	m->bytes = b;
	m->entries = (const bw_table_entry *)(const void *)(b + head[8]);
	m->tables = head[9];
	m->columns = (const bw_column_entry *)(const void *)(b + head[10]);
	m->starts = (const uint32_t *)(const void *)(b + head[12]);
	m->strings = head[13];
	m->text = (const char *)b + head[14];
	m->failure = failure;
	return true;
}

/* Its kind: topology, request or settings. */
static inline bw_text bw_kind(const bw_image *m) {
	bw_text t = {(const char *)m->bytes + 16, 0};
	while (t.length < 16 && t.at[t.length] != 0) t.length++;
	return t;
}

/* The string of an id, empty for BW_NONE. Ids of one image compare as their strings do. */
static inline bw_text bw_string_of(const bw_image *m, uint32_t id) {
	bw_text t = {m->text, 0};
	if (id < m->strings) {
		t.at = m->text + m->starts[id];
		t.length = m->starts[id + 1] - m->starts[id];
	}
	return t;
}

/* The id of a string, or BW_NONE if the image does not have it. */
BW_LARGE uint32_t bw_find(const bw_image *m, bw_text s) {
	uint32_t low = 0, high = m->strings;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int c = bw_compare(bw_string_of(m, mid), s);
		if (c == 0) return mid;
		if (c < 0) low = mid + 1;
		else high = mid;
	}
	return BW_NONE;
}

/* A table. Its rows are numbered from 0. One of the request without columns stands for the snapshot's. */
typedef struct {
	const bw_image *image;
	const bw_table_entry *entry; /* null if there is none */
} bw_table;

/* Table number i, in the order of their names. */
static inline bw_table bw_table_at(const bw_image *m, uint32_t i) {
	bw_table t = {m, i < m->tables ? m->entries + i : 0};
	return t;
}

static inline uint32_t bw_rows(bw_table t) { return t.entry ? t.entry->rows : 0; }
static inline uint32_t bw_columns(bw_table t) { return t.entry ? t.entry->count : 0; }
static inline bw_text bw_table_name(bw_table t) { return bw_string_of(t.image, t.entry ? t.entry->name : BW_NONE); }

/* The number of the table of that name, or BW_NONE. */
BW_LARGE uint32_t bw_table_number(const bw_image *m, const char *name) {
	uint32_t id = bw_find(m, bw_c(name)), low = 0, high = id == BW_NONE ? 0 : m->tables;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (m->entries[mid].name == id) return mid;
		if (m->entries[mid].name < id) low = mid + 1;
		else high = mid;
	}
	return BW_NONE;
}

static inline bool bw_has_table(const bw_image *m, const char *name) { return bw_table_number(m, name) != BW_NONE; }

/* Finds a table by its name. If it is not there, the call fails. */
BW_LARGE bw_table bw_table_of(const bw_image *m, const char *name) {
	uint32_t i = bw_table_number(m, name);
	if (i == BW_NONE && m->failure->length == 0) {
		bw_say(m->failure, bw_c("the "));
		bw_say(m->failure, bw_kind(m));
		bw_say(m->failure, bw_c(" has no table "));
		bw_say(m->failure, bw_c(name));
	}
	return bw_table_at(m, i);
}

/* ------------------------------------------------------------------------------------------------ sets */

/* A set of rows, read in place: a bit for each of size rows. */
typedef struct {
	const uint64_t *words;
	uint32_t size;
} bw_set;

static inline bool bw_bit(const uint64_t *words, uint32_t i) { return (words[i / 64] >> (i % 64) & 1) != 0; }
static inline bool bw_in(bw_set s, uint32_t row) { return row < s.size && bw_bit(s.words, row); }

/* The first row in the set that is not less than from; s.size if there is none. */
static inline uint32_t bw_next(bw_set s, uint32_t from) {
	for (uint32_t w = from / 64; from < s.size; from = ++w * 64) {
		uint64_t rest = s.words[w] >> (from % 64);
		if (rest != 0) return from + (uint32_t)__builtin_ctzll(rest);
	}
	return s.size;
}

/* Where one is in going through a set, a word at a time. */
typedef struct {
	const uint64_t *words;
	uint64_t rest;      /* of the present word */
	uint32_t at, count; /* words */
} bw_walk;

static inline bw_walk bw_begin(bw_set s) {
	bw_walk w = {s.words, 0, 0, (s.size + 63) / 64};
	if (w.count > 0) w.rest = w.words[0];
	return w;
}

static inline bool bw_step(bw_walk *w, uint32_t *row) {
	while (w->rest == 0) {
		if (w->at + 1 >= w->count) return false;
		w->rest = w->words[++w->at];
	}
	*row = w->at * 64 + (uint32_t)__builtin_ctzll(w->rest);
	w->rest &= w->rest - 1;
	return true;
}

/* for (each row i of a set, ascending). The outer loop turns once: it is where the walk is kept. */
#define BW_EACH(i, set)                                                                                  \
	for (bw_walk bw_walk_##i = bw_begin(set), *bw_once_##i = &bw_walk_##i; bw_once_##i; bw_once_##i = 0) \
		for (uint32_t i; bw_step(&bw_walk_##i, &i);)

/* How many rows are in the set. */
static inline uint32_t bw_count(bw_set s) {
	uint32_t n = 0;
	for (uint32_t w = 0; w < (s.size + 63) / 64; w++) n += (uint32_t)__builtin_popcountll(s.words[w]);
	return n;
}

/* --------------------------------------------------------------------------------------------- columns */

/* What a column holds. A later version of images may add types, which cannot be read by this header. */
typedef enum {
	BW_STRING = 1,
	BW_UINT8,
	BW_INT32,
	BW_INT64,
	BW_FLOAT64,
	BW_BOOL,
	BW_REF,
	BW_RELATION,
	BW_LIST,
	BW_BITS,
	BW_MATRIX
} bw_type;

/* The name of a type in docs/image-format.md. */
static inline const char *bw_type_name(uint32_t type) {
	static const char *const names[] = {"unknown type", "string", "uint8",    "int32", "int64", "float64",
	                                    "bool",         "ref",    "relation", "list",  "bits",  "matrix"};
	return names[type <= BW_MATRIX ? type : 0];
}

/* What is known of a cell. */
typedef enum {
	BW_UNKNOWN, /* the fact exists in the world, and the image does not have it */
	BW_ABSENT,  /* known not to apply */
	BW_VALUE    /* the cell holds it */
} bw_state;

/* A column, found once and read often. All functions give 0, or an empty text, list or set, for a cell that holds
 * no value and for a row that is not there. */
typedef struct {
	const bw_image *image;
	const uint8_t *data;
	const uint32_t *starts;
	const uint64_t *known, *present; /* null: all are */
	uint32_t name;                   /* a string of the image */
	uint32_t type;
	uint32_t rows;   /* 0 if there is no such column */
	uint32_t target; /* the number of the table that it refers to, or BW_NONE */
	uint32_t width;  /* the rows of that table */
} bw_column;

/* Column number i of a table, in the order of their names. */
BW_LARGE bw_column bw_column_at(bw_table t, uint32_t i) {
	bw_column c = {t.image, 0, 0, 0, 0, BW_NONE, 0, 0, BW_NONE, 0};
	if (i >= bw_columns(t)) return c;
	const bw_column_entry *e = t.image->columns + t.entry->first + i;
	const uint8_t *b = t.image->bytes;
	c.data = b + e->data;
	if (e->starts != 0) c.starts = (const uint32_t *)(const void *)(b + e->starts);
	if (e->known != 0) c.known = (const uint64_t *)(const void *)(b + e->known);
	if (e->present != 0) c.present = (const uint64_t *)(const void *)(b + e->present);
	c.name = e->name;
	c.type = e->type;
	c.rows = t.entry->rows;
	c.target = e->target;
	if (e->target != BW_NONE) c.width = t.image->entries[e->target].rows;
	return c;
}

/* The number of the column of that name, or BW_NONE. */
BW_LARGE uint32_t bw_column_number(bw_table t, const char *name) {
	uint32_t id = bw_find(t.image, bw_c(name)), low = 0, high = id == BW_NONE ? 0 : bw_columns(t);
	while (low < high) {
		uint32_t mid = low + (high - low) / 2, found = t.image->columns[t.entry->first + mid].name;
		if (found == id) return mid;
		if (found < id) low = mid + 1;
		else high = mid;
	}
	return BW_NONE;
}

static inline bool bw_has_column(bw_table t, const char *name) { return bw_column_number(t, name) != BW_NONE; }

/* Finds a column by its name and type. If it is not there, or is of another type, the call fails. */
BW_LARGE bw_column bw_column_of(bw_table t, const char *name, bw_type type) {
	uint32_t i = bw_column_number(t, name);
	bw_column c = bw_column_at(t, i);
	if (i != BW_NONE && c.type == (uint32_t)type) return c;
	bw_failure *f = t.image->failure;
	if (f->length == 0) {
		bw_say(f, bw_c(i == BW_NONE ? "table " : "column "));
		if (i != BW_NONE) {
			bw_say(f, bw_c(name));
			bw_say(f, bw_c(" of table "));
		}
		bw_say(f, bw_table_name(t));
		bw_say(f, bw_c(" of the "));
		bw_say(f, bw_kind(t.image));
		bw_say(f, bw_c(i == BW_NONE ? " has no column " : " is of type "));
		bw_say(f, bw_c(i == BW_NONE ? name : bw_type_name(c.type)));
		if (i != BW_NONE) {
			bw_say(f, bw_c(", not "));
			bw_say(f, bw_c(bw_type_name((uint32_t)type)));
		}
	}
	c.rows = 0;
	return c;
}

/* What is known of a cell. A row that is not there is unknown. */
static inline bw_state bw_state_of(bw_column c, uint32_t row) {
	if (row >= c.rows || (c.known && !bw_bit(c.known, row))) return BW_UNKNOWN;
	return c.present && !bw_bit(c.present, row) ? BW_ABSENT : BW_VALUE;
}

static inline bool bw_is(bw_column c, uint32_t row) { return bw_state_of(c, row) == BW_VALUE; }

/* The number of a row of a column of uint8. */
static inline uint8_t bw_uint8(bw_column c, uint32_t row) { return row < c.rows ? c.data[row] : 0; }

/* The number of a row of a column of int32. */
static inline int32_t bw_int32(bw_column c, uint32_t row) {
	return row < c.rows ? ((const int32_t *)(const void *)c.data)[row] : 0;
}

/* The number of a row of a column of int64. */
static inline int64_t bw_int64(bw_column c, uint32_t row) {
	return row < c.rows ? ((const int64_t *)(const void *)c.data)[row] : 0;
}

/* The number of a row of a column of float64. */
static inline double bw_float64(bw_column c, uint32_t row) {
	return row < c.rows ? ((const double *)(const void *)c.data)[row] : 0;
}

/* The truth value of a row of a column of bool. */
static inline bool bw_bool(bw_column c, uint32_t row) {
	return row < c.rows && bw_bit((const uint64_t *)(const void *)c.data, row);
}

/* The row of the target that a row of a column of ref refers to; BW_NONE if it refers to none. */
static inline uint32_t bw_ref(bw_column c, uint32_t row) {
	return row < c.rows ? ((const uint32_t *)(const void *)c.data)[row] : BW_NONE;
}

/* The id of the string of a row of a column of string; BW_NONE if it holds none. */
static inline uint32_t bw_string_id(bw_column c, uint32_t row) { return bw_ref(c, row); }

/* The string of a row of a column of string. */
static inline bw_text bw_string(bw_column c, uint32_t row) { return bw_string_of(c.image, bw_ref(c, row)); }

/* Numbers in a row: rows of the target, ascending, or ids of strings. */
typedef struct {
	const uint32_t *at;
	uint32_t count;
} bw_numbers;

/* The rows of the target that a row of a relation is related to. */
static inline bw_numbers bw_relation(bw_column c, uint32_t row) {
	bw_numbers n = {0, 0};
	if (row < c.rows) {
		n.at = (const uint32_t *)(const void *)c.data + c.starts[row];
		n.count = c.starts[row + 1] - c.starts[row];
	}
	return n;
}

/* Whether ascending numbers have v among them. */
static inline bool bw_has(bw_numbers n, uint32_t v) {
	uint32_t low = 0, high = n.count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (n.at[mid] == v) return true;
		if (n.at[mid] < v) low = mid + 1;
		else high = mid;
	}
	return false;
}

/* The ids of the strings of a row of a column of list; bw_string_of(c.image, id) is the string. */
static inline bw_numbers bw_list(bw_column c, uint32_t row) { return bw_relation(c, row); }

/* The set of a row of a column of bits. */
static inline bw_set bw_bits(bw_column c, uint32_t row) {
	bw_set s = {0, 0};
	if (row < c.rows) {
		s.words = (const uint64_t *)(const void *)c.data + (uint64_t)row * ((c.width + 63) / 64);
		s.size = c.width;
	}
	return s;
}

/* The numbers of a row of a matrix, c.width of them; null if the row is not there. */
static inline const int32_t *bw_matrix(bw_column c, uint32_t row) {
	return row < c.rows ? (const int32_t *)(const void *)c.data + (uint64_t)row * c.width : 0;
}

/* ------------------------------------------------------------------------------ configuring and settings */

/* The block of bailiwick_configure. */
typedef struct {
	uint32_t size, minor, snapshot, snapshot_size, settings, settings_size, failure, failure_length, reserved[8];
} bw_configure_block;

/* What the guest is configured with. The snapshot, its tables and columns may be kept; the settings may not: a text
 * of theirs has to be copied. */
typedef struct {
	const bw_image *snapshot;
	const bw_image *settings;
	bw_configure_block *block;
} bw_setup;

/* Says why configuring fails, and gives back the status, for return bw_refuse(s, 2, "..."). */
static inline int32_t bw_refuse_text(bw_setup *s, int32_t status, bw_text why) {
	s->block->failure = (uint32_t)(uintptr_t)why.at;
	s->block->failure_length = why.length;
	return status;
}

static inline int32_t bw_refuse(bw_setup *s, int32_t status, const char *why) { return bw_refuse_text(s, status, bw_c(why)); }

/* The table of all settings: one row, a column for each, named by its path: limit, weights.EU. */
static inline bw_table bw_settings(const bw_setup *s) { return bw_table_of(s->settings, "settings"); }

/* Whether there is a setting of that name that is not null. */
BW_LARGE bool bw_has_setting(const bw_setup *s, const char *name) {
	bw_table t = bw_settings(s);
	uint32_t i = bw_column_number(t, name);
	return i != BW_NONE && bw_is(bw_column_at(t, i), 0);
}

/* The column of a setting that is given. If it is of another type, the call fails, saying what it must be. */
BW_LARGE bw_column bw_setting(const bw_setup *s, const char *name, bw_type type, const char *must) {
	bw_table t = bw_settings(s);
	bw_column c = bw_column_at(t, bw_column_number(t, name));
	if (c.type == (uint32_t)type) return c;
	if (s->settings->failure->length == 0) {
		bw_say(s->settings->failure, bw_c("setting "));
		bw_say(s->settings->failure, bw_c(name));
		bw_say(s->settings->failure, bw_c(": must be "));
		bw_say(s->settings->failure, bw_c(must));
	}
	c.rows = 0;
	return c;
}

/* A setting that is a text, or what is given if there is none or it is null. It is gone after configuring. */
static inline bw_text bw_setting_text(const bw_setup *s, const char *name, const char *otherwise) {
	return bw_has_setting(s, name) ? bw_string(bw_setting(s, name, BW_STRING, "a text"), 0) : bw_c(otherwise);
}

/* A setting that is a number, or what is given if there is none or it is null. */
static inline double bw_setting_number(const bw_setup *s, const char *name, double otherwise) {
	return bw_has_setting(s, name) ? bw_float64(bw_setting(s, name, BW_FLOAT64, "a number"), 0) : otherwise;
}

/* A setting that is true or false, or what is given if there is none or it is null. */
static inline bool bw_setting_bool(const bw_setup *s, const char *name, bool otherwise) {
	return bw_has_setting(s, name) ? bw_bool(bw_setting(s, name, BW_BOOL, "true or false"), 0) : otherwise;
}

/* A setting that is a list of texts, as ids of strings of the settings; none if there is none or it is null. */
static inline bw_numbers bw_setting_texts(const bw_setup *s, const char *name) {
	bw_numbers none = {0, 0};
	return bw_has_setting(s, name) ? bw_list(bw_setting(s, name, BW_LIST, "a list of texts"), 0) : none;
}

/* ------------------------------------------------------------------------------------ arguments of reasons */

/* An argument of a reason, as docs/abi.md lays it out. */
typedef struct {
	uint32_t type, length;
	uint64_t value;
} bw_arg;

static inline bw_arg bw_arg_of(uint32_t type, uint32_t length, uint64_t value) {
	bw_arg a = {type, length, value};
	return a;
}

/* A number, which must be finite. */
static inline bw_arg bw_number(double x) {
	union {
		double x;
		uint64_t bits;
	} u = {x};
	return bw_arg_of(1, 0, u.bits);
}

/* A whole number. */
static inline bw_arg bw_integer(int64_t n) { return bw_arg_of(2, 0, (uint64_t)n); }

/* A string of the snapshot, or of the request. */
static inline bw_arg bw_snapshot_string(uint32_t id) { return bw_arg_of(3, 0, id); }
static inline bw_arg bw_request_string(uint32_t id) { return bw_arg_of(4, 0, id); }

/* A text of the guest's own, which has to stay where it is until the hook has returned. */
static inline bw_arg bw_text_arg(bw_text t) { return bw_arg_of(5, t.length, (uint64_t)(uintptr_t)t.at); }
static inline bw_arg bw_c_arg(const char *s) { return bw_text_arg(bw_c(s)); }

/* A row of the snapshot's sites, shown by its id. */
static inline bw_arg bw_site(uint32_t row) { return bw_arg_of(6, 0, row); }

/* The last parameters of what takes arguments: BW_ARGS(bw_site(3), bw_number(2.5)), at most 8; or BW_NO_ARGS. */
#define BW_ARGS(...) (const bw_arg[]){__VA_ARGS__}, (uint32_t)(sizeof((const bw_arg[]){__VA_ARGS__}) / sizeof(bw_arg))
#define BW_NO_ARGS 0, 0

/* ----------------------------------------------------------------------------------------------- hooks */

/* The block of a hook, and a reason, as docs/abi.md lays them out. */
typedef struct {
	uint32_t size, minor, snapshot, snapshot_size, request, request_size, component, rows;
	uint32_t selection, denials, unknowns, scored, scores, reasons, reason_room, args, arg_room;
	uint32_t written, args_written, lost, failure, failure_length, reserved[10];
} bw_hook_block;

typedef struct {
	uint32_t row;
	uint16_t code;
	uint8_t kind, count;
	uint32_t first, reserved;
} bw_reason;

/* One question about all candidates. What rows are, the hook says: of the snapshot's sites, of the request's paths,
 * or of its placements. The guest says something about rows in selected alone; anything else fails the call. */
typedef struct {
	const bw_image *snapshot, *request;
	bw_set selected;    /* the rows to judge, over selected.size rows */
	uint32_t component; /* the row of the request's components that is asked about; BW_NONE if it is no single one */
	bw_hook_block *block;
	uint64_t *denials, *unknowns, *scored;
	double *scores;
	bw_reason *reasons;
	bw_arg *args;
} bw_call;

/* Says why a hook fails, and gives back the status, for return bw_fail(c, 2, "..."). */
static inline int32_t bw_fail_text(bw_call *c, int32_t status, bw_text why) {
	c->block->failure = (uint32_t)(uintptr_t)why.at;
	c->block->failure_length = why.length;
	return status;
}

static inline int32_t bw_fail(bw_call *c, int32_t status, const char *why) { return bw_fail_text(c, status, bw_c(why)); }

/* Whether anyone will read reasons. Where nobody does, what only makes them can be left out. */
static inline bool bw_explaining(const bw_call *c) { return c->block->reason_room > 0; }

/* Stops a guest that answers for a row that is not there. The host refuses what is said of rows that are not selected. */
static inline void bw_check(const bw_call *c, uint32_t row) {
	if (row >= c->selected.size) __builtin_trap();
}

/* Code 0 stands for no reason at all: only the bit is set. */
#define BW_NO_REASON 0

/* Writes a reason that there may be room for, or counts it. */
BW_LARGE void bw_write_reason(bw_call *c, uint32_t row, uint8_t kind, uint16_t code, const bw_arg *args, uint32_t count) {
	bw_hook_block *b = c->block;
	if (count > 8) __builtin_trap();
	if (b->written == b->reason_room || count > b->arg_room - b->args_written) {
		b->lost++;
		return;
	}
	bw_reason *r = c->reasons + b->written++;
	r->row = row;
	r->code = code;
	r->kind = kind;
	r->count = (uint8_t)count;
	r->first = b->args_written;
	for (uint32_t i = 0; i < count; i++) c->args[b->args_written++] = args[i];
}

/* Writes a reason, or counts it if it finds no room. kind is 1 for a denial, 2 for a warning, 3 for an obligation,
 * plus 128 if it hangs on an unknown fact. Where nobody reads reasons, there is no call. */
static inline void bw_add_reason(bw_call *c, uint32_t row, uint8_t kind, uint16_t code, const bw_arg *args, uint32_t count) {
	if (code == BW_NO_REASON) return;
	if (c->block->reason_room == 0 && count <= 8) c->block->lost++;
	else bw_write_reason(c, row, kind, code, args, count);
}

static inline void bw_set_bit(bw_call *c, uint64_t *words, uint32_t row) {
	bw_check(c, row);
	words[row / 64] |= UINT64_C(1) << (row % 64);
}

/* Refuses a row, whatever is not known. */
static inline void bw_deny(bw_call *c, uint32_t row, uint16_t code, const bw_arg *args, uint32_t count) {
	bw_set_bit(c, c->denials, row);
	bw_add_reason(c, row, 1, code, args, count);
}

/* Says that a row may have to be refused: whether it is hangs on a fact that is unknown. */
static inline void bw_may_deny(bw_call *c, uint32_t row, uint16_t code, const bw_arg *args, uint32_t count) {
	bw_set_bit(c, c->unknowns, row);
	bw_add_reason(c, row, 1 | 128, code, args, count);
}

/* Says how good a row is, from 0 to 100, higher being better. */
static inline void bw_score(bw_call *c, uint32_t row, double score) {
	bw_set_bit(c, c->scored, row);
	c->scores[row] = score;
}

/* Warns of a row, which stays permitted; bw_may_warn if that hangs on a fact that is unknown. */
static inline void bw_warn(bw_call *c, uint32_t row, uint16_t code, const bw_arg *args, uint32_t count) {
	bw_check(c, row);
	bw_add_reason(c, row, 2, code, args, count);
}

static inline void bw_may_warn(bw_call *c, uint32_t row, uint16_t code, const bw_arg *args, uint32_t count) {
	bw_check(c, row);
	bw_add_reason(c, row, 2 | 128, code, args, count);
}

/* Says what people have to do if the row is chosen; bw_may_oblige if that hangs on a fact that is unknown. */
static inline void bw_oblige(bw_call *c, uint32_t row, uint16_t code, const bw_arg *args, uint32_t count) {
	bw_check(c, row);
	bw_add_reason(c, row, 3, code, args, count);
}

static inline void bw_may_oblige(bw_call *c, uint32_t row, uint16_t code, const bw_arg *args, uint32_t count) {
	bw_check(c, row);
	bw_add_reason(c, row, 3 | 128, code, args, count);
}

#ifdef __wasm__
/* ---------------------------------------------------------------------------------------- capabilities */

/* Each is imported only if it is used, and needs the capability of its name. */
#define BW_IMPORT(name) __attribute__((import_module("bailiwick"), import_name(name)))

BW_IMPORT("log") void bw_host_log(const char *at, uint32_t length);
BW_IMPORT("random") void bw_host_random(void *to, uint32_t length);

/* The decision time in nanoseconds since 1970, UTC. */
BW_IMPORT("time") int64_t bw_time(void);

/* Leaves a message for people. */
static inline void bw_log(bw_text t) { bw_host_log(t.at, t.length); }

/* Fills length bytes with what depends on the decision and the plugin alone. */
static inline void bw_random(void *to, uint32_t length) { bw_host_random(to, length); }

/* --------------------------------------------------------------------------------------------- exports */

#define BW_EXPORT(name) __attribute__((export_name(name)))

/* How room for the host is got: an address that is a multiple of 65536, of zeros that are the host's for good.
 * The memory grows by it. Define BW_ROOM before including this header if an allocator has to know of it. */
#ifndef BW_ROOM
#define BW_ROOM(bytes) bw_grow(bytes)
#endif

static inline uint32_t bw_grow(uint32_t bytes) {
	uintptr_t old = __builtin_wasm_memory_grow(0, bytes / 65536);
	return old == (uintptr_t)-1 ? 0 : (uint32_t)(old * 65536);
}

/* Memory for what configuring prepares: zeros that are never given back, at a multiple of 65536; null if there is no
 * more. Not for hooks: an instance whose memory grew in one is thrown away. Take what is needed at once. */
static inline void *bw_allocate(uint32_t bytes) {
	uint32_t pages = bytes / 65536 + (bytes % 65536 != 0);
	return pages > 65535 ? 0 : (void *)(uintptr_t)bw_grow(pages * 65536);
}

/* What calls are about. */
static struct {
	bw_image snapshot, settings, request;
	bw_failure failure;
	uint32_t snapshot_at;
} bw_state_;

static inline bool bw_open_snapshot_(uint32_t at) {
	if (bw_state_.snapshot_at == at) return true;
	bw_state_.snapshot_at = at;
	return bw_open(&bw_state_.snapshot, (const void *)(uintptr_t)at, &bw_state_.failure);
}

/* What a call ends with: a look-up that failed counts before whatever came of it. */
static inline int32_t bw_end_(int32_t status, uint32_t *at, uint32_t *length) {
	if (bw_state_.failure.length == 0) return status;
	*at = (uint32_t)(uintptr_t)bw_state_.failure.at;
	*length = bw_state_.failure.length;
	return BW_FAILED;
}

static inline int32_t bw_configure_(int32_t (*f)(bw_setup *), bw_configure_block *b) {
	bw_setup s = {&bw_state_.snapshot, &bw_state_.settings, b};
	int32_t status = 0;
	if (b->size < sizeof *b) return BW_FAILED;
	if (bw_open_snapshot_(b->snapshot) && bw_open(&bw_state_.settings, (const void *)(uintptr_t)b->settings, &bw_state_.failure))
		status = f(&s);
	return bw_end_(status, &b->failure, &b->failure_length);
}

static inline int32_t bw_hook_(int32_t (*f)(bw_call *), bw_hook_block *b) {
	int32_t status = 0;
	if (b->size < sizeof *b) return BW_FAILED;
	if (bw_open_snapshot_(b->snapshot) && bw_open(&bw_state_.request, (const void *)(uintptr_t)b->request, &bw_state_.failure)) {
		bw_call c = {&bw_state_.snapshot,
		             &bw_state_.request,
		             {(const uint64_t *)(uintptr_t)b->selection, b->rows},
		             b->component,
		             b,
		             (uint64_t *)(uintptr_t)b->denials,
		             (uint64_t *)(uintptr_t)b->unknowns,
		             (uint64_t *)(uintptr_t)b->scored,
		             (double *)(uintptr_t)b->scores,
		             (bw_reason *)(uintptr_t)b->reasons,
		             (bw_arg *)(uintptr_t)b->args};
		status = f(&c);
	}
	return bw_end_(status, &b->failure, &b->failure_length);
}

/* What every guest exports. Once in a guest. */
#define BW_GUEST                                                                    \
	BW_EXPORT("bailiwick_abi") int32_t bw_export_abi(void) { return BW_ABI; }   \
	BW_EXPORT("bailiwick_reserve") uint32_t bw_export_reserve(uint32_t bytes) { \
		return BW_ROOM(bytes);                                              \
	}

/* The function that takes the settings, looks at the snapshot and prepares: int32_t f(bw_setup *). It answers 0, or
 * what bw_refuse gives. */
#define BW_CONFIGURE(f) \
	BW_EXPORT("bailiwick_configure") int32_t bw_export_configure(bw_configure_block *b) { return bw_configure_(f, b); }

/* The functions that judge: int32_t f(bw_call *). They answer 0, or what bw_fail gives. */
#define BW_SITE(f) \
	BW_EXPORT("bailiwick_site") int32_t bw_export_site(bw_hook_block *b) { return bw_hook_(f, b); }
#define BW_PATH(f) \
	BW_EXPORT("bailiwick_path") int32_t bw_export_path(bw_hook_block *b) { return bw_hook_(f, b); }
#define BW_PLACEMENT(f) \
	BW_EXPORT("bailiwick_placement") int32_t bw_export_placement(bw_hook_block *b) { return bw_hook_(f, b); }
#endif

#endif
