/* A small HTTP proxy for tests, on loopback alone: CONNECT tunnels, and requests with a
 * whole URL, one to a connection. Its log has a line a request: "CONNECT host:port" or
 * "POST http://host:port/path".
 *
 *   proxy PORT_FILE LOG           runs until it is killed
 *   proxy --silent PORT_FILE      accepts connections and never says a word
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_HEAD = 65536 };

static int log_fd = -1;

static int listen_on_loopback(const char *port_file)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 64) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return -1;
	FILE *f = fopen(port_file, "w");
	if (!f)
		return -1;
	fprintf(f, "%d\n", ntohs(a.sin_port));
	return fclose(f) == 0 ? fd : -1;
}

/* Everything this proxy is asked for is on loopback, whatever name it has. */
static int connect_to(const char *host_port)
{
	const char *colon = strrchr(host_port, ':');
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		                     .sin_port = htons((uint16_t)(colon ? atoi(colon + 1) : 80)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t wrote = write(fd, p, n);
		if (wrote <= 0)
			return -1;
		p += wrote;
		n -= (size_t)wrote;
	}
	return 0;
}

/* Up to the empty line and perhaps some of the body; returns the number of bytes, or -1. */
static ssize_t read_head(int fd, char *head)
{
	size_t n = 0;
	while (n < MAX_HEAD - 1) {
		ssize_t got = read(fd, head + n, MAX_HEAD - 1 - n);
		if (got <= 0)
			return -1;
		n += (size_t)got;
		head[n] = '\0';
		if (strstr(head, "\r\n\r\n"))
			return (ssize_t)n;
	}
	return -1;
}

static void splice_both(int a, int b)
{
	struct pollfd fds[2] = { { .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN } };
	char bytes[16384];
	while (poll(fds, 2, -1) > 0)
		for (int i = 0; i < 2; i++) {
			if (!fds[i].revents)
				continue;
			ssize_t n = read(fds[i].fd, bytes, sizeof bytes);
			if (n <= 0 || write_all(fds[1 - i].fd, bytes, (size_t)n) < 0)
				return;
		}
}

/* "POST http://host:port/path HTTP/1.1": the path alone goes on, with an end to the
 * connection after the reply. */
static int forward_head(int to, char *method, char *url, char *rest, size_t rest_len)
{
	char *host = url + strlen("http://"), *path = strchr(host, '/');
	if (dprintf(to, "%s %s HTTP/1.1\r\nConnection: close\r\n", method, path ? path : "/") < 0)
		return -1;
	return write_all(to, rest, rest_len);
}

static void serve(int from, char *head)
{
	ssize_t n = read_head(from, head);
	char method[16], url[1024], host[1024];
	if (n < 0 || sscanf(head, "%15s %1023s", method, url) != 2)
		return;
	dprintf(log_fd, "%s %s\n", method, url);
	bool tunnel = strcmp(method, "CONNECT") == 0;
	if (!tunnel && strncasecmp(url, "http://", 7) != 0)
		return;
	snprintf(host, sizeof host, "%s", tunnel ? url : url + 7);
	host[strcspn(host, "/")] = '\0';
	int to = connect_to(host);
	char *rest = strstr(head, "\r\n") + 2;
	int rc = to < 0 ? -1
	         : tunnel ? dprintf(from, "HTTP/1.1 200 OK\r\n\r\n")
	                  : forward_head(to, method, url, rest, (size_t)(n - (rest - head)));
	if (rc >= 0)
		splice_both(from, to);
	if (to >= 0)
		close(to);
}

static void *run(void *arg)
{
	int fd = *(int *)arg;
	char *head = malloc(MAX_HEAD);
	free(arg);
	if (head)
		serve(fd, head);
	free(head);
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	bool silent = argc == 3 && strcmp(argv[1], "--silent") == 0;
	int fd = argc == 3 ? listen_on_loopback(argv[silent ? 2 : 1]) : -1;
	if (fd >= 0 && silent)
		pause();
	log_fd = fd < 0 ? -1 : open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log_fd < 0) {
		fprintf(stderr, "usage: proxy PORT_FILE LOG | proxy --silent PORT_FILE\n");
		return 2;
	}
	for (;;) {
		int *one = malloc(sizeof *one);
		pthread_t thread;
		if (!one || (*one = accept(fd, NULL, NULL)) < 0 || pthread_create(&thread, NULL, run, one) != 0)
			return 2;
		pthread_detach(thread);
	}
}
