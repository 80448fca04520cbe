/* Lists in messages. A list is shown as texts of its items with ", " between, in as many arguments of a reason as are
 * given for it: an argument shows 1024 bytes. */
#ifndef TEXT_H
#define TEXT_H

#include "bailiwick.h"

/* How many bytes of a text an argument shows. */
#define SHOWN 1024

/* Where lists are put together. They have to stay where they are until the hook has returned, so each is kept once. */
static char room[1 << 20];
static uint32_t used;

/* A list that is being put together behind what is kept. */
typedef struct {
	uint32_t from, to;
} list_text;

static inline list_text list_begin(void) {
	list_text l = {used, used};
	return l;
}

/* Adds an item. What finds no room any more is left out. */
static void list_add(list_text *l, bw_text item) {
	bw_text between = bw_c(l->to > l->from ? ", " : "");
	if (sizeof room - l->to < between.length + item.length) return;
	for (uint32_t i = 0; i < between.length; i++) room[l->to++] = between.at[i];
	for (uint32_t i = 0; i < item.length; i++) room[l->to++] = item.at[i];
}

/* Puts a list into count arguments. */
static void list_args(list_text l, bw_arg *args, uint32_t count) {
	for (uint32_t i = 0; i < count; i++) {
		uint32_t left = l.to - l.from;
		bw_text part = {room + l.from, left < SHOWN ? left : SHOWN};
		args[i] = bw_text_arg(part);
		l.from += part.length;
	}
}

#endif
