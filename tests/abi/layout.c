/* Sizes, offsets and numbers that programs compiled long ago have inside them. A line may be added here, never changed. */
#include <resil.h>
#include <stddef.h>
#include <stdio.h>

static int wrong = 0, checked = 0;

static void is(const char *what, long got, long want) {
    ++checked;
    if (got == want) return;
    ++wrong;
    fprintf(stderr, "%s is %ld, must be %ld\n", what, got, want);
}

#define SIZE(type, want) is("sizeof " #type, (long)sizeof(type), want)
#define AT(type, member, want) is(#type "." #member, (long)offsetof(type, member), want)
#define NUMBER(name, want) is(#name, (long)(name), want)

static void structs(void) {
    SIZE(resil_error, 256);
    AT(resil_error, code, 0);
    AT(resil_error, line, 4);
    AT(resil_error, column, 8);
    AT(resil_error, reserved, 12);
    AT(resil_error, message, 16);

    SIZE(resil_options, 48);
    AT(resil_options, size, 0);
    AT(resil_options, flags, 4);
    AT(resil_options, app_id, 8);
    AT(resil_options, config_path, 16);
    AT(resil_options, max_endpoints, 24);
    AT(resil_options, event_capacity, 28);
    AT(resil_options, jitter_seed, 32);
    AT(resil_options, max_bytes, 40);

    SIZE(resil_ticket, 64);
    AT(resil_ticket, endpoint, 0);
    AT(resil_ticket, attempt, 4);
    AT(resil_ticket, flags, 8);
    AT(resil_ticket, reason, 12);
    AT(resil_ticket, deadline_ns, 16);
    AT(resil_ticket, timeout_ns, 24);
    AT(resil_ticket, delay_ns, 32);
    AT(resil_ticket, engine, 40);

    SIZE(resil_event, 64);
    AT(resil_event, seq, 0);
    AT(resil_event, time_ns, 8);
    AT(resil_event, endpoint, 16);
    AT(resil_event, kind, 20);
    AT(resil_event, before, 24);
    AT(resil_event, after, 28);
    AT(resil_event, value, 32);
    AT(resil_event, reserved, 40);
}

static void numbers(void) {
    NUMBER(RESIL_ABI, 1);
    NUMBER(RESIL_LENIENT, 1);
    NUMBER(RESIL_EVERY_REJECTION, 2);
    NUMBER(RESIL_HAS_EVENTS, 1);
    NUMBER(RESIL_MAY_WAIT, 2);
    NUMBER(RESIL_NO_RETRY, 0x40000000);
    NUMBER(RESIL_FAST, 1);
    NUMBER(RESIL_COUNTED, 2);
    NUMBER(RESIL_TALLY_MOST, 0xFFFFFFFFFFF);
    is("RESIL_NOW is INT64_MIN", RESIL_NOW == INT64_MIN, 1);
    NUMBER(RESIL_HTTP(503), 0x10000 + 503);
    NUMBER(RESIL_GRPC(14), 0x20000 + 14);

    NUMBER(RESIL_E_ARG, -1);
    NUMBER(RESIL_E_CONFIG, -2);
    NUMBER(RESIL_E_FULL, -3);
    NUMBER(RESIL_E_TICKET, -4);
    NUMBER(RESIL_E_INTERNAL, -5);

    NUMBER(RESIL_APP, 0);
    NUMBER(RESIL_ACTOR, 1);
    NUMBER(RESIL_COMPONENT_IN, 2);
    NUMBER(RESIL_COMPONENT_OUT, 3);
    NUMBER(RESIL_BUILTIN, 4);

    NUMBER(RESIL_ALLOW, 0);
    NUMBER(RESIL_REJECT, 1);
    NUMBER(RESIL_DONE, 0);
    NUMBER(RESIL_RETRY, 1);
    NUMBER(RESIL_GIVE_UP, 2);
    NUMBER(RESIL_WHY_OPEN, 16);
    NUMBER(RESIL_WHY_HALF_OPEN_FULL, 17);
    NUMBER(RESIL_WHY_TOO_MANY_REQUESTS, 17);
    NUMBER(RESIL_WHY_EXHAUSTED, 18);
    NUMBER(RESIL_WHY_NOT_RETRIABLE, 19);
    NUMBER(RESIL_WHY_CANCELLED, 20);
    NUMBER(RESIL_WHY_DEADLINE, 21);
    NUMBER(RESIL_WHY_RETRY_BUDGET, 22);
    NUMBER(RESIL_WHY_BUSY, 23);
    NUMBER(RESIL_WHY_RATE_LIMITED, 24);
    NUMBER(RESIL_WHY_HELD, 25);

    NUMBER(RESIL_SUCCESS, 0);
    NUMBER(RESIL_FAILURE, 1);
    NUMBER(RESIL_TIMEOUT, 2);
    NUMBER(RESIL_CANCELLED, 3);
    NUMBER(RESIL_CLOSED, 0);
    NUMBER(RESIL_OPEN, 1);
    NUMBER(RESIL_HALF_OPEN, 2);
    NUMBER(RESIL_EVENT_BREAKER, 1);
    NUMBER(RESIL_EVENT_RETRY, 2);
    NUMBER(RESIL_EVENT_RECOVERED, 3);
    NUMBER(RESIL_EVENT_REJECTED, 4);
    NUMBER(RESIL_EVENT_TIMED_OUT, 5);
    NUMBER(RESIL_EVENT_GAVE_UP, 6);
    NUMBER(RESIL_EVENT_WARNING, 7);
    NUMBER(RESIL_SHADOW, 1);
}

int main(void) {
    structs();
    numbers();
    is("resil_abi()", resil_abi(), RESIL_ABI);
    printf("%d checked, %d wrong\n", checked, wrong);
    return wrong != 0;
}
