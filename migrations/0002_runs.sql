-- Runs: their journals, and what finds the run that has something to do. Every row belongs to a
-- tenant. Only `entries` is the truth about a run; what else stands here can be made from it.

-- The exact text that a run was started with, kept so that it goes on with it.
CREATE TABLE playbooks (
    tenant TEXT NOT NULL,
    digest TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    namespace   TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    digest      TEXT NOT NULL,
    requester   TEXT NOT NULL,
    started     INTEGER NOT NULL,
    ended       INTEGER,
    -- For lists: the state when the driver last let go of the run.
    state       TEXT NOT NULL,
    parent      TEXT,
    parent_call INTEGER,
    -- Microseconds since 1970 from which the run has something to do; a run that is being driven
    -- keeps its last one, so that whoever comes after a crash finds it.
    due         INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_by_due ON runs (tenant, due) WHERE due IS NOT NULL;
CREATE INDEX runs_by_start ON runs (tenant, started);

CREATE TABLE entries (
    tenant TEXT NOT NULL,
    run    TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, run, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'journals are append-only'); END;

-- What the world wants to tell a run; taken into its journal by whoever drives it.
CREATE TABLE inbox (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  TEXT NOT NULL,
    run     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL,
    handled INTEGER,
    outcome TEXT
) STRICT;

CREATE INDEX inbox_waiting ON inbox (tenant, run) WHERE handled IS NULL;

CREATE TABLE events (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL,
    source TEXT NOT NULL,
    id     TEXT NOT NULL,
    type   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL,
    UNIQUE (tenant, source, id)
) STRICT;

CREATE INDEX events_by_time ON events (tenant, type, at);

CREATE TABLE listeners (
    tenant   TEXT NOT NULL,
    run      TEXT NOT NULL,
    listener INTEGER NOT NULL,
    filter   INTEGER NOT NULL,
    type     TEXT,
    exactly  TEXT NOT NULL,
    PRIMARY KEY (tenant, run, listener, filter)
) STRICT, WITHOUT ROWID;

CREATE INDEX listeners_by_type ON listeners (tenant, type);

-- Which event was brought to a run because of which listener: each once. A later listener gets it
-- again, for it may want what an earlier one did not.
CREATE TABLE deliveries (
    tenant   TEXT NOT NULL,
    run      TEXT NOT NULL,
    listener INTEGER NOT NULL,
    event    INTEGER NOT NULL,
    PRIMARY KEY (tenant, run, listener, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
    tenant   TEXT NOT NULL,
    id       TEXT NOT NULL,
    run      TEXT NOT NULL,
    call     INTEGER NOT NULL,
    question TEXT NOT NULL,
    people   TEXT NOT NULL,
    asked    INTEGER NOT NULL,
    deadline INTEGER,
    closed   TEXT,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX approvals_by_run ON approvals (tenant, run);

-- What a person must say because nobody else can: an attempt whose outcome is unknown.
CREATE TABLE questions (
    tenant  TEXT NOT NULL,
    run     TEXT NOT NULL,
    call    INTEGER NOT NULL,
    of      INTEGER NOT NULL,
    task    TEXT NOT NULL,
    action  TEXT NOT NULL,
    because TEXT NOT NULL,
    asked   INTEGER NOT NULL,
    closed  INTEGER,
    PRIMARY KEY (tenant, run, call, of)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedules (
    tenant TEXT NOT NULL,
    name   TEXT NOT NULL,
    rule   TEXT NOT NULL,
    last   INTEGER,
    next   INTEGER,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE missed (
    tenant TEXT NOT NULL,
    name   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    seen   INTEGER NOT NULL,
    PRIMARY KEY (tenant, name, at)
) STRICT, WITHOUT ROWID;
