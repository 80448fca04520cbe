// A guest that looks for whatever C lets it reach.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <poll.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

static char report[4096];
static int used;

#define SAY(...) used += snprintf(report + used, sizeof report - used, __VA_ARGS__)

__attribute__((export_name("probe"))) void probe(void) {
	used = 0;
	struct timespec t, u;
	clock_gettime(CLOCK_REALTIME, &t);
	SAY("now %lld.%09ld\n", (long long)t.tv_sec, t.tv_nsec);
	unsigned char b[16];
	int r = getentropy(b, sizeof b);
	SAY("entropy %d ", r);
	for (unsigned i = 0; i < sizeof b; i++) SAY("%02x", b[i]);
	SAY("\n");
	SAY("env %s\n", getenv("PATH") ? "some" : "none");
	SAY("open %d\n", open("/etc/passwd", O_RDONLY));
	SAY("opendir %d\n", opendir("/") != 0);
	SAY("mkdir %d\n", mkdir("d", 0700));
	errno = 0;
	SAY("read %d %s\n", (int)read(0, b, 1), strerror(errno));
	errno = 0;
	SAY("seek %d %s\n", (int)lseek(1, 0, SEEK_SET), strerror(errno));
	errno = 0;
	SAY("read 7 %d %s\n", (int)read(7, b, 1), strerror(errno));
	SAY("tty %d\n", isatty(1));
	clock_gettime(CLOCK_MONOTONIC, &t);
	SAY("usleep %d ", usleep(2500000));
	clock_gettime(CLOCK_MONOTONIC, &u);
	SAY("%lld.%09ld\n", (long long)(u.tv_sec - t.tv_sec), u.tv_nsec - t.tv_nsec);
	struct pollfd p = {.fd = 0, .events = POLLIN};
	SAY("poll %d\n", poll(&p, 1, 1000));
	SAY("yield %d\n", sched_yield());
	printf("printed\n");
	fprintf(stderr, "to standard error");
}

__attribute__((export_name("report"))) int size(void) { return used; }
__attribute__((export_name("at"))) int at(int i) { return report[i]; }
__attribute__((export_name("crash"))) void crash(void) { abort(); }
__attribute__((export_name("leave"))) void leave(int code) { exit(code); }
