/* What a C user does, on virtual time: load a policy, live through a failure, a retry and an open breaker, recover.
 * Usage: smoke VERSION. Exits non-zero at the first answer that is not the documented one. */
#include <resil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

static const char policy[] =
    "apiVersion: dapr.io/v1alpha1\n"
    "kind: Resiliency\n"
    "metadata: {name: smoke}\n"
    "spec:\n"
    "  policies:\n"
    "    timeouts: {short: 2s}\n"
    "    retries: {once: {policy: constant, duration: 1s, maxRetries: 1}}\n"
    "    circuitBreakers: {cb: {maxRequests: 1, timeout: 5s, trip: consecutiveFailures > 1}}\n"
    "  targets:\n"
    "    apps: {orders: {timeout: short, retry: once, circuitBreaker: cb}}\n";

static void expect(int line, const char *what, int64_t got, int64_t want) {
    if (got == want) return;
    fprintf(stderr, "smoke.c:%d: %s is %lld, expected %lld\n", line, what, (long long)got, (long long)want);
    exit(1);
}
#define EXPECT(expression, want) expect(__LINE__, #expression, (int64_t)(expression), (int64_t)(want))

static void outage(resil_engine *e, int32_t id) {
    resil_ticket t;
    memset(&t, 0, sizeof t);
    EXPECT(resil_begin(e, id, 1 * SECOND, &t), RESIL_ALLOW);
    EXPECT(t.attempt, 1);
    EXPECT(t.timeout_ns, 2 * SECOND);
    EXPECT(resil_end(e, &t, RESIL_HTTP(503), 2 * SECOND), RESIL_RETRY);
    EXPECT(t.delay_ns, 1 * SECOND);
    EXPECT(resil_begin(e, id, 3 * SECOND, &t), RESIL_ALLOW);
    EXPECT(t.attempt, 2);
    EXPECT(resil_end(e, &t, RESIL_TIMEOUT, 4 * SECOND), RESIL_GIVE_UP);
    EXPECT(t.reason, RESIL_WHY_EXHAUSTED);
    EXPECT(resil_end(e, &t, RESIL_SUCCESS, 4 * SECOND), RESIL_E_TICKET);
    EXPECT(resil_state(e, id, 4 * SECOND), RESIL_OPEN);

    memset(&t, 0, sizeof t);
    EXPECT(resil_begin(e, id, 5 * SECOND, &t), RESIL_REJECT);
    EXPECT(t.reason, RESIL_WHY_OPEN);
    EXPECT(t.delay_ns >= 4 * SECOND && t.delay_ns <= 4 * SECOND + 1, 1);
    EXPECT(resil_begin(e, id, 5 * SECOND + t.delay_ns, &t), RESIL_ALLOW);
    EXPECT(resil_state(e, id, 10 * SECOND), RESIL_HALF_OPEN);
    EXPECT(resil_end(e, &t, RESIL_SUCCESS, 10 * SECOND), RESIL_DONE);
    EXPECT(resil_state(e, id, 10 * SECOND), RESIL_CLOSED);
}

static void events(resil_engine *e) {
    static const int want[][3] = {
        {RESIL_EVENT_BREAKER, RESIL_CLOSED, RESIL_OPEN},
        {RESIL_EVENT_BREAKER, RESIL_OPEN, RESIL_HALF_OPEN},
        {RESIL_EVENT_BREAKER, RESIL_HALF_OPEN, RESIL_CLOSED},
    };
    resil_event found[32];
    uint64_t cursor = 0;
    char line[200];
    int i, seen = 0, n = resil_events(e, &cursor, found, 32);
    for (i = 0; i < n; ++i) {
        if (found[i].kind != RESIL_EVENT_BREAKER) continue;
        EXPECT(seen < 3, 1);
        EXPECT(found[i].before, want[seen][1]);
        EXPECT(found[i].after, want[seen][2]);
        EXPECT(resil_event_text(e, &found[i], line, sizeof line) > 0, 1);
        puts(line);
        ++seen;
    }
    EXPECT(seen, 3);
    EXPECT(resil_events(e, &cursor, found, 32), 0);
}

static void mistakes(resil_engine *e) {
    static const char bad[] = "kind: Resiliency\nspec:\n  targets: {apps: {orders: {retry: nobody}}}\n";
    char text[500];
    resil_error err;
    EXPECT(resil_open(NULL, bad, -1, &err) == NULL, 1);
    EXPECT(err.code, RESIL_E_CONFIG);
    EXPECT(err.line, 3);
    EXPECT(strstr(err.message, "nobody") != NULL, 1);
    EXPECT(resil_check(NULL, bad, -1, NULL, text, sizeof text) > 0, 1);
    EXPECT(resil_check(NULL, policy, -1, NULL, text, sizeof text), 0);
    EXPECT(resil_reload(e, bad, -1, &err), RESIL_E_CONFIG);
    EXPECT(resil_reload(e, policy, -1, NULL) >= 0, 1);
    EXPECT(resil_begin(e, 12345, 0, &(resil_ticket){0}), RESIL_E_ARG);
}

int main(int argc, char **argv) {
    resil_error err;
    resil_options options;
    resil_engine *e;
    int32_t id;
    char snapshot[4000];

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.app_id = "checkout";
    EXPECT(argc, 2);
    EXPECT(strcmp(resil_version(), argv[1]), 0);
    EXPECT(resil_abi(), RESIL_ABI);
    e = resil_open(&options, policy, -1, &err);
    if (e == NULL) fprintf(stderr, "%s\n", err.message);
    EXPECT(e != NULL, 1);
    id = resil_endpoint(e, RESIL_APP, "orders", -1, "create", -1);
    EXPECT(id >= 0, 1);
    EXPECT(resil_endpoint(e, RESIL_APP, "orders", 6, "create", 6), id);

    outage(e, id);
    events(e);
    mistakes(e);
    EXPECT(resil_state(e, id, 10 * SECOND), RESIL_CLOSED);
    EXPECT(resil_snapshot(e, 10 * SECOND, snapshot, sizeof snapshot) > 0, 1);
    EXPECT(strstr(snapshot, "orders:create") != NULL, 1);
    resil_close(e);
    resil_close(NULL);
    puts("every answer as documented");
    return 0;
}
