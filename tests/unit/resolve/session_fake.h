/* SPDX-License-Identifier: MIT */
/* A session that says what a test wants it to say, in place of the perf room's. */
#ifndef PFL_TESTS_UNIT_RESOLVE_SESSION_FAKE_H
#define PFL_TESTS_UNIT_RESOLVE_SESSION_FAKE_H

#include <sys/utsname.h>

#include "perf/session.h"

struct perf_session {
    struct perf_facts facts;
    struct perf_build_id ids[8];
    uint32_t id_count;
    bool monotonic;
    struct utsname here;
    struct perf_event event;
};

const struct perf_event *perf_session_event(const struct perf_session *session, uint32_t event)
{
    (void)event;
    return &session->event;
}

const struct perf_facts *perf_session_facts(const struct perf_session *session)
{
    return &session->facts;
}

const struct perf_build_id *perf_session_build_ids(const struct perf_session *session,
                                                   uint32_t *ret_count)
{
    *ret_count = session->id_count;
    return session->ids;
}

bool perf_session_is_monotonic(const struct perf_session *session)
{
    return session->monotonic;
}

/* A recording of this very machine. */
static void session_here(struct perf_session *session)
{
    uname(&session->here);
    session->facts.hostname = session->here.nodename;
    session->facts.os_release = session->here.release;
    session->facts.arch = session->here.machine;
}

#endif
